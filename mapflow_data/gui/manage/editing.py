"""Changes to names and tags from the wish to the result: asks, has them made, shows them. Main thread."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any, Callable, Union

from qgis.PyQt.QtCore import QObject, pyqtSignal
from qgis.PyQt.QtWidgets import QDialog, QWidget

from ...api.errors import MapflowError, NotFound
from ...api.models import Image, Mosaic
from ...services.bundle import Services
from ...services.online import is_out_of_reach
from ..account.own_dialog import OwnDialog
from ..imagery.model import ImageryModel
from ..words.plain import cut
from ..words.tag_text import tags_text
from .mosaic_dialog import MosaicDialog
from .rename_dialog import RenameDialog


class Editing(QObject):
    """What others wrote meanwhile is shown and never written over."""

    renamed = pyqtSignal(object)  # Mosaic or Image, as its row is by now

    def __init__(self, services: Services, model: ImageryModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._services = services
        self._model = model
        self._panel = parent
        self._dialog: OwnDialog[QDialog] = OwnDialog(services.session, self)
        self._mosaic_id = ""  # of the image renamed last
        self._again: dict[str, Callable[[], None]] = {}  # opens what was sent last once more, as it was typed
        services.session.account_left.connect(self._again.clear)
        services.mosaics.mosaic_changed.connect(self._on_mosaic_changed)
        services.mosaics.mosaic_moved_on.connect(self._on_mosaic_moved_on)
        services.images.image_renamed.connect(self._on_image_renamed)
        services.mosaics.failed.connect(self._on_failed)
        services.images.failed.connect(self._on_failed)

    def create(self) -> None:
        self._create()

    def edit(self, mosaic: Mosaic, notice: str = "") -> None:
        self._edit(mosaic, notice)

    def rename(self, image: Image) -> None:
        self._rename(image)

    # `typed` is what was typed before, where it could not be sent

    def _create(self, *typed: Any) -> None:
        self._open("create", MosaicDialog(self._panel), self._services.mosaics.create, self._create, typed)

    def _edit(self, mosaic: Mosaic, notice: str, *typed: Any) -> None:
        if not self._services.mosaics.is_changing(mosaic.id):
            dialog = MosaicDialog(self._panel, mosaic, notice)
            send = partial(self._services.mosaics.update, mosaic)
            self._open("update", dialog, send, partial(self._edit, mosaic, notice), typed)

    def _rename(self, image: Image, *typed: Any) -> None:
        if not self._services.images.is_changing(image.id):
            self._mosaic_id = image.mosaic_id
            dialog = RenameDialog(image.filename, self._panel)
            send = partial(self._services.images.rename, image)
            self._open("rename", dialog, send, partial(self._rename, image), typed)

    def _open(
        self,
        what: str,
        dialog: Union[MosaicDialog, RenameDialog],
        send: Callable[..., None],
        again: Callable[..., None],
        typed: tuple[Any, ...],
    ) -> None:
        def on_accepted() -> None:
            self._again[what] = partial(again, *dialog.typed)
            send(*dialog.typed)

        if typed:
            dialog.type_in(*typed)
        dialog.accepted.connect(on_accepted)
        self._dialog.open(dialog)

    # What became of it

    def _on_mosaic_changed(self, mosaic: Mosaic) -> None:
        self._show(mosaic)
        self.renamed.emit(mosaic)
        self._services.mosaics.load()

    def _on_mosaic_moved_on(self, mosaic: Mosaic, name: str, tags: tuple[str, ...]) -> None:
        self._show(mosaic)
        notice = self.tr(
            "This mosaic was changed elsewhere meanwhile. Below is how it is now. You had: “{0}”"
        )
        notice = notice.format(cut(name))
        if tags:
            notice = self.tr("{0}, tags {1}").format(notice, cut(tags_text(tags)))
        self.edit(mosaic, notice + ".")

    def _on_image_renamed(self, image: Image) -> None:
        branch = self._model.branch(image.mosaic_id)
        if branch is not None:
            images = [image if one.id == image.id else one for one in branch.images]
            self._model.set_images(image.mosaic_id, images)
            self.renamed.emit(image)
        self._services.images.load(image.mosaic_id)

    def _on_failed(self, what: str, error: MapflowError) -> None:
        """What is gone leaves the tree, what could not be sent is there again; the message is the dock's."""
        again = self._again.pop(what, None)
        if again is not None and is_out_of_reach(error) and self._dialog.current is None:
            again()
        if what == "update" and isinstance(error, NotFound):
            self._services.mosaics.load()
        elif what == "rename" and isinstance(error, NotFound):
            self._services.images.load(self._mosaic_id)

    def _show(self, mosaic: Mosaic) -> None:
        """The rest of the row stays as the list told it."""
        self._model.set_mosaics(
            [
                replace(known, name=mosaic.name, tags=mosaic.tags) if known.id == mosaic.id else known
                for known in self._model.mosaics()
            ]
        )
