"""Asks for name and tags of a mosaic, a new one or one that is there. Main thread."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from typing import Optional

from qgis.PyQt.QtGui import QResizeEvent
from qgis.PyQt.QtWidgets import QDialog, QDialogButtonBox, QLabel, QLineEdit, QWidget

from ..api.models import Mosaic
from .forms import load_ui

MAX_NAME = 255


class MosaicDialog(QDialog):
    """Parameters in, `name` and `tags` out; sends nothing."""

    explanationLabel: QLabel
    nameEdit: QLineEdit
    tagsEdit: QLineEdit
    buttonBox: QDialogButtonBox

    def __init__(
        self, parent: Optional[QWidget] = None, known: Optional[Mosaic] = None, notice: str = ""
    ) -> None:
        """`known` is the one to edit, `notice` what is to be said of it."""
        super().__init__(parent)
        load_ui(self, "mosaic_dialog")
        self._known = known
        self._known_tags = tags_text(known.tags) if known else ""
        self.nameEdit.setMaxLength(MAX_NAME)
        self.ok_button = self.buttonBox.button(QDialogButtonBox.StandardButton.Ok)
        self.ok_button.setText(self.tr("Create") if known is None else self.tr("Save"))
        if known is not None:
            self._show_known(known, notice)
        self.nameEdit.textChanged.connect(self._on_changed)
        self.tagsEdit.textChanged.connect(self._on_changed)
        self.buttonBox.accepted.connect(self.accept)
        self.buttonBox.rejected.connect(self.reject)
        self._on_changed()

    @property
    def name(self) -> str:
        return str(self.nameEdit.text()).strip()

    @property
    def tags(self) -> tuple[str, ...]:
        """Without repetitions, in the order typed. Those that nobody touched stay as they were."""
        text = str(self.tagsEdit.text())
        if self._known is not None and text == self._known_tags:
            return self._known.tags
        parts = next(csv.reader([text], skipinitialspace=True), [])
        return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrapped lines are never cut: Qt itself thinks of the width alone."""
        super().resizeEvent(event)
        self.setMinimumHeight(self.layout().totalHeightForWidth(self.width()))

    def _show_known(self, known: Mosaic, notice: str) -> None:
        self.setWindowTitle(self.tr("Edit Mosaic"))
        self.explanationLabel.setText(notice)
        self.explanationLabel.setVisible(bool(notice))
        self.nameEdit.setText(known.name)
        self.nameEdit.setCursorPosition(0)
        self.tagsEdit.setText(self._known_tags)
        self._known_tags = str(self.tagsEdit.text())  # as the field has it: it keeps to one line

    def _on_changed(self) -> None:
        is_other = self._known is None or (self.name, self.tags) != (self._known.name, self._known.tags)
        self.ok_button.setEnabled(bool(self.name) and is_other)


def tags_text(tags: Sequence[str]) -> str:
    """With commas between; a tag that holds one is put in quotes."""
    return ", ".join('"{}"'.format(tag.replace('"', '""')) if _needs_quotes(tag) else tag for tag in tags)


def _needs_quotes(tag: str) -> bool:
    return "," in tag or tag.startswith('"')
