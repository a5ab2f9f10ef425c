"""Why something was refused on this computer, before anything was sent. Any thread."""

from __future__ import annotations

from qgis.PyQt.QtCore import QCoreApplication

from ...api import fields
from ...api.errors import MapflowError
from . import formats
from .plain import words_of

translate = QCoreApplication.translate


def bad_input(error: MapflowError) -> str:
    words = {
        "server": translate("Messages", "the server's address must begin with https:// and name a host"),
        "token": translate(
            "Messages", "this is not a token; copy it again, whole, from your Mapflow account"
        ),
        "url": translate("Messages", "the server names an address that is not safe to open"),
        "address": translate("Messages", "the address lies inside a private network and is not opened"),
        "footprint": translate(
            "Messages",
            "the server tells no place where it could be put on the map; show the footprints instead",
        ),
        "picture": translate("Messages", "the server's picture cannot be shown; try again later"),
        "tiles": translate(
            "Messages", "the server names no tiles for this mosaic yet; upload images, or refresh the list"
        ),
        "keep": translate(
            "Messages", "it cannot be written beside the project; make room or check the folder's rights"
        ),
        "disk": translate(
            "Messages", "it cannot be written to {folder}; make room or check the folder's rights"
        ),
        "journal": translate(
            "Messages",
            "QGIS' profile folder cannot be written ({reason}); make room or check its rights, "
            "else nothing could be continued after a crash",
        ),
        "room": translate("Messages", "{folder} has {free} free and {needed} are needed; make room there"),
    }.get(error.code)
    if words is None:
        return translate("Messages", "it cannot be used ({0}); check it").format(
            words_of(error) or error.code or "?"
        )
    told = error.parameters
    return words.format(
        folder=fields.text(told.get("folder")),
        free=formats.size(fields.integer(told.get("free"))),
        needed=formats.size(fields.integer(told.get("needed"))),
        reason=words_of(error) or "?",
    )


def file_unreadable(error: MapflowError) -> str:
    return translate(
        "Messages", "the file cannot be read ({0}); check that it is there and not locked"
    ).format(words_of(error) or "?")


def source_changed(error: MapflowError) -> str:
    if error.code == "changed_since":
        return translate(
            "Messages", "the file changed since it was to be uploaded; choose Upload… for what it is now"
        )
    return translate(
        "Messages", "the file changed while it was sent; wait until it is complete and try again"
    )
