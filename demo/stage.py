"""Runs a walk inside the real QGIS: real events on real widgets, waits without blocking, checks that print.

A walk is a generator function of one `Stage`; it yields `Until`. The stage resumes it from a timer, so QGIS'
own event loop keeps turning, also while a menu or a modal dialog is open. Main thread.
"""

from __future__ import annotations

import os
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional

from qgis.core import QgsProject
from qgis.PyQt.QtCore import QObject, QPoint, QRect, Qt, QTimer
from qgis.PyQt.QtGui import QContextMenuEvent, QImage
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QMenu,
    QMessageBox,
    QTabWidget,
    QToolButton,
    QWidget,
)

POLL_MS = 40
PATIENCE_AT_EXIT_MS = 15_000
LEFT = Qt.MouseButton.LeftButton
RIGHT = Qt.MouseButton.RightButton
NO_KEY = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier


@dataclass(frozen=True)
class Until:
    """Resume when `holds` returns something true, fail after `seconds`. `every_ms` it is asked."""

    holds: Callable[[], Any]
    what: str
    seconds: float = 30.0
    every_ms: int = POLL_MS


Walk = Iterator[Until]


class CheckFailed(Exception):
    pass


class Stage(QObject):
    """Drives one walk, keeps its pictures in `folder`, ends QGIS with 0 or 1."""

    def __init__(self, iface: Any, walk: Callable[[Stage], Walk], folder: Path) -> None:
        super().__init__()
        self.iface = iface
        self.folder = folder
        self._walk = walk(self)
        self._waiting: Optional[Until] = None
        self._deadline = 0.0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._on_tick)
        self._timer.start(POLL_MS)

    # -- telling and checking

    def say(self, text: str) -> None:
        for line in text.splitlines():
            print(f"DEMO {line}", flush=True)

    def check(self, holds: Any, what: str) -> None:
        """Print `what` as checked, or end the walk."""
        if not holds:
            raise CheckFailed(what)
        self.say(f"  ✓ {what}")

    def picture(self, name: str, of: Optional[QWidget] = None) -> QImage:
        """Save what is on the screen, or one widget of it, as a PNG."""
        if of is None:
            window = self.iface.mainWindow()
            image = window.screen().grabWindow(0).toImage()
        else:
            image = of.grab().toImage()
        image.save(str(self.folder / f"{name}.png"))
        return image

    # -- acting as a user

    def click(
        self,
        widget: QWidget,
        at: Optional[QPoint] = None,
        button: Any = LEFT,
        keys: Any = NO_KEY,
        double: bool = False,
    ) -> Walk:
        """A mouse click, sent from the event loop, since it may open something modal."""
        yield Until(
            lambda: widget.isVisible() and widget.isEnabled(), f"{widget.objectName()} can be clicked"
        )
        act = QTest.mouseDClick if double else QTest.mouseClick
        point = widget.rect().center() if at is None else at
        yield from self._later(lambda: act(widget, button, keys, point))

    def click_row(self, view: QAbstractItemView, index: Any, **how: Any) -> Walk:
        """A click on a row of a view, scrolled into sight first."""
        view.scrollTo(index)
        yield from self.pause(0.1)
        yield from self.click(view.viewport(), at=_inside(view.visualRect(index)), **how)

    def click_tab(self, tabs: QTabWidget, number: int) -> Walk:
        yield from self.click(tabs.tabBar(), at=tabs.tabBar().tabRect(number).center())

    def open_menu(self, view: QAbstractItemView, index: Any) -> Walk:
        """A right click's context menu, asked for as the window system does."""
        at = _inside(view.visualRect(index))
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, view.viewport().mapToGlobal(at))
        yield from self._later(lambda: QApplication.sendEvent(view.viewport(), event))
        yield Until(QApplication.activePopupWidget, "the context menu is open")

    def open_tool_menu(self, button: QToolButton) -> Walk:
        """The menu of a tool button, by its arrow where it has one of its own."""
        split = button.popupMode() == QToolButton.ToolButtonPopupMode.MenuButtonPopup
        at = QPoint(button.width() - 4, button.height() // 2) if split else button.rect().center()
        yield from self.click(button, at=at)
        yield Until(QApplication.activePopupWidget, f"the menu of {button.objectName()} is open")

    def choose(self, text: str) -> Walk:
        """Click the entry that holds `text` in the menu that is open."""
        yield Until(lambda: self._entry(text) is not None, f"the menu offers “{text}”")
        menu, action = self._entry(text)
        yield from self.click(menu, at=menu.actionGeometry(action).center())

    def type(self, widget: QWidget, text: str) -> Walk:
        """Replace a field's text, key by key."""
        yield from self.click(widget)
        QTest.keyClick(widget, Qt.Key.Key_A, CTRL)
        QTest.keyClicks(widget, text)
        yield from self.pause(0.05)

    def key(self, widget: QWidget, key: Any, keys: Any = NO_KEY) -> Walk:
        yield from self._later(lambda: QTest.keyClick(widget, key, keys))

    def pause(self, seconds: float) -> Walk:
        end = time.monotonic() + seconds
        yield Until(lambda: time.monotonic() >= end, "a moment", seconds + 5)

    def drawn(self, canvas: Any) -> Walk:
        """Wait until the map is drawn as it now is."""
        done: list[bool] = []
        canvas.mapCanvasRefreshed.connect(lambda: done.append(True))
        canvas.refresh()
        yield Until(lambda: done and not canvas.isDrawing(), "the map is drawn", 30)
        yield from self.pause(0.3)

    # -- inside

    def _later(self, act: Callable[[], Any]) -> Walk:
        QTimer.singleShot(0, act)
        yield from self.pause(0.12)

    def _entry(self, text: str) -> Optional[tuple[QMenu, Any]]:
        menu = QApplication.activePopupWidget()
        if not isinstance(menu, QMenu):
            return None
        found = [a for a in menu.actions() if text in a.text().replace("&", "") and a.isEnabled()]
        return (menu, found[0]) if found else None

    def _on_tick(self) -> None:
        if self._waiting is not None and not self._is_over(self._waiting):
            return
        self._timer.stop()  # a step may turn the event loop itself
        try:
            self._waiting = next(self._walk)
        except StopIteration:
            self._end(0)
        except CheckFailed as error:
            self._fail(f"{error}")
        except Exception:  # noqa: BLE001 - any fault of a walk is told, and ends QGIS
            self._fail(traceback.format_exc())
        else:
            self._deadline = time.monotonic() + self._waiting.seconds
            self._timer.start(self._waiting.every_ms)

    def _is_over(self, waiting: Until) -> bool:
        try:
            if waiting.holds():
                return True
        except Exception:  # noqa: BLE001 - as above
            self._timer.stop()
            self._fail(f"{waiting.what}\n{traceback.format_exc()}")
            return False
        if time.monotonic() > self._deadline:
            self._timer.stop()
            self._fail(f"waited {waiting.seconds:.0f} s in vain until {waiting.what}")
        return False

    def _on_exit_held_up(self) -> None:
        """A person would not get rid of QGIS without a question, either."""
        window = QApplication.activeModalWidget()
        text = f": {window.text()}" if isinstance(window, QMessageBox) else ""
        held_by = f"“{window.windowTitle()}”{text}" if window else "no dialog"
        self.say(f"  ✗ QGIS' exit was held up by {held_by}")
        self.picture("failed")
        os._exit(1)

    def _fail(self, why: str) -> None:
        self.say(f"  ✗ {why}")
        self.picture("failed")
        self._end(1)

    def _end(self, code: int) -> None:
        self.say(f"END {code}")
        sys.stdout.flush()
        popup = QApplication.activePopupWidget()
        if popup is not None:
            popup.close()
        if code:
            os._exit(code)  # nothing to save, and a dialog may hold the event loop
        QgsProject.instance().setDirty(False)  # the walk has checked what was saved: no question at the end
        QTimer.singleShot(PATIENCE_AT_EXIT_MS, self._on_exit_held_up)
        QTimer.singleShot(0, self.iface.actionExit().trigger)


def _inside(rect: QRect) -> QPoint:
    """A point on a row's text: the middle may lie beyond what is in sight."""
    return QPoint(rect.left() + min(40, rect.width() // 2), rect.center().y())
