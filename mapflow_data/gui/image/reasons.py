"""Why something cannot be done with an image just now; "" where it can. Main thread."""

from __future__ import annotations

from qgis.PyQt.QtCore import QCoreApplication

from ...api.models import Image
from ..words.offline import not_online
from .words import place_of

translate = QCoreApplication.translate


def why_not_zoom(image: Image) -> str:
    has_place = place_of(image.footprint) is not None
    return "" if has_place else translate("ImageReasons", "Where it lies is not known: it has no footprint")


def why_not_on_map(image: Image, is_online: bool) -> str:
    return _why_not_asked(image, is_online) or why_not_zoom(image)


def why_not_download(image: Image, is_online: bool) -> str:
    if image.is_ready and not image.is_downloadable:
        return translate("ImageReasons", "The server does not offer this image for download")
    return _why_not_asked(image, is_online)


def _why_not_asked(image: Image, is_online: bool) -> str:
    if not image.is_ready:
        return translate("ImageReasons", "Mapflow has not processed this image")
    return "" if is_online else not_online()
