"""Where a layer of ours lies in the layer tree: by its kind, or where another one was. Main thread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional

from qgis.core import (
    QgsLayerTreeGroup,
    QgsLayerTreeLayer,
    QgsLayerTreeNode,
    QgsMapLayer,
    QgsProject,
    QgsRasterLayer,
)

from ...layers.properties import (
    FOOTPRINTS,
    MOSAICS,
    PREVIEW,
    QUICKLOOK,
    RESULTS,
    TILES,
    image_id_of,
    kind_of,
    mosaic_id_of,
)

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


def place_below(group: QgsLayerTreeGroup, kind: str, ids: Sequence[str]) -> Optional[int]:
    """Right below the first of `ids` that is there; None where none is."""
    if not ids:
        return None
    places: dict[str, int] = {}
    for place, node in enumerate(group.children()):
        layer = node.layer() if isinstance(node, QgsLayerTreeLayer) else None
        if layer is not None and kind_of(layer) == kind:
            places.setdefault(image_id_of(layer) or mosaic_id_of(layer), place + 1)
    return next((places[one] for one in ids if one in places), None)


def lift_over_rasters(group: QgsLayerTreeGroup) -> QgsLayerTreeGroup:
    """The group, above the rasters beside it that are shown: below them nothing of it would be seen. What
    else lies above it stays there.
    """
    parent = group.parent()
    above = parent.children()[: parent.children().index(group)]
    place = next((place for place, node in enumerate(above) if _covers(node)), -1)
    if place < 0:
        return group
    lifted, is_unfolded = group.clone(), group.isExpanded()
    parent.insertChildNode(place, lifted)
    parent.removeChildNode(group)
    unfold(lifted, is_unfolded)
    return lifted


def unfold(group: QgsLayerTreeGroup, is_unfolded: bool = True) -> None:
    """QGIS shows a group that came above an unfolded layer as folded, until that changes."""
    group.setExpanded(not is_unfolded)
    group.setExpanded(is_unfolded)


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


def _covers(node: QgsLayerTreeNode) -> bool:
    if isinstance(node, QgsLayerTreeLayer):
        return isinstance(node.layer(), QgsRasterLayer) and bool(node.isVisible())
    return any(map(_covers, node.children()))


def _rank(layer: QgsMapLayer) -> int:
    kind = kind_of(layer)
    return ORDER.index(kind) if kind in ORDER else len(ORDER)
