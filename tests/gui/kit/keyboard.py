"""A person without a mouse: keys go to whatever has the focus, or to the menu that is open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pytestqt.qtbot import QtBot
from qgis.PyQt.QtCore import Qt, QTimer
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QDialog, QMenu, QWidget

KEY = Qt.Key
NO_KEY = Qt.KeyboardModifier.NoModifier
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
MANY = 100  # more than any window has to go through
TRIES, TRY_MS = 200, 10


class Keyboard:
    def __init__(self, qtbot: QtBot) -> None:
        self._qtbot = qtbot

    @property
    def focus(self) -> str:
        """The name of what has it."""
        widget = QApplication.focusWidget()
        return widget.objectName() if widget is not None else ""

    def press(self, key: Any, held: Qt.KeyboardModifier = NO_KEY) -> None:
        """As the window system does: shortcuts come before the widget. What has closed is let be: QTest would
        release the key over it all the same.
        """
        menu, window = QApplication.activePopupWidget(), QApplication.activeWindow()
        QTest.keyPress(menu or window.windowHandle(), key, held)
        if menu is not None and QApplication.activePopupWidget() is menu:
            QTest.keyRelease(menu, key, held)
        elif menu is None and QApplication.activeWindow() is window and window.isVisible():
            QTest.keyRelease(window.windowHandle(), key, held)

    def tab_to(self, name: str, key: Qt.Key = KEY.Key_Tab) -> None:
        for _ in range(MANY):
            if self.focus == name:
                return
            self.press(key)
        raise AssertionError(f"Tab does not get to {name}")

    def choose(self, text: str) -> None:
        """In the menu that is open, by Down and Enter."""
        menu = self.menu()
        for _ in range(MANY):
            self.press(KEY.Key_Down)
            action = menu.activeAction()
            if action is not None and action.text().startswith(text):
                self.press(KEY.Key_Return)
                return
        raise AssertionError(f"the menu has no {text} that can be chosen")

    def choose_from(self, button: str, key: Qt.Key, text: str) -> None:
        """From the menu of a button, in which Qt waits until it is closed."""
        self.tab_to(button)
        window = QApplication.activeWindow()
        done: list[bool] = []

        def go_on(tries: int = TRIES) -> None:
            if isinstance(QApplication.activePopupWidget(), QMenu):
                self._in_menu(lambda: self.choose(text))
                done.append(True)
            elif tries:
                QTimer.singleShot(TRY_MS, lambda: go_on(tries - 1))

        QTimer.singleShot(0, go_on)
        self.press(key)
        self._qtbot.waitUntil(lambda: bool(done))
        window.activateWindow()  # by itself where there is a window manager
        self._qtbot.waitUntil(lambda: self.focus == button)

    @staticmethod
    def _in_menu(act: Callable[[], None]) -> None:
        """One that stays open would be waited for without end."""
        try:
            act()
        finally:
            while isinstance(QApplication.activePopupWidget(), QMenu):
                QApplication.activePopupWidget().close()

    def menu(self) -> QMenu:
        self._qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
        return QApplication.activePopupWidget()

    def escape_from(self, kind: type[QDialog], over: QWidget) -> None:
        """A dialog that has come, and goes."""

        def shown() -> list[QDialog]:
            return [one for one in over.window().findChildren(kind) if one.isVisible()]

        self._qtbot.waitUntil(lambda: len(shown()) == 1)
        self._qtbot.waitUntil(lambda: QApplication.activeWindow() is shown()[0])
        self.press(KEY.Key_Escape)
        self._qtbot.waitUntil(lambda: not shown())
        over.window().activateWindow()
        self._qtbot.waitUntil(lambda: QApplication.activeWindow() is over.window())
