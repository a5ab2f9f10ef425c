"""What the plugin is made of once it is used: services, presenter, dock, Upload dialog. Main thread."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Callable, Optional

from qgis.core import QgsMapLayer, QgsProject
from qgis.gui import QgisInterface
from qgis.PyQt.QtCore import QObject, Qt

from ..api.errors import MapflowError
from ..services.bundle import Services, make_services
from ..services.message_log import MessageLog
from .canvas.presenter import Presenter
from .canvas.project_keeper import ProjectKeeper
from .dock import WIDTH, MapflowDock
from .search.panel import SearchPanel
from .upload import make_dialog
from .words.messages import describe

if TYPE_CHECKING:
    from .upload.dialog import UploadDialog

WISH_HOLDS_S = 300  # a sign-in later than that is about something else


class Workspace(QObject):
    """Built at the first use, taken down with the plugin by `close`."""

    def __init__(self, iface: QgisInterface) -> None:
        super().__init__(iface.mainWindow())
        self._iface = iface
        self._dialog: Optional[UploadDialog] = None
        self._wish: Optional[Callable[[], None]] = None  # what a person asked for before signing in
        self._wished = 0.0
        self._log = MessageLog()
        self._log.install()
        self.services: Services = make_services(self)
        self.presenter = Presenter(QgsProject.instance(), iface.mapCanvas(), self)
        self._keeper = ProjectKeeper(QgsProject.instance(), self)
        self.dock = MapflowDock(self.services, self.presenter, iface, iface.mainWindow())
        self._keeper.failed.connect(self._on_not_kept)
        self.dock.upload_requested.connect(self._on_upload_requested)
        self.services.session.busy_changed.connect(self._on_session_busy_changed)
        iface.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self.dock)
        iface.mainWindow().resizeDocks([self.dock], [WIDTH], Qt.Orientation.Horizontal)

    def open_dock(self) -> None:
        self.dock.setUserVisible(True)
        if self.services.session.state == "signed_out":
            self.services.session.restore()

    def upload(self, layers: Sequence[QgsMapLayer], mosaic_id: str = "") -> None:
        """Opens the Upload dialog; where nobody is signed in, the dock first and the dialog afterwards."""
        if self.services.session.state != "signed_in":
            ids = [layer.id() for layer in layers]
            self._wait_with(lambda: self.upload(_found(ids), mosaic_id))
            return
        dialog = self._make_dialog()
        if layers:
            dialog.add_layers(layers)
        if mosaic_id:
            dialog.set_target(mosaic_id)
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()

    def search_here(self) -> None:
        """What the map shows, with the filters of the last search."""
        self._search(SearchPanel.search_here)

    def draw_and_search(self) -> None:
        self._search(SearchPanel.draw_and_search)

    def _search(self, act: Callable[[SearchPanel], None]) -> None:
        """Where nobody is signed in, afterwards; the account's limit and providers are known by then."""
        panel = self.dock.show_search()
        session = self.services.session
        if session.state == "signed_in" and not session.is_busy:
            act(panel)
            return
        self._wait_with(lambda: act(self.dock.show_search()))

    def _wait_with(self, wish: Callable[[], None]) -> None:
        self._wish, self._wished = wish, time.monotonic()
        self.open_dock()

    def _on_session_busy_changed(self, is_busy: bool) -> None:
        wish = self._wish
        if wish is None or is_busy or self.services.session.state != "signed_in":
            return
        self._wish = None
        if time.monotonic() - self._wished < WISH_HOLDS_S:
            wish()

    def close(self) -> None:
        """Nothing of it is left in QGIS, nothing runs any more. May be called once."""
        if self._dialog is not None:
            self._dialog.close()
        self.services.close()
        self._keeper.close()
        self.presenter.close()
        self.dock.close_links()
        self._log.remove()
        self._iface.removeDockWidget(self.dock)
        self.dock.deleteLater()
        self.deleteLater()

    def _make_dialog(self) -> UploadDialog:
        if self._dialog is None:
            self._dialog = make_dialog(self.services, self._iface.mainWindow())
            self._dialog.upload_started.connect(self._on_upload_started)
            self._dialog.destroyed.connect(self._on_dialog_gone)
        return self._dialog

    def _on_dialog_gone(self) -> None:
        self._dialog = None

    def _on_upload_requested(self, mosaic_id: str) -> None:
        self.upload([], mosaic_id)

    def _on_upload_started(self) -> None:
        self.dock.show_activity()

    def _on_not_kept(self, layer_name: str, error: MapflowError) -> None:
        what = self.tr("{0} was not saved with the project").format(layer_name)
        self.dock.notices.warning(describe(error, what))


def _found(layer_ids: Sequence[str]) -> list[QgsMapLayer]:
    """Those that are still in the project."""
    layers = (QgsProject.instance().mapLayer(layer_id) for layer_id in layer_ids)
    return [layer for layer in layers if layer is not None]
