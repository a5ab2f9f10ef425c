"""Small pictures of the images in sight, and the large one of the image that is looked at. Main thread."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Callable, Optional

from qgis.PyQt.QtCore import QObject, Qt, pyqtSignal
from qgis.PyQt.QtGui import QImage

from ...api.cancel import CancelToken
from ...api.connection import Connection
from ...api.errors import MapflowError, Unreachable
from ...api.models import Image
from ...settings import cache_folder
from ..online import OnlineService, with_client
from .cache import PictureCache, key_of
from .desk import PictureDesk
from .janitor import PictureJanitor
from .memory import PictureMemory, file_facts
from .source import LARGE, fetch, from_disk

FOLDER = "pictures"


class PictureService(OnlineService):
    """Several places may want pictures at once; who asked last comes first. What has none is not asked for
    again until `refresh`. Nothing is told by `failed`: who shows the pictures shows what became of them.
    """

    picture_loaded = pyqtSignal(str)  # image id
    picture_failed = pyqtSignal(str, object)  # image id, error
    picture_put_off = pyqtSignal(str)  # image id: not to be had now, nor is it on its way any more
    halted = pyqtSignal(object)  # error: the rest is not to be had now; what is wanted next is tried again
    refreshed = pyqtSignal()  # what is in sight is to be asked for again
    large_loaded = pyqtSignal(object, object)  # Image, QImage
    large_failed = pyqtSignal(object, object)  # Image, error

    _came = pyqtSignal(object, object, object, object)  # from the desk: desk, Image, QImage, error

    def __init__(
        self,
        parent: Optional[QObject] = None,
        *,
        folder: str = "",
        in_use: Optional[Callable[[], Iterable[Path]]] = None,
        time_scale: float = 1.0,
    ) -> None:
        """`in_use` are the files that layers need; those of the open project if it is not given."""
        super().__init__(parent)
        self._folder = Path(folder or cache_folder())
        self._time_scale = time_scale
        self._cache = PictureCache(str(self._folder / FOLDER))
        self._owner = ""
        self._is_kept = True
        self._is_halted = False
        self._desk: Optional[PictureDesk] = None
        self._places: dict[str, tuple[Image, ...]] = {}  # what is wanted where, the newest wish first
        self._memory = PictureMemory()
        self._failed: dict[str, Any] = {}  # image id to the facts of the file that has no picture
        self._janitor = PictureJanitor(self._cache, self._folder, in_use, self)
        self._came.connect(self._on_came, Qt.ConnectionType.QueuedConnection)

    # The account

    def set_connection(self, connection: Optional[Connection], is_kept: bool = True) -> None:
        """Another account, or none, finds nothing in memory. With `is_kept` False the disk is not used: of
        that account nothing is to be left on this computer, nor of before."""
        owner = connection.key if connection else ""
        if (connection, owner, is_kept) != (self._connection, self._owner, self._is_kept):
            self._is_kept = is_kept
            if owner and is_kept:
                self._cache.admit(owner)
            elif owner:
                self._janitor.forget(owner)
            self.cancel_all()
            super().set_connection(connection)
            self._open_desk(owner)

    def set_account(self, key: str) -> None:
        """Whose pictures are shown from memory and the disk while there is no connection; "" for nobody's."""
        if self._connection is not None or key != self._owner:
            self.cancel_all()
            super().set_connection(None)
            self._open_desk(key)

    def forget(self, connection: Connection) -> None:
        """Takes the pictures of this account off the disk."""
        if connection.key == self._owner:
            self.set_connection(None)
        self._janitor.forget(connection.key)

    def refresh(self) -> None:
        """What had no picture may have one now."""
        self._failed.clear()
        self.refreshed.emit()

    def close(self) -> None:
        self._janitor.close()
        super().close()

    # Small pictures

    def want(self, images: Sequence[Image], place: str = "") -> None:
        """The images whose pictures are in sight in a place, most wanted first; what waited before for the
        same place is forgotten, what is under way goes on."""
        others = {name: wanted for name, wanted in self._places.items() if name != place}
        self._places = {place: tuple(images), **others} if images else others
        self._is_halted = False
        if self._desk is not None:
            wanted = (image for wishes in self._places.values() for image in wishes)
            self._desk.want([image for image in wanted if self._is_to_be_had(image)])
            self._serve()

    def small(self, image: Image) -> Optional[QImage]:
        """From memory. None for an image that was replaced, too."""
        return self._memory.get(image)

    def is_failed(self, image_id: str) -> bool:
        return image_id in self._failed

    @property
    def is_halted(self) -> bool:
        """What is neither in memory nor on the disk cannot be had just now."""
        return self._is_halted or self._connection is None

    def is_loading(self, image_id: str) -> bool:
        return self._desk is not None and self._desk.is_loading(image_id)

    # The large one

    def load_large(self, image: Image) -> None:
        """One that was asked for before and is not there yet is no longer wanted."""
        owner, connection, cache = self._owner, self._connection, self._cache_now()
        scale = self._time_scale

        def get(token: CancelToken) -> QImage:
            picture = from_disk(cache, key_of(owner, image, LARGE), LARGE)
            if picture is not None:
                return picture
            if connection is None:
                raise Unreachable("there is no connection")
            return with_client(
                connection, token, lambda client, _: fetch(client, image, LARGE, cache, owner), scale
            )

        if not owner:
            return
        self.run(
            "large",
            get,
            lambda picture: self.large_loaded.emit(image, picture),
            lambda error: self.large_failed.emit(image, error),
            latest=True,
        )

    # Inside

    def _open_desk(self, owner: str) -> None:
        if owner != self._owner:
            self._memory.clear()
            self._failed.clear()
            self._places.clear()
        self._owner = owner
        self._desk = self._make_desk(owner) if owner else None
        self.refreshed.emit()

    def _make_desk(self, owner: str) -> PictureDesk:
        def tell(image: Optional[Image], picture: Optional[QImage], error: Optional[MapflowError]) -> None:
            self.tell("_came", desk, image, picture, error)

        desk = PictureDesk(owner, self._connection, self._cache_now(), tell, self._time_scale)
        return desk

    def _cache_now(self) -> Optional[PictureCache]:
        return self._cache if self._is_kept else None

    def _is_to_be_had(self, image: Image) -> bool:
        if self._failed.get(image.id, file_facts(image)) != file_facts(image):
            del self._failed[image.id]  # another file by now
        return image.is_ready and image.id not in self._failed and self.small(image) is None

    def _serve(self) -> None:
        """Have a task as long as something is wanted."""
        desk = self._desk
        if desk is not None and desk.has_work():
            self.run("small", desk.serve, lambda _: self._on_served(), description="Mapflow Data: pictures")

    def _on_served(self) -> None:
        self._serve()  # something may have been wanted while it ended
        self._janitor.tidy()  # there is time now

    def _on_came(
        self,
        desk: PictureDesk,
        image: Optional[Image],
        picture: Optional[QImage],
        error: Optional[MapflowError],
    ) -> None:
        """From the desk's threads; one of another account, or of an ended session, is late."""
        if self._is_closed or desk is not self._desk:
            return
        if image is None:
            self._is_halted = True
            self.halted.emit(error)
            return
        desk.settle(image.id)
        if picture is not None:
            self._memory.put(image, picture)
            self.picture_loaded.emit(image.id)
        elif error is not None:
            self._failed[image.id] = file_facts(image)
            self.picture_failed.emit(image.id, error)
        else:
            self.picture_put_off.emit(image.id)
