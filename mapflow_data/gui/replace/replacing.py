"""Replacements from the wish to the result: asks, has them made, brings all up to date. Main thread."""

from __future__ import annotations

from pathlib import Path
from typing import Optional

from qgis.PyQt.QtCore import QObject, pyqtSignal
from qgis.PyQt.QtWidgets import QFileDialog, QWidget

from ... import settings
from ...api.errors import MapflowError, NotFound
from ...api.models import Image
from ...layers.properties import PREVIEW
from ...services.bundle import Services
from ...services.replacement import Prepared, Replacement, Stage
from ..account.own_dialog import OwnDialog
from ..canvas.presenter import Presenter
from ..imagery.model import ImageryModel
from ..words.messages import describe
from . import outcomes, words
from .bar import ReplaceBar
from .dialog import ReplaceDialog


class Replacing(QObject):
    """`bar` is for the panel: it shows how far a replacement is."""

    succeeded = pyqtSignal(str)
    stopped = pyqtSignal(str)
    warned = pyqtSignal(object, str, object)  # Message, button, what it does
    sign_in_requested = pyqtSignal()

    def __init__(
        self, services: Services, presenter: Presenter, model: ImageryModel, parent: QWidget
    ) -> None:
        super().__init__(parent)
        replacements = self._replacements = services.replacements
        self._services = services
        self._presenter = presenter
        self._model = model
        self._panel = parent
        self._file_dialog: OwnDialog[QFileDialog] = OwnDialog(services.session, self)
        self._dialog: OwnDialog[ReplaceDialog] = OwnDialog(services.session, self)
        self._prepared: Optional[Prepared] = None
        self._asked: tuple[Image, str] = Image(""), ""  # image and path that the dialog is about
        self._previews: dict[str, str] = {}  # new image whose preview is on its way, to the old one
        self.bar = ReplaceBar(replacements, parent)
        replacements.prepared.connect(self._on_prepared)
        replacements.failed.connect(self._on_failed)
        replacements.replaced.connect(self._on_replaced)
        replacements.ended.connect(self._on_ended)
        services.images.preview_loaded.connect(self._on_preview_loaded)
        services.session.account_left.connect(self._previews.clear)
        services.session.online_changed.connect(self._on_online_changed)

    def ask(self, image: Image) -> None:
        """For a file, and then whether it is to take the image's place."""
        if self._replacements.is_replacing(image.id):
            self.stopped.emit(words.is_under_way(image))
            return
        if self._file_dialog.current or self._dialog.current or not image.mosaic_id:
            return
        kinds = self.tr("GeoTIFF (*.tif *.tiff *.TIF *.TIFF)") + ";;" + self.tr("All files (*)")
        title = self.tr("File of the new image")
        dialog = QFileDialog(self._panel, title, settings.UPLOAD_FOLDER.get(), kinds)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        # not fileSelected: of a path that is typed, a file of the same name in view may be selected, too
        dialog.filesSelected.connect(lambda paths: self._on_file(image, paths[0]))
        self._file_dialog.open(dialog)

    def _on_file(self, image: Image, path: str) -> None:
        settings.UPLOAD_FOLDER.set(str(Path(path).parent))
        self._prepared, self._asked = None, (image, path)
        dialog = ReplaceDialog(image, Path(path).name, self._panel)
        dialog.accepted.connect(self._on_accepted)
        dialog.finished.connect(self._replacements.forget)
        self._dialog.open(dialog)
        self._replacements.prepare(image, path)

    def _on_prepared(self, prepared: Prepared) -> None:
        self._prepared = prepared
        if self._dialog.current is not None:
            self._dialog.current.show_prepared(prepared)

    def _on_failed(self, what: str, error: MapflowError) -> None:
        if what != "replace_check" or self._dialog.current is None:
            return
        self._dialog.current.show_failure(describe(error, words.not_checked()).text)
        if isinstance(error, NotFound):
            self._services.images.load(self._asked[0].mosaic_id)

    def _on_online_changed(self, is_online: bool) -> None:
        """What could not be checked without the server is checked now."""
        if is_online and self._dialog.current is not None and self._prepared is None:
            self._replacements.prepare(*self._asked)

    def _on_accepted(self) -> None:
        prepared, dialog = self._prepared, self._dialog.current
        if prepared is None or dialog is None:
            return
        branch = self._model.branch(prepared.old.mosaic_id)
        name = branch.mosaic.name if branch else ""
        if not self._replacements.replace(prepared, name, keeps_name=dialog.keeps_name):
            self.stopped.emit(words.is_under_way(prepared.old))

    # What became of it

    def _on_replaced(self, _mosaic_id: str, old: Image, new: Image) -> None:
        """The old preview gives way once the new one has come."""
        if self._presenter.find(PREVIEW, image_id=old.id) is not None:
            self._previews[new.id] = old.id
            self._services.images.load_preview(new)

    def _on_ended(self, one: Replacement) -> None:
        self._services.images.load(one.old.mosaic_id)
        self._services.mosaics.load()
        self._services.session.refresh_storage()
        if one.stage is Stage.DONE:
            self.succeeded.emit(outcomes.success(one))
        elif outcomes.is_unsettled(one):
            self.warned.emit(outcomes.unsettled(one), outcomes.retry(one), lambda: self._retry(one))
        elif outcomes.is_cancelled(one):
            self.stopped.emit(outcomes.stopped(one))
        elif outcomes.is_signed_out(one):
            self.warned.emit(outcomes.failure(one), "", None)
        elif outcomes.is_refused(one):
            self.warned.emit(outcomes.failure(one), self.tr("Sign in"), self.sign_in_requested.emit)
        else:
            self.warned.emit(outcomes.failure(one), outcomes.retry(one), lambda: self._retry(one))

    def _retry(self, one: Replacement) -> None:
        if not self._replacements.retry(one.id):
            self.stopped.emit(outcomes.cannot_go_on())

    def _on_preview_loaded(self, image: Image, path: str) -> None:
        old_id = self._previews.pop(image.id, None)
        if old_id is not None:
            self._presenter.replace_preview(old_id, image, path)
