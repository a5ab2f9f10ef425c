"""Every setting with its type and default, the token's safe place, and the snapshot of how to connect.

Main thread. Only `CredentialStore.load` and `store`, and proxies that have an authentication, may bring up
QGIS' prompt for the master password: they belong into what a person just asked for.
"""

from __future__ import annotations

import base64
import binascii
import configparser
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Generic, Optional, TypeVar
from urllib.parse import quote

from qgis.core import Qgis, QgsApplication, QgsAuthMethodConfig, QgsNetworkAccessManager, QgsSettings
from qgis.PyQt.QtCore import QUrl
from qgis.PyQt.QtNetwork import QNetworkProxy, QNetworkProxyFactory, QNetworkProxyQuery

from .api.connection import DEFAULT_SERVER, Connection, clean_server, clean_token, make_connection, origin_of

ENVIRONMENT_URL = "MAPFLOW_DATA_URL"
ENVIRONMENT_CREDENTIAL = "MAPFLOW_DATA_TOKEN"

T = TypeVar("T", str, int, bool)


@dataclass(frozen=True)
class Setting(Generic[T]):
    """One value under `mapflow_data/` in QGIS' settings; `default` tells its type, too."""

    key: str
    default: T

    def get(self) -> T:
        value: T = QgsSettings().value(self._path, self.default, type=type(self.default))
        return value

    def set(self, value: T) -> None:
        QgsSettings().setValue(self._path, value)

    def forget(self) -> None:
        QgsSettings().remove(self._path)

    @property
    def _path(self) -> str:
        return f"mapflow_data/{self.key}"


SERVER = Setting("server", DEFAULT_SERVER)  # base URL of the last sign-in
UPLOAD_FOLDER = Setting("upload_folder", "")  # where files to upload were chosen last
DOWNLOAD_FOLDER = Setting("download_folder", "")  # where downloads went last
SEARCH_FILTERS = Setting("search_filters", "")  # JSON of the last search's, without its area
IMAGERY_COLUMNS = Setting("imagery_columns", "")  # names of those shown, "" before any was chosen
IMAGERY_ORDER = Setting("imagery_order", "")  # name of the column sorted by, "-" before it for downwards
DRAWER_OPEN = Setting("drawer_open", True)  # picture and facts below the list
SEARCH_AFTER_DRAWING = Setting("search_after_drawing", False)  # the search starts when drawing ends


class CredentialStore:
    """The token in QGIS' authentication database, encrypted by the master password, bound to its server."""

    CONFIG_ID = "mapflow"  # seven characters, as QGIS wants it
    NAME = "Mapflow Data"

    def has_token(self) -> bool:
        """Without asking for the master password."""
        config = QgsApplication.authManager().availableAuthMethodConfigs().get(self.CONFIG_ID)
        return config is not None and config.name() == self.NAME

    def load(self, server: str) -> str:
        """The Authorization header that was stored for the origin of `server`, else ""."""
        if not self.has_token():
            return ""
        manager = QgsApplication.authManager()
        is_open, config = manager.loadAuthenticationConfig(self.CONFIG_ID, QgsAuthMethodConfig(), True)
        if not is_open or origin_of(config.uri()) != origin_of(server):
            return ""
        return _header_of(config)

    def store(self, server: str, token: str) -> bool:
        """False where it can be kept for this session only: the password was declined, or QGIS cannot keep
        the token to the byte."""
        config = _config_of(clean_token(token))
        manager = QgsApplication.authManager()
        is_taken = self.CONFIG_ID in manager.configIds() and not self.has_token()
        if config is None or manager.isDisabled() or is_taken:
            return False
        config.setId(self.CONFIG_ID)
        config.setName(self.NAME)
        config.setUri(clean_server(server))
        if self.has_token():
            is_stored = manager.updateAuthenticationConfig(config)
        else:
            is_stored = manager.storeAuthenticationConfig(config)[0]
        if not is_stored:
            return False
        # read again: QGIS takes what it cannot keep, and says that all is well
        is_whole = self.load(server) == clean_token(token)
        if not is_whole:
            self.forget()
        return is_whole

    def forget(self) -> None:
        if self.has_token():
            QgsApplication.authManager().removeAuthenticationConfig(self.CONFIG_ID)


def default_server() -> str:
    return os.environ.get(ENVIRONMENT_URL, "").strip() or SERVER.get()


def environment_connection() -> Optional[Connection]:
    """By MAPFLOW_DATA_URL and MAPFLOW_DATA_TOKEN, which go before all else; None without a token in them.

    Raises `BadInput` where they cannot be used.
    """
    token = os.environ.get(ENVIRONMENT_CREDENTIAL, "").strip()
    return make_snapshot(default_server(), token) if token else None


def make_snapshot(server: str, token: str) -> Connection:
    """How to connect as QGIS would, in a form that any thread may use. Raises `BadInput`."""
    url = clean_server(server)
    clean_token(token)  # before QGIS is asked for anything
    return make_connection(url, token, proxies=_proxies(url), ca_pem=_trusted(), user_agent=user_agent())


def user_agent() -> str:
    return f"MapflowData/{version()} QGIS/{Qgis.QGIS_VERSION.partition('-')[0]}"


@cache
def version() -> str:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(Path(__file__).resolve().parent.parent / "metadata.txt", encoding="utf-8")
    return parser.get("general", "version", fallback="0")


def cache_folder() -> str:
    """For what can be had again, in the user's profile."""
    return str(Path(QgsApplication.qgisSettingsDirPath()) / "cache" / "mapflow_data")


def journal_folder() -> str:
    """For what is under way: no cache, as nobody else knows it."""
    return str(Path(QgsApplication.qgisSettingsDirPath()) / "mapflow_data" / "journal")


def _config_of(header: str) -> Optional[QgsAuthMethodConfig]:
    """What would make QGIS send `header` to the byte, None where nothing would."""
    scheme, _, value = header.partition(" ")
    if scheme == "Basic":
        config = QgsAuthMethodConfig("Basic")
        try:
            user, colon, secret = base64.b64decode(value, validate=True).decode("utf-8").partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        config.setConfig("username", user)
        config.setConfig("password", secret)
        return config if colon and _header_of(config) == header else None
    if "APIHeader" in QgsApplication.authManager().authMethodsKeys():  # not before QGIS 3.24
        config = QgsAuthMethodConfig("APIHeader")
        config.setConfig("Authorization", header)
        return config
    return None


def _header_of(config: QgsAuthMethodConfig) -> str:
    if config.method() == "APIHeader":
        return str(config.config("Authorization"))
    pair = f"{config.config('username')}:{config.config('password')}"
    return f"Basic {base64.b64encode(pair.encode()).decode()}"


def _proxies(url: str) -> dict[str, str]:
    """QGIS' proxy for `url` as `requests` takes it; empty for none."""
    query = QNetworkProxyQuery(QUrl(url))
    proxy = QgsNetworkAccessManager.instance().proxyFactory().queryProxy(query)[0]
    if proxy.type() == QNetworkProxy.ProxyType.DefaultProxy and _uses_system_proxy():
        proxy = QNetworkProxyFactory.systemProxyForQuery(query)[0]
    proxy = _with_authentication(proxy)
    scheme = {
        QNetworkProxy.ProxyType.HttpProxy: "http",
        QNetworkProxy.ProxyType.HttpCachingProxy: "http",
        QNetworkProxy.ProxyType.Socks5Proxy: "socks5h",  # names are resolved by the proxy
    }.get(proxy.type())
    if scheme is None or not proxy.hostName():
        return {}
    host = f"[{proxy.hostName()}]" if ":" in proxy.hostName() else proxy.hostName()
    secret = f":{quote(proxy.password(), safe='')}" if proxy.password() else ""
    user = f"{quote(proxy.user(), safe='')}{secret}@" if proxy.user() else ""
    return dict.fromkeys(("http", "https"), f"{scheme}://{user}{host}:{proxy.port()}")


def _uses_system_proxy() -> bool:
    """The environment's proxy counts only where QGIS is told so; the same type stands for "no proxy here"."""
    qgis = QgsSettings()
    return (
        bool(qgis.value("proxy/proxyEnabled", False, type=bool))
        and qgis.value("proxy/proxyType", "", type=str) == "DefaultProxy"
    )


def _with_authentication(proxy: QNetworkProxy) -> QNetworkProxy:
    authcfg = str(QgsSettings().value("proxy/authcfg", "", type=str))
    if not authcfg or proxy.user() or not proxy.hostName():
        return proxy
    is_known, signed = QgsApplication.authManager().updateNetworkProxy(proxy, authcfg)
    return signed if is_known else proxy


def _trusted() -> Optional[str]:
    """The certificates that QGIS trusts."""
    text = bytes(QgsApplication.authManager().trustedCaCertsPemText()).decode("ascii", "ignore")
    return text if text.strip() else None
