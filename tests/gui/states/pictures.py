"""My imagery with pictures: the drawer in all that it shows, and the contact sheet."""

from __future__ import annotations

from qgis.PyQt.QtWidgets import QWidget

from mapflow_data.api.errors import TimedOut
from mapflow_data.gui.dock import MapflowDock
from mapflow_data.services.pictures.memory import file_facts
from tests.gui.kit import samples
from tests.gui.kit.samples import LONG
from tests.gui.states.image import picture
from tests.gui.states.stage import Stage, dock_state

SHAPES = ((256, 192), (192, 256), (256, 70))


def _filled(stage: Stage) -> MapflowDock:
    """Sixty images: some with a picture, of any shape, one that has none, and some that are not ready."""
    dock, pictures = stage.sign_in(), stage.services.pictures
    images = samples.images(60)
    images[1] = samples.image(2, state="IN_PROGRESS")
    images[2] = samples.image(3, state="FAILED", error="FileValidationFailed")
    images[4] = samples.image(5, name=f"{LONG}.tif")
    stage.services.mosaics.mosaics_loaded.emit(samples.mosaics())
    stage.services.images.images_loaded.emit("m1", images, [])
    for number, image in enumerate(images):
        if number == 3:
            pictures._failed[image.id] = file_facts(image)
        elif number % 7 != 6:
            pictures._memory.put(image, picture(*SHAPES[number % 3]))
    dock.imagery.imageDrawer.set_open(True)
    dock.imagery.sheetButton.setChecked(False)  # it is remembered
    return dock


def _sheet(stage: Stage) -> MapflowDock:
    dock = _filled(stage)
    dock.imagery.sheetButton.setChecked(True)
    return dock


def _drawer(stage: Stage, image: int | None = None, mosaic_id: str = "") -> MapflowDock:
    """Of an image by its number, or of a mosaic."""
    dock = _filled(stage)
    if image is None:
        dock.imagery.imageryTree.select_mosaic(mosaic_id)
    else:
        dock.imagery.imageryTree.show_image(samples.image(image))
    return dock


@dock_state
def drawer_with_picture(stage: Stage) -> QWidget:
    return _drawer(stage, image=5)


@dock_state
def drawer_without_picture(stage: Stage) -> QWidget:
    return _drawer(stage, image=4)


@dock_state
def drawer_of_a_mosaic_with_pictures(stage: Stage) -> QWidget:
    return _drawer(stage, mosaic_id="m1")


@dock_state
def drawer_of_an_image_that_failed(stage: Stage) -> QWidget:
    return _drawer(stage, image=3)


@dock_state
def drawer_of_a_mosaic(stage: Stage) -> QWidget:
    return _drawer(stage, mosaic_id="m3")


@dock_state
def drawer_closed(stage: Stage) -> QWidget:
    dock = drawer_with_picture(stage)
    dock.imagery.imageDrawer.set_open(False)
    return dock


@dock_state
def sheet(stage: Stage) -> QWidget:
    dock = _sheet(stage)
    dock.imagery.imageryTree.select_images({"m1": {"i1", "i5"}})
    return dock


@dock_state
def sheet_filtered(stage: Stage) -> QWidget:
    """It says how many of its images are left."""
    dock = sheet(stage)
    dock.imagery.filterEdit.setText("_0911")
    dock.imagery.imageryTree.finish_filter()
    return dock


@dock_state
def sheet_without_mosaic(stage: Stage) -> QWidget:
    return _sheet(stage)


@dock_state
def sheet_that_failed(stage: Stage) -> QWidget:
    dock = _sheet(stage)
    dock.imagery.imageryTree.select_mosaic("m3")
    stage.services.images.images_failed.emit("m3", TimedOut())
    return dock
