"""Asks for name and tags of a mosaic, a new one or one that is there. Main thread."""

from __future__ import annotations

from typing import Optional

from qgis.PyQt.QtCore import QEvent
from qgis.PyQt.QtGui import QResizeEvent
from qgis.PyQt.QtWidgets import QDialogButtonBox, QLabel, QLineEdit, QWidget

from ...api.models import Mosaic
from ..widgets.chips import Chips
from ..widgets.forms import load_ui
from ..widgets.online_dialog import OnlineDialog

MAX_NAME = 255


class MosaicDialog(OnlineDialog):
    """Parameters in, `name` and `tags` out; sends nothing."""

    explanationLabel: QLabel
    nameEdit: QLineEdit
    tagsEdit: Chips
    buttonBox: QDialogButtonBox

    def __init__(
        self, parent: Optional[QWidget] = None, known: Optional[Mosaic] = None, notice: str = ""
    ) -> None:
        """`known` is the one to edit, `notice` what is to be said of it."""
        super().__init__(parent)
        load_ui(self, "manage/mosaic_dialog")
        self._known = known
        self.nameEdit.setMaxLength(MAX_NAME)
        self.ok_button = self.buttonBox.button(QDialogButtonBox.StandardButton.Ok)
        self.ok_button.setText(self.tr("Create") if known is None else self.tr("Save"))
        self.set_yes(self.ok_button)
        if known is not None:
            self._show_known(known, notice)
        self.nameEdit.textChanged.connect(self._on_changed)
        self.tagsEdit.changed.connect(self._on_changed)
        self.buttonBox.accepted.connect(self.accept)
        self.buttonBox.rejected.connect(self.reject)
        self._on_changed()

    @property
    def name(self) -> str:
        return str(self.nameEdit.text()).strip()

    @property
    def tags(self) -> tuple[str, ...]:
        """Those that nobody touched stay as they were."""
        return self.tagsEdit.tags()

    @property
    def typed(self) -> tuple[str, tuple[str, ...]]:
        return self.name, self.tags

    def type_in(self, name: str, tags: tuple[str, ...]) -> None:
        self.nameEdit.setText(name)
        self.tagsEdit.set_tags(tags)
        self._on_changed()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrapped lines are never cut: Qt itself thinks of the width alone."""
        super().resizeEvent(event)
        self._make_room()

    def event(self, event: QEvent) -> bool:
        """Nor are the tags, when they take another line."""
        is_done = bool(super().event(event))
        if event.type() == QEvent.Type.LayoutRequest:
            self._make_room()
        return is_done

    def _make_room(self) -> None:
        layout = self.layout()
        is_wrapped = layout.hasHeightForWidth()  # not without a line that is wrapped
        height = layout.totalHeightForWidth(self.width()) if is_wrapped else layout.totalSizeHint().height()
        self.setMinimumHeight(height)

    def _show_known(self, known: Mosaic, notice: str) -> None:
        self.setWindowTitle(self.tr("Edit Mosaic"))
        self.explanationLabel.setText(notice)
        self.explanationLabel.setVisible(bool(notice))
        self.nameEdit.setText(known.name)
        self.nameEdit.setCursorPosition(0)
        self.tagsEdit.set_tags(known.tags)

    def _on_changed(self) -> None:
        is_other = self._known is None or (self.name, self.tags) != (self._known.name, self._known.tags)
        self.set_ready(bool(self.name) and is_other)
