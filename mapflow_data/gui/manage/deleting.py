"""Deletions from the wish to the result: asks, has them made, brings tree and map up to date. Main thread."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal
from qgis.PyQt.QtWidgets import QWidget

from ...api.models import Image, Mosaic
from ...services.bundle import Services
from ...services.deletions import Item, Outcome, without_repetition
from ..account.own_dialog import OwnDialog
from ..canvas.presenter import Presenter
from ..imagery.model import ImageryModel
from . import delete_words as words
from .delete_dialog import DeleteDialog
from .delete_words import Doomed

COUNTED_AT_MOST = 20  # mosaics whose images are asked for, to tell how many they are


class Deleting(QObject):
    """Rows go as soon as their items are gone."""

    succeeded = pyqtSignal(str)
    stopped = pyqtSignal(str)
    warned = pyqtSignal(object, str, object)  # Message, button, what it does
    sign_in_requested = pyqtSignal()

    def __init__(
        self, services: Services, presenter: Presenter, model: ImageryModel, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._presenter = presenter
        self._model = model
        self._panel = parent
        self._dialog: OwnDialog[DeleteDialog] = OwnDialog(services.session, self)
        self._wanted: list[Item] = []  # what the dialog is about
        self._facts_changed = QTimer(self)  # many rows at once are one change
        self._facts_changed.setSingleShot(True)
        self._facts_changed.timeout.connect(self._on_facts_changed)
        model.dataChanged.connect(lambda *_: self._facts_changed.start())
        services.deletions.outcome.connect(lambda outcome: self._take_away([outcome]))
        services.deletions.ended.connect(self._on_ended)

    def ask(self, items: Sequence[Item]) -> None:
        """Opens the dialog; nothing is deleted without its yes."""
        wanted = without_repetition(items)
        if not wanted or self._services.deletions.is_busy or self._dialog.current is not None:
            return
        self._wanted = wanted
        dialog = DeleteDialog(self._doomed(), self._panel)
        dialog.accepted.connect(lambda: self._delete(wanted))
        self._dialog.open(dialog)
        for one in [one for one in self._doomed() if one.is_open][:COUNTED_AT_MOST]:
            self._services.images.load(one.item.id)

    def _delete(self, items: Sequence[Item]) -> None:
        if not self._services.deletions.delete(items):
            self.stopped.emit(self.tr("Another deletion is under way: try again after it."))

    def _on_facts_changed(self) -> None:
        """The images of a mosaic have come: now their number is known."""
        if self._dialog.current is not None:
            self._dialog.current.show_doomed(self._doomed())

    def _doomed(self) -> list[Doomed]:
        return [self._facts(item) for item in self._wanted]

    def _facts(self, item: Item) -> Doomed:
        branch = self._model.branch(item.id) if isinstance(item, Mosaic) else None
        if branch is None:
            return Doomed(item, size=item.size_bytes)
        size = item.size_bytes
        if size is None and len(branch.images) == branch.count:
            size = sum(image.size_bytes or 0 for image in branch.images)
        return Doomed(item, branch.count, size)

    # What became of it

    def _take_away(self, outcomes: Sequence[Outcome]) -> None:
        gone = [outcome.item for outcome in outcomes if outcome.error is None]
        mosaics = {item.id for item in gone if isinstance(item, Mosaic)}
        if mosaics:
            self._model.set_mosaics([m for m in self._model.mosaics() if m.id not in mosaics])
            for mosaic_id in mosaics:
                self._presenter.remove_mosaic(mosaic_id)
        for mosaic_id in _mosaics_of(gone):
            self._take_images(mosaic_id, {item.id for item in gone})

    def _take_images(self, mosaic_id: str, ids: set[str]) -> None:
        branch = self._model.branch(mosaic_id)
        left = [image for image in branch.images if image.id not in ids] if branch else []
        if branch and len(left) < len(branch.images):
            self._model.set_images(mosaic_id, left)

    def _on_ended(self, outcomes: list[Outcome]) -> None:
        self._take_away(outcomes)
        self._services.mosaics.load()
        self._services.session.refresh_storage()
        for mosaic_id in _mosaics_of(outcome.item for outcome in outcomes):
            self._services.images.load(mosaic_id)
        self._tell(outcomes)

    def _tell(self, outcomes: Sequence[Outcome]) -> None:
        failed = words.failures(outcomes)
        if words.is_signed_out(outcomes):
            self.warned.emit(words.signed_out(outcomes), "", None)
        elif words.is_refused(failed):
            self.warned.emit(words.failure(outcomes), self.tr("Sign in"), self.sign_in_requested.emit)
        elif failed:
            items = [outcome.item for outcome in failed]
            self.warned.emit(words.failure(outcomes), self.tr("Retry"), lambda: self._delete(items))
        elif any(outcome.error for outcome in outcomes):
            self.stopped.emit(words.stopped(outcomes))
        else:
            self.succeeded.emit(words.success(outcomes))


def _mosaics_of(items: Iterable[Item]) -> set[str]:
    """The mosaics whose images are among the items."""
    return {item.mosaic_id for item in items if isinstance(item, Image) and item.mosaic_id}
