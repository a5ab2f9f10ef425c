"""Keys that mean one thing in all views. Main thread."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Callable

from qgis.PyQt.QtCore import QEvent, QObject, Qt
from qgis.PyQt.QtGui import QContextMenuEvent, QKeyEvent
from qgis.PyQt.QtWidgets import QAbstractItemView, QApplication, QToolButton, QWidget

ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
NO_KEY = Qt.KeyboardModifier.NoModifier
ALT, CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
KEYPAD = Qt.KeyboardModifier.KeypadModifier
CONTEXT_MENU = ((Qt.Key.Key_Menu, NO_KEY), (Qt.Key.Key_F10, SHIFT))
PRESSED = (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress)

Key = tuple[Any, Any]  # and what is held down with it


def key_of(event: QKeyEvent) -> Key:
    """Wherever on the keyboard it is."""
    return event.key(), event.modifiers() & ~KEYPAD


class Keys(QObject):
    """What keys do wherever the focus is in a widget, unless what has the focus needs them itself.

    As long as the focus is there they are no shortcuts of QGIS, which has some of the same.
    """

    def __init__(self, widget: QWidget, acts: Mapping[Key, Callable[[], object]]) -> None:
        super().__init__(widget)
        self._acts = dict(acts)
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        act = self._acts.get(key_of(event)) if event.type() in PRESSED else None
        if act is None:
            return False
        event.accept()
        if event.type() == QEvent.Type.KeyPress:
            act()
        return True


def open_menu_by_down(button: QToolButton) -> None:
    """Of a button that also acts by itself; Qt opens its menu for the mouse only."""
    Keys(button, {(Qt.Key.Key_Down, held): button.showMenu for held in (NO_KEY, ALT)})


class MenuKeys(QObject):
    """Open the context menu of a view at its current row, wherever one has scrolled to.

    Shift+F10 means nothing to Qt itself on Linux.
    """

    def __init__(self, view: QAbstractItemView) -> None:
        super().__init__(view)
        view.installEventFilter(self)

    def eventFilter(self, view: QObject, event: QEvent) -> bool:
        if event.type() not in PRESSED or key_of(event) not in CONTEXT_MENU:
            return False
        event.accept()
        if event.type() == QEvent.Type.KeyPress:
            _open_context_menu(view)
        return True


def _open_context_menu(view: QAbstractItemView) -> None:
    current = view.currentIndex()
    view.scrollTo(current)
    at = view.visualRect(current).intersected(view.viewport().rect()).center()
    place = view.viewport().mapToGlobal(at)
    QApplication.sendEvent(view, QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, at, place))
