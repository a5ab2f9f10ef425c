"""The services together: what one of them finds out holds for the others."""

from __future__ import annotations

import base64
from pathlib import Path

from pytestqt.qtbot import QtBot
from qgis.core import QgsApplication

from mapflow_data.api.cancel import CancelToken
from mapflow_data.api.models import Mosaic
from mapflow_data.services.bundle import make_services
from mapflow_data.services.offline.shelf import Shelf
from mapflow_data.services.pictures.cache import key_of
from mapflow_data.settings import SERVER, cache_folder
from tests.rig.fault_server import FaultServer
from tests.rig.script import Script, answer
from tests.services.pictures_rig import PICTURE, some
from tests.services.waiting import Told

STORAGE = answer({"memoryLimit": None, "memoryUsed": 0})
NO_CALL = answer({"message": "no such call"}, 404)


def test_of_a_token_that_cannot_be_kept_no_picture_stays(qgis_app: QgsApplication, qtbot: QtBot) -> None:
    services, (image,) = make_services(), some(1)
    session, pictures = services.session, services.pictures
    not_stored, loaded = Told(qtbot, session.token_not_stored), Told(qtbot, pictures.picture_loaded)
    with FaultServer([STORAGE, NO_CALL], then=PICTURE) as server:
        session.sign_in(server.url, base64.b64encode(b"\xff\xfe:x").decode())
        not_stored.wait()
        assert session.connection is not None
        qtbot.waitUntil(lambda: not session.is_busy, timeout=5000)
        pictures.want([image])
        loaded.wait()
        key = key_of(session.connection.key, image, "s")
    services.close()
    SERVER.forget()
    assert not (Path(cache_folder()) / "pictures" / f"{key}.picture").exists()
    qtbot.waitUntil(lambda: QgsApplication.taskManager().countActiveTasks() == 0, timeout=5000)


def test_what_is_deleted_is_not_seen_again_without_the_server(qgis_app: QgsApplication, qtbot: QtBot) -> None:
    services, mosaic = make_services(), Mosaic("m", "goes")
    session, ended = services.session, Told(qtbot, services.deletions.ended)
    with FaultServer([STORAGE, NO_CALL], then=Script(status=204)) as server:
        session.sign_in(server.url, base64.b64encode(b"person:secret").decode())
        qtbot.waitUntil(lambda: session.is_online and not session.is_busy, timeout=5000)
        services.mosaics.mosaics_loaded.emit([mosaic, Mosaic("n", "stays")])
        services.deletions.delete([mosaic])
        ended.wait()
        key = session.connection.key
        shelf = Shelf(str(Path(cache_folder()) / "shelf"))
        qtbot.waitUntil(lambda: shelf.mosaics(key, CancelToken()) == [Mosaic("n", "stays")], timeout=5000)
        session.sign_out()
        qtbot.waitUntil(lambda: shelf.mosaics(key, CancelToken()) is None, timeout=5000)
    services.close()
    SERVER.forget()
    qtbot.waitUntil(lambda: QgsApplication.taskManager().countActiveTasks() == 0, timeout=5000)
