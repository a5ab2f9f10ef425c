"""How far a download is, with a way to stop it; then what came, and what can be done with it. Main thread."""

from __future__ import annotations

from typing import Optional

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QHBoxLayout, QProgressBar, QToolButton, QVBoxLayout, QWidget

from ...services.downloads import DownloadService, Outcome, Progress
from ..widgets.icons import icon
from ..widgets.late_bar import LateBar
from ..widgets.tool_row import ToolRow
from ..widgets.wrapped_label import WrappedLabel
from . import words

LABEL_WIDTH = 24  # characters
STEPS = 1000


class DownloadBar(LateBar):
    """Out of sight while there is nothing to tell."""

    folder_requested = pyqtSignal(list)  # paths of the files that came
    map_requested = pyqtSignal(list)

    def __init__(self, downloads: DownloadService, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self._paths: list[str] = []
        self.label = WrappedLabel(self)
        self.label.setMinimumWidth(LABEL_WIDTH * self.fontMetrics().averageCharWidth())
        self.progressBar = QProgressBar(self)
        self.progressBar.setTextVisible(False)
        self._row = ToolRow(self)
        self._make_buttons()
        self._lay_out()
        self.cancelButton.clicked.connect(downloads.stop)
        self.folderButton.clicked.connect(lambda: self.folder_requested.emit(self._paths))
        self.mapButton.clicked.connect(self._on_map)
        self.closeButton.clicked.connect(self.hide)
        downloads.started.connect(self._on_started)
        downloads.progressed.connect(self._on_progressed)
        downloads.ended.connect(self._on_ended)
        downloads.busy_changed.connect(self._on_busy_changed)

    def _make_buttons(self) -> None:
        self.cancelButton = self.make_cancel_button(
            "cancelDownloadButton", self.tr("Stop downloading; what came whole is kept"), self._row
        )
        self.folderButton = _button("openFolderButton", self.tr("Open folder"), self._row)
        self.mapButton = _button("addDownloadsButton", self.tr("Add to map"), self._row)
        for button, name in ((self.folderButton, "open_folder"), (self.mapButton, "on_map")):
            button.setIcon(icon(name))
            button.setToolTip(button.text())
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.closeButton = _button("closeDownloadsButton", "", self)
        self.closeButton.setIcon(icon("close"))
        self.closeButton.setToolTip(self.tr("Close"))
        self.closeButton.setAccessibleName(self.tr("Close"))
        self.closeButton.setAutoRaise(True)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        top, bottom = QHBoxLayout(), QHBoxLayout(self._row)
        bottom.setContentsMargins(0, 0, 0, 0)
        column.addLayout(top)
        column.addWidget(self._row)
        top.addWidget(self.label, 1)
        top.addWidget(self.closeButton, 0, Qt.AlignmentFlag.AlignTop)
        bottom.addWidget(self.progressBar, 1)
        bottom.addWidget(self.cancelButton)
        bottom.addWidget(self.folderButton)
        bottom.addWidget(self.mapButton)
        bottom.addStretch()

    def _set_running(self, is_running: bool) -> None:
        for part in (self.progressBar, self.cancelButton):
            part.setVisible(is_running)
        for part in (self.folderButton, self.mapButton, self.closeButton):
            part.setVisible(not is_running)

    def _on_started(self, downloads: list[object]) -> None:
        self._set_running(True)
        self._on_progressed(Progress(0, len(downloads), 0, None))
        self.show_soon()

    def _on_progressed(self, now: Progress) -> None:
        self.label.setText(words.progress(now))
        self.progressBar.setRange(0, STEPS if now.total else 0)
        self.progressBar.setValue(round(STEPS * now.received / now.total) if now.total else 0)

    def _on_ended(self, outcomes: list[Outcome]) -> None:
        self.show_no_more()
        came = words.received(outcomes)
        if not came or words.is_signed_out(outcomes):
            return
        self._paths = [one.download.path for one in came]
        self._set_running(False)
        self.mapButton.setEnabled(True)
        self.label.setText(words.result(outcomes))
        self.show()

    def _on_busy_changed(self, is_busy: bool) -> None:
        if not is_busy and self.cancelButton.isVisibleTo(self):  # ended without a word
            self.show_no_more()

    def _on_map(self) -> None:
        self.mapButton.setEnabled(False)
        self.map_requested.emit(self._paths)


def _button(name: str, text: str, parent: QWidget) -> QToolButton:
    button = QToolButton(parent)
    button.setObjectName(name)
    button.setText(text)
    return button
