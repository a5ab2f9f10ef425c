"""What was not done, in words, by the name that a service gives to the call. Any thread."""

from __future__ import annotations

from qgis.PyQt.QtCore import QCoreApplication

from .plain import short

translate = QCoreApplication.translate


def words_for(what: str, name: str = "") -> str:
    """The clause before the reason; "" for an unknown name. `name` is what it was tried with."""
    words = {
        "mosaics": translate("Failures", "The list of mosaics was not loaded"),
        "create": translate("Failures", "The mosaic “{0}” was not created"),
        "update": translate("Failures", "The mosaic “{0}” was not changed"),
        "tiles": translate("Failures", "Tiles were not shown"),
        "outlines": translate("Failures", "The outlines of the mosaics were not shown"),
        "images": translate("Failures", "Images were not loaded"),
        "preview": translate("Failures", "The preview was not shown"),
        "rename": translate("Failures", "The image “{0}” was not renamed"),
        "storage": translate("Failures", "The storage was not read"),
        "search": translate("Failures", "The search did not work"),
        "queue": translate("Failures", "Uploads were interrupted"),
        "journal": translate("Failures", "What is under way is not noted on this computer"),
    }.get(what, "")
    return words.format(short(name))
