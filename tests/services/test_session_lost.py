"""A server that goes away under a session, in every way a network has, and comes back."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot
from qgis.core import QgsApplication

from mapflow_data.api.errors import (
    ConnectionLost,
    MapflowError,
    NotFound,
    NotMapflow,
    ServerFailed,
    SignInRequired,
    TimedOut,
    Unreachable,
)
from mapflow_data.services.session import SessionService
from mapflow_data.settings import SERVER, CredentialStore
from tests.rig.fault_server import FaultServer
from tests.rig.script import Script, answer, html
from tests.services.waiting import Told

TOKEN = base64.b64encode(b"person@example.org:verysecret").decode()
OTHER = base64.b64encode(b"other@example.org:verysecret").decode()
STORAGE = answer({"memoryLimit": 100, "memoryUsed": 40, "memoryFree": 60})
PROBE = "GET /rest/rasters/memory"


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer(then=STORAGE) as server:
        yield server


@pytest.fixture
def session(qgis_app: QgsApplication, qtbot: QtBot, server: FaultServer) -> Iterator[SessionService]:
    """Signed in, not to be remembered."""
    session = SessionService(time_scale=0.02, look_seconds=3600)
    accepted = Told(qtbot, session.signed_in)
    session.sign_in(server.url, TOKEN, False)
    accepted.wait()
    qtbot.waitUntil(lambda: not session.is_busy)
    yield session
    session.close()
    CredentialStore().forget()
    SERVER.forget()
    qtbot.waitUntil(lambda: QgsApplication.taskManager().countActiveTasks() == 0, timeout=5000)


def lose(session: SessionService, qtbot: QtBot, server: FaultServer, script: Script) -> None:
    server.then = script
    online = Told(qtbot, session.online_changed)
    session.doubt(Unreachable())
    assert online.wait(seconds=30) == (False,)


@pytest.mark.parametrize(
    ("script", "why"),
    [
        (html(), NotMapflow),
        (Script(silent=True), ConnectionLost),
        (Script(stall=True), TimedOut),
        (answer({}, 502), ServerFailed),
        (answer({}, 503), ServerFailed),
        (answer({}, 504), ServerFailed),
    ],
)
def test_away_and_back(
    qtbot: QtBot, session: SessionService, server: FaultServer, script: Script, why: type[MapflowError]
) -> None:
    connection, storage = session.connection, session.storage
    lose(session, qtbot, server, script)
    assert (session.state, session.is_online) == ("offline", False)
    assert (session.connection, session.storage) == (connection, storage)
    assert session.absence is not None
    assert type(session.absence.error) is why
    left, accepted = Told(qtbot, session.account_left), Told(qtbot, session.signed_in)
    online = Told(qtbot, session.online_changed)
    server.then = STORAGE
    session.away.look()
    assert online.wait() == (True,)
    assert session.state == "signed_in"
    assert session.connection == connection
    assert (len(accepted), left) == (1, [])
    assert not session.is_kept  # it is none to be remembered, as before
    assert not CredentialStore().has_token()


@pytest.mark.parametrize("script", [Script(reset_after=0), answer({}, 503)])
def test_each_look_is_one_try(
    qtbot: QtBot, session: SessionService, server: FaultServer, script: Script
) -> None:
    """The next one comes by itself."""
    lose(session, qtbot, server, script)
    count = len(server.requests)
    busy = Told(qtbot, session.away.busy_changed)
    session.away.look()
    busy.wait(2, seconds=20)
    assert session.state == "offline"
    assert len(server.requests) == count + 1


def test_nobody_listens(qtbot: QtBot, session: SessionService, server: FaultServer) -> None:
    server.__exit__()
    online = Told(qtbot, session.online_changed)
    session.doubt(Unreachable())
    assert online.wait(seconds=30) == (False,)
    assert session.absence is not None
    assert isinstance(session.absence.error, Unreachable)


@pytest.mark.parametrize("script", [STORAGE, answer({}, 500), answer({}, 401)])
def test_a_server_that_answers_is_there(
    qtbot: QtBot, session: SessionService, server: FaultServer, script: Script
) -> None:
    """And is not asked again for a while, however many calls fail."""
    server.then = script
    online, ended = Told(qtbot, session.online_changed), Told(qtbot, session.away.doubt_ended)
    session.doubt(Unreachable())
    ended.wait(seconds=30)
    count = len(server.requests)
    for _ in range(5):
        session.doubt(Unreachable())
        qtbot.wait(20)
    assert (online, session.is_online, len(server.requests)) == ([], True, count)


@pytest.mark.parametrize(
    "error", [NotFound(status=404), SignInRequired(status=401), ServerFailed(status=500)]
)
def test_an_answer_is_no_reason_for_doubt(
    qtbot: QtBot, session: SessionService, server: FaultServer, error: MapflowError
) -> None:
    count = len(server.requests)
    session.doubt(error)
    qtbot.wait(100)
    assert (session.away.is_in_doubt, len(server.requests)) == (False, count)


def test_a_storage_that_cannot_be_read_is_a_reason(
    qtbot: QtBot, session: SessionService, server: FaultServer
) -> None:
    server.then = answer({}, 503)
    failed, online = Told(qtbot, session.failed), Told(qtbot, session.online_changed)
    session.refresh_storage()
    assert online.wait(seconds=30) == (False,)
    assert len(failed) == 1
    count = len(server.requests)
    session.refresh_storage()
    qtbot.wait(100)
    assert len(server.requests) == count


@pytest.mark.parametrize("status", [401, 403])
def test_back_with_a_refusal_the_session_stays(
    qtbot: QtBot, session: SessionService, server: FaultServer, status: int
) -> None:
    """As it does where a token is revoked while the server is there."""
    lose(session, qtbot, server, html())
    left, failed = Told(qtbot, session.signed_out), Told(qtbot, session.failed)
    server.then = answer({"message": "no"}, status)
    session.away.look()
    assert failed.wait()[0].status == status
    assert (session.state, left) == ("signed_in", [])
    assert session.connection is not None
    assert session.connection.account == "person@example.org"


def test_sign_out_while_it_is_away(qtbot: QtBot, session: SessionService, server: FaultServer) -> None:
    lose(session, qtbot, server, html())
    told: list[str] = []
    session.account_left.connect(lambda: told.append("left"))
    session.signed_out.connect(lambda: told.append("out"))
    session.online_changed.connect(lambda is_online: told.append("online"))
    count = len(server.requests)
    session.sign_out()
    assert told == ["left", "out"]
    assert (session.state, session.absence, session.connection) == ("signed_out", None, None)
    session.away.look()
    qtbot.wait(100)
    assert len(server.requests) == count


def test_a_sign_out_while_it_is_doubted_ends_that(
    qtbot: QtBot, session: SessionService, server: FaultServer
) -> None:
    server.then = Script(silent=True, delay=0.3)
    online = Told(qtbot, session.online_changed)
    session.doubt(Unreachable())
    qtbot.waitUntil(lambda: server.seen[-1] == PROBE)
    session.sign_out()
    qtbot.wait(500)
    assert online == [(False,)]
    assert (session.state, session.absence) == ("signed_out", None)


@pytest.mark.parametrize(("token", "leaves"), [(TOKEN, 0), (OTHER, 1)])
def test_another_token_while_it_is_away(
    qtbot: QtBot, session: SessionService, server: FaultServer, token: str, leaves: int
) -> None:
    lose(session, qtbot, server, html())
    told: list[str] = []
    session.account_left.connect(lambda: told.append("left"))
    session.signed_in.connect(lambda connection: told.append(connection.account))
    session.online_changed.connect(lambda is_online: told.append(str(is_online)))
    accepted = Told(qtbot, session.signed_in)
    server.then = STORAGE
    count = len(server.requests)
    session.sign_in(server.url, token, False)
    (connection,) = accepted.wait()
    qtbot.waitUntil(lambda: not session.is_busy)
    assert told == [*["left"] * leaves, connection.account, "True"]
    assert {one.headers["authorization"] for one in server.requests[count:]} == {f"Basic {token}"}
