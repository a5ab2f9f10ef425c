"""Icons by what they mean, taken from QGIS' theme so that they follow it, own ones last. Main thread."""

from __future__ import annotations

from pathlib import Path

from qgis.core import QgsApplication
from qgis.PyQt.QtGui import QIcon

OWN_FOLDER = Path(__file__).resolve().parents[3] / "icons"

THEME = {
    "upload": "mActionSharingExport.svg",
    "new_mosaic": "mActionNewFolder.svg",
    "on_map": "mActionAddXyzLayer.svg",
    "tiles": "mIconXyz.svg",
    "footprints": "mIconPolygonLayer.svg",
    "preview": "mIconRaster.svg",
    "zoom": "mActionZoomToLayer.svg",
    "refresh": "mActionRefresh.svg",
    "mosaic": "mIconRasterGroup.svg",
    "image": "mIconRasterLayer.svg",
    "loading": "mIconHistory.svg",
    "failed": "mIconWarning.svg",
    "waiting": "mIconHistory.svg",
    "paused": "mTaskOnHold.svg",
    "done": "mIconSuccess.svg",
    "stopped": "mTaskCancel.svg",
    "cancel": "mTaskCancel.svg",
    "retry": "mActionReload.svg",
    "clear_finished": "console/iconClearConsole.svg",
    "info": "mIconInfo.svg",
    "search": "search.svg",
    "draw_polygon": "mActionCapturePolygon.svg",
    "draw_rectangle": "mActionRectangleExtent.svg",
    "extent": "mActionSetToCanvasExtent.svg",
    "clear_area": "mIconClearText.svg",
    "close": "mIconCloseTab.svg",
    "edit": "mActionToggleEditing.svg",
    "table": "mActionOpenTable.svg",
    "sort": "sort.svg",
    "load_more": "mActionArrowDown.svg",
    "on_the_map": "mActionShowAllLayers.svg",
    "copy": "mActionEditCopy.svg",
    "delete": "mActionDeleteSelected.svg",
    "rename": "mActionChangeLabelProperties.svg",
    "pick": "mActionSelect.svg",
    "sheet": "mActionIconView.svg",
    "replace": "mActionReload.svg",
    "download": "mActionSharingImport.svg",
    "open_folder": "mActionFileOpen.svg",
}

_of_cells: dict[str, QIcon] = {}


def icon(name: str) -> QIcon:
    """Raises KeyError for a name that is not in the table."""
    return QgsApplication.getThemeIcon(f"/{THEME[name]}")


def cell_icon(name: str) -> QIcon:
    """The same, kept until `forget_cell_icons`: asking QGIS lets threads have the interpreter, and a list of
    rows would wait for it with each row.
    """
    if name not in _of_cells:
        _of_cells[name] = icon(name)
    return _of_cells[name]


def forget_cell_icons() -> None:
    """QGIS has another theme, perhaps."""
    _of_cells.clear()


def plugin_icon() -> QIcon:
    return QIcon(str(OWN_FOLDER / "mapflow_data.svg"))
