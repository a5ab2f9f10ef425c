"""Asks for name and tags of a new mosaic. Main thread."""

from __future__ import annotations

from typing import Optional

from qgis.PyQt.QtWidgets import QDialog, QDialogButtonBox, QLineEdit, QWidget

from .forms import load_ui

MAX_NAME = 255


class MosaicDialog(QDialog):
    """Parameters in, `name` and `tags` out; sends nothing."""

    nameEdit: QLineEdit
    tagsEdit: QLineEdit
    buttonBox: QDialogButtonBox

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        load_ui(self, "mosaic_dialog")
        self.nameEdit.setMaxLength(MAX_NAME)
        self._create_button = self.buttonBox.button(QDialogButtonBox.StandardButton.Ok)
        self._create_button.setText(self.tr("Create"))
        self.nameEdit.textChanged.connect(self._on_name_changed)
        self.buttonBox.accepted.connect(self.accept)
        self.buttonBox.rejected.connect(self.reject)
        self._on_name_changed()

    @property
    def name(self) -> str:
        return str(self.nameEdit.text()).strip()

    @property
    def tags(self) -> tuple[str, ...]:
        """Without repetitions, in the order typed."""
        parts = (part.strip() for part in self.tagsEdit.text().split(","))
        return tuple(dict.fromkeys(part for part in parts if part))

    def _on_name_changed(self) -> None:
        self._create_button.setEnabled(bool(self.name))
