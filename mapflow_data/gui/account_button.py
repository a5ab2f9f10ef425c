"""Whose account it is, with the menu of what belongs to it. Main thread."""

from __future__ import annotations

from typing import Optional

from qgis.PyQt.QtCore import Qt, QUrl, pyqtSignal
from qgis.PyQt.QtGui import QDesktopServices
from qgis.PyQt.QtWidgets import QMenu, QToolButton, QWidget

from ..api.connection import Connection
from .links import ACCOUNT_PAGE
from .plain import as_menu, as_tooltip

MAX_TEXT = 155  # logical px of an account's name, the rest is in the tooltip


class AccountButton(QToolButton):
    sign_out_requested = pyqtSignal()
    network_options_requested = pyqtSignal()

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setAutoRaise(True)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.setStyleSheet("QToolButton::menu-indicator { image: none; }")  # it would lie on the name
        menu = QMenu(self)
        self._server = menu.addAction("")
        self._server.setEnabled(False)
        menu.addSeparator()
        menu.addAction(self.tr("Get a token"), self._on_get_token).setObjectName("tokenAction")
        menu.addAction(self.tr("Proxy and certificates…"), self.network_options_requested.emit)
        menu.addSeparator()
        menu.addAction(self.tr("Sign out"), self.sign_out_requested.emit).setObjectName("signOutAction")
        self.setMenu(menu)

    def set_connection(self, connection: Connection, email: str = "") -> None:
        """`email` is what the server tells, where the token does not."""
        account = email or connection.account or self.tr("Account")
        shown = self.fontMetrics().elidedText(account, Qt.TextElideMode.ElideMiddle, MAX_TEXT)
        self.setText(f"{as_menu(shown)} ▾")
        self.setToolTip(as_tooltip(self.tr("Account {0}").format(account)))
        self.setAccessibleName(self.tr("Account {0}").format(account))
        self._server.setText(as_menu(connection.server))

    def _on_get_token(self) -> None:
        QDesktopServices.openUrl(QUrl(ACCOUNT_PAGE))
