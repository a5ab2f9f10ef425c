"""What the service itself has, asked past the plugin; what the plugin said meanwhile. Main thread."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any, Optional

from look import FACTS
from qgis.core import Qgis
from qgis.gui import QgsMessageBar, QgsMessageBarItem
from qgis.PyQt.QtWidgets import QTextBrowser, QWidget

from mapflow_data.mapflow_data.api.client import MapflowClient
from mapflow_data.mapflow_data.api.connection import make_connection
from mapflow_data.mapflow_data.api.models import Image, Mosaic

# QGIS before 3.26 says so of every task that took five seconds; which ones do depends on the machine
TASK = "Task complete"


def ask() -> MapflowClient:
    return MapflowClient(make_connection(FACTS["url"], os.environ["DEMO_TOKEN"]))


def mosaic_named(name: str) -> Optional[Mosaic]:
    with ask() as client:
        return next((mosaic for mosaic in client.mosaics.list() if mosaic.name == name), None)


def images_of(mosaic_name: str) -> list[Image]:
    mosaic = mosaic_named(mosaic_name)
    if mosaic is None:
        return []
    with ask() as client:
        return client.images.list(mosaic.id)


def sha1(path: Path) -> str:
    return hashlib.sha1(path.read_bytes()).hexdigest()


def order_of_changes(requests: list[dict[str, Any]]) -> list[str]:
    """ "POST image", "DELETE 1f3c…": each request that was to change something, by the end of its path."""
    changes = [request for request in requests if request["method"] != "GET"]
    return [f"{request['method']} {request['path'].rsplit('/', 1)[-1]}" for request in changes]


class Messages:
    """All that any of the bars showed; what QGIS itself tells of tasks is kept apart."""

    def __init__(self, *bars: QgsMessageBar) -> None:
        self.texts: list[str] = []
        self.of_tasks: list[str] = []
        self.warnings: list[str] = []
        for bar in bars:
            bar.widgetAdded.connect(self._on_added)

    def _on_added(self, item: QWidget) -> None:
        """Of those that QGIS itself makes Python knows neither level nor text: they count as warnings."""
        texts = (part.toPlainText() for part in item.findChildren(QTextBrowser))
        text = item.property("text") or " ".join(texts).strip()
        if text.startswith(TASK):
            self.of_tasks.append(text)
        if text.startswith(TASK) or text in self.texts:  # one that is below others is told again as they go
            return
        self.texts.append(text)
        level = item.level() if isinstance(item, QgsMessageBarItem) else Qgis.MessageLevel.Warning
        if level not in (Qgis.MessageLevel.Info, Qgis.MessageLevel.Success):
            self.warnings.append(text)
