"""Why something waits for the server. Main thread."""

from __future__ import annotations

from qgis.PyQt.QtCore import QCoreApplication


def not_online() -> str:
    return QCoreApplication.translate("Offline", "Not while the server cannot be reached")
