"""The whole dock while signed out: server, token, and why signing in failed. Main thread."""

from __future__ import annotations

from typing import Optional

from qgis.gui import QgsPasswordLineEdit
from qgis.PyQt.QtCore import QEvent, QObject, Qt, pyqtSignal
from qgis.PyQt.QtGui import QKeyEvent
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QWidget,
)

from ...api.connection import DEFAULT_SERVER
from ...api.errors import BadInput, ConnectionFailed, MapflowError
from ..widgets.forms import load_ui
from ..widgets.icons import icon, plugin_icon
from ..widgets.link_label import LinkLabel
from ..words.links import ACCOUNT_PAGE
from ..words.messages import describe
from ..words.plain import as_tooltip

TOKEN_MARGIN = 40  # logical px of frame and eye in its field
MARK = 32  # logical px of the plugin's own icon


class SignInPage(QWidget):
    """Only asks and shows: who listens to its signals does the rest."""

    sign_in_requested = pyqtSignal(str, str, bool)  # server, token, remember
    cancel_requested = pyqtSignal()
    back_requested = pyqtSignal()
    network_options_requested = pyqtSignal()

    markLabel: QLabel
    serverEdit: QLineEdit
    tokenEdit: QgsPasswordLineEdit
    tokenLink: LinkLabel
    rememberBox: QCheckBox
    failureIcon: QLabel
    failureLabel: QLabel
    signInButton: QPushButton
    backButton: QPushButton
    busyBox: QWidget
    busyProgress: QProgressBar
    cancelButton: QPushButton
    networkLink: LinkLabel

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        load_ui(self, "account/sign_in_page")
        self._is_busy = False
        self._can_go_back = False
        self.serverEdit.setText(DEFAULT_SERVER)
        self.tokenLink.setText('<a href="{}">{}</a>'.format(ACCOUNT_PAGE, self.tr("Get a token")))
        self.tokenLink.setToolTip(ACCOUNT_PAGE)
        self.networkLink.setText(f'<a href="#">{self.networkLink.accessibleName()}</a>')
        self.markLabel.setPixmap(plugin_icon().pixmap(MARK, MARK))
        words = self.tokenEdit.fontMetrics().horizontalAdvance(self.tokenEdit.placeholderText())
        self.tokenEdit.setMinimumWidth(words + TOKEN_MARGIN)
        self.failureIcon.setPixmap(icon("failed").pixmap(16, 16))
        self.signInButton.clicked.connect(self._on_sign_in)
        self.serverEdit.returnPressed.connect(self._on_sign_in)
        self.tokenEdit.returnPressed.connect(self._on_sign_in)
        self.cancelButton.clicked.connect(self.cancel_requested)
        self.backButton.clicked.connect(self.back_requested)
        self.networkLink.linkActivated.connect(lambda _: self.network_options_requested.emit())
        for part in (self.tokenLink, self.rememberBox, self.networkLink):
            part.installEventFilter(self)
        self.clear_failure()
        self.set_busy(False)

    @property
    def is_busy(self) -> bool:
        """The token that was given is being checked."""
        return self._is_busy

    def set_server(self, server: str) -> None:
        self.serverEdit.setText(server or DEFAULT_SERVER)

    def set_busy(self, is_busy: bool) -> None:
        had_focus = self.isAncestorOf(self.focusWidget()) if self.focusWidget() else False
        self._is_busy = is_busy
        for widget in (self.serverEdit, self.tokenEdit, self.rememberBox):
            widget.setEnabled(not is_busy)
        self.signInButton.setVisible(not is_busy)
        self.backButton.setVisible(self._can_go_back and not is_busy)
        self.busyBox.setVisible(is_busy)
        if is_busy:
            self.clear_failure()
            if had_focus:
                self.cancelButton.setFocus()

    def set_back(self, is_possible: bool) -> None:
        """Where somebody is signed in, another token may be asked for and not be given."""
        self._can_go_back = is_possible
        self.backButton.setVisible(is_possible and not self._is_busy)

    def forget_token(self) -> None:
        """The form is not where a token stays."""
        self.tokenEdit.clear()

    def show_failure(self, error: MapflowError) -> None:
        """Tells the reason at the form and puts the cursor where it can be mended."""
        self.set_busy(False)
        message = describe(error, self.tr("Not signed in"))
        self.failureLabel.setText(message.text)
        self.failureLabel.setToolTip(as_tooltip(message.details))
        self.failureLabel.show()
        self.failureIcon.show()
        at_server = isinstance(error, ConnectionFailed) or (
            isinstance(error, BadInput) and error.code == "server"
        )
        edit = self.serverEdit if at_server else self.tokenEdit
        edit.setFocus()
        edit.selectAll()

    def clear_failure(self) -> None:
        self.failureLabel.clear()
        self.failureLabel.hide()
        self.failureIcon.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The button is marked where Enter presses it, else nobody would see whether it has the focus."""
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.signInButton.setDefault(event.type() == QEvent.Type.FocusOut)
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._is_busy and event.key() == Qt.Key.Key_Escape:
            self.cancel_requested.emit()
        elif self._can_go_back and event.key() == Qt.Key.Key_Escape:
            self.back_requested.emit()
        else:
            super().keyPressEvent(event)

    def _on_sign_in(self) -> None:
        if not self._is_busy:
            self.sign_in_requested.emit(
                self.serverEdit.text(), self.tokenEdit.text(), self.rememberBox.isChecked()
            )
