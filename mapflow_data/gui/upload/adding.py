"""The Upload dialog's buttons that add: files, a folder, layers of the project. Main thread."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Callable, Optional

from qgis.core import QgsProject
from qgis.PyQt.QtCore import QObject, pyqtSignal
from qgis.PyQt.QtWidgets import QFileDialog, QMenu, QToolButton, QWidget

from ... import settings
from ..widgets.menu_mark import set_marked_text
from ..words.plain import as_menu
from . import sources as upload_sources


class Adder(QObject):
    """Asks the user, tells what was chosen; the buttons stay the dialog's."""

    chosen = pyqtSignal(list)  # of Source
    found_nothing = pyqtSignal(str)  # folder

    def __init__(self, parent: QWidget, is_listed: Callable[[str], bool]) -> None:
        """`is_listed` tells of a source's key whether it was added before."""
        super().__init__(parent)
        self._window = parent
        self._is_listed = is_listed
        self._menu: Optional[QMenu] = None

    def connect_buttons(self, files: QToolButton, folder: QToolButton, layers: QToolButton) -> None:
        self._menu = QMenu(layers)
        self._menu.aboutToShow.connect(self._fill_menu)
        layers.setMenu(self._menu)
        set_marked_text(layers, layers.text())
        files.clicked.connect(self._on_files)
        folder.clicked.connect(self._on_folder)

    def _on_files(self) -> None:
        kinds = self.tr("GeoTIFF (*.tif *.tiff *.TIF *.TIFF)") + ";;" + self.tr("All files (*)")
        title = self.tr("Add Files")
        paths, _ = QFileDialog.getOpenFileNames(self._window, title, settings.UPLOAD_FOLDER.get(), kinds)
        if paths:
            settings.UPLOAD_FOLDER.set(str(Path(paths[0]).parent))
            self.chosen.emit(upload_sources.from_paths(paths))

    def _on_folder(self) -> None:
        title = self.tr("Add Folder")
        folder = QFileDialog.getExistingDirectory(self._window, title, settings.UPLOAD_FOLDER.get())
        if not folder:
            return
        settings.UPLOAD_FOLDER.set(folder)
        found = upload_sources.from_paths([folder])
        if found:
            self.chosen.emit(found)
        else:
            self.found_nothing.emit(folder)

    def _fill_menu(self) -> None:
        menu = self._menu
        if menu is None:
            return
        menu.clear()
        layers = upload_sources.file_layers(QgsProject.instance())
        if not layers:
            menu.addAction(self.tr("No raster layer of this project comes from a file")).setEnabled(False)
        if len(layers) > 1:
            ids = [layer.id() for layer in layers]
            menu.addAction(self.tr("All {0} layers").format(len(layers)), partial(self._on_layers, ids))
            menu.addSeparator()
        for layer in layers:
            action = menu.addAction(as_menu(layer.name()), partial(self._on_layers, [layer.id()]))
            action.setEnabled(not self._is_listed(upload_sources.from_layer(layer).key))

    def _on_layers(self, ids: list[str]) -> None:
        """By id: a layer may be removed while its menu is open."""
        layers = (QgsProject.instance().mapLayer(layer_id) for layer_id in ids)
        self.chosen.emit([upload_sources.from_layer(layer) for layer in layers if layer is not None])
