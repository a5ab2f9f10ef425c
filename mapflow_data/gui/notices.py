"""Messages in the dock's own bar, or in QGIS' bar while the dock is hidden. Main thread."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Callable, Optional

from qgis.core import Qgis
from qgis.gui import QgsMessageBar, QgsMessageBarItem, QgsMessageViewer
from qgis.PyQt.QtCore import QObject, Qt
from qgis.PyQt.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from .widgets.icons import plugin_icon
from .widgets.wrapped_label import WrappedLabel
from .words.messages import Message
from .words.plain import sentence

INFO_SECONDS = 6
KEPT = 3  # older ones make room
LINE = 30  # characters, of buttons beside each other

Button = tuple[str, Callable[[], object]]


class Notices(QObject):
    """Text is plain, whoever wrote it; details are behind a button."""

    def __init__(
        self, bar: QgsMessageBar, fallback: QgsMessageBar, is_shown: Callable[[], bool], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._bar = bar
        self._fallback = fallback
        self._is_shown = is_shown
        self._items: list[QgsMessageBarItem] = []

    def info(self, text: str) -> None:
        self._push(Message(text), Qgis.MessageLevel.Info, INFO_SECONDS)

    def success(self, text: str) -> None:
        self._push(Message(text), Qgis.MessageLevel.Success, INFO_SECONDS)

    def warning(
        self,
        message: Message,
        button: str = "",
        on_button: Optional[Callable[[], None]] = None,
        *others: Button,
    ) -> None:
        """Stays until it is closed; the same text is not stacked."""
        first = [(button, on_button)] if button and on_button is not None else []
        self._push(message, Qgis.MessageLevel.Warning, 0, *first, *others)

    def withdraw(self, text: str) -> None:
        """What it says is no more so."""
        for bar in (self._bar, self._fallback):
            for item in bar.items():
                if item in self._items and item.property("text") == text:
                    bar.popWidget(item)

    def clear(self) -> None:
        """Takes off the bars what is still there of ours."""
        for item in self._items:
            for bar in (self._bar, self._fallback):
                if item in bar.items():
                    bar.popWidget(item)
        self._items.clear()

    def _push(self, message: Message, level: Qgis.MessageLevel, seconds: int, *buttons: Button) -> None:
        bar = self._bar if self._is_shown() else self._fallback
        mine = [item for item in bar.items() if item in self._items]
        for item in mine:
            if item.property("text") == message.text:
                bar.popWidget(item)
        for item in mine[: -KEPT + 1] if len(mine) >= KEPT else []:
            bar.popWidget(item)
        content = QWidget(bar)  # without a parent Python would delete it
        item = QgsMessageBarItem(content, level, seconds)
        item.setProperty("text", message.text)
        self._fill(content, item, message, buttons)
        self._items = [i for i in self._items if i in self._bar.items() or i in self._fallback.items()]
        self._items.append(item)
        bar.pushItem(item)

    def _fill(
        self, content: QWidget, item: QgsMessageBarItem, message: Message, buttons: Sequence[Button]
    ) -> None:
        """Buttons under the text: beside it they would leave a narrow dock no room for words. Those that
        are too long to stand beside each other stand below each other.
        """
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 2, 0, 2)
        label = WrappedLabel()
        label.setText(sentence(message.text))
        column.addWidget(label)
        if not message.details and not buttons:
            return
        made = [self._button(text, partial(_answer, item, act)) for text, act in buttons]
        if message.details:
            made.append(self._button(self.tr("Details"), lambda: self._show_details(message)))
        room = LINE * content.fontMetrics().averageCharWidth()
        is_wide = sum(button.sizeHint().width() for button in made) > room
        row = QVBoxLayout() if is_wide else QHBoxLayout()
        column.addLayout(row)
        for button in made:
            row.addWidget(button)
        row.addStretch()

    @staticmethod
    def _button(text: str, slot: Callable[[], object]) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.clicked.connect(lambda _checked: slot())
        return button

    def _show_details(self, message: Message) -> None:
        viewer = QgsMessageViewer(self._bar.window())
        viewer.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        viewer.setWindowIcon(plugin_icon())
        viewer.setTitle(self.tr("Details"))
        viewer.setMessageAsPlainText(f"{message.text}\n\n{message.details}")
        viewer.show()


def _answer(item: QgsMessageBarItem, act: Callable[[], object]) -> None:
    item.dismiss()
    act()
