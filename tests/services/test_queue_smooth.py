"""QGIS stays smooth while files are sent: how late the main thread's timer gets."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from mapflow_data.api.connection import Connection
from mapflow_data.services.upload.jobs import State
from tests.rig.heartbeat import Heartbeat
from tests.rig.queue_watch import MakeQueue, MakeRequest
from tests.rig.smooth import LIMIT_MS, smooth


def test_main_thread_is_never_held_up_by_uploads(
    qtbot: QtBot, make_queue: MakeQueue, request_for: MakeRequest, connection: Connection, mosaic_id: str
) -> None:
    for heart in smooth(Heartbeat, LIMIT_MS / 2):
        watch = make_queue(connection)
        requests = [request_for(mosaic_id, size=(3000, 2000)) for _ in range(3)]
        with heart:
            watch.queue.add(requests)
            watch.until_over()
        assert {job.state for job in watch.queue.jobs} == {State.DONE}
        assert len(heart.stretches) > 20
