"""Which mosaic takes the files: one combo for existing mosaics and the name of a new one. Main thread."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Optional

from qgis.PyQt.QtCore import QObject, Qt, QTimer, pyqtSignal
from qgis.PyQt.QtWidgets import QComboBox, QCompleter, QLabel

from ...api.models import Mosaic
from ..widgets.chips import Chips
from ..words import formats

MAX_NAME = 255
TYPING_MS = 300


@dataclass(frozen=True)
class Target:
    """An existing mosaic, or the name and tags of one to be made."""

    mosaic: Optional[Mosaic]
    name: str
    tags: tuple[str, ...] = ()

    @property
    def mosaic_id(self) -> Optional[str]:
        return self.mosaic.id if self.mosaic else None


class TargetChooser(QObject):
    """The logic of the widgets it is given; they stay the dialog's."""

    changed = pyqtSignal()

    def __init__(self, combo: QComboBox, hint: QLabel, tags_label: QLabel, tags: Chips) -> None:
        super().__init__(combo)
        self._combo, self._hint, self._tags_label, self._tags = combo, hint, tags_label, tags
        self._mosaics: dict[str, Mosaic] = {}  # by id
        self._suggestion = ""
        self._wanted = ""  # the id of a mosaic that is not in the list yet
        self._is_touched = False
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING_MS)
        self._typing.timeout.connect(self._tell)
        self._set_up_combo()
        self._show()

    def _set_up_combo(self) -> None:
        completer = self._combo.completer()
        # inline completion would turn the name of a new mosaic into that of an existing one
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        edit = self._combo.lineEdit()
        edit.setMaxLength(MAX_NAME)
        edit.setPlaceholderText(self.tr("Name of a new mosaic"))
        edit.setClearButtonEnabled(True)
        edit.textEdited.connect(self._on_edited)
        edit.textChanged.connect(self._show)
        self._combo.activated[int].connect(self._on_activated)

    @property
    def target(self) -> Target:
        text = self._combo.currentText().strip()
        place = self._combo.currentIndex()
        if place < 0 or self._combo.itemText(place) != text or not self._combo.itemData(place):
            place = next((i for i in range(self._combo.count()) if self._is_mosaic(i, text)), -1)
        mosaic = self._mosaics.get(self._combo.itemData(place)) if place >= 0 else None
        return Target(mosaic, mosaic.name if mosaic else text, () if mosaic else self._tags.tags())

    def set_mosaics(self, mosaics: Sequence[Mosaic]) -> None:
        """Fills the list; what is chosen or typed stays."""
        chosen, text = self._wanted or self.target.mosaic_id, self._combo.currentText()
        self._mosaics = {m.id: m for m in sorted(mosaics, key=lambda m: m.name.casefold())}
        self._fill()
        if chosen in self._mosaics:
            self.select(chosen)
        else:
            self._set_text(text)
        if self._suggestion and not self._is_touched:
            self.suggest(self._suggestion)
        self._tell()

    def suggest(self, name: str) -> None:
        """A name for a new mosaic, taken and selected unless the user chose or typed something."""
        self._suggestion = name
        self._fill()
        if not self._is_touched:
            self._set_text(self._free_name(name))
            self._combo.lineEdit().selectAll()

    def select(self, mosaic_id: str) -> None:
        """Choose an existing mosaic, as soon as it is known."""
        self._wanted = mosaic_id
        place = self._combo.findData(mosaic_id)
        if place >= 0:
            self._wanted = ""
            self._is_touched = True
            self._combo.setCurrentIndex(place)
            self._show()
            self._tell()

    def _fill(self) -> None:
        text = self._combo.currentText()
        edit = self._combo.lineEdit()
        selection = (edit.selectionStart(), len(edit.selectedText()))
        blocked = self._combo.blockSignals(True)
        self._combo.clear()
        if self._suggestion:
            self._combo.addItem(self._free_name(self._suggestion))
            if self._mosaics:
                self._combo.insertSeparator(1)
        repeated = Counter(m.name for m in self._mosaics.values())
        for mosaic in self._mosaics.values():
            self._combo.addItem(_label(mosaic, repeated[mosaic.name] > 1), mosaic.id)
        self._combo.setEditText(text)
        self._combo.blockSignals(blocked)
        if selection[0] >= 0:
            edit.setSelection(*selection)

    def _set_text(self, text: str) -> None:
        self._combo.setEditText(text)
        self._show()

    def _free_name(self, name: str) -> str:
        """Not the name of an existing mosaic: the files would silently go there."""
        taken = {m.name for m in self._mosaics.values()}
        names = (name, *(f"{name} ({n})" for n in range(2, len(taken) + 3)))
        return next(n for n in names if n not in taken)

    def _is_mosaic(self, place: int, text: str) -> bool:
        return bool(self._combo.itemData(place)) and self._combo.itemText(place) == text

    def _show(self) -> None:
        target = self.target
        is_new = target.mosaic is None
        self._tags_label.setVisible(is_new)
        self._tags.setVisible(is_new)
        self._hint.setText(self._hint_text(target))
        self._hint.setVisible(bool(self._hint.text()))

    def _hint_text(self, target: Target) -> str:
        if target.mosaic is None:
            return self.tr("new mosaic") if target.name else ""
        count, size = target.mosaic.image_count, formats.size(target.mosaic.size_bytes)
        if count is not None:
            return self.tr("has one image") if count == 1 else self.tr("has {0} images").format(count)
        return self.tr("has {0}").format(size) if size else ""

    def _on_edited(self) -> None:
        self._is_touched = True
        self._typing.start()

    def _on_activated(self, place: int) -> None:
        self._is_touched = bool(self._combo.itemData(place))
        self._show()
        if not self._is_touched:
            self._combo.lineEdit().selectAll()
        self._tell()

    def _tell(self) -> None:
        self._typing.stop()
        self.changed.emit()


def _label(mosaic: Mosaic, is_repeated: bool) -> str:
    if not is_repeated:
        return mosaic.name
    return f"{mosaic.name} · {formats.moment(mosaic.created_at) or mosaic.id[:8]}"
