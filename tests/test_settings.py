"""Settings, the token in QGIS' authentication database, and the snapshot of QGIS' proxy and certificates."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from qgis.core import QgsApplication, QgsAuthMethodConfig, QgsNetworkAccessManager, QgsSettings

from mapflow_data import settings
from mapflow_data.api.errors import BadInput
from mapflow_data.settings import CredentialStore

SERVER = "https://api.example.org/rest"


def token_of(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.fixture
def store() -> Iterator[CredentialStore]:
    yield CredentialStore()
    QgsApplication.authManager().removeAuthenticationConfig(CredentialStore.CONFIG_ID)


@pytest.fixture
def proxy() -> Iterator[QgsSettings]:
    qgis = QgsSettings()
    yield qgis
    qgis.remove("proxy")
    QgsNetworkAccessManager.instance().setupDefaultProxyAndCache()


def test_setting_keeps_its_type() -> None:
    for setting, value in (
        (settings.Setting("test/text", "a"), "b"),
        (settings.Setting("test/number", 2), 3),
        (settings.Setting("test/flag", False), True),
    ):
        assert setting.get() == setting.default
        setting.set(value)
        assert setting.get() == value
        assert type(setting.get()) is type(setting.default)
        assert QgsSettings().contains(f"mapflow_data/{setting.key}")
        setting.forget()
        assert setting.get() == setting.default


@pytest.mark.parametrize(
    "pair", ["a@b.org:secret", "a@b.org:with:colons", "a b:", ":x", "é@ü.org:ключ/+=", "a:b&c=d"]
)
def test_token_comes_back_to_the_byte(store: CredentialStore, pair: str) -> None:
    assert not store.has_token()
    assert store.store(SERVER, token_of(pair))
    assert store.has_token()
    assert store.load(SERVER) == f"Basic {token_of(pair)}"


def test_newer_token_replaces_the_older_one(store: CredentialStore) -> None:
    assert store.store(SERVER, token_of("a:1"))
    assert store.store(SERVER, token_of("a:2"))
    assert store.load(SERVER) == f"Basic {token_of('a:2')}"


def test_token_goes_to_its_own_server_only(store: CredentialStore) -> None:
    assert store.store(SERVER, token_of("a:1"))
    assert store.load("https://other.example.org/rest") == ""
    assert store.load("https://api.example.org:8443/rest") == ""


def test_forgotten(store: CredentialStore) -> None:
    store.store(SERVER, token_of("a:1"))
    store.forget()
    assert not store.has_token()
    assert store.load(SERVER) == ""


@pytest.mark.parametrize(
    "token",
    [
        base64.b64encode(b"\xff\xfe:x").decode(),  # not UTF-8
        token_of("no colon"),
        "not base64 at all!",
        token_of("a:b|||c:d"),  # what QGIS parts its values by
        "YTpiYz==",  # another spelling than ours of the same bytes
    ],
)
def test_what_cannot_be_kept_to_the_byte_is_not_kept(store: CredentialStore, token: str) -> None:
    assert not store.store(SERVER, token)
    assert not store.has_token()


def test_bearer_is_kept_where_qgis_can(store: CredentialStore) -> None:
    can = "APIHeader" in QgsApplication.authManager().authMethodsKeys()
    assert store.store(SERVER, "aaa.bbb.ccc") is can
    assert store.load(SERVER) == ("Bearer aaa.bbb.ccc" if can else "")


def test_somebody_else_s_configuration_is_let_be(store: CredentialStore) -> None:
    theirs = QgsAuthMethodConfig("Basic")
    theirs.setId(store.CONFIG_ID)
    theirs.setName("theirs")
    theirs.setConfig("username", "them")
    manager = QgsApplication.authManager()
    assert manager.storeAuthenticationConfig(theirs)[0]
    assert not store.has_token()
    assert not store.store(SERVER, token_of("a:1"))
    store.forget()
    assert (
        manager.loadAuthenticationConfig(store.CONFIG_ID, QgsAuthMethodConfig(), True)[1].config("username")
        == "them"
    )


def test_token_is_in_no_file_in_clear(store: CredentialStore) -> None:
    token = token_of("person@example.org:verysecret")
    assert store.store(SERVER, token)
    settings.SERVER.set(SERVER)
    QgsSettings().sync()
    folders = [Path(os.environ["QGIS_AUTH_DB_DIR_PATH"]), Path(QgsApplication.qgisSettingsDirPath())]
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    assert any(path.name == "qgis-auth.db" for path in files)
    for path in files:
        data = path.read_bytes()
        assert token.encode() not in data, path
        assert b"verysecret" not in data, path
    settings.SERVER.forget()


def test_looking_for_a_token_does_not_ask(store: CredentialStore) -> None:
    assert store.store(SERVER, token_of("a:1"))
    manager = QgsApplication.authManager()
    manager.clearMasterPassword()
    try:
        assert store.has_token()
        assert not manager.masterPasswordIsSet()
    finally:
        assert manager.setMasterPassword("only for tests", True)


def test_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings.environment_connection() is None
    monkeypatch.setenv("MAPFLOW_DATA_TOKEN", token_of("a:1"))
    connection = settings.environment_connection()
    assert connection is not None
    assert connection.server == settings.DEFAULT_SERVER
    monkeypatch.setenv("MAPFLOW_DATA_URL", "http://127.0.0.1:8095")
    connection = settings.environment_connection()
    assert connection is not None
    assert (connection.server, connection.account) == ("http://127.0.0.1:8095/rest", "a")
    monkeypatch.setenv("MAPFLOW_DATA_URL", "http://example.org")
    with pytest.raises(BadInput):
        settings.environment_connection()


def test_snapshot() -> None:
    connection = settings.make_snapshot(SERVER + "/", token_of("a:1"))
    assert connection.server == SERVER
    assert connection.user_agent.startswith(f"MapflowData/{settings.version()} QGIS/3.")
    assert settings.version()[0].isdigit()
    assert "BEGIN CERTIFICATE" in (connection.ca_pem or "")
    assert dict(connection.proxies) == {}
    assert token_of("a:1") not in repr(connection)


@pytest.mark.parametrize(("server", "token", "code"), [("ftp://x", "abcd", "server"), (SERVER, " ", "token")])
def test_snapshot_of_nonsense(server: str, token: str, code: str) -> None:
    with pytest.raises(BadInput) as caught:
        settings.make_snapshot(server, token)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("kind", "user", "expected"),
    [
        ("HttpProxy", "", "http://proxy.example:3128"),
        ("HttpProxy", "us er", "http://us%20er:p%40ss%3Aw@proxy.example:3128"),
        ("HttpCachingProxy", "", "http://proxy.example:3128"),
        ("Socks5Proxy", "", "socks5h://proxy.example:3128"),
    ],
)
def test_proxy_of_qgis(proxy: QgsSettings, kind: str, user: str, expected: str) -> None:
    _set_proxy(proxy, kind, user)
    assert dict(settings.make_snapshot(SERVER, "abcd").proxies) == {"http": expected, "https": expected}


def test_hosts_without_proxy(proxy: QgsSettings) -> None:
    proxy.setValue("proxy/noProxyUrls", ["https://api.example.org"])
    _set_proxy(proxy, "HttpProxy", "")
    assert dict(settings.make_snapshot(SERVER, "abcd").proxies) == {}
    assert dict(settings.make_snapshot("https://other.example.org", "abcd").proxies) != {}


def test_proxy_of_the_system(proxy: QgsSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://u:p@system.example:99")
    assert dict(settings.make_snapshot(SERVER, "abcd").proxies) == {}
    _set_proxy(proxy, "DefaultProxy", "")
    assert settings.make_snapshot(SERVER, "abcd").proxies["https"] == "http://u:p@system.example:99"


def test_proxy_with_an_authentication_of_qgis(proxy: QgsSettings) -> None:
    manager = QgsApplication.authManager()
    config = QgsAuthMethodConfig("Basic")
    config.setName("proxy")
    config.setConfig("username", "me")
    config.setConfig("password", "pw")
    config = manager.storeAuthenticationConfig(config)[1]
    proxy.setValue("proxy/authcfg", config.id())
    _set_proxy(proxy, "HttpProxy", "")
    try:
        assert settings.make_snapshot(SERVER, "abcd").proxies["https"] == "http://me:pw@proxy.example:3128"
    finally:
        manager.removeAuthenticationConfig(config.id())


def _set_proxy(qgis: QgsSettings, kind: str, user: str) -> None:
    values = {
        "Enabled": True,
        "Type": kind,
        "Host": "proxy.example",
        "Port": "3128",
        "User": user,
        "Password": "p@ss:w",
    }
    for key, value in values.items():
        qgis.setValue(f"proxy/proxy{key}", value if user or key != "Password" else "")
    QgsNetworkAccessManager.instance().setupDefaultProxyAndCache()
