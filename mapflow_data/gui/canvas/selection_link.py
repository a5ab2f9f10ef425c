"""Ties rows of a view to footprints on the map, both ways. Main thread."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from qgis.core import QgsExpression, QgsFeatureRequest, QgsMapLayer, QgsProject, QgsVectorLayer
from qgis.PyQt.QtCore import QObject

from ...api.models import Mosaic
from ...layers.properties import FOOTPRINTS, kind_of, mosaic_id_of
from ..imagery.tree import ImageryTree

FEW = 20


class ImageSelection(Protocol):
    """What the link needs of a view: what is selected, by the ids that the features have."""

    def selected_image_ids(self) -> set[str]: ...

    def select_images(self, wanted: Mapping[str, set[str]]) -> None: ...


class MosaicRows:
    """The rows of mosaics as the link to the layer of their outlines needs them."""

    def __init__(self, tree: ImageryTree) -> None:
        self._tree = tree

    def selected_image_ids(self) -> set[str]:
        return {item.id for item in self._tree.selected_items() if isinstance(item, Mosaic)}

    def select_images(self, wanted: Mapping[str, set[str]]) -> None:
        """Those and nothing else; without scrolling where they are selected already."""
        ids = set().union(*wanted.values())
        if ids == self.selected_image_ids():
            return
        self._tree.forget_wanted()
        if not self._tree.select_mosaics(ids):
            self._tree.clearSelection()


class SelectionLink(QObject):
    """`on_rows_selected` is to be connected to the view's selection, `kind` is that of the layers.

    What one side changes comes back as a signal of the other: while it writes, the link does not listen.
    """

    def __init__(
        self, view: ImageSelection, project: QgsProject, parent: QObject, kind: str = FOOTPRINTS
    ) -> None:
        super().__init__(parent)
        self._view = view
        self._kind = kind
        self._project = project
        self._is_writing = False
        project.layersAdded.connect(self._on_layers_added)
        self._on_layers_added(list(project.mapLayers().values()))

    def close(self) -> None:
        """Lets go of the project and its layers."""
        self._project.layersAdded.disconnect(self._on_layers_added)
        for layer in self._layers():
            layer.selectionChanged.disconnect(self._on_features_selected)

    def on_rows_selected(self) -> None:
        """What is selected no more goes first: the last word of QGIS' status bar is what is selected now."""
        if self._is_writing:
            return
        wanted = self._view.selected_image_ids()
        self._is_writing = True
        try:
            found = [(layer, _features_of(layer, wanted)) for layer in self._layers()]
            for layer, features in sorted(found, key=lambda one: bool(one[1])):
                _select(layer, features)
        finally:
            self._is_writing = False

    def _on_layers_added(self, layers: list[QgsMapLayer]) -> None:
        """New ones show at once which rows are selected."""
        mine = [layer for layer in layers if self._is_mine(layer)]
        for layer in mine:
            layer.selectionChanged.connect(self._on_features_selected)
        if mine and self._view.selected_image_ids():
            self.on_rows_selected()

    def _on_features_selected(self) -> None:
        """The selections of all footprint layers together are that of the rows."""
        if self._is_writing:
            return
        wanted: dict[str, set[str]] = {}
        for layer in self._layers():
            ids = {str(feature["id"]) for feature in layer.getSelectedFeatures(_ids_only(layer))}
            wanted.setdefault(mosaic_id_of(layer), set()).update(ids)
        self._is_writing = True
        try:
            self._view.select_images(wanted)
        finally:
            self._is_writing = False

    def _layers(self) -> list[QgsVectorLayer]:
        return [layer for layer in self._project.mapLayers().values() if self._is_mine(layer)]

    def _is_mine(self, layer: QgsMapLayer) -> bool:
        return isinstance(layer, QgsVectorLayer) and kind_of(layer) == self._kind


def _select(layer: QgsVectorLayer, features: list[int]) -> None:
    """QGIS tells each setting in its status bar, also one that changes nothing."""
    if set(layer.selectedFeatureIds()) != set(features):
        layer.selectByIds(features)


def _features_of(layer: QgsVectorLayer, image_ids: set[str]) -> list[int]:
    if not image_ids or layer.fields().indexOf("id") < 0:
        return []
    request = _ids_only(layer)
    if len(image_ids) <= FEW:  # QGIS looks through ten thousand of them faster than Python does
        values = ", ".join(QgsExpression.quotedValue(one) for one in image_ids)
        request.setFilterExpression(f'"id" IN ({values})')
        return [feature.id() for feature in layer.getFeatures(request)]
    return [feature.id() for feature in layer.getFeatures(request) if str(feature["id"]) in image_ids]


def _ids_only(layer: QgsVectorLayer) -> QgsFeatureRequest:
    request = QgsFeatureRequest().setFlags(QgsFeatureRequest.Flag.NoGeometry)
    return request.setSubsetOfAttributes(["id"], layer.fields())
