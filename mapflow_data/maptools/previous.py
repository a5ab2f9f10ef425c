"""The map tool that was active before ours, to give it back. Main thread."""

from __future__ import annotations

from typing import Optional

from qgis.gui import QgsMapCanvas, QgsMapTool
from qgis.PyQt.QtCore import QObject


class PreviousTool(QObject):
    """Of `tool`, however that is set on the canvas; forgotten when it is destroyed meanwhile."""

    def __init__(self, canvas: QgsMapCanvas, tool: QgsMapTool) -> None:
        super().__init__(tool)
        self._canvas = canvas
        self._tool = tool
        self._previous: Optional[QgsMapTool] = None
        canvas.mapToolSet.connect(self._on_map_tool_set)

    def restore(self) -> None:
        """Only if ours is the active one: the user's choice of another stands."""
        if self._canvas.mapTool() is not self._tool:
            return
        if self._previous is not None:
            self._canvas.setMapTool(self._previous)
        else:
            self._canvas.unsetMapTool(self._tool)

    def forget(self) -> None:
        """Listens no longer to the canvas, nor to the tool from before: both live on."""
        self._canvas.mapToolSet.disconnect(self._on_map_tool_set)
        self._drop()

    def _on_map_tool_set(self, new: Optional[QgsMapTool], old: Optional[QgsMapTool]) -> None:
        if new is not self._tool or old is self._tool:
            return
        self._drop()
        self._previous = old
        if old is not None:
            old.destroyed.connect(self._on_destroyed)

    def _drop(self) -> None:
        previous, self._previous = self._previous, None
        if previous is not None:
            previous.destroyed.disconnect(self._on_destroyed)

    def _on_destroyed(self) -> None:
        self._previous = None
