"""How far a replacement is. Main thread."""

from __future__ import annotations

from typing import Optional

from qgis.PyQt.QtWidgets import QWidget

from ...services.replacement import Stage
from ...services.replacements import ReplacementService
from ...transfer.swap import Step
from ..widgets.late_bar import LateBar
from ..widgets.wrapped_label import WrappedLabel
from . import words

LABEL_WIDTH = 24  # characters


class ReplaceBar(LateBar):
    def __init__(self, replacements: ReplacementService, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self._replacements = replacements
        self._current = 0
        self.label = WrappedLabel(self)
        self.label.setMinimumWidth(LABEL_WIDTH * self.fontMetrics().averageCharWidth())
        self.cancelButton = self.make_cancel_button("cancelReplacementButton", "")
        self._cancel_text = self.cancelButton.text()
        self.cancelButton.clicked.connect(self._on_cancel)
        self.lay_out(self.label, self.cancelButton)
        replacements.progressed.connect(self._update)
        replacements.ended.connect(self._update)

    def _update(self) -> None:
        under_way = [one for one in self._replacements.open if one.stage is not Stage.WAITING]
        if not under_way:
            self.show_no_more()
            return
        one = under_way[0]
        self._current = one.id
        self.label.setText(words.progress(one, len(self._replacements.open) - 1))
        self._name_button(words.is_looking(one))
        is_late = one.stage is Stage.SWAPPING and one.step is Step.DELETING
        self.cancelButton.setEnabled(not is_late)
        self.show_soon()

    def _name_button(self, is_looking: bool) -> None:
        text, tip = self._cancel_text, self.tr("Stop replacing; the old image stays")
        if is_looking:
            text = self.tr("Stop looking")
            tip = self.tr("Stop looking for the new image; both stay, as far as they are there")
        self.cancelButton.setText(text)
        self.cancelButton.setToolTip(tip)

    def _on_cancel(self) -> None:
        self._replacements.cancel_replacement(self._current)
