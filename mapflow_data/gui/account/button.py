"""Whose account it is, with the menu of what belongs to it. Main thread."""

from __future__ import annotations

from typing import Optional

from qgis.PyQt.QtCore import QSize, Qt, QUrl, pyqtSignal
from qgis.PyQt.QtGui import QDesktopServices, QResizeEvent
from qgis.PyQt.QtWidgets import QMenu, QSizePolicy, QToolButton, QWidget

from ...api.connection import Connection
from ..words.links import ACCOUNT_PAGE
from ..words.plain import as_menu, as_tooltip

MAX_TEXT = 260  # logical px of an account's name, the rest is in the tooltip
MIN_TEXT = 60  # where the storage needs the room
MARK = " ▾"


class AccountButton(QToolButton):
    sign_out_requested = pyqtSignal()
    network_options_requested = pyqtSignal()

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setAutoRaise(True)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self._account = ""
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
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
        self._account = account = email or connection.account or self.tr("Account")
        self._elide()
        self.updateGeometry()
        self.setToolTip(as_tooltip(self.tr("Account {0}").format(account)))
        self.setAccessibleName(self.tr("Account {0}").format(account))
        self._server.setText(as_menu(connection.server))

    def sizeHint(self) -> QSize:
        """As wide as what is shown: else the name would stand in the middle of nothing."""
        return self._hint(self.fontMetrics().horizontalAdvance(self._elided(MAX_TEXT)) + 1)

    def minimumSizeHint(self) -> QSize:
        return self._hint(min(MIN_TEXT, self.fontMetrics().horizontalAdvance(self._account) + 1))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()

    def _hint(self, width: int) -> QSize:
        """Of the button around a name that is so wide."""
        hint = super().sizeHint()
        text = self.text().replace("&&", "&")
        return QSize(
            hint.width()
            - self.fontMetrics().horizontalAdvance(text)
            + self.fontMetrics().horizontalAdvance(MARK)
            + width,
            hint.height(),
        )

    def _elide(self) -> None:
        text = as_menu(self._elided(min(MAX_TEXT, self.width() - self._hint(0).width()))) + MARK
        if text != self.text():
            self.setText(text)

    def _elided(self, width: int) -> str:
        return str(self.fontMetrics().elidedText(self._account, Qt.TextElideMode.ElideMiddle, width))

    def _on_get_token(self) -> None:
        QDesktopServices.openUrl(QUrl(ACCOUNT_PAGE))
