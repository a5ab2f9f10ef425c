"""A saved project opens whole elsewhere: footprints and previews go with it, and nothing of them is lost."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import numpy as np
import pytest
from osgeo import gdal
from qgis.core import QgsFeatureSource, QgsProject, QgsRasterLayer, QgsVectorLayer
from qgis.PyQt.QtXml import QDomDocument

from mapflow_data.api.models import Image, Mosaic
from mapflow_data.gui.canvas.project_keeper import ProjectKeeper
from mapflow_data.layers import footprints, mosaic_outlines, properties
from mapflow_data.layers.keep import INDEXED_FROM, keep, source_of

MOSAIC = Mosaic(id="m1", name="North / district: June")
WKT = "POLYGON ((2 48, 2 49, 1 49, 1 48, 2 48))"
IMAGES = [
    Image.from_json({"id": f"i{n}", "filename": f"{n}.tif", "footprint": WKT, "file_size": 5_000_000_000 + n})
    for n in range(3)
]


@pytest.fixture
def project() -> Iterator[QgsProject]:
    project = QgsProject()
    yield project
    project.clear()


@pytest.fixture
def outlines(project: QgsProject) -> QgsVectorLayer:
    layer = footprints.make_layer("North / district: June", footprints.make_features(IMAGES, MOSAIC), MOSAIC)
    project.addMapLayer(layer)
    return layer


@pytest.fixture
def picture(project: QgsProject, tmp_path: Path) -> QgsRasterLayer:
    path = tmp_path / "cache" / "preview.tif"
    path.parent.mkdir()
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), 8, 8, 1)
    dataset.SetGeoTransform((0, 1, 0, 8, 0, -1))
    dataset.GetRasterBand(1).WriteArray(np.arange(64, dtype="uint8").reshape(8, 8))
    dataset = None
    layer = QgsRasterLayer(str(path), "A preview", "gdal")
    properties.mark(layer, properties.PREVIEW, "m1", "i0")
    project.addMapLayer(layer)
    return layer


@pytest.fixture
def keeper(project: QgsProject) -> Iterator[ProjectKeeper]:
    keeper = ProjectKeeper(project)
    yield keeper
    keeper.close()


@pytest.mark.usefixtures("keeper")
def test_a_saved_project_opens_whole_after_it_was_moved(
    project: QgsProject, outlines: QgsVectorLayer, picture: QgsRasterLayer, tmp_path: Path
) -> None:
    there, elsewhere = tmp_path / "there", tmp_path / "elsewhere"
    there.mkdir()
    assert project.write(str(there / "work.qgz"))
    there.rename(elsewhere)
    shutil.rmtree(tmp_path / "cache")

    other = QgsProject()
    assert other.read(str(elsewhere / "work.qgz"))
    layers = {properties.kind_of(layer): layer for layer in other.mapLayers().values()}
    assert all(layer.isValid() for layer in layers.values())
    assert sorted(f["size"] for f in layers["footprints"].getFeatures()) == [
        5_000_000_000 + n for n in range(3)
    ]
    assert layers["preview"].dataProvider().block(1, layers["preview"].extent(), 8, 8).value(7, 7) == 63
    assert {source_of(layer).parent for layer in layers.values()} == {elsewhere / "work_mapflow"}
    other.clear()


@pytest.mark.usefixtures("keeper")
def test_the_layer_keeps_its_id_style_and_properties_and_takes_new_images(
    project: QgsProject, outlines: QgsVectorLayer, tmp_path: Path
) -> None:
    layer_id, labels = outlines.id(), outlines.labelsEnabled()
    project.write(str(tmp_path / "work.qgz"))

    assert (outlines.id(), outlines.labelsEnabled()) == (layer_id, labels)
    assert properties.mosaic_id_of(outlines) == "m1"
    assert outlines.providerType() == "ogr"
    footprints.update_layer(outlines, footprints.make_features(IMAGES[:1], MOSAIC))
    assert [(f["id"], f["mosaic"]) for f in outlines.getFeatures()] == [("i0", MOSAIC.name)]


@pytest.mark.usefixtures("keeper")
def test_the_layer_of_all_mosaics_goes_with_the_project(project: QgsProject, tmp_path: Path) -> None:
    mosaics = [Mosaic("m1", "North", ("a", "b"), footprint=WKT, size_bytes=5), Mosaic("m2", "Empty")]
    layer = mosaic_outlines.make_layer("Mosaics", mosaic_outlines.make_features(mosaics))
    project.addMapLayer(layer)
    layer.selectByExpression("id = 'm2'")
    project.write(str(tmp_path / "work.qgz"))
    assert source_of(layer).parent == tmp_path / "work_mapflow"
    assert [(f["id"], f["tags"]) for f in layer.getFeatures()] == [("m1", "a, b"), ("m2", None)]
    mosaic_outlines.update_layer(layer, mosaic_outlines.make_features(mosaics[::-1]))
    assert [f["id"] for f in layer.getFeatures()] == ["m2", "m1"]
    mosaic_outlines.remove(layer, "m2")
    assert [f["name"] for f in layer.getFeatures()] == ["North"]


@pytest.mark.usefixtures("keeper", "outlines")
def test_saving_under_another_name_takes_a_copy_and_leaves_the_first_project_whole(
    project: QgsProject, tmp_path: Path
) -> None:
    project.write(str(tmp_path / "first.qgz"))
    project.write(str(tmp_path / "second.qgz"))

    for name in ("first", "second"):
        other = QgsProject()
        assert other.read(str(tmp_path / f"{name}.qgz"))
        (layer,) = other.mapLayers().values()
        assert source_of(layer).parent == tmp_path / f"{name}_mapflow"
        assert layer.featureCount() == len(IMAGES)
        other.clear()


@pytest.mark.usefixtures("keeper")
@pytest.mark.parametrize(("count", "is_indexed"), [(3, False), (INDEXED_FROM, True)])
def test_only_very_many_footprints_are_worth_an_index(
    project: QgsProject, tmp_path: Path, count: int, is_indexed: bool
) -> None:
    (feature, *_) = footprints.make_features(IMAGES, MOSAIC)
    layer = footprints.make_layer("Many", [feature] * count, MOSAIC)
    project.addMapLayer(layer)
    project.write(str(tmp_path / "work.qgz"))
    assert layer.providerType() == "ogr"
    assert layer.featureCount() == count
    assert (
        layer.hasSpatialIndex() == QgsFeatureSource.SpatialIndexPresence.SpatialIndexPresent
    ) is is_indexed


def test_many_layers_are_not_compared_each_with_all(
    project: QgsProject, keeper: ProjectKeeper, picture: QgsRasterLayer, tmp_path: Path
) -> None:
    """A hundred previews made every save take a second."""
    layers = []
    for number in range(20):
        path = tmp_path / f"{number}.tif"
        shutil.copy(source_of(picture), path)
        layers.append(QgsRasterLayer(str(path), f"Preview {number}", "gdal"))
        properties.mark(layers[-1], properties.PREVIEW, "m1", str(number))
    project.addMapLayers(layers)
    calls = 0

    def count(frame: FrameType, event: str, _: object) -> None:
        nonlocal calls
        calls += event == "call" and frame.f_code is source_of.__code__

    sys.setprofile(count)
    project.write(str(tmp_path / "work.qgz"))
    sys.setprofile(None)
    assert {source_of(layer).parent for layer in layers} == {tmp_path / "work_mapflow"}
    assert len({source_of(layer) for layer in layers}) == 20
    assert 0 < calls <= 4 * (len(layers) + 1)


@pytest.mark.usefixtures("keeper")
def test_layers_of_one_name_get_a_file_each(project: QgsProject, tmp_path: Path) -> None:
    for images in (IMAGES[:1], IMAGES[:2]):
        project.addMapLayer(footprints.make_layer("Same", footprints.make_features(images, MOSAIC), MOSAIC))
    project.write(str(tmp_path / "work.qgz"))

    layers = project.mapLayers().values()
    assert len({source_of(layer) for layer in layers}) == 2
    assert sorted(layer.featureCount() for layer in layers) == [1, 2]


def test_what_cannot_be_kept_is_told_and_the_project_is_saved_all_the_same(
    project: QgsProject, keeper: ProjectKeeper, outlines: QgsVectorLayer, tmp_path: Path
) -> None:
    told: list[tuple[str, str]] = []
    keeper.failed.connect(lambda name, error: told.append((name, error.code)))
    (tmp_path / "work_mapflow").write_text("a file where the folder should be")

    assert project.write(str(tmp_path / "work.qgz"))
    assert told == [(outlines.name(), "keep")]
    assert outlines.providerType() == "memory"
    assert outlines.featureCount() == len(IMAGES)


@pytest.mark.usefixtures("keeper")
def test_edits_under_way_are_left_alone(
    project: QgsProject, outlines: QgsVectorLayer, tmp_path: Path
) -> None:
    outlines.startEditing()
    project.write(str(tmp_path / "work.qgz"))
    assert outlines.isEditable()
    assert outlines.providerType() == "memory"
    outlines.rollBack()


@pytest.mark.usefixtures("keeper", "outlines")
def test_only_what_is_ours_is_moved_and_duplicates_are_not_lost(
    project: QgsProject, outlines: QgsVectorLayer, picture: QgsRasterLayer, tmp_path: Path
) -> None:
    """A person's own raster that got our style stays where it is; a duplicate in memory is saved too."""
    path = tmp_path / "own.tif"
    shutil.copy(source_of(picture), path)
    own = QgsRasterLayer(str(path), "Own", "gdal")
    style = QDomDocument("qgis")
    picture.exportNamedStyle(style)
    own.importNamedStyle(style)
    copy = outlines.clone()
    project.addMapLayers([own, copy])
    assert properties.kind_of(own) == properties.kind_of(copy) == ""
    assert project.write(str(tmp_path / "p.qgz"))
    assert source_of(own) == path
    assert source_of(copy).parent == source_of(outlines).parent == tmp_path / "p_mapflow"
    assert source_of(copy) != source_of(outlines)
    assert copy.featureCount() == len(IMAGES)


def test_server_text_never_leads_out_of_the_folder(project: QgsProject, tmp_path: Path) -> None:
    keeper = ProjectKeeper(project)
    features = footprints.make_features(IMAGES, MOSAIC)
    project.addMapLayer(footprints.make_layer("../../etc/x\x00\n<b>", features, MOSAIC))
    project.write(str(tmp_path / "work.qgz"))
    keeper.close()
    assert [
        p.suffix for p in (tmp_path / "work_mapflow").iterdir() if not p.name.endswith(("-wal", "-shm"))
    ] == [".gpkg"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["work.qgz", "work_mapflow"]


def test_memory_of_a_kept_layer_is_given_back_by_whoever_asked(
    project: QgsProject, outlines: QgsVectorLayer, picture: QgsRasterLayer, tmp_path: Path
) -> None:
    """Thousands of features take a while to go: that is for after the save."""
    folder, context = tmp_path / "kept", project.transformContext()
    held = keep(outlines, folder, context)
    assert (held.providerType(), held.featureCount()) == ("memory", len(IMAGES))
    assert (outlines.providerType(), outlines.featureCount()) == ("ogr", len(IMAGES))
    assert keep(outlines, folder, context) is None
    assert keep(picture, folder, context) is None
