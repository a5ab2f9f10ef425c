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

    def _on_map_tool_set(self, new: Optional[QgsMapTool], old: Optional[QgsMapTool]) -> None:
        if new is not self._tool or old is self._tool:
            return
        if self._previous is not None:
            self._previous.destroyed.disconnect(self._on_destroyed)
        self._previous = old
        if old is not None:
            old.destroyed.connect(self._on_destroyed)

    def _on_destroyed(self) -> None:
        self._previous = None
