"""One tag with a cross to take it away, drawn in the palette's colours. Main thread."""

from __future__ import annotations

from qgis.PyQt.QtCore import QEvent, QPointF, QRectF, QSize, Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPalette, QPen, QResizeEvent
from qgis.PyQt.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from ..words.plain import as_tooltip, cut

PADDING = 6
FILL, EDGE = 0.16, 0.5  # opacity of the highlight's colour over the field's
QUIET, HOVER = 0.7, 0.25  # of the cross, of what is round it
ARM = 0.22  # of the cross, in heights of the button

REMOVING = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
COMMANDS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class CrossButton(QAbstractButton):
    """Drawn by us: a theme's icon is dark in a dark theme. Del and Backspace press it, too."""

    step_wanted = pyqtSignal(int)  # -1 to the chip before, 1 to the next one
    typed = pyqtSignal(str)  # a letter, meant for the field

    def __init__(self, parent: QWidget, look: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.ArrowCursor)

    def sizeHint(self) -> QSize:
        side = self.fontMetrics().height()
        return QSize(side, side)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in REMOVING:
            self.click()
        elif event.key() in STEPS:
            self.step_wanted.emit(STEPS[event.key()])
        elif event.text().strip() and event.text().isprintable() and not event.modifiers() & COMMANDS:
            self.typed.emit(event.text())
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle, arm = QPointF(self.rect().center()) + QPointF(0.5, 0.5), self.height() * ARM
        role = QPalette.ColorRole.HighlightedText if self.hasFocus() else QPalette.ColorRole.Text
        colour = self._look.palette().color(role)
        is_hovered = self.underMouse() and self.isEnabled()
        if is_hovered:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(_thin(colour, HOVER))
            painter.drawEllipse(middle, 2 * arm, 2 * arm)
        line = colour if is_hovered or self.hasFocus() else _thin(colour, QUIET)
        painter.setPen(QPen(line, max(1.2, self.height() / 12)))
        painter.drawLine(middle - QPointF(arm, arm), middle + QPointF(arm, arm))
        painter.drawLine(middle - QPointF(arm, -arm), middle + QPointF(arm, -arm))

    def enterEvent(self, event: QEvent) -> None:
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self.update()


class Chip(QWidget):
    """`tag` is what the server knows; what is shown of it fits into the line. `look` lends its colours."""

    def __init__(self, tag: str, parent: QWidget, look: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self.tag = tag
        self._text = cut(tag) or f"“{tag}”"  # one that is blank can be seen, too
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.cross = CrossButton(self, look)
        self.cross.setAccessibleName(self.tr("Remove tag {0}").format(self._text))
        self.cross.setToolTip(as_tooltip(self.cross.accessibleName()))

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        height = metrics.height() + 2
        return QSize(metrics.horizontalAdvance(self._text) + height + 2 * PADDING, height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        side = self.height()
        x = 0 if self._is_right_to_left else self.width() - side
        self.cross.setGeometry(x, 0, side, side)
        is_cut = self.width() < self.sizeHint().width()
        self.setToolTip(as_tooltip(self._text) if is_cut else "")

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        has_focus = self.cross.hasFocus()
        colours = self._look.palette()
        colour = colours.color(QPalette.ColorRole.Highlight)
        painter.setPen(_thin(colour, EDGE))
        painter.setBrush(colour if has_focus else _thin(colour, FILL))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        role = QPalette.ColorRole.HighlightedText if has_focus else QPalette.ColorRole.Text
        painter.setPen(colours.color(role))
        room = self.rect().adjusted(PADDING, 0, -self.height(), 0)
        if self._is_right_to_left:
            room = self.rect().adjusted(self.height(), 0, -PADDING, 0)
        text = self.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading), text)

    @property
    def _is_right_to_left(self) -> bool:
        return bool(self.layoutDirection() == Qt.LayoutDirection.RightToLeft)


def _thin(colour: QColor, opacity: float) -> QColor:
    thin = QColor(colour)
    thin.setAlphaF(opacity)
    return thin
