"""The dock: account, storage, messages, and the pages for signed out, checking and signed in. Main thread."""

from __future__ import annotations

from typing import Optional

from qgis.core import QgsProject
from qgis.gui import QgisInterface, QgsDockWidget, QgsMessageBar
from qgis.PyQt.QtCore import QSize, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QStackedWidget, QToolButton, QWidget

from ..api.connection import Connection
from ..api.errors import MapflowError
from ..api.models import UserStatus
from ..services.bundle import Services
from ..settings import default_server
from .account.button import AccountButton
from .account.offline_bar import OfflineBar
from .account.sign_in_page import SignInPage
from .activity.panel import ActivityPanel
from .canvas.presenter import Presenter
from .interrupted.notice import InterruptedNotice
from .my_imagery.panel import ImageryPanel
from .notices import Notices
from .search.panel import SearchPanel
from .service_notices import ServiceNotices
from .storage.bar import StorageBar
from .widgets.fitting_tabs import FittingTabs
from .widgets.forms import load_ui
from .widgets.icons import icon, plugin_icon
from .widgets.keys import NO_KEY, Keys
from .widgets.scrolling import Scrolling
from .widgets.state_page import StatePage

WIDTH = 340  # logical px, at first
HINT_MS = 5000  # in QGIS' status bar


class MapflowDock(QgsDockWidget):
    upload_requested = pyqtSignal(str)  # id of the mosaic to upload into, "" for none chosen

    headerBox: QWidget
    accountButton: AccountButton
    storageBar: StorageBar
    refreshButton: QToolButton
    messageBar: QgsMessageBar
    offlineBar: OfflineBar
    pages: QStackedWidget
    signInPage: SignInPage
    checkingPage: StatePage
    tabs: FittingTabs

    def __init__(
        self, services: Services, presenter: Presenter, iface: QgisInterface, parent: Optional[QWidget] = None
    ) -> None:
        super().__init__(parent)
        load_ui(self, "dock")
        self._services = services
        self._iface = iface
        self._shown = ""  # whose imagery: a connection's key
        self._is_out = True
        self._is_asking = False  # for another token, while the old one is refused
        self.setWindowIcon(plugin_icon())
        self.signInPage.set_server(default_server())
        self.refreshButton.setIcon(icon("refresh"))
        self.imagery = ImageryPanel(services, presenter, iface.mapCanvas(), QgsProject.instance(), self)
        self.activity = ActivityPanel(services.queue, self)
        self.search = SearchPanel(services.catalog, presenter, iface, QgsProject.instance(), self)
        self.tabs.add_page(self.imagery, icon("mosaic"), self.tr("My imagery"))
        self._search_page = Scrolling(self.search)
        self.tabs.add_page(self._search_page, icon("search"), self.tr("Search"))
        self.tabs.add_page(self.activity, icon("upload"), self.tr("Activity"))
        self.notices = Notices(self.messageBar, iface.messageBar(), self._is_in_sight, self)
        self._told = ServiceNotices(
            services, self.imagery, self.activity, self.offlineBar, self.notices, self
        )
        self._interrupted = InterruptedNotice(services, self.notices, self)
        self._connect_session()
        self._connect_rest()
        self._show_state()

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, super().sizeHint().height())

    def show_activity(self) -> None:
        self.setUserVisible(True)
        self.tabs.setCurrentWidget(self.activity)

    def show_search(self) -> SearchPanel:
        self.setUserVisible(True)
        self.tabs.setCurrentWidget(self._search_page)
        return self.search

    def close_links(self) -> None:
        """Before the dock goes: nothing of QGIS calls into it any more."""
        self.notices.clear()
        self.imagery.close_links()
        self.search.close_links()

    # Set-up

    def _connect_session(self) -> None:
        session = self._services.session
        session.signed_in.connect(self._on_signed_in)
        session.account_left.connect(self._on_account_left)
        session.signed_out.connect(self._on_signed_out)
        session.online_changed.connect(self._show_state)
        session.went_offline.connect(self._on_went_offline)
        session.sign_in_failed.connect(self._on_sign_in_failed)
        session.storage_loaded.connect(self.storageBar.set_storage)
        session.status_loaded.connect(self._on_status_loaded)
        session.busy_changed.connect(self._on_busy_changed)
        self.signInPage.sign_in_requested.connect(session.sign_in)
        self.signInPage.cancel_requested.connect(session.cancel_all)
        self.signInPage.back_requested.connect(self._on_back)
        self.checkingPage.button_clicked.connect(session.cancel_all)
        self.accountButton.sign_out_requested.connect(session.sign_out)
        self.offlineBar.set_up(session)

    def _connect_rest(self) -> None:
        services = self._services
        services.uploads.mosaic_created.connect(lambda _mosaic: services.mosaics.load())
        for page in (self.signInPage, self.accountButton):
            page.network_options_requested.connect(self._on_network_options)
        self.refreshButton.clicked.connect(self._on_refresh)
        Keys(self, {(Qt.Key.Key_F5, NO_KEY): self._on_refresh_key})
        self._told.token_wanted.connect(self._on_ask_for_token)
        self._told.activity_wanted.connect(self.show_activity)
        self.search.sign_in_requested.connect(self._on_ask_for_token)
        self.search.warned.connect(self.notices.warning)
        self.search.failed.connect(self._told.warn)
        self.search.noted.connect(self.notices.info)
        for panel in (self.imagery, self.activity):
            panel.upload_requested.connect(self.upload_requested)
        self.imagery.sign_in_requested.connect(self._on_ask_for_token)
        commands = self.imagery.commands
        commands.noted.connect(self.notices.info)
        commands.succeeded.connect(self.notices.success)
        commands.warned.connect(self.notices.warning)
        commands.hinted.connect(self._on_hinted)
        self.storageBar.clicked.connect(commands.show_storage)
        self.activity.count_changed.connect(self._on_count_changed)

    # Signing in and out

    def _on_signed_in(self, connection: Connection) -> None:
        is_typing = self._is_asking and not self.signInPage.is_busy  # while the server came back
        if not is_typing and (self._is_asking or (self._is_out and connection.key != self._shown)):
            self.notices.clear()  # that another token is needed, or how another account's work ended
        if not is_typing:
            self._is_asking = False
            self.signInPage.forget_token()
            self.signInPage.set_busy(False)
        self._show_account(connection)

    def _on_went_offline(self, connection: Connection) -> None:
        self.signInPage.set_busy(False)
        self._show_account(connection)

    def _show_account(self, connection: Connection) -> None:
        self._is_out, self._shown = False, connection.key
        self.accountButton.set_connection(connection)
        self.storageBar.set_storage(self._services.session.storage)
        self._show_state()
        self.imagery.refresh()

    def _on_account_left(self) -> None:
        """Nothing of it is left in sight; how its work ended is said after."""
        self._is_asking = False
        self.notices.clear()
        self.imagery.clear()
        self.search.clear()
        self.storageBar.set_storage(None)

    def _on_signed_out(self) -> None:
        self._is_out = True
        self.signInPage.set_busy(False)
        self._show_state()

    def _on_sign_in_failed(self, error: MapflowError) -> None:
        self._show_state()
        self.signInPage.show_failure(error)

    def _on_busy_changed(self, is_busy: bool) -> None:
        self._show_state()

    def _on_status_loaded(self, status: UserStatus) -> None:
        self.search.set_status(status)
        connection = self._services.session.connection
        if connection is not None:
            self.accountButton.set_connection(connection, status.email)

    def _show_state(self) -> None:
        """One page for each state; a sign-in that was typed stays at its form."""
        state = self._services.session.state
        is_in = state in ("signed_in", "offline")
        self.headerBox.setVisible(is_in)
        self.signInPage.set_back(is_in)
        self.search.set_online(state != "offline")
        if is_in and not self._is_asking:
            self.pages.setCurrentWidget(self.tabs)
        elif state == "checking" and not self.signInPage.tokenEdit.text():
            self.checkingPage.show_state(self.tr("Signing in…"), is_busy=True, button=self.tr("Cancel"))
            self.pages.setCurrentWidget(self.checkingPage)
        else:
            self.signInPage.set_busy(state == "checking")
            self.pages.setCurrentWidget(self.signInPage)

    # What happens

    def _on_ask_for_token(self) -> None:
        """The session stays as it is until another token is accepted."""
        self._is_asking = True
        self._show_state()
        self.signInPage.tokenEdit.setFocus()

    def _on_back(self) -> None:
        """The token that was refused stays until another one is given."""
        self._is_asking = False
        self.signInPage.forget_token()
        self.signInPage.clear_failure()
        self._show_state()

    def _on_refresh_key(self) -> None:
        if self.refreshButton.isVisible():
            self.refreshButton.click()

    def _on_refresh(self) -> None:
        self._is_asking = False
        self.notices.clear()  # what is still wrong is said anew
        self._interrupted.repeat()
        self._show_state()
        if self._services.session.absence is not None:
            self._services.session.away.look()
            return
        self.imagery.refresh()
        self._services.session.refresh_storage()

    def _on_hinted(self, text: str) -> None:
        self._iface.statusBarIface().showMessage(text, HINT_MS)

    def _on_network_options(self) -> None:
        self._iface.showOptionsDialog(self._iface.mainWindow(), "mOptionsPageNetwork")

    def _on_count_changed(self, count: int) -> None:
        text = self.tr("Activity ({0})").format(count) if count else self.tr("Activity")
        self.tabs.setTabText(self.tabs.indexOf(self.activity), text)

    def _is_in_sight(self) -> bool:
        return bool(self.isVisible())
