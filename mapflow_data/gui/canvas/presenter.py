"""The one object that edits the layer tree: adds, finds and moves the plugin's layers. Main thread.

It keeps no layer and no tree node, only the project: layers are found again by their custom properties, so
that removed layers, moved nodes and opened projects cannot lead it astray.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Callable, Optional

from qgis.core import (
    QgsFeature,
    QgsMapLayer,
    QgsProject,
    QgsVectorLayer,
)
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QObject, pyqtSignal

from ...api.models import CatalogItem, Image, Mosaic, TileJson
from ...layers import footprints, mosaic_outlines, previews, quicklooks, results, tiles
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
from .in_turns import InTurns
from .layer_order import put_in_place_of
from .map_view import MapView
from .our_group import OurGroup

SEARCH_PROPERTY = "mapflow_data/search"


class Presenter(QObject):
    project_changed = pyqtSignal()

    def __init__(
        self, project: QgsProject, canvas: Optional[QgsMapCanvas] = None, parent: Optional[QObject] = None
    ) -> None:
        super().__init__(parent)
        self._project = project
        self._view = MapView(canvas, project) if canvas is not None else None
        self._group = OurGroup(project)
        self._turns = InTurns(self)
        project.cleared.connect(self._on_cleared)

    def close(self) -> None:
        self._turns.clear()
        self._project.cleared.disconnect(self._on_cleared)

    # Adding many

    def expect(self, kind: str, ids: Iterable[str]) -> None:
        """The layers of these images or mosaics are to stand in this order, whichever comes first."""
        self._group.expect(kind, ids)

    def soon(self, act: Callable[[], object]) -> None:
        """What shows one of many layers: a few in each turn of the event loop. Not done any more once the
        project is closed."""
        self._turns.add(act)

    def _on_cleared(self) -> None:
        self._turns.clear()
        self._group.forget()
        self.project_changed.emit()

    # Adding

    def show_footprints(self, mosaic: Mosaic, features: Sequence[QgsFeature]) -> QgsVectorLayer:
        layer = self.find(FOOTPRINTS, mosaic.id)
        if layer is not None:
            footprints.update_layer(layer, features)
            self._group.lift(layer)
            return layer
        layer = footprints.make_layer(
            self.tr("{0} footprints").format(mosaic.name or mosaic.id), features, mosaic
        )
        self._group.add(layer)
        return layer

    def refresh_footprints(self, mosaic_id: str, features: Sequence[QgsFeature]) -> None:
        """Brings a layer that is there up to date, where it is."""
        layer = self.find(FOOTPRINTS, mosaic_id)
        if layer is not None:
            footprints.update_layer(layer, features)

    def show_all_mosaics(self, features: Sequence[QgsFeature]) -> QgsVectorLayer:
        """The outlines of all mosaics of an account, in one layer."""
        layer = self._mosaics_of(features)
        if layer is None:
            layer = mosaic_outlines.make_layer(self._free_name(self.tr("Mosaics"), MOSAICS), features)
            self._group.add(layer)
        else:
            mosaic_outlines.update_layer(layer, features)
            self._group.lift(layer)
        return layer

    def refresh_all_mosaics(self, features: Sequence[QgsFeature]) -> None:
        """Brings their layer, if it is there, up to date where it is."""
        layer = self._mosaics_of(features)
        if layer is not None:
            mosaic_outlines.update_layer(layer, features)

    def show_tiles(
        self, mosaic: Mosaic, tilejson: Optional[TileJson], images: Sequence[Image]
    ) -> QgsMapLayer:
        layer = self.find(TILES, mosaic.id)
        if layer is None:
            layer = tiles.make_layer(mosaic, tilejson, images)
            layer.setName(self.tr("{0} tiles").format(mosaic.name or mosaic.id))
            self._group.add(layer)
        else:
            self._group.lift(layer)
        return layer

    def show_preview(self, image: Image, path: str) -> QgsMapLayer:
        layer = self.find(PREVIEW, image_id=image.id)
        if layer is None:
            layer = self._make_preview(image, path)
            self._group.add(layer)
        else:
            self._group.lift(layer)
        return layer

    def _make_preview(self, image: Image, path: str) -> QgsMapLayer:
        return previews.make_layer(path, self.tr("{0} preview").format(image.filename or image.id), image)

    # Showing what has changed

    def refresh_tiles(self, mosaic_id: str, images: Sequence[Image] = ()) -> None:
        """Lets all layers of the mosaic's tiles ask for new pixels; `images` are those that it has now."""
        for layer in filter(QgsMapLayer.isValid, self.layers(TILES)):
            if mosaic_id and mosaic_id_of(layer) == mosaic_id:
                tiles.refresh(layer, images)

    def replace_preview(self, old_image_id: str, image: Image, path: str) -> Optional[QgsMapLayer]:
        """Puts the preview of `image` where that of another image is; None where that is on no map."""
        old = self.find(PREVIEW, image_id=old_image_id) if old_image_id else None
        if old is None:
            return None
        layer = self._make_preview(image, path)
        put_in_place_of(self._project, old, layer)
        return layer

    # Adding what a search found

    def show_results(self, search: str, name: str) -> QgsVectorLayer:
        """The layer of this search, to be filled; one that is there comes to the top as it is."""
        for layer in self.layers(RESULTS):
            if layer.customProperty(SEARCH_PROPERTY) == search and layer.isValid():
                self._group.lift(layer)
                return layer
        layer = results.make_layer(self._free_name(name, RESULTS))
        layer.setCustomProperty(SEARCH_PROPERTY, search)
        self._group.add(layer)
        return layer

    def show_quicklook(self, item: CatalogItem, path: str) -> QgsMapLayer:
        layer = self.find(QUICKLOOK, image_id=item.id) if item.id else None
        if layer is None:
            layer = quicklooks.make_layer(path, item)
            self._group.add(layer)
        else:
            self._group.lift(layer)
        return layer

    def show_catalog_tiles(self, item: CatalogItem, made: QgsMapLayer) -> QgsMapLayer:
        """`made` is not needed where the project has the item's tiles."""
        layer = self.find(TILES, image_id=item.id) if item.id else None
        if layer is None:
            layer = made
            self._group.add(layer)
        else:
            self._group.lift(layer)
        return layer

    # Taking away

    def remove_mosaic(self, mosaic_id: str) -> None:
        """What a deleted mosaic cannot fill any more. Edits under way are not cut off; previews are files."""
        for kind in (FOOTPRINTS, TILES):
            layer = self.find(kind, mosaic_id)
            if layer is not None and not layer.isEditable():
                self._project.removeMapLayer(layer.id())
        for layer in self.layers(MOSAICS):
            if layer.isValid() and not layer.isEditable():
                mosaic_outlines.remove(layer, mosaic_id)

    # Finding

    def find(self, kind: str, mosaic_id: str = "", image_id: str = "") -> Optional[QgsMapLayer]:
        """One whose file is gone is none."""
        for layer in filter(QgsMapLayer.isValid, self.layers(kind)):
            if (not mosaic_id or mosaic_id_of(layer) == mosaic_id) and (
                not image_id or image_id_of(layer) == image_id
            ):
                return layer
        return None

    def layers(self, kind: str) -> list[QgsMapLayer]:
        return [layer for layer in self._project.mapLayers().values() if kind_of(layer) == kind]

    def _mosaics_of(self, features: Sequence[QgsFeature]) -> Optional[QgsVectorLayer]:
        found = (layer for layer in self.layers(MOSAICS) if layer.isValid() and not layer.isEditable())
        return next((layer for layer in found if mosaic_outlines.is_of(layer, features)), None)

    def _free_name(self, name: str, kind: str) -> str:
        """With a number where another layer of the kind has the name."""
        taken = {layer.name() for layer in self.layers(kind)}
        numbered = (f"{name} {number}" for number in range(2, len(taken) + 3))
        return next(one for one in (name, *numbered) if one not in taken)

    # On the canvas

    def zoom_to(self, footprints_wkt: Iterable[str]) -> bool:
        """Shows the areas (WKT, WGS 84). False if there is none with an extent that the canvas can show."""
        return self._view is not None and self._view.zoom_to(footprints_wkt)

    def flash(self, footprint_wkt: str) -> bool:
        """Where it is, in sight or not: the map stays. False if there is nothing to flash."""
        return self._view is not None and self._view.flash(footprint_wkt)
