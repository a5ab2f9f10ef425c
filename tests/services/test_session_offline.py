"""A token that was kept, and a server that is away: the shelf stands in until the server says yes or no."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from qgis.core import QgsApplication, QgsNetworkAccessManager, QgsSettings
from qgis.PyQt.QtNetwork import QNetworkProxy

from mapflow_data.api.cancel import CancelToken
from mapflow_data.api.connection import make_connection
from mapflow_data.api.errors import (
    ConnectionLost,
    Forbidden,
    MapflowError,
    NotMapflow,
    ServerFailed,
    SignInRequired,
    Unreachable,
)
from mapflow_data.api.models import Mosaic, Storage
from mapflow_data.services.offline.records import MOSAICS, STORAGE
from mapflow_data.services.offline.shelf import Shelf
from mapflow_data.services.session import SessionService
from mapflow_data.settings import SERVER, CredentialStore
from tests.conftest import MASTER_PASSWORD
from tests.rig.fault_server import FaultServer
from tests.rig.script import Script, answer, html
from tests.services.waiting import Told

TOKEN = base64.b64encode(b"person@example.org:verysecret").decode()
OTHER = base64.b64encode(b"other@example.org:verysecret").decode()
THEN = datetime(2026, 6, 14, 18, 3, tzinfo=UTC)
STORAGE_JSON = {
    "memoryLimit": 100,
    "memoryUsed": 40,
    "memoryFree": 60,
    "maxUploadFileSize": 50,
    "maxPixelCount": 10,
}
LAST_KNOWN = Storage.from_json({**STORAGE_JSON, "memoryUsed": 7, "memoryFree": 93})
MakeSession = Callable[..., SessionService]


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer(then=html()) as server:
        yield server


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(str(tmp_path / "shelf"))


def fill(shelf: Shelf, url: str, token: str = TOKEN) -> None:
    key = make_connection(url, token).key
    shelf.put(key, MOSAICS, "", THEN, [Mosaic("m", "Fields")], CancelToken())
    shelf.put(key, STORAGE, "", THEN, [LAST_KNOWN], CancelToken())


@pytest.fixture
def make_session(qgis_app: QgsApplication, qtbot: QtBot, shelf: Shelf) -> Iterator[MakeSession]:
    """With the token kept."""
    made: list[SessionService] = []

    def make(url: str, look_seconds: float = 30.0, token: str = TOKEN) -> SessionService:
        SERVER.set(url)
        assert CredentialStore().store(url, token)
        made.append(SessionService(shelf=shelf, time_scale=0.1, look_seconds=look_seconds))
        return made[-1]

    yield make
    for session in made:
        session.close()
    CredentialStore().forget()
    SERVER.forget()
    qtbot.waitUntil(lambda: QgsApplication.taskManager().countActiveTasks() == 0, timeout=5000)


@pytest.fixture
def offline(qtbot: QtBot, make_session: MakeSession, shelf: Shelf, server: FaultServer) -> SessionService:
    """The server answers with a portal's page."""
    fill(shelf, server.url)
    session = make_session(server.url, look_seconds=0.05)
    away = Told(qtbot, session.went_offline)
    session.restore()
    away.wait()
    return session


@pytest.mark.parametrize(
    ("script", "why"),
    [
        (html(), NotMapflow),
        (html(404), NotMapflow),
        (Script(silent=True), ConnectionLost),
        (answer({}, 502), ServerFailed),
        (answer({}, 503), ServerFailed),
        (answer({}, 504), ServerFailed),
    ],
)
def test_away_after_one_try(
    qtbot: QtBot,
    make_session: MakeSession,
    shelf: Shelf,
    server: FaultServer,
    script: Script,
    why: type[MapflowError],
) -> None:
    server.then = script
    fill(shelf, server.url)
    session = make_session(server.url)
    away, storages = Told(qtbot, session.went_offline), Told(qtbot, session.storage_loaded)
    accepted, refused = Told(qtbot, session.signed_in), Told(qtbot, session.sign_in_failed)
    session.restore()
    connection, moment = away.wait()
    assert server.seen == ["GET /rest/rasters/memory"]
    assert (session.state, session.is_online, moment) == ("offline", False, THEN)
    assert session.connection is connection
    assert connection.account == "person@example.org"
    assert session.absence is not None
    assert isinstance(session.absence.error, why)
    assert storages.wait() == (LAST_KNOWN,)
    assert session.storage == LAST_KNOWN
    assert (accepted, refused) == ([], [])


def test_nobody_listens(qtbot: QtBot, make_session: MakeSession, shelf: Shelf) -> None:
    with FaultServer() as gone:
        url = gone.url
    fill(shelf, url)
    session = make_session(url)
    away = Told(qtbot, session.went_offline)
    session.restore()
    away.wait()
    assert session.absence is not None
    assert isinstance(session.absence.error, Unreachable)


def test_the_environment_s_token_counts_as_kept(
    qtbot: QtBot,
    make_session: MakeSession,
    shelf: Shelf,
    server: FaultServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fill(shelf, server.url)
    session = make_session("https://elsewhere.example.org/rest")
    monkeypatch.setenv("MAPFLOW_DATA_URL", server.url)
    monkeypatch.setenv("MAPFLOW_DATA_TOKEN", TOKEN)
    away = Told(qtbot, session.went_offline)
    session.restore()
    assert away.wait()[0].server == server.url


@pytest.mark.parametrize(
    ("script", "why"), [(answer({}, 401), SignInRequired), (answer({}, 403), Forbidden), (html(), NotMapflow)]
)
def test_what_still_ends_at_the_sign_in_page(
    qtbot: QtBot,
    make_session: MakeSession,
    shelf: Shelf,
    server: FaultServer,
    script: Script,
    why: type[MapflowError],
) -> None:
    """A refusal in any case, and a server that is away where only another account's shelf is known."""
    server.then = script
    fill(shelf, server.url, token=OTHER if why is NotMapflow else TOKEN)
    session = make_session(server.url)
    refused = Told(qtbot, session.sign_in_failed)
    session.restore()
    assert type(refused.wait()[0]) is why
    assert (session.state, session.connection) == ("signed_out", None)


def test_a_sign_in_by_hand_never_goes_offline(
    qtbot: QtBot, make_session: MakeSession, shelf: Shelf, server: FaultServer
) -> None:
    fill(shelf, server.url)
    session = make_session(server.url)
    refused = Told(qtbot, session.sign_in_failed)
    session.sign_in(server.url, TOKEN)
    assert isinstance(refused.wait()[0], NotMapflow)
    assert session.state == "signed_out"


def test_the_server_is_back(qtbot: QtBot, offline: SessionService, server: FaultServer) -> None:
    accepted, storages = Told(qtbot, offline.signed_in), Told(qtbot, offline.storage_loaded)
    offline.away.set_watched(True)
    qtbot.waitUntil(lambda: len(server.requests) > 3)  # it goes on looking
    assert (offline.state, accepted) == ("offline", [])
    server.then = answer(STORAGE_JSON)
    (connection,) = accepted.wait()
    assert (offline.state, offline.is_online, offline.absence) == ("signed_in", True, None)
    assert offline.connection is connection
    assert storages.wait()[0].used == 40
    qtbot.waitUntil(lambda: not offline.is_busy)
    count = len(server.requests)
    qtbot.wait(200)
    assert len(server.requests) == count


def test_nobody_watches(qtbot: QtBot, offline: SessionService, server: FaultServer) -> None:
    qtbot.wait(200)
    assert len(server.requests) == 1
    offline.away.set_watched(True)
    qtbot.waitUntil(lambda: len(server.requests) > 2)
    offline.away.set_watched(False)
    qtbot.waitUntil(lambda: not offline.away.is_busy)
    count = len(server.requests)
    qtbot.wait(200)
    assert len(server.requests) == count


def test_looking_at_once(qtbot: QtBot, make_session: MakeSession, shelf: Shelf, server: FaultServer) -> None:
    fill(shelf, server.url)
    session = make_session(server.url)
    away, accepted = Told(qtbot, session.went_offline), Told(qtbot, session.signed_in)
    session.restore()
    away.wait()
    server.then = answer(STORAGE_JSON)
    session.away.look()
    assert session.state == "offline"  # what is seen stays until it is known better
    accepted.wait()


@pytest.mark.parametrize("status", [401, 403])
def test_the_server_is_back_and_says_no(
    qtbot: QtBot, offline: SessionService, server: FaultServer, shelf: Shelf, status: int
) -> None:
    left, refused = Told(qtbot, offline.signed_out), Told(qtbot, offline.sign_in_failed)
    server.then = answer({"message": "no"}, status)
    offline.away.look()
    assert refused.wait()[0].status == status
    assert left == [()]
    assert (offline.state, offline.connection, offline.storage, offline.absence) == (
        "signed_out",
        None,
        None,
        None,
    )
    assert CredentialStore().load(server.url) == f"Basic {TOKEN}"  # it may be the server that errs
    assert shelf.glance(make_connection(server.url, TOKEN).key) is not None


@pytest.mark.parametrize("script", [answer({}, 500), answer([])])
def test_a_server_that_cannot_answer_is_looked_for_again(
    qtbot: QtBot, offline: SessionService, server: FaultServer, script: Script
) -> None:
    accepted = Told(qtbot, offline.signed_in)
    server.then = script
    busy = Told(qtbot, offline.away.busy_changed)
    offline.away.look()
    busy.wait(2, seconds=20)
    assert offline.state == "offline"
    server.then = answer(STORAGE_JSON)
    offline.away.set_watched(True)
    accepted.wait()


def test_another_token_that_is_refused_leaves_the_search_for_the_server(
    qtbot: QtBot, offline: SessionService, server: FaultServer
) -> None:
    refused, accepted = Told(qtbot, offline.sign_in_failed), Told(qtbot, offline.signed_in)
    offline.away.set_watched(True)
    offline.sign_in(server.url, OTHER)
    assert offline.state == "checking"
    refused.wait()
    assert offline.state == "offline"
    server.then = answer(STORAGE_JSON)
    assert accepted.wait()[0].account == "person@example.org"


def test_another_token_that_is_taken_ends_it(
    qtbot: QtBot, offline: SessionService, server: FaultServer
) -> None:
    accepted = Told(qtbot, offline.signed_in)
    server.then = answer(STORAGE_JSON)
    offline.sign_in(server.url, OTHER)
    assert accepted.wait()[0].account == "other@example.org"
    assert offline.is_online


def test_no_storage_is_asked_for_while_away(
    qtbot: QtBot, offline: SessionService, server: FaultServer
) -> None:
    offline.refresh_storage()
    qtbot.wait(50)
    assert len(server.requests) == 1


def test_sign_out_ends_the_search(qtbot: QtBot, offline: SessionService, server: FaultServer) -> None:
    left, forgotten = Told(qtbot, offline.signed_out), Told(qtbot, offline.forgotten)
    offline.away.set_watched(True)
    connection = offline.connection
    offline.sign_out()
    assert (left, forgotten) == ([()], [(connection,)])
    assert offline.state == "signed_out"
    assert not CredentialStore().has_token()
    count = len(server.requests)
    qtbot.wait(200)
    assert len(server.requests) == count


def test_the_proxy_that_qgis_has_by_now(qtbot: QtBot, offline: SessionService, server: FaultServer) -> None:
    """Who mends the proxy in QGIS' options need not start QGIS again."""
    manager = QgsNetworkAccessManager.instance()
    before = manager.fallbackProxy()
    proxy = QNetworkProxy(QNetworkProxy.ProxyType.HttpProxy, "127.0.0.1", 9)
    manager.setFallbackProxyAndExcludes(proxy, [], [])
    try:
        busy = Told(qtbot, offline.away.busy_changed)
        offline.away.look()
        busy.wait(2, seconds=10)
    finally:
        manager.setFallbackProxyAndExcludes(before, [], [])
    assert len(server.requests) == 1
    assert offline.absence is not None
    assert offline.absence.error.parameters["proxy"] == "127.0.0.1:9"


def test_nobody_is_asked_for_the_master_password_unasked(
    qtbot: QtBot, offline: SessionService, server: FaultServer
) -> None:
    """A proxy with an authentication of QGIS' needs it; looking again by hand may bring up the prompt."""
    manager = QgsApplication.authManager()
    QgsSettings().setValue("proxy/authcfg", "abcdefg")
    manager.clearMasterPassword()
    try:
        offline.away.set_watched(True)
        qtbot.wait(200)
        assert len(server.requests) == 1
    finally:
        QgsSettings().remove("proxy/authcfg")
        assert manager.setMasterPassword(MASTER_PASSWORD, True)
    qtbot.waitUntil(lambda: len(server.requests) > 1)
