"""Upload dialog: files and layers in, grouped by what will happen, and into which mosaic. Main thread."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Optional

from qgis.core import QgsMapLayer, QgsProject
from qgis.gui import QgsMessageBar
from qgis.PyQt.QtCore import Qt, QTimer, pyqtSignal
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
from ...transfer.inspect import RasterFacts
from ...transfer.plan import Plan
from ..notices import Notices
from ..widgets.chips import Chips
from ..widgets.forms import load_ui
from ..words import messages
from . import sources as upload_sources
from . import words as upload_words
from .adding import Adder
from .batch import Batch
from .send_row import SendRow
from .sources import Source
from .status import Phase, Status, make_status
from .target import TargetChooser
from .tree import UploadTree

SOON_MS = 200


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
        self._phase = Phase.IDLE
        self._planned_for: Optional[str] = None
        self._chooser = TargetChooser(self.targetCombo, self.targetHint, self.tagsLabel, self.tagsEdit)
        self._adder = Adder(self, self._batch.__contains__)
        self._notices = Notices(self.messageBar, self.messageBar, self.isVisible, self)
        self._soon = QTimer(self)  # gathers what comes file by file
        self._soon.setSingleShot(True)
        self._soon.setInterval(SOON_MS)
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
        for edit in (self.targetCombo.lineEdit(), self.tagsEdit.edit):
            edit.setAcceptDrops(False)  # a file that is dropped there is meant for the list, too
        self._adder.connect_buttons(self.addFilesButton, self.addFolderButton, self.addLayersButton)
        self._adder.chosen.connect(self._add)
        self._adder.found_nothing.connect(self._on_found_nothing)
        self.removeButton.clicked.connect(self._on_remove)
        self.overrideButton.clicked.connect(self._on_override)
        self.fileTree.check_asked.connect(self._replan)
        self.fileTree.remove_asked.connect(self._remove)
        self.fileTree.override_asked.connect(self._override)
        self.fileTree.selectionModel().selectionChanged.connect(self._refresh_buttons)
        self._chooser.changed.connect(self._on_target_changed)
        self.targetCombo.editTextChanged.connect(self._refresh_summary)
        self.cancelButton.clicked.connect(self.reject)
        self.uploadButton.clicked.connect(self._on_upload)

    def _connect_services(self) -> None:
        uploads, mosaics, session = self._services.uploads, self._services.mosaics, self._services.session
        uploads.row_checked.connect(self._on_row_checked)
        uploads.plan_ready.connect(self._on_plan_ready)
        uploads.started.connect(self._on_started)
        uploads.failed.connect(self._on_failed)
        mosaics.mosaics_loaded.connect(self._chooser.set_mosaics)
        session.signed_in.connect(self._on_signed_in)
        session.signed_out.connect(self._on_signed_out)
        session.went_offline.connect(self._on_signed_out)
        self._soon.timeout.connect(self._refresh)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not event.spontaneous() and self._services.session.is_online:
            self._services.mosaics.load()

    def _on_signed_in(self) -> None:
        """Perhaps another account: its mosaics and storage count now."""
        self._services.mosaics.load()
        self._replan()

    def _on_signed_out(self) -> None:
        self._phase = Phase.IDLE  # whatever was asked is not answered any more
        self._replan()

    # -- adding and removing

    def _add(self, sources: Iterable[Source]) -> None:
        if self._batch.add(sources):
            self._chooser.suggest(self._batch.suggested_name)
        self._replan()  # also for what is in the list: it may have been mended

    def _on_found_nothing(self, folder: str) -> None:
        text = self.tr("There are no GeoTIFF files in “{0}”; choose another folder")
        self._notices.info(text.format(folder))

    def _on_remove(self) -> None:
        self._remove([row.key for row in self.fileTree.selected_rows])

    def _remove(self, keys: list[str]) -> None:
        self._batch.remove(keys)
        self._replan()

    def _on_override(self, is_on: bool) -> None:
        rows = self.fileTree.selected_rows
        self._override([row.key for row in rows if (row.can_override if is_on else row.is_override)], is_on)

    def _override(self, keys: list[str], is_on: bool) -> None:
        self._batch.override(keys, is_on)
        self._replan()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if upload_sources.can_decode(event.mimeData()) and self._phase is not Phase.STARTING:
            upload_sources.take_copy(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        upload_sources.take_copy(event)

    def dropEvent(self, event: QDropEvent) -> None:
        if upload_sources.take_copy(event):
            self._add(upload_sources.from_mime(event.mimeData(), QgsProject.instance()))

    # -- checking

    def _on_target_changed(self) -> None:
        if self._chooser.target.mosaic_id != self._planned_for:
            self._replan()
        self._refresh_summary()

    def _replan(self) -> None:
        """Asks for a plan of what is in the list now; files that were inspected are not read again."""
        if self._phase is Phase.STARTING:
            return
        self._planned_for = self._chooser.target.mosaic_id
        self._services.uploads.cancel("prepare")
        self._phase = Phase.IDLE
        if self._batch.paths and self._services.session.is_online:
            self._phase = Phase.CHECKING
            self._services.uploads.prepare(self._batch.paths, self._planned_for, self._batch.overrides)
        self._refresh()

    def _on_row_checked(self, facts: RasterFacts) -> None:
        self._batch.set_facts(facts)
        if not self._soon.isActive():
            self._soon.start()

    def _on_plan_ready(self, plan: Plan) -> None:
        if self._phase is Phase.CHECKING:
            self._phase = Phase.IDLE
            self._soon.stop()
            self._batch.set_plan(plan)
            self._refresh()

    # -- starting

    def _on_upload(self) -> None:
        plan, target = self._batch.plan_to_send(), self._chooser.target
        if self._status.why_not or plan is None:
            return
        self._phase = Phase.STARTING
        self._notices.clear()
        self._refresh()
        self._services.uploads.start(plan, Target(target.mosaic_id or "", target.name, target.tags))

    def _on_started(self, mosaic_id: str, _job_ids: list[int]) -> None:
        if self._phase is Phase.STARTING:
            self._phase = Phase.IDLE
            self._services.uploads.forget()
            self.upload_started.emit(mosaic_id)
            self.accept()

    def _on_failed(self, what: str, error: MapflowError) -> None:
        if what == "start" and self._phase is Phase.STARTING:
            text = upload_words.not_created(self._chooser.target.name)
            self._notices.warning(messages.describe(error, text))
        elif what == "prepare" and self._phase is Phase.CHECKING:
            message = messages.describe(error, upload_words.not_checked())
            self._notices.warning(message, self.tr("Try again"), self._replan)
        else:
            return
        self._phase = Phase.IDLE
        self._refresh()

    def reject(self) -> None:
        """Esc, Cancel and the window's cross: the checking ends with the dialog."""
        self._services.uploads.cancel("start")
        self._services.uploads.forget()
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
        done, total = self._batch.checked
        is_counted = self._phase is Phase.CHECKING and done < total
        is_under_way = self._shown_phase is not Phase.IDLE
        self._row.show_progress(done if is_under_way else None, total if is_counted else 0)

    @property
    def _shown_phase(self) -> Phase:
        """A plan for another mosaic than the one just typed counts as none."""
        is_stale = bool(self._batch.paths) and self._planned_for != self._chooser.target.mosaic_id
        return Phase.CHECKING if is_stale and self._phase is Phase.IDLE else self._phase

    @property
    def _status(self) -> Status:
        is_signed_in = self._services.session.is_online
        return make_status(
            self._shown_phase,
            self._batch,
            self._chooser.target.name,
            is_signed_in,
            self._services.queue.summary,
        )

    def _refresh_buttons(self) -> None:
        rows, is_free = self.fileTree.selected_rows, self._phase is not Phase.STARTING
        can, did = any(row.can_override for row in rows), any(row.is_override for row in rows)
        self.removeButton.setEnabled(bool(rows) and is_free)
        self.overrideButton.setEnabled((can or did) and is_free)
        self.overrideButton.setChecked(did and not can)
        adding = (self.addFilesButton, self.addFolderButton, self.addLayersButton)
        for part in (*adding, self.fileTree, self.targetCombo, self.tagsEdit):
            part.setEnabled(is_free)
