"""Downloads from the wish to the file: asks where to, has them made, tells what came. Main thread."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qgis.core import QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QObject, QUrl, pyqtSignal
from qgis.PyQt.QtGui import QDesktopServices
from qgis.PyQt.QtWidgets import QFileDialog, QMessageBox, QWidget

from ... import settings
from ...api.models import Image
from ...services.downloads import Download, DownloadService, Outcome
from ...services.session import SessionService
from ...transfer.file_names import free_path, is_there, safe_name
from ..account.own_dialog import OwnDialog
from ..words.messages import Message
from . import words
from .bar import DownloadBar
from .existing_files import KEEP_BOTH, SKIP, ExistingFiles


class Downloading(QObject):
    """`bar` is for the panel: it shows how far a download is, and what came of it."""

    stopped = pyqtSignal(str)
    warned = pyqtSignal(object, str, object)  # Message, button, what it does
    sign_in_requested = pyqtSignal()

    def __init__(
        self, session: SessionService, downloads: DownloadService, project: QgsProject, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._downloads = downloads
        self._project = project
        self._panel = parent
        self._dialog: OwnDialog[QFileDialog] = OwnDialog(session, self)
        self._question: OwnDialog[QMessageBox] = OwnDialog(session, self)
        self.bar = DownloadBar(downloads, parent)
        self.bar.folder_requested.connect(self._on_folder)
        self.bar.map_requested.connect(self._on_map)
        downloads.ended.connect(self._on_ended)
        session.account_left.connect(self.bar.hide)

    def ask(self, images: Sequence[Image]) -> None:
        """For one image where its file goes, for several into which folder."""
        wanted = list({image.id: image for image in images}.values())
        if not wanted or self._dialog.current or self._question.current:
            return
        if self._downloads.is_busy:
            self.stopped.emit(words.busy())
        elif not any(image.is_downloadable for image in wanted):
            self.warned.emit(Message(words.not_allowed(wanted[0])), "", None)
        elif len(wanted) == 1:
            self._ask_file(wanted[0])
        else:
            self._ask_folder(wanted)

    def _ask_file(self, image: Image) -> None:
        """The dialog itself asks before a file is written over."""
        dialog = self._make_dialog(words.file_title())
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.setDefaultSuffix("tif")
        dialog.selectFile(safe_name(image.filename, image.id))
        dialog.filesSelected.connect(lambda paths: self._on_file(image, paths[0]))
        self._dialog.open(dialog)

    def _ask_folder(self, images: Sequence[Image]) -> None:
        dialog = self._make_dialog(words.folder_title(len(images)))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.filesSelected.connect(lambda paths: self._on_folder_chosen(images, paths[0]))
        self._dialog.open(dialog)

    def _make_dialog(self, title: str) -> QFileDialog:
        return QFileDialog(self._panel, title, settings.DOWNLOAD_FOLDER.get())

    def _on_file(self, image: Image, path: str) -> None:
        settings.DOWNLOAD_FOLDER.set(str(Path(path).parent))
        self._start([Download(image, path)])

    def _on_folder_chosen(self, images: Sequence[Image], folder: str) -> None:
        """Asks once what to do with all files that are there."""
        settings.DOWNLOAD_FOLDER.set(folder)
        paths: list[Path] = []
        for image in images:  # two images of one name are two files
            path = Path(folder) / safe_name(image.filename, image.id)
            paths.append(free_path(path, paths, on_disk=False))
        downloads = [Download(image, str(path)) for image, path in zip(images, paths)]
        known = [path.name for path in paths if is_there(path)]
        if not known:
            self._start(downloads)
            return
        question = ExistingFiles(known, len(downloads), self._panel)
        question.decided.connect(lambda choice: self._on_decided(choice, downloads))
        self._question.open(question)

    def _on_decided(self, choice: str, downloads: Sequence[Download]) -> None:
        if choice == SKIP:
            self._start([one for one in downloads if not is_there(Path(one.path))])
            return
        kept: list[Path] = []
        chosen: list[Download] = []
        for one in downloads:
            path = free_path(Path(one.path), kept) if choice == KEEP_BOTH else Path(one.path)
            kept.append(path)
            chosen.append(Download(one.image, str(path)))
        self._start(chosen)

    def _start(self, downloads: Sequence[Download]) -> None:
        if downloads and not self._downloads.download(downloads):
            self.stopped.emit(words.busy() if self._downloads.is_busy else words.needs_sign_in())

    # What became of it

    def _on_ended(self, outcomes: list[Outcome]) -> None:
        failed = words.failures(outcomes)
        if words.is_signed_out(outcomes):
            self.warned.emit(words.signed_out(outcomes), "", None)
        elif words.is_refused(failed):
            self.warned.emit(words.failure(outcomes), self.tr("Sign in"), self.sign_in_requested.emit)
        elif failed:
            again = [one.download for one in failed]
            self.warned.emit(words.failure(outcomes), self.tr("Retry"), lambda: self._start(again))
        elif not words.received(outcomes):
            self.stopped.emit(words.stopped())

    def _on_folder(self, paths: list[str]) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(Path(paths[0]).parent)))

    def _on_map(self, paths: list[str]) -> None:
        for path in paths:
            layer = QgsRasterLayer(path, Path(path).stem, "gdal")
            if layer.isValid():
                self._project.addMapLayer(layer)
            else:
                self.warned.emit(Message(words.not_added(Path(path).name)), "", None)
