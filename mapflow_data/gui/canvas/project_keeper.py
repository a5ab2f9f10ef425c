"""Saves the plugin's layers with the project, so that it opens whole elsewhere. Main thread.

Until a project is saved, footprints live in memory and previews in the cache. Whenever it is saved, they go
to `<project>_mapflow/` beside it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Optional

from qgis.core import QgsProject
from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from ...api.errors import BadInput
from ...layers.keep import can_be_kept, keep, source_of

FOLDER_SUFFIX = "_mapflow"


class ProjectKeeper(QObject):
    """Emits `failed(layer name, error)` for a layer that could not be saved; the project still is."""

    failed = pyqtSignal(str, object)

    def __init__(self, project: QgsProject, parent: Optional[QObject] = None) -> None:
        super().__init__(parent)
        self._project = project
        # Emitted while the project is written, before its layers: what they point to then is what is saved.
        project.writeProject.connect(self._on_write)

    def close(self) -> None:
        self._project.writeProject.disconnect(self._on_write)

    def _on_write(self) -> None:
        folder = folder_beside(self._project.fileName())
        if folder is None:
            return
        layers = list(self._project.mapLayers().values())
        in_use = {source_of(layer) for layer in layers}
        memory = []
        for layer in filter(can_be_kept, layers):
            try:
                memory.append(keep(layer, folder, self._project.transformContext(), in_use))
                in_use.add(source_of(layer))
            except BadInput as error:
                self.failed.emit(layer.name(), error)
        QTimer.singleShot(0, memory.clear)  # once the project is saved


def folder_beside(project_file: str) -> Optional[Path]:
    """None for a project that is no file, such as one in a database."""
    path = Path(project_file)
    if path.suffix.lower() not in (".qgz", ".qgs") or not path.parent.is_dir():
        return None
    return path.with_name(path.stem + FOLDER_SUFFIX)
