"""The layer tree: what is added where, once, and what survives people's own edits."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.gui import QgsMapCanvas, QgsRubberBand
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtXml import QDomDocument

from mapflow_data.api.models import Image, Mosaic, TileJson
from mapflow_data.gui.canvas.presenter import Presenter
from mapflow_data.layers import mosaic_outlines
from mapflow_data.layers.footprints import make_features
from mapflow_data.layers.properties import kind_of
from tests.rig.geotiffs import make_raster

MOSAIC = Mosaic("m1", "North & <i>South</i>", tile_url="https://api.mapflow.ai/rest/t/{z}/{x}/{y}.png?uri=a")
OTHER = Mosaic("m2", "Quarry", tile_url="https://api.mapflow.ai/rest/u/{z}/{x}/{y}.png")
SQUARE = "POLYGON ((10 50, 10.1 50, 10.1 50.1, 10 50.1, 10 50))"
IMAGES = [Image("i1", "m1", "a.tif", footprint=SQUARE), Image("i2", "m1", "b.tif")]
BOUNDS = TileJson((10.0, 50.0, 10.1, 50.1), 0, 18)


@pytest.fixture
def project(qgis_app: object) -> QgsProject:
    project = QgsProject.instance()
    project.clear()
    return project


@pytest.fixture
def presenter(project: QgsProject) -> Presenter:
    presenter = Presenter(project)
    yield presenter
    presenter.close()
    project.clear()


def names(project: QgsProject) -> list[str]:
    (group,) = [g for g in project.layerTreeRoot().findGroups() if g.customProperty("mapflow_data/group")]
    return [node.name() for node in group.children()]


def footprints(presenter: Presenter, mosaic: Mosaic = MOSAIC) -> QgsVectorLayer:
    return presenter.show_footprints(mosaic, make_features(IMAGES, mosaic))


def test_outlines_lie_over_pictures_whatever_came_first(
    presenter: Presenter, project: QgsProject, tmp_path: Path
) -> None:
    presenter.show_tiles(MOSAIC, BOUNDS, [])
    footprints(presenter)
    presenter.show_preview(IMAGES[0], str(make_raster(tmp_path / "p.tif")))
    presenter.show_tiles(OTHER, BOUNDS, [])
    assert names(project) == [
        "North & <i>South</i> footprints",
        "a.tif preview",
        "Quarry tiles",
        "North & <i>South</i> tiles",
    ]
    assert project.layerTreeRoot().children()[0].name() == "Mapflow Data"


def test_shown_again_a_layer_moves_up_and_stays_the_same(presenter: Presenter, project: QgsProject) -> None:
    first = presenter.show_tiles(MOSAIC, BOUNDS, [])
    presenter.show_tiles(OTHER, BOUNDS, [])
    node = project.layerTreeRoot().findLayer(first.id())
    node.setItemVisibilityChecked(False)
    assert presenter.show_tiles(MOSAIC, BOUNDS, []) is first
    assert names(project) == ["North & <i>South</i> tiles", "Quarry tiles"]
    assert project.layerTreeRoot().findLayer(first.id()).isVisible()
    assert len(project.mapLayers()) == 2


def test_footprints_are_brought_up_to_date_in_place(presenter: Presenter) -> None:
    layer = footprints(presenter)
    layer.setName("My own name")
    again = presenter.show_footprints(MOSAIC, make_features(IMAGES[:1], MOSAIC))
    assert again is layer
    assert layer.featureCount() == 1
    assert layer.name() == "My own name"


def test_a_renamed_and_moved_group_is_still_ours(presenter: Presenter, project: QgsProject) -> None:
    presenter.show_tiles(MOSAIC, BOUNDS, [])
    root = project.layerTreeRoot()
    group = root.children()[0]
    group.setName("Imagery")
    inner = root.addGroup("Work")
    inner.addChildNode(group.clone())
    root.removeChildNode(group)
    presenter.show_tiles(OTHER, BOUNDS, [])
    assert [g.name() for g in root.findGroups()] == ["Work"]
    assert names_of_inner(project) == ["Quarry tiles", "North & <i>South</i> tiles"]


def names_of_inner(project: QgsProject) -> list[str]:
    (inner,) = project.layerTreeRoot().findGroup("Work").children()
    return [node.name() for node in inner.children()]


def test_a_layer_that_people_put_elsewhere_stays_there(presenter: Presenter, project: QgsProject) -> None:
    layer = presenter.show_tiles(MOSAIC, BOUNDS, [])
    root = project.layerTreeRoot()
    elsewhere = root.addGroup("Mine")
    node = root.findLayer(layer.id())
    elsewhere.addChildNode(node.clone())
    node.parent().removeChildNode(node)
    presenter.show_tiles(MOSAIC, BOUNDS, [])
    assert root.findLayer(layer.id()).parent().name() == "Mine"
    assert len(project.mapLayers()) == 1


def test_rasters_that_are_shown_do_not_hide_it_and_outlines_of_others_stay_above(
    presenter: Presenter, project: QgsProject, tmp_path: Path
) -> None:
    tiles = presenter.show_tiles(MOSAIC, BOUNDS, [])
    root = project.layerTreeRoot()
    scan = QgsRasterLayer(str(make_raster(tmp_path / "scan.tif")), "scan")
    hidden = QgsRasterLayer(str(make_raster(tmp_path / "hidden.tif", value=3)), "hidden")
    roads = QgsVectorLayer("LineString?crs=EPSG:4326", "roads", "memory")
    for layer in (scan, hidden, roads):
        project.addMapLayer(layer, False)
        root.insertLayer(0, layer)
    root.findLayer(hidden.id()).setItemVisibilityChecked(False)
    assert presenter.show_tiles(MOSAIC, BOUNDS, []) is tiles
    assert [node.name() for node in root.children()] == ["roads", "hidden", "Mapflow Data", "scan"]
    assert len(project.mapLayers()) == 4
    footprints(presenter)
    assert [node.name() for node in root.children()] == ["roads", "hidden", "Mapflow Data", "scan"]


def test_a_removed_layer_or_group_comes_back_anew(presenter: Presenter, project: QgsProject) -> None:
    layer = footprints(presenter)
    project.removeMapLayer(layer.id())
    assert footprints(presenter).featureCount() == 2
    project.layerTreeRoot().removeAllChildren()
    presenter.show_tiles(OTHER, BOUNDS, [])
    assert "Quarry tiles" in names(project)


def test_another_project_is_started_clean(presenter: Presenter, project: QgsProject) -> None:
    changed: list[bool] = []
    presenter.project_changed.connect(lambda: changed.append(True))
    footprints(presenter)
    project.clear()
    assert changed
    assert presenter.find("footprints", "m1") is None
    footprints(presenter)
    assert names(project) == ["North & <i>South</i> footprints"]


def test_an_own_layer_with_our_style_keeps_its_data(presenter: Presenter, project: QgsProject) -> None:
    """QGIS pastes a style with the properties that tell our layers."""
    own = QgsVectorLayer("MultiPolygon?crs=EPSG:4326&field=id:string", "Parcels", "memory")
    own.dataProvider().addFeatures([QgsFeature(own.fields())])
    style = QDomDocument("qgis")
    footprints(presenter).exportNamedStyle(style)
    project.clear()
    own.importNamedStyle(style)
    project.addMapLayer(own)
    assert own.customProperty("mapflow_data/kind") == "footprints"
    presenter.refresh_footprints("m1", [])
    assert footprints(presenter) is not own
    assert own.featureCount() == 1


def test_a_layer_whose_file_is_gone_is_made_anew(
    presenter: Presenter, project: QgsProject, tmp_path: Path
) -> None:
    for make in (footprints, lambda shown: shown.show_results("area", "Found")):
        layer = make(presenter)
        layer.setDataSource(str(tmp_path / "gone.gpkg"), layer.name(), "ogr")
        assert not layer.isValid()
        assert make(presenter).isValid()
        assert len(presenter.layers(kind_of(layer))) == 2


def test_layers_of_a_saved_project_are_found_again(
    presenter: Presenter, project: QgsProject, tmp_path: Path
) -> None:
    presenter.show_tiles(MOSAIC, BOUNDS, [])
    path = tmp_path / "p.qgz"
    assert project.write(str(path))
    project.clear()
    assert project.read(str(path))
    presenter.show_tiles(MOSAIC, BOUNDS, [])
    assert names(project) == ["North & <i>South</i> tiles"]
    assert isinstance(presenter.find("tiles", "m1"), QgsRasterLayer)


@pytest.mark.parametrize(
    ("crs", "x", "y"),
    [("EPSG:4326", 10.05, 50.05), ("EPSG:3857", 1_118_761, 6_454_600), ("EPSG:32632", 575_170, 5_544_500)],
)
def test_zoom_is_in_the_canvas_crs(project: QgsProject, crs: str, x: float, y: float) -> None:
    canvas = QgsMapCanvas()
    canvas.resize(400, 300)
    canvas.setDestinationCrs(QgsCoordinateReferenceSystem(crs))
    presenter = Presenter(project, canvas)
    assert presenter.zoom_to([SQUARE, "", "not WKT"])
    centre = canvas.extent().center()
    assert centre.x() == pytest.approx(x, rel=1e-3)
    assert centre.y() == pytest.approx(y, rel=1e-3)
    presenter.close()


def outlines(*mosaics: Mosaic) -> list[QgsFeature]:
    return mosaic_outlines.make_features(mosaics)


def test_all_mosaics_lie_above_their_images_and_once(presenter: Presenter, project: QgsProject) -> None:
    layer = presenter.show_all_mosaics(outlines(MOSAIC))
    footprints(presenter)
    assert names(project) == ["Mosaics", "North & <i>South</i> footprints"]
    project.layerTreeRoot().findLayer(layer.id()).setItemVisibilityChecked(False)
    assert presenter.show_all_mosaics(outlines(MOSAIC, OTHER)) is layer
    assert layer.featureCount() == 2
    assert project.layerTreeRoot().findLayer(layer.id()).isVisible()
    presenter.refresh_all_mosaics(outlines(OTHER))
    assert [f["id"] for f in layer.getFeatures()] == ["m2"]


def test_all_mosaics_of_another_account_are_another_layer(presenter: Presenter, project: QgsProject) -> None:
    layer = presenter.show_all_mosaics(outlines(MOSAIC))
    presenter.refresh_all_mosaics(outlines(OTHER))
    assert [f["id"] for f in layer.getFeatures()] == ["m1"]
    assert presenter.show_all_mosaics(outlines(OTHER)) is not layer
    assert names(project) == ["Mosaics 2", "Mosaics"]


def test_a_deleted_mosaic_leaves_the_layer_of_all(presenter: Presenter) -> None:
    layer = presenter.show_all_mosaics(outlines(MOSAIC, OTHER))
    presenter.remove_mosaic("m1")
    assert [f["id"] for f in layer.getFeatures()] == ["m2"]


LARGER_IN_THE_EAST = "POLYGON ((178 10, 181 10, 181 12, 178 12, 178 10))"
LARGER_IN_THE_WEST = (
    "MULTIPOLYGON (((179 10,180 10,180 12,179 12,179 10)),((-180 10,-177 10,-177 12,-180 10)))"
)
WEST_OF_IT = "POLYGON ((175 10, 176 10, 176 11, 175 11, 175 10))"
EAST_OF_IT = "POLYGON ((-175 10, -174 10, -174 11, -175 11, -175 10))"


def shown_degrees(project: QgsProject, crs: str, *footprints: str) -> tuple[float, float]:
    """From where to where along the map, in degrees of the equator."""
    canvas = QgsMapCanvas()
    canvas.setDestinationCrs(QgsCoordinateReferenceSystem(crs))
    presenter = Presenter(project, canvas)
    assert presenter.zoom_to(footprints)
    presenter.close()
    extent = canvas.extent()
    degree = 1 if crs == "EPSG:4326" else 20037508.342789244 / 180
    return extent.xMinimum() / degree, extent.xMaximum() / degree


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:3857"])
@pytest.mark.parametrize(
    ("footprints", "expected"),
    [
        ([LARGER_IN_THE_EAST], (178, 180)),
        ([LARGER_IN_THE_WEST], (-180, -177)),
        ([LARGER_IN_THE_WEST, WEST_OF_IT], (175, 180)),
        ([LARGER_IN_THE_EAST, EAST_OF_IT], (-180, -174)),
        ([WEST_OF_IT, "POLYGON ((170 10, 171 10, 171 11, 170 11, 170 10))"], (170, 176)),
    ],
)
def test_a_footprint_across_180_does_not_show_the_world(
    project: QgsProject, crs: str, footprints: list[str], expected: tuple[float, float]
) -> None:
    west, east = shown_degrees(project, crs, *footprints)
    assert (west + east) / 2 == pytest.approx(sum(expected) / 2, abs=0.01)
    assert east - west < 2 * (expected[1] - expected[0])


@pytest.mark.parametrize("crs", ["EPSG:3832", "EPSG:32660", "EPSG:3413"])
def test_where_the_map_goes_on_at_180_both_sides_are_shown(project: QgsProject, crs: str) -> None:
    """The Pacific, the UTM zone beside the line, a pole."""
    footprint = LARGER_IN_THE_EAST.replace("10", "70").replace("12", "72") if crs == "EPSG:3413" else None
    west, east = shown_degrees(project, crs, footprint or LARGER_IN_THE_EAST)
    assert 2 < east - west < 4


def test_places_that_are_apart_are_both_shown(project: QgsProject) -> None:
    west, east = shown_degrees(project, "EPSG:4326", WEST_OF_IT, EAST_OF_IT)
    assert west < -175
    assert east > 176


@pytest.fixture
def view(project: QgsProject, qtbot: QtBot) -> QgsMapCanvas:
    """A map of about one degree around the square."""
    canvas = QgsMapCanvas()
    qtbot.addWidget(canvas)
    canvas.resize(400, 400)
    canvas.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:4326"))
    canvas.setExtent(QgsRectangle(9.5, 49.5, 10.5, 50.5))
    return canvas


def bands(canvas: QgsMapCanvas) -> list[QgsRubberBand]:
    return [item for item in canvas.items() if isinstance(item, QgsRubberBand)]


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:3857", "EPSG:32632", ""])
def test_a_footprint_is_flashed_where_it_is(project: QgsProject, view: QgsMapCanvas, crs: str) -> None:
    view.setDestinationCrs(QgsCoordinateReferenceSystem(crs))
    presenter = Presenter(project, view)
    presenter.zoom_to([SQUARE])
    before = view.extent()
    assert presenter.flash(SQUARE)
    (band,) = bands(view)
    box = band.asGeometry().boundingBox()
    assert max(box.width(), box.height()) * 1.1 == pytest.approx(before.height(), rel=0.01)
    assert box.center().distance(before.center()) < before.height() / 100
    assert view.extent() == before
    presenter.close()


def test_out_of_sight_the_map_stays(project: QgsProject, view: QgsMapCanvas) -> None:
    presenter = Presenter(project, view)
    before = view.extent()
    assert presenter.flash("POLYGON ((100 0, 101 0, 101 1, 100 1, 100 0))")
    assert presenter.flash(LARGER_IN_THE_EAST)
    assert view.extent() == before
    presenter.close()


def test_what_would_be_too_small_to_see_is_a_point(project: QgsProject, view: QgsMapCanvas) -> None:
    presenter = Presenter(project, view)
    assert presenter.flash("POLYGON ((10 50, 10.001 50, 10.001 50.001, 10 50.001, 10 50))")
    (band,) = bands(view)
    assert band.numberOfVertices() == 1
    presenter.close()


def test_flashes_do_not_pile_up(project: QgsProject, view: QgsMapCanvas, qtbot: QtBot) -> None:
    presenter = Presenter(project, view)
    for number in range(60):
        x = 9.6 + number / 100
        assert presenter.flash(f"POLYGON (({x} 50, {x + 0.1} 50, {x + 0.1} 50.1, {x} 50.1, {x} 50))")
        (band,) = bands(view)
    assert band.asGeometry().boundingBox().xMinimum() == pytest.approx(9.6 + 0.59)
    qtbot.waitUntil(lambda: not bands(view), timeout=5000)
    assert presenter.flash(SQUARE)  # after the last one has ended by itself
    presenter.close()


@pytest.mark.parametrize(
    "wkt", ["", "nonsense", "POLYGON EMPTY", "POINT (1 2)", "POLYGON ((0 0, 1 95, 2 0, 0 0))"]
)
def test_nothing_to_flash_is_said(project: QgsProject, view: QgsMapCanvas, wkt: str) -> None:
    presenter = Presenter(project, view)
    assert not presenter.flash(wkt)
    assert bands(view) == []
    presenter.close()


def test_a_footprint_that_the_map_has_no_place_for_is_not_flashed(
    project: QgsProject, view: QgsMapCanvas
) -> None:
    view.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:32632"))
    presenter = Presenter(project, view)
    assert not presenter.flash("POLYGON ((100 0, 101 0, 101 1, 100 1, 100 0))")
    presenter.close()
    nowhere = Presenter(project)
    assert not nowhere.flash(SQUARE)
    nowhere.close()


def test_nothing_to_zoom_to_is_said(project: QgsProject) -> None:
    presenter = Presenter(project, QgsMapCanvas())
    assert not presenter.zoom_to([])
    assert not presenter.zoom_to(["", "POLYGON EMPTY", "nonsense"])
    presenter.close()


def test_a_preview_gives_its_place_to_another_one(
    presenter: Presenter, project: QgsProject, tmp_path: Path
) -> None:
    pictures = [str(make_raster(tmp_path / f"{name}.tif")) for name in "abc"]
    old = presenter.show_preview(IMAGES[0], pictures[0])
    presenter.show_preview(IMAGES[1], pictures[1])
    project.layerTreeRoot().findLayer(old.id()).setItemVisibilityChecked(False)
    new = presenter.replace_preview("i1", Image("i3", "m1", "c.tif", footprint=SQUARE), pictures[2])
    assert names(project) == ["b.tif preview", "c.tif preview"]
    assert presenter.find("preview", image_id="i1") is None
    assert presenter.find("preview", image_id="i3") is new
    assert not project.layerTreeRoot().findLayer(new.id()).itemVisibilityChecked()
    assert presenter.replace_preview("i1", IMAGES[0], pictures[0]) is None
    assert presenter.replace_preview("", IMAGES[0], pictures[0]) is None
    assert len(project.mapLayers()) == 2


def test_layers_stand_as_they_were_asked_for_whichever_comes_first(
    presenter: Presenter, project: QgsProject, tmp_path: Path
) -> None:
    picture = str(make_raster(tmp_path / "p.tif"))
    images = {name: Image(name, "m1", name) for name in "abcdx"}
    presenter.expect("preview", "abcd")
    for name in "cadb":
        presenter.show_preview(images[name], picture)
    assert names(project) == [f"{name} preview" for name in "abcd"]
    presenter.expect("preview", "xb")
    for name in "bx":
        presenter.show_preview(images[name], picture)
    assert names(project) == [f"{name} preview" for name in "xbacd"]
    project.removeMapLayer(presenter.find("preview", image_id="b").id())
    presenter.expect("preview", "c")
    presenter.show_preview(images["b"], picture)  # asked for before, it comes late
    presenter.show_preview(images["c"], picture)
    assert names(project) == [f"{name} preview" for name in "cxbad"]


def test_tiles_stand_as_their_mosaics_were_asked_for(presenter: Presenter, project: QgsProject) -> None:
    presenter.expect("tiles", ["m1", "m2"])
    presenter.show_tiles(MOSAIC, BOUNDS, [])
    presenter.show_tiles(OTHER, BOUNDS, [])
    assert names(project) == ["North & <i>South</i> tiles", "Quarry tiles"]


@pytest.mark.parametrize("ends", ["a new project", "unloaded"])
def test_what_was_about_to_be_shown_is_not_any_more(project: QgsProject, qtbot: QtBot, ends: str) -> None:
    presenter = Presenter(project)
    done: list[int] = []
    for number in range(3):
        presenter.soon(lambda number=number: done.append(number))
    presenter.soon(presenter.close if ends == "unloaded" else project.clear)
    for number in range(3, 9):
        presenter.soon(lambda number=number: done.append(number))
    assert done == []
    qtbot.waitUntil(lambda: len(done) == 3)
    qtbot.wait(100)
    assert done == [0, 1, 2]
    if ends != "unloaded":
        presenter.soon(lambda: done.append(9))  # of the new project
        qtbot.waitUntil(lambda: done[-1] == 9)
        presenter.close()


def test_only_the_mosaic_s_own_tiles_are_asked_for_anew(presenter: Presenter, project: QgsProject) -> None:
    layers = [presenter.show_tiles(mosaic, BOUNDS, []) for mosaic in (MOSAIC, OTHER)]
    before = [layer.source() for layer in layers]
    QTest.qWait(5)  # addresses are told apart by the millisecond
    presenter.refresh_tiles("m1")
    assert [layer.source() == old for layer, old in zip(layers, before)] == [False, True]
    presenter.refresh_tiles("")
    presenter.refresh_tiles("m9")
    assert layers[1].source() == before[1]
    assert names(project) == ["Quarry tiles", "North & <i>South</i> tiles"]
