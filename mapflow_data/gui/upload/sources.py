"""What can be dropped on or added to the Upload dialog: files, folders, layers; each as a local file or a
reason why there is none. Opens no raster. Main thread.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Optional

from qgis.core import QgsMapLayer, QgsMimeDataUtils, QgsProject, QgsProviderRegistry, QgsRasterLayer
from qgis.PyQt.QtCore import QMimeData, Qt
from qgis.PyQt.QtGui import QDropEvent

SUFFIXES = (".tif", ".tiff", ".gtiff")


class NoFile(Enum):
    """Why a layer has no file that could be sent."""

    REMOTE = "remote"  # WMS, XYZ, PostGIS…
    NOT_RASTER = "not raster"
    VIRTUAL = "virtual"  # /vsizip, /vsicurl, /vsimem…
    SUBDATASET = "subdataset"
    MISSING = "missing"


@dataclass(frozen=True)
class Source:
    """`key` is the file's path or, for what has no file, something unique. `layer_crs` is set where the
    layer is drawn in another CRS than the one its file says.
    """

    key: str
    name: str
    path: str = ""
    no_file: Optional[NoFile] = None
    layer_crs: str = ""
    layer_name: str = ""


def from_paths(paths: Iterable[str]) -> list[Source]:
    """Files as they are, folders by the GeoTIFF files right inside of them."""
    sources = []
    for path in paths:
        sources += [from_path(p) for p in in_folder(path)] if Path(path).is_dir() else [from_path(path)]
    return sources


def from_path(path: str) -> Source:
    if path.startswith("/vsi"):
        return Source(path, Path(path).name or path, no_file=NoFile.VIRTUAL)
    file = Path(path).absolute()
    return Source(str(file), file.name, path=str(file))


def in_folder(folder: str) -> list[str]:
    """Paths of the GeoTIFF files of a folder, by name. [] for a folder that cannot be read."""
    try:
        with os.scandir(folder) as entries:
            paths = [entry.path for entry in entries if entry.name.lower().endswith(SUFFIXES)]
    except OSError:
        return []
    return sorted(path for path in paths if not Path(path).name.startswith("."))


def from_layer(layer: QgsMapLayer) -> Source:
    path, why = _file_of_layer(layer)
    if why is not None:
        return Source(f"layer:{layer.id()}", layer.name(), no_file=why, layer_name=layer.name())
    provider, drawn = layer.dataProvider(), layer.crs()
    is_other = provider is not None and drawn.isValid() and drawn != provider.crs()
    return replace(
        from_path(path),
        layer_crs=drawn.authid() or drawn.description() if is_other else "",
        layer_name=layer.name(),
    )


def file_layers(project: QgsProject) -> list[QgsRasterLayer]:
    """Raster layers of the project that come from a file of this computer, in the layer tree's order."""
    layers = (node.layer() for node in project.layerTreeRoot().findLayers())
    return [layer for layer in layers if isinstance(layer, QgsRasterLayer) and _file_of_layer(layer)[0]]


def take_copy(event: QDropEvent) -> bool:
    """What is moved away from the layer tree is taken out of the project."""
    event.setDropAction(Qt.DropAction.CopyAction)
    is_copy = event.dropAction() == Qt.DropAction.CopyAction
    event.setAccepted(is_copy)
    return is_copy


def can_decode(mime: QMimeData) -> bool:
    return bool(mime.hasUrls() or QgsMimeDataUtils.isUriList(mime))


def from_mime(mime: QMimeData, project: QgsProject) -> list[Source]:
    """What a file manager, the layer tree or the browser panel drops."""
    if QgsMimeDataUtils.isUriList(mime):
        return [source for uri in QgsMimeDataUtils.decodeUriList(mime) for source in _from_uri(uri, project)]
    return from_paths(url.toLocalFile() for url in mime.urls() if url.isLocalFile())


def _from_uri(uri: QgsMimeDataUtils.Uri, project: QgsProject) -> Sequence[Source]:
    layer = project.mapLayer(getattr(uri, "layerId", ""))
    if layer is not None:
        return [from_layer(layer)]
    if uri.providerKey in ("gdal", "") and uri.uri:
        path, why = _file_of(uri.uri)
        return from_paths([path]) if why is None else [Source(uri.uri, uri.name or uri.uri, no_file=why)]
    return [Source(uri.uri, uri.name or uri.uri, no_file=_kind_of(uri.layerType))] if uri.uri else []


def _kind_of(layer_type: str) -> NoFile:
    return NoFile.REMOTE if layer_type == "raster" else NoFile.NOT_RASTER


def _file_of_layer(layer: QgsMapLayer) -> tuple[str, Optional[NoFile]]:
    if not isinstance(layer, QgsRasterLayer):
        return "", NoFile.NOT_RASTER
    if layer.providerType() != "gdal":
        return "", NoFile.REMOTE
    return _file_of(layer.source())


def _file_of(source: str) -> tuple[str, Optional[NoFile]]:
    """The path of a file from a GDAL layer's source, which may carry options, or why it names none."""
    if Path(source).exists():
        return source, None
    parts = QgsProviderRegistry.instance().decodeUri("gdal", source)
    if source.startswith("/vsi") or parts.get("vsiPrefix"):
        return "", NoFile.VIRTUAL
    if parts.get("layerName") or _names_a_part(source):
        return "", NoFile.SUBDATASET
    path = parts.get("path", "")
    return (path, None) if path and Path(path).exists() else ("", NoFile.MISSING)


def _names_a_part(source: str) -> bool:
    """`DRIVER:"path":part` and its kin; a drive letter is no driver."""
    driver, colon, rest = source.partition(":")
    return bool(colon and rest and len(driver) > 1 and driver.replace("_", "").isalnum())
