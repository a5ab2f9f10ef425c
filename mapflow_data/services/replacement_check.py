"""Looks at a file and at the image that it is to replace, before anybody says yes. Main thread."""

from __future__ import annotations

from typing import Optional

from qgis.PyQt.QtCore import QObject, pyqtSignal

from ..api.models import Image
from .online import OnlineService, with_client
from .replacement import prepare


class ReplacementCheck(OnlineService):
    """`failed` tells "replace_check" where a file could not be looked at."""

    prepared = pyqtSignal(object)  # Prepared

    def __init__(self, parent: Optional[QObject] = None, *, scale: float = 1.0) -> None:
        """`scale` stretches the client's own waits."""
        super().__init__(parent)
        self._scale = scale

    def prepare(self, image: Image, path: str) -> None:
        """Tells `prepared` or `failed`; the latest call wins."""
        connection = self._connection
        if connection is None:
            return
        self.run(
            "prepare",
            lambda token: with_client(
                connection, token, lambda client, _: prepare(client, token, image, path), self._scale
            ),
            self.prepared.emit,
            self.failing("replace_check"),
            latest=True,
            description="Mapflow Data: check file",
        )

    def forget(self) -> None:
        """Nobody waits for `prepared` any more."""
        self.cancel("prepare")
