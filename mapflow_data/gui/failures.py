"""What was not done, in words, by the name that a service gives to the call. Any thread."""

from __future__ import annotations

from qgis.PyQt.QtCore import QCoreApplication

translate = QCoreApplication.translate


def words_for(what: str) -> str:
    """The clause before the reason; "" for an unknown name."""
    return {
        "storage": translate("Failures", "The storage was not read"),
        "queue": translate("Failures", "Uploads were interrupted"),
    }.get(what, "")
