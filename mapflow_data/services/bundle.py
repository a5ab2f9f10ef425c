"""All services as one, made to follow one session. Main thread."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Optional

from qgis.PyQt.QtCore import QObject

from ..api.errors import Unreachable
from ..settings import cache_folder, journal_folder
from ..transfer.journal import Journal
from .catalog import CatalogService
from .deletions import DeletionService
from .downloads import DownloadService
from .images import ImageService
from .interruptions import InterruptionService
from .inventory import InventoryService
from .mosaics import MosaicService
from .offline.shelf import Shelf
from .online import OnlineService
from .pictures.service import PictureService
from .replacements import ReplacementService
from .session import SessionService
from .shelf_keeper import ShelfKeeper
from .shelf_reader import ShelfReader
from .upload.journal_keeper import JournalKeeper
from .upload.queue import QueueService
from .upload.uploads import UploadService


@dataclass(frozen=True)
class Services:
    """In the order in which they end: what changes things first, the session last."""

    catalog: CatalogService
    deletions: DeletionService
    interruptions: InterruptionService
    replacements: ReplacementService
    downloads: DownloadService
    uploads: UploadService
    queue: QueueService
    journal: JournalKeeper
    inventory: InventoryService
    pictures: PictureService
    shelf_reader: ShelfReader
    shelf_keeper: ShelfKeeper
    images: ImageService
    mosaics: MosaicService
    session: SessionService

    def close(self) -> None:
        """Cancels all; nothing runs, answers or starts any more."""
        for one in fields(self):
            getattr(self, one.name).close()


def make_services(parent: Optional[QObject] = None) -> Services:
    shelf = Shelf(str(Path(cache_folder()) / "shelf"))
    session = SessionService(parent, shelf=shelf)
    mosaics, images = MosaicService(parent), ImageService(parent)
    journal = JournalKeeper(Journal(journal_folder()), parent)
    queue = QueueService(parent, keeper=journal)
    replacements = ReplacementService(queue, parent, keeper=journal)
    services = Services(
        catalog=CatalogService(parent),
        deletions=DeletionService(parent),
        interruptions=InterruptionService(journal, queue, replacements, parent),
        replacements=replacements,
        downloads=DownloadService(parent),
        uploads=UploadService(queue, parent),
        queue=queue,
        journal=journal,
        inventory=InventoryService(parent),
        pictures=PictureService(parent),
        shelf_reader=ShelfReader(shelf, session, mosaics, images, parent),
        shelf_keeper=ShelfKeeper(shelf, session, mosaics, images, parent),
        images=images,
        mosaics=mosaics,
        session=session,
    )
    _follow_session(services)
    _share_what_is_known(services)
    return services


def _follow_session(services: Services) -> None:
    session, pictures = services.session, services.pictures
    for follower in (
        services.mosaics,
        services.images,
        services.catalog,
        services.deletions,
        services.queue,
        services.uploads,
        services.replacements,
        services.interruptions,
        services.downloads,
        services.inventory,
    ):
        session.signed_in.connect(follower.set_connection)
        session.signed_out.connect(lambda follower=follower: follower.set_connection(None))
    for told in (session.signed_in, session.token_not_stored):
        told.connect(lambda *_: pictures.set_connection(session.connection, session.is_kept))
    session.signed_out.connect(lambda: pictures.set_connection(None))
    # those on the disk can be seen; none is asked for
    session.went_offline.connect(lambda connection, _: pictures.set_account(connection.key))
    session.online_changed.connect(lambda is_online: _on_online_changed(services, is_online))
    services.mosaics.mosaics_loaded.connect(session.note_list)
    _doubt(services)
    session.forgotten.connect(pictures.forget)
    session.status_loaded.connect(services.catalog.set_status)


def _on_online_changed(services: Services, is_online: bool) -> None:
    """The server of somebody who is signed in went away, or is back."""
    session, pictures = services.session, services.pictures
    if session.connection is None:
        return
    for service in (services.mosaics, services.images):
        if is_online:
            service.set_connection(session.connection)
        else:
            service.go_away()
    if is_online:
        pictures.set_connection(session.connection, session.is_kept)
    else:
        pictures.set_account(session.connection.key)


def _doubt(services: Services) -> None:
    """Whoever fails to reach the server says so; the session finds out."""
    session = services.session
    for one in fields(services):
        service = getattr(services, one.name)
        if isinstance(service, OnlineService):
            service.unreached.connect(session.doubt)
    services.pictures.halted.connect(session.doubt)
    services.queue.summary_changed.connect(
        lambda total: session.doubt(Unreachable()) if total.waiting_since is not None else None
    )


def _share_what_is_known(services: Services) -> None:
    """What one of them has read saves the others a request."""
    mosaics, images, inventory = services.mosaics, services.images, services.inventory
    mosaics.mosaics_loaded.connect(images.know)
    mosaics.mosaic_changed.connect(lambda mosaic: images.know([mosaic]))
    mosaics.mosaics_loaded.connect(lambda found: inventory.keep_only(mosaic.id for mosaic in found))
    images.images_loaded.connect(lambda mosaic_id, found, _: inventory.know(mosaic_id, found))
    inventory.mosaic_read.connect(services.shelf_keeper.keep_images)
    services.deletions.outcome.connect(services.shelf_keeper.drop_deleted)
