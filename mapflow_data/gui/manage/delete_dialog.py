"""Asks whether mosaics and images are to be deleted: all are named, Cancel is the default. Main thread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional

from qgis.PyQt.QtGui import QResizeEvent, QTextOption
from qgis.PyQt.QtWidgets import QDialogButtonBox, QLabel, QPlainTextEdit, QWidget

from ..widgets.forms import load_ui
from ..widgets.online_dialog import OnlineDialog
from .delete_words import Doomed, line, question

FEW = 8


class DeleteDialog(OnlineDialog):
    """What would go in, a yes or no out; deletes nothing."""

    whatLabel: QLabel
    namesView: QPlainTextEdit
    buttonBox: QDialogButtonBox

    def __init__(self, doomed: Sequence[Doomed], parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        load_ui(self, "manage/delete_dialog")
        self.namesView.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.show_doomed(doomed)
        self.delete_button = self.buttonBox.addButton(
            self.tr("Delete from Mapflow"), QDialogButtonBox.ButtonRole.AcceptRole
        )
        self.set_yes(self.delete_button)
        self.delete_button.setAutoDefault(False)  # Enter never deletes, wherever the focus is
        cancel = self.buttonBox.button(QDialogButtonBox.StandardButton.Cancel)
        cancel.setDefault(True)
        cancel.setFocus()
        self.buttonBox.accepted.connect(self.accept)
        self.buttonBox.rejected.connect(self.reject)
        self._fit(len(doomed))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrapped lines are never cut: Qt itself thinks of the width alone."""
        super().resizeEvent(event)
        self._keep_whole()

    def _fit(self, count: int) -> None:
        """One name has no room for twenty."""
        if count < FEW:
            line = self.namesView.fontMetrics().lineSpacing() + 2
            around = 2 * (self.namesView.frameWidth() + int(self.namesView.document().documentMargin()))
            self.namesView.setMaximumHeight((count + 1) * line + around)  # a long name takes two lines
            self._keep_whole()
            self.resize(self.width(), self.layout().totalHeightForWidth(self.width()))

    def _keep_whole(self) -> None:
        self.setMinimumHeight(self.layout().minimumHeightForWidth(self.width()))

    def show_doomed(self, doomed: Sequence[Doomed]) -> None:
        """Again, as soon as more is known of it."""
        names = "\n".join(line(one) for one in doomed)
        self.whatLabel.setText(question(doomed))
        self._keep_whole()
        if names != self.namesView.toPlainText():
            self.namesView.setPlainText(names)
