"""The group in QGIS' own layer tree, as it is seen."""

from __future__ import annotations

from pathlib import Path

from qgis.core import QgsProject, QgsRasterLayer

from mapflow_data.api.models import Mosaic, TileJson
from mapflow_data.gui.canvas.presenter import Presenter
from tests.gui.kit.window import Window
from tests.rig.geotiffs import make_raster

TILES = "https://api.mapflow.ai/rest/t/{z}/{x}/{y}.png"
BOUNDS = TileJson((10.0, 50.0, 10.1, 50.1), 0, 18)


def test_the_group_is_unfolded_until_somebody_folds_it(window: Window, tmp_path: Path) -> None:
    def is_unfolded() -> bool:
        (group,) = [g for g in project.layerTreeRoot().findGroups() if g.name() == "Mapflow Data"]
        assert window.tree.isExpanded(window.tree.node2index(group)) == group.isExpanded()
        return bool(group.isExpanded())

    def add_raster(name: str) -> None:
        project.addMapLayer(QgsRasterLayer(str(make_raster(tmp_path / f"{name}.tif")), name))
        window.tree.expandAll()

    window.canvas.freeze(True)  # QGIS 3.22 may abort where its first drawing is stopped by a second
    project = QgsProject.instance()
    add_raster("below")
    presenter = Presenter(project)
    presenter.show_tiles(Mosaic("m1", "first", tile_url=TILES), BOUNDS, [])
    assert is_unfolded()
    add_raster("above")  # the group is lifted over it
    presenter.show_tiles(Mosaic("m2", "second", tile_url=TILES), BOUNDS, [])
    assert is_unfolded()
    window.tree.collapseAll()
    presenter.show_tiles(Mosaic("m3", "third", tile_url=TILES), BOUNDS, [])
    assert not is_unfolded()
    presenter.close()
