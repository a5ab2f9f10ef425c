"""Where a layer of ours lies in the layer tree: by its kind, or where another one was. Main thread."""

from __future__ import annotations

from qgis.core import QgsLayerTreeGroup, QgsLayerTreeLayer, QgsMapLayer, QgsProject

from ..layers.properties import FOOTPRINTS, MOSAICS, PREVIEW, QUICKLOOK, RESULTS, TILES, kind_of

# from top to bottom: outlines over pictures
ORDER = (MOSAICS, FOOTPRINTS, RESULTS, PREVIEW, QUICKLOOK, TILES)


def place_in(group: QgsLayerTreeGroup, layer: QgsMapLayer) -> int:
    """Above those of its kind, below the kinds that belong above it."""
    rank = _rank(layer)
    for place, node in enumerate(group.children()):
        below = isinstance(node, QgsLayerTreeLayer) and node.layer() is not None
        if below and _rank(node.layer()) >= rank:
            return place
    return len(group.children())


def put_in_place_of(project: QgsProject, old: QgsMapLayer, layer: QgsMapLayer) -> None:
    """`layer` comes in and `old` goes; its place, and whether it is shown, stay."""
    node = project.layerTreeRoot().findLayer(old.id())
    project.addMapLayer(layer, node is None)
    if node is not None:
        parent = node.parent()
        added = parent.insertLayer(parent.children().index(node), layer)
        added.setExpanded(node.isExpanded())
        added.setItemVisibilityChecked(node.itemVisibilityChecked())
    project.removeMapLayer(old.id())


def _rank(layer: QgsMapLayer) -> int:
    kind = kind_of(layer)
    return ORDER.index(kind) if kind in ORDER else len(ORDER)
