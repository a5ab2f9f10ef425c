"""What every layer of ours says of itself, never anything secret. Any thread."""

from __future__ import annotations

from qgis.core import QgsLayerMetadata, QgsMapLayer

KIND = "mapflow_data/kind"  # one of those below
LAYER_ID = "mapflow_data/layer_id"  # of the layer that was marked
MOSAIC_ID = "mapflow_data/mosaic_id"
IMAGE_ID = "mapflow_data/image_id"
EXTENT = "mapflow_data/extent"

MOSAICS = "mosaics"  # the outlines of all of the account's own
FOOTPRINTS, TILES, PREVIEW = "footprints", "tiles", "preview"  # of the account's own mosaics and images
RESULTS, QUICKLOOK = "results", "quicklook"  # of the catalog; its tiles are TILES with an image id

RIGHTS = "Mapflow"  # the attribution that map decorations and layouts show


def mark(layer: QgsMapLayer, kind: str, mosaic_id: str = "", image_id: str = "") -> None:
    layer.setCustomProperty(KIND, kind)
    layer.setCustomProperty(LAYER_ID, layer.id())
    for key, value in ((MOSAIC_ID, mosaic_id), (IMAGE_ID, image_id)):
        if value:
            layer.setCustomProperty(key, value)
    metadata = QgsLayerMetadata(layer.metadata())
    metadata.setIdentifier(image_id or mosaic_id)
    metadata.setTitle(layer.name())
    metadata.setType("dataset")
    metadata.setRights([RIGHTS])
    metadata.setCrs(layer.crs())
    layer.setMetadata(metadata)


def kind_of(layer: QgsMapLayer) -> str:
    """ "" for a layer that is not ours, also where it got our properties with a style that was pasted to it,
    or as a duplicate: what it holds is not ours to replace or to move."""
    return named_kind(layer) if layer.customProperty(LAYER_ID, "") == layer.id() else ""


def named_kind(layer: QgsMapLayer) -> str:
    """As its properties have it, whoever's it is."""
    return str(layer.customProperty(KIND, ""))


def mosaic_id_of(layer: QgsMapLayer) -> str:
    return str(layer.customProperty(MOSAIC_ID, ""))


def image_id_of(layer: QgsMapLayer) -> str:
    return str(layer.customProperty(IMAGE_ID, ""))
