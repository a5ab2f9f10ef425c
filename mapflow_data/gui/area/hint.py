"""One sentence of advice in a form, with up to two ways out as buttons. Main thread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Callable, Optional

from qgis.PyQt.QtWidgets import QFrame, QLabel, QPushButton, QWidget

from ..widgets.forms import load_ui
from ..widgets.icons import icon

ICON_SIZE = 16  # logical px

Way = tuple[str, Callable[[], object]]  # what the button says and does


class SearchHint(QFrame):
    hintIcon: QLabel
    hintLabel: QLabel
    firstHintButton: QPushButton
    secondHintButton: QPushButton

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        load_ui(self, "area/hint")
        self._ways: Sequence[Way] = ()
        self._buttons = (self.firstHintButton, self.secondHintButton)
        for place, button in enumerate(self._buttons):
            button.clicked.connect(lambda _=False, at=place: self._ways[at][1]())
        self.hide()

    def advise(self, text: str, ways: Sequence[Way] = (), *, is_warning: bool = True) -> None:
        self._ways = ways
        name = "failed" if is_warning else "info"
        self.hintIcon.setPixmap(icon(name).pixmap(ICON_SIZE, ICON_SIZE))
        self.hintLabel.setText(text)
        for place, button in enumerate(self._buttons):
            button.setVisible(place < len(ways))
            button.setText(ways[place][0] if place < len(ways) else "")
        self.show()
