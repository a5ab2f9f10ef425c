"""Signing in: what the server accepted is kept safely, what it refused tells its reason."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from qgis.core import QgsApplication, QgsProject, QgsSettings

from mapflow_data.api.connection import make_connection
from mapflow_data.api.errors import BadInput, MapflowError, NotMapflow, SignInRequired, Unreachable
from mapflow_data.services.session import SessionService
from mapflow_data.settings import SERVER, CredentialStore
from tests.rig.fault_server import FaultServer
from tests.rig.sandbox import Sandbox
from tests.rig.script import Script, answer, html
from tests.services.waiting import Told

TOKEN = base64.b64encode(b"person@example.org:verysecret").decode()
STORAGE = {
    "memoryLimit": 100,
    "memoryUsed": 40,
    "memoryFree": 60,
    "maxUploadFileSize": 50,
    "maxPixelCount": 10,
}


@pytest.fixture
def session(qgis_app: QgsApplication, qtbot: QtBot) -> Iterator[SessionService]:
    session = SessionService(time_scale=0.1)
    yield session
    session.close()
    CredentialStore().forget()
    SERVER.forget()
    qtbot.waitUntil(lambda: QgsApplication.taskManager().countActiveTasks() == 0, timeout=5000)


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer(then=answer(STORAGE)) as server:
        yield server


def test_sign_in(qtbot: QtBot, session: SessionService, sandbox: Sandbox) -> None:
    accepted, storages = Told(qtbot, session.signed_in), Told(qtbot, session.storage_loaded)
    statuses, busy = Told(qtbot, session.status_loaded), Told(qtbot, session.busy_changed)
    assert session.state == "signed_out"
    session.sign_in(sandbox.url, sandbox.token)
    assert session.state == "checking"
    assert session.connection is None
    (connection,) = accepted.wait()
    assert session.state == "signed_in"
    assert session.connection is connection
    (storage,) = storages.wait()
    assert session.storage == storage
    assert storage.used == 0
    assert not storage.limits_assumed
    (status,) = statuses.wait()
    assert session.status == status
    qtbot.waitUntil(lambda: busy[-1] == (False,))
    assert busy[0] == (True,)


def test_token_is_kept_for_the_next_time(qtbot: QtBot, session: SessionService, sandbox: Sandbox) -> None:
    accepted, not_stored = Told(qtbot, session.signed_in), Told(qtbot, session.token_not_stored)
    session.sign_in(sandbox.url, sandbox.token)
    accepted.wait()
    qtbot.waitUntil(CredentialStore().has_token)
    assert not_stored == []
    later = SessionService()
    again = Told(qtbot, later.signed_in)
    later.restore()
    assert again.wait()[0] == session.connection
    later.close()


def test_token_is_not_kept_unasked(qtbot: QtBot, session: SessionService, sandbox: Sandbox) -> None:
    accepted = Told(qtbot, session.signed_in)
    session.sign_in(sandbox.url, sandbox.token, False)
    accepted.wait()
    qtbot.wait(50)
    assert not CredentialStore().has_token()


def test_token_that_cannot_be_kept_is_good_for_the_session(
    qtbot: QtBot, session: SessionService, server: FaultServer
) -> None:
    not_stored = Told(qtbot, session.token_not_stored)
    session.sign_in(server.url, base64.b64encode(b"\xff\xfe:x").decode())
    not_stored.wait()
    assert session.state == "signed_in"
    assert not CredentialStore().has_token()


def test_wrong_token(qtbot: QtBot, session: SessionService, sandbox: Sandbox) -> None:
    refused = Told(qtbot, session.sign_in_failed)
    session.sign_in(sandbox.url, TOKEN)
    assert type(refused.wait()[0]) is SignInRequired
    assert session.state == "signed_out"
    assert session.connection is None
    assert not CredentialStore().has_token()
    assert SERVER.get() == SERVER.default


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (html(), NotMapflow),
        (html(404), NotMapflow),
        (answer({"hello": "world"}), NotMapflow),
        (answer({"message": "no"}, 401), SignInRequired),
    ],
)
def test_reason_of_a_refusal(
    qtbot: QtBot, session: SessionService, script: Script, expected: type[MapflowError]
) -> None:
    refused = Told(qtbot, session.sign_in_failed)
    with FaultServer(then=script) as server:
        session.sign_in(server.url, TOKEN)
        assert isinstance(refused.wait()[0], expected)
    assert session.state == "signed_out"


def test_nobody_listens(qtbot: QtBot, session: SessionService, server: FaultServer) -> None:
    refused = Told(qtbot, session.sign_in_failed)
    with FaultServer() as gone:
        url = gone.url
    session.sign_in(url, TOKEN)
    assert isinstance(refused.wait(seconds=20)[0], Unreachable)


@pytest.mark.parametrize(
    ("server", "token", "code"), [("http://example.org", TOKEN, "server"), ("", "", "token")]
)
def test_nonsense_is_refused_at_once(
    qtbot: QtBot, session: SessionService, server: str, token: str, code: str
) -> None:
    refused = Told(qtbot, session.sign_in_failed)
    session.sign_in(server, token)
    assert isinstance(refused[0][0], BadInput)
    assert refused[0][0].code == code
    assert session.state == "signed_out"


def test_another_token_that_is_refused_leaves_the_session(
    qtbot: QtBot, session: SessionService, sandbox: Sandbox
) -> None:
    accepted, refused = Told(qtbot, session.signed_in), Told(qtbot, session.sign_in_failed)
    session.sign_in(sandbox.url, sandbox.token)
    (connection,) = accepted.wait()
    session.sign_in(sandbox.url, TOKEN)
    refused.wait()
    assert session.connection is connection
    assert session.state == "signed_in"


def test_cancel_while_the_server_is_silent(qtbot: QtBot, session: SessionService) -> None:
    refused, busy = Told(qtbot, session.sign_in_failed), Told(qtbot, session.busy_changed)
    with FaultServer(then=Script(silent=True, delay=30)) as server:
        session.sign_in(server.url, TOKEN)
        qtbot.waitUntil(lambda: len(server.requests) == 1)
        session.cancel_all()
        assert session.state == "signed_out"
        qtbot.waitUntil(lambda: QgsApplication.taskManager().countActiveTasks() == 0, timeout=1000)
    assert refused == []
    assert busy == [(True,), (False,)]


def test_sign_out(qtbot: QtBot, session: SessionService, sandbox: Sandbox) -> None:
    accepted, left = Told(qtbot, session.signed_in), Told(qtbot, session.signed_out)
    session.sign_in(sandbox.url, sandbox.token)
    accepted.wait()
    qtbot.waitUntil(CredentialStore().has_token)
    session.sign_out()
    assert left == [()]
    assert (session.state, session.connection, session.storage) == ("signed_out", None, None)
    assert not CredentialStore().has_token()


def test_sign_out_before_the_token_is_kept(qtbot: QtBot, session: SessionService, sandbox: Sandbox) -> None:
    session.signed_in.connect(lambda _: session.sign_out())
    left = Told(qtbot, session.signed_out)
    session.sign_in(sandbox.url, sandbox.token)
    left.wait()
    qtbot.wait(50)
    assert not CredentialStore().has_token()


def test_no_request_and_no_prompt_without_being_asked(
    qtbot: QtBot, server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAPFLOW_DATA_URL", server.url)
    monkeypatch.setenv("MAPFLOW_DATA_TOKEN", TOKEN)
    session = SessionService()
    qtbot.wait(50)
    assert server.requests == []
    session.close()


def test_environment_goes_first(
    qtbot: QtBot, session: SessionService, server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    SERVER.set("https://elsewhere.example.org/rest")
    assert CredentialStore().store("https://elsewhere.example.org/rest", "YTpi")
    monkeypatch.setenv("MAPFLOW_DATA_URL", server.url)
    monkeypatch.setenv("MAPFLOW_DATA_TOKEN", TOKEN)
    accepted = Told(qtbot, session.signed_in)
    session.restore()
    assert accepted.wait()[0].server == server.url
    assert server.requests[0].headers["authorization"] == f"Basic {TOKEN}"
    assert CredentialStore().load("https://elsewhere.example.org/rest") == "Basic YTpi"
    assert SERVER.get() == "https://elsewhere.example.org/rest"


def test_environment_that_is_wrong(
    qtbot: QtBot, session: SessionService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAPFLOW_DATA_URL", "ftp://example.org")
    monkeypatch.setenv("MAPFLOW_DATA_TOKEN", TOKEN)
    refused = Told(qtbot, session.sign_in_failed)
    session.restore()
    assert refused[0][0].code == "server"


def test_nothing_to_restore(qtbot: QtBot, session: SessionService) -> None:
    session.restore()
    assert session.state == "signed_out"


def test_a_sign_out_is_not_gone_back_on(
    qtbot: QtBot, session: SessionService, server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAPFLOW_DATA_URL", server.url)
    monkeypatch.setenv("MAPFLOW_DATA_TOKEN", TOKEN)
    session.sign_out()
    session.restore()
    assert session.state == "signed_out"


def test_stored_token_survives_a_refusal(qtbot: QtBot, session: SessionService) -> None:
    """It may be the server that errs."""
    with FaultServer(then=answer({"message": "no"}, 401)) as server:
        SERVER.set(server.url)
        assert CredentialStore().store(server.url, TOKEN)
        refused = Told(qtbot, session.sign_in_failed)
        session.restore()
        refused.wait()
        assert CredentialStore().load(server.url) == f"Basic {TOKEN}"


def test_storage_again(qtbot: QtBot, session: SessionService, server: FaultServer) -> None:
    storages, failures = Told(qtbot, session.storage_loaded), Told(qtbot, session.failed)
    session.refresh_storage()  # nobody is signed in
    session.sign_in(server.url, TOKEN)
    storages.wait()
    server.then = answer({**STORAGE, "memoryUsed": 100, "memoryFree": 0})
    session.refresh_storage()
    assert storages.wait(2)[0].free == 0
    server.then = answer({"message": "no"}, 401)
    session.refresh_storage()
    assert isinstance(failures.wait()[0], SignInRequired)
    assert session.storage is not None
    assert session.storage.used == 100
    assert session.state == "signed_in"


def test_token_is_nowhere_in_clear(
    qtbot: QtBot, session: SessionService, sandbox: Sandbox, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    messages: list[str] = []
    QgsApplication.messageLog().messageReceived.connect(lambda *texts: messages.append(str(texts)))
    accepted, refused = Told(qtbot, session.signed_in), Told(qtbot, session.sign_in_failed)
    with caplog.at_level("DEBUG"):
        session.sign_in(sandbox.url, TOKEN)
        refused.wait()
        session.sign_in(sandbox.url, sandbox.token)
        accepted.wait()
        qtbot.waitUntil(CredentialStore().has_token)
    project = tmp_path / "project.qgs"
    assert QgsProject.instance().write(str(project))
    QgsSettings().sync()
    folders = [
        tmp_path,
        Path(os.environ["QGIS_AUTH_DB_DIR_PATH"]),
        Path(QgsApplication.qgisSettingsDirPath()),
    ]
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    written = b"".join(path.read_bytes() for path in files) + (caplog.text + "".join(messages)).encode()
    for token in (TOKEN, sandbox.token):
        secret = base64.b64decode(token).partition(b":")[2]
        assert token.encode() not in written
        assert secret not in written
    assert sandbox.token not in repr(make_connection(sandbox.url, sandbox.token))
