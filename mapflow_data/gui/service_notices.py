"""What services tell that is no news in a list: said where it is seen, once. Main thread."""

from __future__ import annotations

from qgis.PyQt.QtCore import QObject, pyqtSignal

from ..api.errors import Cancelled, MapflowError, NotFound, SignInRequired
from ..api.models import Image
from ..services.bundle import Services
from .account.offline_bar import READS, OfflineBar
from .activity.batch import Batch
from .activity.empty_mosaics import EmptyMosaics
from .activity.panel import ActivityPanel
from .activity.words import summary
from .my_imagery.panel import ImageryPanel
from .notices import Notices
from .words.failures import words_for
from .words.messages import Message, describe
from .words.plain import short

TOLD_APART = ("images", "create", "update", "rename")  # by signals that tell whose they are


class ServiceNotices(QObject):
    """In the row that it is about, in the line of the server that is away, else as a message."""

    token_wanted = pyqtSignal()
    activity_wanted = pyqtSignal()

    def __init__(
        self,
        services: Services,
        imagery: ImageryPanel,
        activity: ActivityPanel,
        offline_bar: OfflineBar,
        notices: Notices,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._imagery = imagery
        self._activity = activity
        self._offline_bar = offline_bar
        self._notices = notices
        self._refused = ""  # what was said last of a list that the server told nobody
        self._batch = Batch(services.queue, services.replacements, self)
        self._empty = EmptyMosaics(services.uploads, services.queue, self)
        self._empty.left.connect(self._on_left_empty)
        services.uploads.abandoned.connect(self._on_abandoned)
        services.session.failed.connect(lambda error: self._on_failed("storage", error))
        services.session.token_not_stored.connect(self._on_token_not_stored)
        services.mosaics.failed.connect(self._on_failed)
        services.images.failed.connect(self._on_failed)
        services.mosaics.change_failed.connect(self._on_change_failed)
        services.images.change_failed.connect(self._on_change_failed)
        services.images.images_failed.connect(self._on_images_failed)
        services.images.preview_failed.connect(self._on_preview_failed)
        offline_bar.undone.connect(self.warn)
        services.queue.failed.connect(lambda error: self._on_failed("queue", error))
        services.journal.failed.connect(self.warn)
        services.interruptions.failed.connect(self._on_failed)
        services.queue.sign_in_needed.connect(self._on_sign_in_needed)
        services.queue.idle.connect(self._on_idle)

    def warn(self, what: str, error: MapflowError, name: str = "") -> None:
        if self._offline_bar.tell(what, error):
            return
        message = describe(error, words_for(what, name))
        if isinstance(error, SignInRequired):
            self._notices.withdraw(self._refused)  # one asks for a token, however many lists were refused
            self._refused = message.text if what in READS else ""
            self._notices.warning(message, self.tr("Sign in"), self.token_wanted.emit)
        else:
            self._notices.warning(message)

    def _on_failed(self, what: str, error: MapflowError) -> None:
        is_said = isinstance(error, Cancelled) or what in TOLD_APART
        if is_said or (what == "mosaics" and self._imagery.show_list_failure(error)):
            return
        self.warn(what, error)

    def _on_change_failed(self, what: str, name: str, error: MapflowError) -> None:
        if not isinstance(error, Cancelled):
            self.warn(what, error, name)

    def _on_images_failed(self, mosaic_id: str, error: MapflowError) -> None:
        if not self._imagery.show_images_failure(mosaic_id, error):
            self.warn("images", error)
        if isinstance(error, NotFound):
            self._services.mosaics.load()

    def _on_preview_failed(self, _image: Image, error: MapflowError) -> None:
        if isinstance(error, NotFound):
            self._imagery.refresh()

    def _on_token_not_stored(self) -> None:
        self._notices.info(
            self.tr(
                "The token is kept only until QGIS closes, as QGIS' authentication database was not unlocked."
            )
        )

    def _on_sign_in_needed(self) -> None:
        message = Message(self.tr("Uploads wait, as the server no longer accepts the token: sign in again."))
        self._notices.warning(message, self.tr("Sign in"), self.token_wanted.emit)

    def _on_idle(self) -> None:
        """The end of a batch is told where its list is not in sight, or where something is left to do. The
        upload of a replacement is told with the rest of it."""
        if self._services.replacements.open:
            return
        total = self._batch.take()
        if total.failed or total.unconfirmed:
            self._notices.warning(Message(summary(total)), self.tr("Show"), self.activity_wanted.emit)
        elif total.done and not self._activity.isVisible():
            self._notices.success(summary(total))

    def _on_left_empty(self, name: str) -> None:
        words = self.tr(
            "The uploads were cancelled. The mosaic “{0}” was created for them and is empty: upload into it, "
            "or delete it in My imagery."
        )
        self._notices.warning(Message(words.format(short(name))))

    def _on_abandoned(self, name: str) -> None:
        words = self.tr(
            "The upload was cancelled while the mosaic “{0}” was being created. If My imagery shows it, "
            "it is empty: delete it there."
        )
        self._notices.warning(Message(words.format(short(name))))
        self._services.mosaics.load()
