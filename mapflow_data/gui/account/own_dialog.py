"""The dialog that is open about something of the account, whichever it is. Main thread."""

from __future__ import annotations

from typing import Generic, Optional, TypeVar

from qgis.PyQt.QtCore import QObject
from qgis.PyQt.QtWidgets import QDialog

from ...services.session import SessionService
from ..widgets.online_dialog import OnlineDialog

D = TypeVar("D", bound=QDialog)


class OwnDialog(QObject, Generic[D]):
    """At most one at a time. It closes with its account, by sign-out or for another one, and not for another
    token of the same. Without a server an `OnlineDialog` cannot be accepted; nothing in it is lost.
    """

    def __init__(self, session: SessionService, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self.current: Optional[D] = None
        session.account_left.connect(self.close)
        session.online_changed.connect(self._on_online_changed)

    def open(self, dialog: D) -> None:
        self.close()
        self.current = dialog
        if isinstance(dialog, OnlineDialog):
            dialog.set_online(self._session.is_online)
        dialog.finished.connect(lambda _: self._on_finished(dialog))
        dialog.open()

    def close(self) -> None:
        if self.current is not None:
            self.current.reject()

    def _on_online_changed(self, is_online: bool) -> None:
        if isinstance(self.current, OnlineDialog):
            self.current.set_online(is_online)

    def _on_finished(self, dialog: D) -> None:
        dialog.deleteLater()
        if self.current is dialog:
            self.current = None
