"""A field for tags: text turns into chips at commas, semicolons, Enter, or as one leaves. Main thread."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Optional

from qgis.PyQt.QtCore import QEvent, QObject, QSize, Qt, pyqtSignal
from qgis.PyQt.QtGui import QPainter, QPaintEvent, QShowEvent
from qgis.PyQt.QtWidgets import QLineEdit, QSizePolicy, QStyle, QStyleOptionFrame, QVBoxLayout, QWidget

from ..words.tag_text import SEPARATORS, finished, parse, tags_text
from .chip import Chip
from .chips_area import SPACING, ChipsArea
from .tag_edit import TagEdit

MOST_LINES = 3
LETTERS = 6  # of room for typing, at least
CURSOR = 8


class Chips(QWidget):
    """Looks like a line edit, grows to a few lines and scrolls then. `edit` is where one types."""

    changed = pyqtSignal()  # what `tags` answers is another now

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self._chips: list[Chip] = []
        self._most_lines = MOST_LINES
        self._lines = 1
        self._placeholder = ""
        self._typed = ""
        self._told: tuple[str, ...] = ()
        self._area = ChipsArea(self)
        self._look = QLineEdit(self)  # never shown: the colours and the frame that themes give to line edits
        self.edit = TagEdit(self._area.content)
        self._build()
        self.edit.textEdited.connect(self._on_edited)
        self.edit.textChanged.connect(self._on_changed)
        self.edit.entered.connect(self._make_chips)
        self.edit.left.connect(self._make_chips)
        self.edit.back_wanted.connect(self._on_back_wanted)
        self._area.resized.connect(self._place)

    def _build(self) -> None:
        self.edit.setObjectName("tagEdit")
        self.edit.setFrame(False)
        self.edit.setStyleSheet("border: 0; padding: 0; background: transparent")
        self._look.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._look.hide()
        self.edit.installEventFilter(self)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFocusProxy(self.edit)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        layout = QVBoxLayout(self)
        layout.addWidget(self._area)
        self._set_margins()

    # -- what others call

    def tags(self) -> tuple[str, ...]:
        """With what is typed and no chip yet; those that were set stay as they are."""
        chips = tuple(chip.tag for chip in self._chips)
        return chips + tuple(tag for tag in parse(self.edit.text()) if tag not in chips)

    def set_tags(self, tags: Iterable[str]) -> None:
        for chip in self._chips:
            self._discard(chip)
        self._chips = []
        self.edit.clear()
        for tag in tags:
            self._append(tag)
        self._on_changed()

    def setMostLines(self, count: int) -> None:
        """One line runs on to the side."""
        self._most_lines = count
        self._place()

    def setPlaceholderText(self, text: str) -> None:
        self._placeholder = text
        self._place()

    def setAccessibleName(self, name: str) -> None:
        super().setAccessibleName(name)
        self.edit.setAccessibleName(name)

    # -- chips

    def _on_edited(self, text: str) -> None:
        """A text that was pasted is whole; of one that is typed the end may go on."""
        is_pasted = len(text) - len(self._typed) > 1 and any(letter in SEPARATORS for letter in text)
        tags, rest = (parse(text), "") if is_pasted else finished(text)
        if tags or rest != text:
            self._add(tags)
            self.edit.setText(rest)
            self.edit.setCursorPosition(0)

    def _make_chips(self) -> None:
        self._add(parse(self.edit.text()))
        self.edit.clear()

    def _add(self, tags: Iterable[str]) -> None:
        known = {chip.tag for chip in self._chips}
        for tag in tags:
            if tag not in known:
                self._append(tag)
        self._on_changed()

    def _append(self, tag: str) -> None:
        chip = Chip(tag, self._area.content, self._look)
        chip.cross.clicked.connect(lambda: self._remove(chip))
        chip.cross.step_wanted.connect(lambda step: self._step(chip, step))
        chip.cross.typed.connect(self._on_typed)
        chip.cross.installEventFilter(self)
        # after the text: who comes by Tab wants to type, and Space would take a tag away
        QWidget.setTabOrder(self._chips[-1].cross if self._chips else self.edit, chip.cross)
        self._chips.append(chip)
        chip.show()

    def _remove(self, chip: Chip) -> None:
        place = self._chips.index(chip)
        if chip.cross.hasFocus():
            self._focus(place + 1)
        del self._chips[place]
        self._discard(chip)
        self._on_changed()

    def _discard(self, chip: Chip) -> None:
        chip.hide()
        chip.deleteLater()

    def _on_back_wanted(self, is_typed_anew: bool) -> None:
        if not self._chips:
            return
        if not is_typed_anew:
            self._focus(len(self._chips) - 1)
            return
        chip = self._chips.pop()
        self._discard(chip)
        self.edit.setText(tags_text([chip.tag]))

    def _on_typed(self, text: str) -> None:
        self.edit.setFocus(Qt.FocusReason.OtherFocusReason)
        self.edit.setText(self.edit.text() + text)
        self._on_edited(self.edit.text())

    def _step(self, chip: Chip, step: int) -> None:
        is_mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        self._focus(self._chips.index(chip) + (-step if is_mirrored else step))

    def _focus(self, place: int) -> None:
        """The chip at a place, the text behind the last one."""
        target = self._chips[max(0, place)].cross if place < len(self._chips) else self.edit
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    # -- showing

    def _on_changed(self) -> None:
        self._typed = self.edit.text()
        self._place()
        if self.tags() != self._told:
            self._told = self.tags()
            self.changed.emit()

    def _place(self) -> None:
        self.edit.setPlaceholderText("" if self._chips else self._placeholder)
        parts: list[tuple[QWidget, QSize]] = [(chip, chip.sizeHint()) for chip in self._chips]
        parts.append((self.edit, self._edit_size()))
        lines = self._area.place(parts, self._most_lines)
        if lines != self._lines and self.isVisible():  # its width is not known before
            self._lines = lines
            self.updateGeometry()
        self._show_focused()

    def _edit_size(self) -> QSize:
        """Its text moves to a line of its own where it would be cut."""
        metrics = self.edit.fontMetrics()
        text = metrics.horizontalAdvance(self.edit.text() or self.edit.placeholderText())
        least = LETTERS * metrics.averageCharWidth()
        return QSize(max(text, least) + CURSOR, self._line_height)

    @property
    def _line_height(self) -> int:
        return int(self.fontMetrics().height() + 2)

    def sizeHint(self) -> QSize:
        least = self.minimumSizeHint()
        return QSize(max(20 * self.fontMetrics().averageCharWidth(), least.width()), least.height())

    def minimumSizeHint(self) -> QSize:
        metrics, margins = self.fontMetrics(), self.layout().contentsMargins()
        example = metrics.horizontalAdvance(self._placeholder) + 2 * CURSOR
        inner = max(example, 2 * LETTERS * metrics.averageCharWidth())
        return QSize(inner + margins.left() + margins.right(), self._height_of(self._lines))

    def _height_of(self, lines: int) -> int:
        margins = self.layout().contentsMargins()
        inner = lines * (self._line_height + SPACING) - SPACING
        return inner + margins.top() + margins.bottom()

    def _set_margins(self) -> None:
        frame = self.style().pixelMetric(QStyle.PixelMetric.PM_DefaultFrameWidth)
        # as high as a line edit where there is one line
        self.layout().setContentsMargins(frame + 1, frame + 2, frame + 1, frame + 2)

    def _show_focused(self) -> None:
        parts: list[QWidget] = [self.edit, *(chip.cross for chip in self._chips)]
        for part in parts:
            if part.hasFocus():
                self._area.bring_into_sight(part)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The frame shows the focus of what is in it."""
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()
            for chip in self._chips:
                chip.update()
            if event.type() == QEvent.Type.FocusIn:
                self._area.bring_into_sight(watched)
        return False

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._look.ensurePolished()
        self._place()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._set_margins()
            self._place()
            self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOptionFrame()
        option.initFrom(self)
        option.palette = self._look.palette()
        option.lineWidth = self.style().pixelMetric(QStyle.PixelMetric.PM_DefaultFrameWidth)
        option.state |= QStyle.StateFlag.State_Sunken
        if self.isAncestorOf(self.window().focusWidget() or self) and self.window().isActiveWindow():
            option.state |= QStyle.StateFlag.State_HasFocus
        painter = QPainter(self)
        self.style().drawPrimitive(QStyle.PrimitiveElement.PE_PanelLineEdit, option, painter, self._look)
