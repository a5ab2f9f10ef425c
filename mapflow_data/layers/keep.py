"""Moves a layer's data out of memory or the cache to a folder that stays with the project. Main thread.

The layer stays the same object, with its id, style and selection: only its source changes.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Optional

from qgis.core import (
    QgsCoordinateTransformContext,
    QgsDataProvider,
    QgsMapLayer,
    QgsProviderRegistry,
    QgsVectorFileWriter,
    QgsVectorLayer,
)

from ..api.errors import BadInput
from . import properties

KEPT = (
    properties.MOSAICS,
    properties.FOOTPRINTS,
    properties.PREVIEW,
    properties.RESULTS,
    properties.QUICKLOOK,
)

# features; with fewer, an index doubles the time of writing and hardly speeds up drawing
INDEXED_FROM = 20_000


def can_be_kept(layer: QgsMapLayer) -> bool:
    """Whether the layer's data is ours to move: tiles have none, edits under way are not to be cut off.

    What is in memory is kept in any case: a duplicate has our word to QGIS that it need not warn of its loss.
    """
    is_in_memory = layer.providerType() == "memory"
    if (properties.named_kind(layer) if is_in_memory else properties.kind_of(layer)) not in KEPT:
        return False
    return layer.isValid() and not layer.isEditable()


def keep(
    layer: QgsMapLayer, folder: Path, context: QgsCoordinateTransformContext, in_use: Iterable[Path] = ()
) -> Optional[QgsVectorLayer]:
    """Puts the layer's data into `folder`, if it is not there: GeoPackage or GeoTIFF.

    Files of `in_use` are left alone. Raises `BadInput` (code "keep") with the reason, the layer unchanged.
    Returns who shares the memory of what was in memory: QGIS gives it back when that goes, which takes a
    while for thousands of features and can wait.
    """
    if source_of(layer).parent == folder:
        return None
    is_vector = isinstance(layer, QgsVectorLayer)
    target = _free_path(folder, layer, ".gpkg" if is_vector else ".tif", set(in_use))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if is_vector:
            _write_table(layer, target, context)
        else:
            _copy(source_of(layer), target)
    except OSError as error:
        raise BadInput(error.strerror or str(error), code="keep") from error
    memory = layer.clone() if layer.providerType() == "memory" else None
    source = f"{target}|layername={properties.named_kind(layer)}" if is_vector else str(target)
    provider = "ogr" if is_vector else "gdal"
    layer.setDataSource(source, layer.name(), provider, QgsDataProvider.ProviderOptions())
    return memory


def source_of(layer: QgsMapLayer) -> Path:
    """The file behind a layer; of a memory layer, a path that no file has."""
    parts = QgsProviderRegistry.instance().decodeUri(layer.providerType(), layer.source())
    return Path(str(parts.get("path") or layer.id()))


def _write_table(layer: QgsVectorLayer, target: Path, context: QgsCoordinateTransformContext) -> None:
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName = "GPKG"
    options.layerName = properties.named_kind(layer)
    if layer.featureCount() < INDEXED_FROM:
        options.layerOptions = ["SPATIAL_INDEX=NO"]
    error, reason, *_ = QgsVectorFileWriter.writeAsVectorFormatV3(layer, str(target), context, options)
    if error != QgsVectorFileWriter.WriterError.NoError:
        raise BadInput(reason, code="keep")


def _copy(source: Path, target: Path) -> None:
    """Whole or not at all, so that no project ever names half a picture."""
    part = target.with_name(target.name + ".part")
    try:
        shutil.copyfile(source, part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _free_path(folder: Path, layer: QgsMapLayer, suffix: str, in_use: set[Path]) -> Path:
    """A readable name from the layer's own; its text may come from a server, so few characters pass."""
    stem = re.sub(r"[^\w.-]+", "_", layer.name()).strip("._")[:60] or properties.named_kind(layer)
    number = 1
    path = folder / f"{stem}{suffix}"
    while path in in_use:
        number += 1
        path = folder / f"{stem}-{number}{suffix}"
    return path
