"""A label of plain text that wraps anywhere: long file names never widen the dock. Main thread."""

from __future__ import annotations

import re
from typing import Optional

from qgis.PyQt.QtCore import QSize, Qt
from qgis.PyQt.QtWidgets import QLabel, QSizePolicy, QWidget

LONG = re.compile(r"\S{17,}")  # may be broken: between their parts, as names of files have them
PARTS = re.compile(r"(?<=[_./-])(?=[^_./-])|(?<=[^_./\u200b-]{16})(?=[^_./-])")
BREAK = "\u200b"  # has no width
UNIT = re.compile(r"(?<=\d) (?=(?:[KMGT]?B|km²|m|px|s|min|h|d|%)(?!\w))")
NO_BREAK = "\u00a0"


def breakable(text: str) -> str:
    """With places in its long words where a line may end."""
    return LONG.sub(lambda word: PARTS.sub(BREAK, word.group()), text)


class WrappedLabel(QLabel):
    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self._text = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)

    def text(self) -> str:
        """As it was given."""
        return self._text

    def setText(self, text: str) -> None:
        self._text = text
        super().setText(UNIT.sub(NO_BREAK, breakable(text)))  # a number is not left without its unit

    def clear(self) -> None:
        self.setText("")

    def minimumSizeHint(self) -> QSize:
        return QSize(60, super().minimumSizeHint().height())
