"""Which page My imagery shows: its list, or why there is none and what to do next. Main thread."""

from __future__ import annotations

from typing import Any, Callable

from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal
from qgis.PyQt.QtWidgets import QStackedWidget, QWidget

from ...api.errors import MapflowError, SignInRequired
from ..imagery.tree import ImageryTree
from ..widgets.state_page import StatePage
from ..words.messages import describe

CANCEL_AFTER_MS = 2000  # what is there by then needs no way out


class ImageryStates(QObject):
    """The list may be looked at in more than one way: `content` is the one that is chosen."""

    refresh_requested = pyqtSignal()
    cancel_requested = pyqtSignal()  # of the loading
    sign_in_requested = pyqtSignal()
    upload_requested = pyqtSignal()
    clear_requested = pyqtSignal()  # of the filter
    content_shown = pyqtSignal(bool)  # False while there is a page in its place

    def __init__(self, views: QStackedWidget, page: StatePage, tree: ImageryTree, parent: QObject) -> None:
        super().__init__(parent)
        self._views = views
        self._page = page
        self._tree = tree
        self._content: QWidget = tree
        self._is_looking = False  # for what the list does not have yet
        self._act: Callable[[], None] = self.refresh_requested.emit
        self._slow = QTimer(self)
        self._slow.setSingleShot(True)
        self._slow.setInterval(CANCEL_AFTER_MS)
        self._slow.timeout.connect(self._on_slow)
        page.button_clicked.connect(self._on_clicked)
        views.currentChanged.connect(lambda _: self.content_shown.emit(views.currentWidget() is not page))

    def set_content(self, content: QWidget) -> None:
        is_shown = self._views.currentWidget() is self._content
        self._content = content
        if is_shown:
            self._views.setCurrentWidget(content)

    def set_looking(self, is_looking: bool) -> None:
        if is_looking != self._is_looking:
            self._is_looking = is_looking
            if self._tree.vain_filter and self._tree.imagery.mosaics():
                self.show_list()

    def show_loading(self) -> None:
        self._show_page(self.tr("Loading your imagery…"), is_busy=True)
        self._slow.start()

    def show_cancelled(self) -> None:
        self._act = self.refresh_requested.emit
        self._show_page(
            self.tr("Your imagery was not loaded"),
            self.tr("Loading it was cancelled"),
            icon_name="info",
            button=self.tr("Retry"),
        )

    def show_failure(self, error: MapflowError) -> None:
        is_refused = isinstance(error, SignInRequired)
        self._act = self.sign_in_requested.emit if is_refused else self.refresh_requested.emit
        self._show_page(
            self.tr("Your imagery was not loaded"),
            describe(error).text,
            icon_name="failed",
            button=self.tr("Sign in") if is_refused else self.tr("Retry"),
        )

    def show_list(self) -> None:
        """Or that it is empty, or that nothing in it matches the filter."""
        vain = self._tree.vain_filter
        if not self._tree.imagery.mosaics():
            self._show_empty()
        elif vain:
            self._show_vain(vain)
        else:
            self._slow.stop()
            self._views.setCurrentWidget(self._content)

    def _show_empty(self) -> None:
        self._act = self.upload_requested.emit
        self._show_page(
            self.tr("No imagery yet"),
            self.tr(
                "Upload raster layers or files. They are kept in mosaics, which are collections of images."
            ),
            icon_name="mosaic",
            button=self.tr("Upload…"),
        )

    def _show_vain(self, text: str) -> None:
        self._act = self.clear_requested.emit
        title = self.tr("Nothing found")
        words = self.tr("No mosaic and no image of an opened mosaic has “{0}” in its name, tags or id.")
        if self._is_looking:
            title = self.tr("Nothing found yet")
            words = self.tr("“{0}” is being looked for in the mosaics that were not opened.")
        self._show_page(title, words.format(text), icon_name="search", button=self.tr("Clear the filter"))

    def _show_page(self, title: str, text: str = "", **parts: Any) -> None:
        """`parts` are those of StatePage."""
        self._slow.stop()
        self._page.show_state(title, text, **parts)
        self._views.setCurrentWidget(self._page)

    def _on_slow(self) -> None:
        self._act = self.cancel_requested.emit
        self._show_page(self.tr("Loading your imagery…"), is_busy=True, button=self.tr("Cancel"))

    def _on_clicked(self) -> None:
        self._act()
