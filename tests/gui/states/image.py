"""The Image dialog, and tags in all their numbers."""

from __future__ import annotations

from qgis.PyQt.QtGui import QColor, QImage, QLinearGradient, QPainter
from qgis.PyQt.QtWidgets import QWidget

from mapflow_data.api.errors import NotFound, Unreachable
from mapflow_data.api.models import Image, Mosaic
from mapflow_data.gui.image.dialog import ImageDialog
from mapflow_data.gui.manage.mosaic_dialog import MosaicDialog
from tests.gui.kit import samples
from tests.gui.kit.samples import LONG
from tests.gui.states.stage import Stage, state


def picture(width: int, height: int) -> QImage:
    """Fields, more or less."""
    result = QImage(width, height, QImage.Format.Format_RGB32)
    slope = QLinearGradient(0, 0, width, height)
    for share, colour in ((0.0, "#2c5e2e"), (0.5, "#c9b458"), (1.0, "#7a5c3a")):
        slope.setColorAt(share, QColor(colour))
    painter = QPainter(result)
    painter.fillRect(result.rect(), slope)
    painter.end()
    return result


def _dialog(stage: Stage, image: Image, place: int = 3) -> ImageDialog:
    dialog = ImageDialog(stage.services.pictures, stage.window.mainWindow())
    stage.own(dialog)
    dialog.show_image(image, samples.mosaics()[0], place, 60)
    return dialog


@state
def image_loading(stage: Stage) -> QWidget:
    return _dialog(stage, samples.image(3))


@state
def image_with_picture(stage: Stage) -> QWidget:
    image = samples.image(3)
    dialog = _dialog(stage, image)
    stage.services.pictures.large_loaded.emit(image, picture(1024, 768))
    return dialog


@state
def image_with_small_picture(stage: Stage) -> QWidget:
    """There is no larger one."""
    image = samples.image(1, name=f"{LONG}.tif", crs="", pixel_size=None, is_downloadable=False)
    dialog = _dialog(stage, image, 60)
    dialog.pictureLabel.set_picture(picture(200, 150))
    stage.services.pictures.large_failed.emit(image, NotFound())
    return dialog


@state
def image_without_picture(stage: Stage) -> QWidget:
    image = samples.image(2)
    dialog = _dialog(stage, image, 1)
    stage.services.pictures.large_failed.emit(image, Unreachable())
    return dialog


@state
def image_not_processed(stage: Stage) -> QWidget:
    failed = Image("i9", "m1", f"{LONG}.tif", state="FAILED", error="the file has no CRS, or one of its own")
    return _dialog(stage, failed)


@state
def image_being_processed(stage: Stage) -> QWidget:
    return _dialog(stage, Image("i9", "m1", "field_07.tif", state="IN_PROGRESS"))


@state
def mosaic_with_many_tags(stage: Stage) -> QWidget:
    tags = (*(f"tag {number}" for number in range(1, 30)), "a, b", LONG)
    return stage.own(MosaicDialog(None, Mosaic("m", "North district", tags)))
