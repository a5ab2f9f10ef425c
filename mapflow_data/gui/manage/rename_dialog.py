"""Asks for another name of an image. Main thread."""

from __future__ import annotations

from pathlib import PurePath
from typing import Optional

from qgis.PyQt.QtWidgets import QDialogButtonBox, QLineEdit, QWidget

from ..widgets.forms import load_ui
from ..widgets.online_dialog import OnlineDialog

MAX_NAME = 255


class RenameDialog(OnlineDialog):
    """The present name in, `name` out; sends nothing."""

    nameEdit: QLineEdit
    buttonBox: QDialogButtonBox

    def __init__(self, known: str, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        load_ui(self, "manage/rename_dialog")
        self._known = known
        self.nameEdit.setMaxLength(MAX_NAME)
        self.nameEdit.setText(known)
        stem = len(PurePath(known).stem)
        self.nameEdit.setSelection(stem, -stem)  # without the suffix, as file managers do; its start in sight
        self.ok_button = self.buttonBox.button(QDialogButtonBox.StandardButton.Ok)
        self.ok_button.setText(self.tr("Rename"))
        self.set_yes(self.ok_button)
        self.nameEdit.textChanged.connect(self._on_changed)
        self.buttonBox.accepted.connect(self.accept)
        self.buttonBox.rejected.connect(self.reject)
        self._on_changed()

    @property
    def name(self) -> str:
        return str(self.nameEdit.text()).strip()

    @property
    def typed(self) -> tuple[str]:
        return (self.name,)

    def type_in(self, name: str) -> None:
        self.nameEdit.setText(name)

    def _on_changed(self) -> None:
        self.set_ready(bool(self.name) and self.name != self._known)
