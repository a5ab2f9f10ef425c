"""All services as one, made to follow one session. Main thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from qgis.PyQt.QtCore import QObject

from .catalog import CatalogService
from .deletions import DeletionService
from .images import ImageService
from .mosaics import MosaicService
from .queue import QueueService
from .session import SessionService
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

    def close(self) -> None:
        """Cancels all; nothing runs, answers or starts any more."""
        sending = (self.catalog, self.deletions, self.uploads, self.queue)
        for service in (*sending, self.images, self.mosaics, self.session):
            service.close()


def make_services(parent: Optional[QObject] = None) -> Services:
    queue = QueueService(parent)
    services = Services(
        SessionService(parent),
        MosaicService(parent),
        ImageService(parent),
        queue,
        UploadService(queue, parent),
        CatalogService(parent),
        DeletionService(parent),
    )
    session = services.session
    online = (services.mosaics, services.images, services.catalog, services.deletions)
    followers = (*online, queue, services.uploads)
    for follower in followers:
        session.signed_in.connect(follower.set_connection)
        session.signed_out.connect(lambda follower=follower: follower.set_connection(None))
    session.status_loaded.connect(services.catalog.set_status)
    services.mosaics.mosaics_loaded.connect(services.images.know)
    return services
