"""So many of something, with the form that one of it has. Any thread."""

from __future__ import annotations

from qgis.PyQt.QtCore import QCoreApplication

from . import formats

translate = QCoreApplication.translate


def images(count: int) -> str:
    if count == 1:
        return translate("Counts", "1 image")
    return translate("Counts", "{0} images").format(formats.whole(count))


def bands(count: int) -> str:
    if count == 1:
        return translate("Counts", "1 band")
    return translate("Counts", "{0} bands").format(formats.whole(count))
