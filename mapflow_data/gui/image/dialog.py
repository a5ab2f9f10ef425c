"""One image with its large picture and all that is known of it. Main thread."""

from __future__ import annotations

from typing import Optional

from qgis.PyQt.QtCore import QEvent, QObject, Qt, QTimer, pyqtSignal
from qgis.PyQt.QtGui import QHideEvent, QImage, QKeySequence, QShowEvent
from qgis.PyQt.QtWidgets import (
    QApplication,
    QDialog,
    QLabel,
    QProgressBar,
    QPushButton,
    QSplitter,
    QToolButton,
    QWidget,
)

from ...api.errors import MapflowError, NotFound
from ...api.models import Image, Mosaic
from ...services.online import is_out_of_reach
from ...services.pictures.service import PictureService
from ..imagery.cells import is_under_way
from ..widgets.facts_view import FactsView
from ..widgets.forms import load_ui
from ..widgets.icons import icon
from ..widgets.online_only import set_possible
from ..widgets.picture_label import PictureLabel
from ..widgets.position_label import PositionLabel
from ..widgets.qt_compat import QAction
from ..widgets.rest import Rest
from ..widgets.wrapped_label import WrappedLabel
from ..words import messages
from ..words.item_json import items_json
from ..words.plain import as_tooltip
from . import reasons as image_reasons
from . import words as image_words

COPIED_MS = 1500
KEYS = {-1: (Qt.Key.Key_Left, Qt.Key.Key_PageUp), 1: (Qt.Key.Key_Right, Qt.Key.Key_PageDown)}


class ImageDialog(QDialog):
    """Not modal. Tells what is wanted; who owns the list shows the next image and acts."""

    browse_requested = pyqtSignal(int)  # -1 or 1
    on_map_requested = pyqtSignal(object)  # Image
    zoom_requested = pyqtSignal(object)  # Image
    download_requested = pyqtSignal(object)  # Image

    splitter: QSplitter
    pictureBox: QWidget
    pictureLabel: PictureLabel
    loadingBar: QProgressBar
    failureBox: QWidget
    failureIcon: QLabel
    failureLabel: WrappedLabel
    retryButton: QPushButton
    factsView: FactsView
    previousButton: QToolButton
    positionLabel: PositionLabel
    nextButton: QToolButton
    onMapButton: QPushButton
    zoomButton: QPushButton
    downloadButton: QPushButton
    copyButton: QPushButton
    closeButton: QPushButton

    def __init__(self, pictures: PictureService, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        load_ui(self, "image/dialog")
        self._pictures = pictures
        self._image: Optional[Image] = None
        self._asked: tuple[object, ...] = ()  # the file whose picture is there, on its way or not to be had
        self._has_large = self._is_shared = False
        self._is_online, self._waits = True, False  # the picture, for the server
        self._rest = Rest(self)  # pictures that are passed by are not asked for
        self._copied = QTimer(self, singleShot=True, interval=COPIED_MS, timeout=self._name_copy)
        self.pictureBox.installEventFilter(self)
        self.factsView.set_labels(image_words.labels())
        self._connect()

    def _connect(self) -> None:
        for step, keys in KEYS.items():
            button = self.previousButton if step < 0 else self.nextButton
            button.clicked.connect(lambda _, step=step: self.browse_requested.emit(step))
            action = QAction(self)  # shortcuts, because buttons and texts would take these keys
            action.setShortcuts([QKeySequence(key) for key in keys])
            action.triggered.connect(button.click)
            self.addAction(action)
        self.retryButton.clicked.connect(self._load)
        self.onMapButton.clicked.connect(lambda: self.on_map_requested.emit(self._image))
        self.zoomButton.clicked.connect(lambda: self.zoom_requested.emit(self._image))
        self.downloadButton.clicked.connect(lambda: self.download_requested.emit(self._image))
        self.copyButton.clicked.connect(self.copy_json)
        self.closeButton.clicked.connect(self.reject)
        self._pictures.large_loaded.connect(self._on_large_loaded)
        self._pictures.large_failed.connect(self._on_large_failed)
        self._pictures.picture_loaded.connect(self._on_small_loaded)

    # -- what others call

    @property
    def image(self) -> Optional[Image]:
        return self._image

    def show_image(self, image: Image, mosaic: Mosaic, position: int, count: int) -> None:
        """`position` counts from 1. Opens the dialog if it is closed."""
        self._image = image
        name = image.filename or image.id
        self.setWindowTitle(f"{name} · {mosaic.name}" if mosaic.name else name)
        self.factsView.set_facts(image_words.facts(image, mosaic.name))
        self._show_position(position, count)
        self._refresh_buttons(image)
        self._name_copy()
        if _file(image) != self._asked:
            self._load()
        if not self.isVisible():
            self.show()
            (self.nextButton if self.nextButton.isEnabled() else self.closeButton).setFocus()

    def set_online(self, is_online: bool) -> None:
        """Whether there is a server to ask."""
        self._is_online = is_online
        if self._image is not None:
            self._refresh_buttons(self._image)
        if is_online and self._waits and self.isVisible():
            self._load()

    def copy_json(self) -> None:
        if self._image is not None:
            QApplication.clipboard().setText(items_json([self._image]))
            self.copyButton.setMinimumWidth(self.copyButton.width())  # the row stays as it is
            self.copyButton.setText(self.tr("Copied"))
            self._copied.start()

    # -- the picture

    def _load(self) -> None:
        image = self._image
        if image is None:
            return
        self._asked, self._has_large, self._waits = _file(image), False, False
        self.failureBox.hide()
        self.pictureLabel.set_picture(self._pictures.small(image))
        self.pictureLabel.setAccessibleName(self.tr("Picture of {0}").format(image.filename or image.id))
        self.loadingBar.setVisible(image.is_ready)
        if image.is_ready:
            self._rest.ask(lambda: self._pictures.load_large(image))
        elif is_under_way(image):
            self._show_failure(
                self.tr("Mapflow is still processing this image; its picture comes then."), "waiting"
            )
        else:
            self._show_failure(self.tr("Mapflow has not processed this image, so there is no picture."))

    def _on_small_loaded(self, image_id: str) -> None:
        """It came while the large one is still on its way."""
        image = self._image
        if image is not None and image.id == image_id and not self._has_large:
            small = self._pictures.small(image)
            if small is not None:
                self.pictureLabel.set_picture(small)

    def _on_large_loaded(self, image: Image, picture: QImage) -> None:
        if self._is_shown(image):
            self._has_large = True
            self.loadingBar.hide()
            self.failureBox.hide()
            self.pictureLabel.set_picture(picture)

    def _on_large_failed(self, image: Image, error: MapflowError) -> None:
        if not self._is_shown(image):
            return
        if isinstance(error, NotFound):
            text = self.tr(
                "Mapflow has no large picture of this image; of a new one it may come in a minute."
            )
        else:
            text = messages.describe(error, self.tr("The picture was not loaded")).text
        self._waits = is_out_of_reach(error)
        self._show_failure(text, can_retry=True)

    def _show_failure(self, text: str, sign: str = "failed", *, can_retry: bool = False) -> None:
        """The sign stands in the picture's place, or before the text where a small picture is there."""
        self.loadingBar.hide()
        self.failureLabel.setText(text)
        self.retryButton.setVisible(can_retry)
        side = self.fontMetrics().height()
        self.failureIcon.setPixmap(icon(sign).pixmap(side, side))
        has_picture = self.pictureLabel.picture is not None
        self.failureIcon.setVisible(has_picture)
        if not has_picture:
            self.pictureLabel.set_picture(None, icon(sign))
        self.failureBox.show()

    def _is_shown(self, image: Image) -> bool:
        """Answers for another image, or for its file of before, are late."""
        return self._asked == _file(image)

    def showEvent(self, event: QShowEvent) -> None:
        """At first the facts have the width that they like, if the picture keeps half."""
        super().showEvent(event)
        if not self._is_shared:
            self._is_shared = True
            width = self.splitter.width() - self.splitter.handleWidth()
            facts = min(self.factsView.sizeHint().width(), width // 2)
            self.splitter.setSizes([width - facts, facts])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The sentence below the picture is never cut: Qt itself thinks of the width alone."""
        if watched is self.pictureBox and event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            height = self.pictureBox.layout().minimumHeightForWidth(self.pictureBox.width())
            self.pictureBox.setMinimumHeight(max(height, 0))
        return False

    def hideEvent(self, event: QHideEvent) -> None:
        """What is not seen is not loaded, and asked for again when it is."""
        super().hideEvent(event)
        if not event.spontaneous():
            self._rest.stop()
            self._pictures.cancel("large")
            self._asked = ()

    def _show_position(self, position: int, count: int) -> None:
        self.positionLabel.set_position(position, count)
        self.previousButton.setEnabled(position > 1)
        self.nextButton.setEnabled(position < count)

    def _refresh_buttons(self, image: Image) -> None:
        for button, why_not in (
            (self.zoomButton, image_reasons.why_not_zoom(image)),
            (self.onMapButton, image_reasons.why_not_on_map(image, self._is_online)),
            (self.downloadButton, image_reasons.why_not_download(image, self._is_online)),
        ):
            button.setEnabled(not why_not)
            button.setToolTip(as_tooltip(why_not))
        set_possible(self.retryButton, True, self._is_online)

    def _name_copy(self) -> None:
        self._copied.stop()
        self.copyButton.setText(self.tr("Copy &JSON"))


def _file(image: Image) -> tuple[object, ...]:
    """What tells one file of an image from another."""
    return image.id, image.checksum, image.uploaded_at, image.state
