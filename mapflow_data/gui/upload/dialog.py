"""Upload dialog: files and layers in, grouped by what will happen, and into which mosaic. Main thread."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Optional

from qgis.core import QgsMapLayer, QgsProject
from qgis.gui import QgsMessageBar
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QPalette, QShowEvent
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QProgressBar,
    QStackedWidget,
    QToolButton,
    QWidget,
)

from ...api.errors import MapflowError
from ...services.bundle import Services
from ...services.upload.uploads import Target
from ..notices import Notices
from ..widgets.chips import Chips
from ..widgets.forms import load_ui
from ..widgets.state_page import StatePage
from ..words import messages
from ..words.offline import not_online
from . import sources as upload_sources
from . import words as upload_words
from .adding import Adder
from .batch import Batch
from .list_buttons import ListButtons
from .planning import Planning
from .send_row import SendRow
from .sources import Source
from .status import Phase, Status, make_status
from .target import TargetChooser
from .tree import UploadTree


class UploadDialog(QDialog):
    """Not modal, one at a time. Closes itself when the upload has started."""

    upload_started = pyqtSignal(str)  # mosaic id

    addFilesButton: QToolButton
    addFolderButton: QToolButton
    addLayersButton: QToolButton
    removeButton: QToolButton
    overrideButton: QToolButton
    messageBar: QgsMessageBar
    listStack: QStackedWidget
    emptyPage: QWidget
    emptyState: StatePage
    fileTree: UploadTree
    targetCombo: QComboBox
    targetHint: QLabel
    tagsLabel: QLabel
    tagsEdit: Chips
    summaryLabel: QLabel
    checkBar: QProgressBar
    buttonBox: QDialogButtonBox

    def __init__(self, services: Services, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        load_ui(self, "upload/dialog")
        self._row = SendRow(self.summaryLabel, self.checkBar, self.buttonBox)
        self.uploadButton, self.cancelButton = self._row.upload_button, self._row.cancel_button
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._services = services
        self._batch = Batch()
        self._planning = Planning(services.uploads, self._batch, self)
        self._chooser = TargetChooser(self.targetCombo, self.targetHint, self.tagsLabel, self.tagsEdit)
        self._list_buttons = ListButtons(self.removeButton, self.overrideButton, self.fileTree)
        self._adder = Adder(self, self._batch.__contains__)
        self._notices = Notices(self.messageBar, self.messageBar, self.isVisible, self)
        self._connect_widgets()
        self._connect_services()
        self._refresh()

    # -- what others call

    def add_layers(self, layers: Iterable[QgsMapLayer]) -> None:
        """Layers without a file of this computer are listed with the reason."""
        self._add([upload_sources.from_layer(layer) for layer in layers])

    def add_paths(self, paths: Iterable[str]) -> None:
        """Files, and folders for the GeoTIFF files right inside of them."""
        self._add(upload_sources.from_paths(paths))

    def set_target(self, mosaic_id: str) -> None:
        """Choose an existing mosaic beforehand."""
        self._chooser.select(mosaic_id)

    # -- building

    def _connect_widgets(self) -> None:
        for button, icon in upload_words.BUTTON_ICONS.items():
            getattr(self, button).setIcon(upload_words.theme_icon(icon))
        self.emptyPage.setBackgroundRole(QPalette.ColorRole.Base)
        self.emptyState.show_state(*upload_words.what_to_add(), icon_name="upload")
        for edit in (self.targetCombo.lineEdit(), self.tagsEdit.edit):
            edit.setAcceptDrops(False)  # a file that is dropped there is meant for the list, too
        self._adder.connect_buttons(self.addFilesButton, self.addFolderButton, self.addLayersButton)
        self._adder.chosen.connect(self._add)
        self._adder.found_nothing.connect(self._on_found_nothing)
        self.fileTree.check_asked.connect(self._replan)
        self.fileTree.remove_asked.connect(self._remove)
        self.fileTree.override_asked.connect(self._override)
        self._chooser.changed.connect(self._on_target_changed)
        self.targetCombo.editTextChanged.connect(self._refresh_summary)
        self.cancelButton.clicked.connect(self.reject)
        self.uploadButton.clicked.connect(self._on_upload)

    def _connect_services(self) -> None:
        planning, session = self._planning, self._services.session
        planning.changed.connect(self._refresh)
        planning.started.connect(self._on_started)
        planning.not_started.connect(self._on_not_started)
        planning.not_checked.connect(self._on_not_checked)
        self._services.mosaics.mosaics_loaded.connect(self._chooser.set_mosaics)
        session.signed_in.connect(self._on_signed_in)
        session.account_left.connect(self._planning.interrupt)
        session.signed_out.connect(self._replan)
        session.online_changed.connect(self._refresh_summary)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not event.spontaneous() and self._services.session.is_online:
            self._services.mosaics.load()

    def _on_signed_in(self) -> None:
        """Perhaps another account: its mosaics and storage count now."""
        self._services.mosaics.load()
        self._replan()

    # -- adding and removing

    def _add(self, sources: Iterable[Source]) -> None:
        if self._batch.add(sources):
            self._chooser.suggest(self._batch.suggested_name)
        self._replan()  # also for what is in the list: it may have been mended

    def _on_found_nothing(self, folder: str) -> None:
        text = self.tr("There are no GeoTIFF files in “{0}”; choose another folder")
        self._notices.info(text.format(folder))

    def _remove(self, keys: list[str]) -> None:
        self._batch.remove(keys)
        self._replan()

    def _override(self, keys: list[str], is_on: bool) -> None:
        self._batch.override(keys, is_on)
        self._replan()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if upload_sources.can_decode(event.mimeData()) and not self._planning.is_starting:
            upload_sources.take_copy(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        upload_sources.take_copy(event)

    def dropEvent(self, event: QDropEvent) -> None:
        if upload_sources.take_copy(event):
            self._add(upload_sources.from_mime(event.mimeData(), QgsProject.instance()))

    # -- checking

    def _on_target_changed(self) -> None:
        self._planning.plan_for_other(self._chooser.target.mosaic_id, self._services.session.is_online)
        self._refresh_summary()

    def _replan(self) -> None:
        self._planning.plan(self._chooser.target.mosaic_id, self._services.session.is_online)

    def _on_not_checked(self, error: MapflowError) -> None:
        message = messages.describe(error, upload_words.not_checked())
        self._notices.warning(message, self.tr("Try again"), self._replan)

    # -- starting

    def _on_upload(self) -> None:
        plan, target = self._batch.plan_to_send(), self._chooser.target
        if self._status.why_not or plan is None:
            return
        self._notices.clear()
        self._planning.start(plan, Target(target.mosaic_id or "", target.name, target.tags))

    def _on_started(self, mosaic_id: str) -> None:
        self.upload_started.emit(mosaic_id)
        self.accept()

    def _on_not_started(self, error: MapflowError) -> None:
        text = upload_words.not_created(self._chooser.target.name)
        self._notices.warning(messages.describe(error, text))

    def reject(self) -> None:
        """Esc, Cancel and the window's cross: the checking ends with the dialog."""
        self._planning.close()
        super().reject()

    # -- showing

    def _refresh(self) -> None:
        rows = self._batch.rows()
        self.fileTree.show_rows(rows, self._batch.headings(rows))
        self.listStack.setCurrentWidget(self.fileTree if rows else self.emptyPage)
        self._refresh_summary()
        self._refresh_buttons()

    def _refresh_summary(self) -> None:
        self._row.show_status(self._status)
        done, total = self._planning.files_left
        self._row.show_progress(None if self._phase is Phase.IDLE else done, total)

    @property
    def _phase(self) -> Phase:
        return self._planning.phase(self._chooser.target.mosaic_id)

    @property
    def _status(self) -> Status:
        session = self._services.session
        return make_status(
            self._phase,
            self._batch,
            self._chooser.target.name,
            "" if session.is_online else not_online() if session.absence else upload_words.needs_sign_in(),
            self._services.queue.summary,
        )

    def _refresh_buttons(self) -> None:
        is_free = not self._planning.is_starting
        self._list_buttons.refresh(is_free)
        adding = (self.addFilesButton, self.addFolderButton, self.addLayersButton)
        for part in (*adding, self.fileTree, self.targetCombo, self.tagsEdit):
            part.setEnabled(is_free)
