"""The plugin's group in the layer tree, and where in it a layer stands. Main thread."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from qgis.core import QgsLayerTreeGroup, QgsMapLayer, QgsProject

from ...layers.properties import image_id_of, kind_of, mosaic_id_of
from .layer_order import lift_over_rasters, place_below, place_in, unfold

GROUP_NAME = "Mapflow Data"
GROUP_PROPERTY = "mapflow_data/group"


class OurGroup:
    """Keeps no node, only the project: the group is known by a property, as people may rename and move it."""

    def __init__(self, project: QgsProject) -> None:
        self._project = project
        self._orders: dict[str, list[str]] = {}  # by kind: ids of what was asked for, from top to bottom

    def expect(self, kind: str, ids: Iterable[str]) -> None:
        """These stand in this order at the top of their kind, in whichever order they come."""
        new = list(dict.fromkeys(ids))
        self._orders[kind] = [*new, *(one for one in self._orders.get(kind, []) if one not in set(new))]

    def forget(self) -> None:
        self._orders.clear()

    def add(self, layer: QgsMapLayer) -> None:
        self._project.addMapLayer(layer, False)
        group = self._group()
        is_first = not group.children()
        node = group.insertLayer(self._place(group, layer), layer)
        node.setExpanded(False)
        if is_first:
            unfold(group)
        group.setItemVisibilityCheckedParentRecursive(True)
        lift_over_rasters(group)

    def lift(self, layer: QgsMapLayer) -> None:
        """To the top of its kind and visible. Where people put a layer into another group, it stays there."""
        node = self._project.layerTreeRoot().findLayer(layer.id())
        group = self._group()
        place = self._place(group, layer)
        if node is None:
            group.insertLayer(place, layer)
            return
        if node.parent() is group and group.children().index(node) != place:
            moved = node.clone()
            group.insertChildNode(place, moved)
            group.removeChildNode(node)
            node = moved
        node.setItemVisibilityCheckedParentRecursive(True)
        if node.parent() is group:
            lift_over_rasters(group)

    def _group(self) -> QgsLayerTreeGroup:
        root = self._project.layerTreeRoot()
        for group in root.findGroups(True):
            if group.customProperty(GROUP_PROPERTY):
                return group
        group = root.insertGroup(0, GROUP_NAME)
        group.setCustomProperty(GROUP_PROPERTY, True)
        return group

    def _place(self, group: QgsLayerTreeGroup, layer: QgsMapLayer) -> int:
        place = place_below(group, kind_of(layer), self._above(layer))
        return place_in(group, layer) if place is None else place

    def _above(self, layer: QgsMapLayer) -> Sequence[str]:
        """What was asked for to stand above it, the nearest first."""
        order, own = self._orders.get(kind_of(layer), []), image_id_of(layer) or mosaic_id_of(layer)
        return order[: order.index(own)][::-1] if own in order else []
