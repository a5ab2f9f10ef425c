"""All services as one, made to follow one session. Main thread."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from qgis.PyQt.QtCore import QObject

from ..settings import cache_folder
from .catalog import CatalogService
from .deletions import DeletionService
from .images import ImageService
from .mosaics import MosaicService
from .queue import QueueService
from .session import SessionService
from .shelf import Shelf
from .shelf_keeper import ShelfKeeper
from .shelf_reader import ShelfReader
from .uploads import UploadService


@dataclass(frozen=True)
class Services:
    session: SessionService
    mosaics: MosaicService
    images: ImageService
    queue: QueueService
    uploads: UploadService
    catalog: CatalogService
    deletions: DeletionService
    shelf_keeper: ShelfKeeper
    shelf_reader: ShelfReader

    def close(self) -> None:
        """Cancels all; nothing runs, answers or starts any more."""
        sending = (self.catalog, self.deletions, self.uploads, self.queue)
        shelf = (self.shelf_reader, self.shelf_keeper)
        for service in (*sending, *shelf, self.images, self.mosaics, self.session):
            service.close()


def make_services(parent: Optional[QObject] = None) -> Services:
    shelf = Shelf(str(Path(cache_folder()) / "shelf"))
    session = SessionService(parent, shelf=shelf)
    mosaics, images, queue = MosaicService(parent), ImageService(parent), QueueService(parent)
    services = Services(
        session,
        mosaics,
        images,
        queue,
        UploadService(queue, parent),
        CatalogService(parent),
        DeletionService(parent),
        ShelfKeeper(shelf, session, mosaics, images, parent),
        ShelfReader(shelf, session, mosaics, images, parent),
    )
    online = (mosaics, images, services.catalog, services.deletions)
    followers = (*online, queue, services.uploads)
    for follower in followers:
        session.signed_in.connect(follower.set_connection)
        session.signed_out.connect(lambda follower=follower: follower.set_connection(None))
    session.status_loaded.connect(services.catalog.set_status)
    mosaics.mosaics_loaded.connect(images.know)
    return services
