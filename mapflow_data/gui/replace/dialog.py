"""Asks whether an image is to be replaced: both side by side, Cancel is the default. Main thread."""

from __future__ import annotations

from typing import Optional

from qgis.PyQt.QtGui import QResizeEvent
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QDialogButtonBox,
    QLabel,
    QProgressBar,
    QStyle,
    QWidget,
)

from ...api.models import Image
from ...services.replacement import Prepared
from ..widgets.compare_grid import CompareGrid
from ..widgets.forms import load_ui
from ..widgets.icons import icon
from ..widgets.online_dialog import OnlineDialog
from . import words

WIDTH, LEAST_WIDTH = 92, 72  # characters
MAX_WIDTH = 1060  # logical px: a small screen has no more


class ReplaceDialog(OnlineDialog):
    """An image and the name of a file in, later what was found out of both; a yes or no out."""

    whatLabel: QLabel
    compareGrid: CompareGrid
    checkBar: QProgressBar
    problemIcon: QLabel
    problemLabel: QLabel
    consentCheck: QCheckBox
    nameCheck: QCheckBox
    orderLabel: QLabel
    buttonBox: QDialogButtonBox

    def __init__(self, old: Image, new_name: str, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        load_ui(self, "replace/dialog")
        self._prepared: Optional[Prepared] = None
        self.whatLabel.setText(words.headline(old, new_name))
        self.orderLabel.setText(words.order(old))
        self.nameCheck.setText(words.keep_name(old))
        self.replace_button = self.buttonBox.addButton(
            self.tr("Replace image"), QDialogButtonBox.ButtonRole.AcceptRole
        )
        self.replace_button.setAutoDefault(False)  # Enter never replaces, wherever the focus is
        self.set_yes(self.replace_button)
        self.set_ready(False)
        cancel = self.buttonBox.button(QDialogButtonBox.StandardButton.Cancel)
        cancel.setDefault(True)
        cancel.setFocus()
        self.consentCheck.toggled.connect(self._update_button)
        self.buttonBox.accepted.connect(self.accept)
        self.buttonBox.rejected.connect(self.reject)
        self._show_checking()

    @property
    def keeps_name(self) -> bool:
        return not self.nameCheck.isHidden() and self.nameCheck.isChecked()

    def show_prepared(self, prepared: Prepared) -> None:
        self._prepared = prepared
        self.checkBar.hide()
        self.compareGrid.show()
        self.compareGrid.show_rows(words.titles(), words.comparison(prepared))
        self._show_problems(words.join(words.problems(prepared)))
        is_open = prepared.can_be_sent
        self.consentCheck.setText(words.consent(prepared))
        self.consentCheck.setVisible(is_open and prepared.needs_consent)
        self.nameCheck.setVisible(is_open and prepared.facts.name != prepared.old.filename)
        self.orderLabel.setVisible(is_open)
        self._update_button()
        self._keep_whole()

    def show_failure(self, text: str) -> None:
        """The file could not be checked."""
        self.checkBar.hide()
        self.orderLabel.hide()
        self._show_problems(text)
        self._keep_whole()

    def _show_checking(self) -> None:
        self._show_problems("")
        self.problemLabel.setText(words.checking())
        self.problemLabel.show()
        for part in (self.compareGrid, self.consentCheck, self.nameCheck):
            part.hide()
        self.checkBar.setAccessibleName(words.checking())
        wanted = min(WIDTH * self.fontMetrics().averageCharWidth(), MAX_WIDTH)
        self.resize(max(self.width(), wanted), self.height())
        self._keep_whole()

    def _show_problems(self, text: str) -> None:
        size = self.style().pixelMetric(QStyle.PixelMetric.PM_SmallIconSize)
        self.problemIcon.setPixmap(icon("failed").pixmap(size, size))
        self.problemLabel.setText(text)
        for part in (self.problemIcon, self.problemLabel):
            part.setVisible(bool(text))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrapped lines are never cut: Qt itself thinks of the width alone."""
        super().resizeEvent(event)
        self._keep_whole()

    def _keep_whole(self) -> None:
        self.layout().activate()
        least = LEAST_WIDTH * self.fontMetrics().averageCharWidth()  # a check box is not wrapped
        self.setMinimumWidth(max(least, self.layout().minimumSize().width()))
        self.setMinimumHeight(self.layout().totalHeightForWidth(self.width()))

    def _update_button(self) -> None:
        prepared = self._prepared
        is_open = prepared is not None and prepared.can_be_sent
        consents = prepared is not None and (not prepared.needs_consent or self.consentCheck.isChecked())
        self.set_ready(is_open and consents)
