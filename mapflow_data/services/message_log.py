"""What the plugin logs, in QGIS' own log: Python's goes to a console that nobody has. Any thread."""

from __future__ import annotations

import logging

from qgis.core import Qgis, QgsMessageLog

TAG = "Mapflow Data"
OURS = __package__.rpartition(".")[0]  # inside QGIS the package is nested


class MessageLog(logging.Handler):
    """From `install` to `remove`. Warnings and worse, as they are: who logs has taken out what is secret."""

    def install(self) -> None:
        logging.getLogger(OURS).addHandler(self)

    def remove(self) -> None:
        logging.getLogger(OURS).removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        is_error = record.levelno >= logging.ERROR
        level = Qgis.MessageLevel.Critical if is_error else Qgis.MessageLevel.Warning
        QgsMessageLog.logMessage(self.format(record), TAG, level, False)
