"""All images of all mosaics: what is asked over the wire, what is told, what stays known."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest
from pytestqt.qtbot import QtBot
from qgis.core import QgsApplication

from mapflow_data.api.client import MapflowClient
from mapflow_data.api.connection import Connection, make_connection
from mapflow_data.api.errors import (
    Cancelled,
    NotFound,
    NotMapflow,
    ServerFailed,
    SignInRequired,
    Unreachable,
)
from mapflow_data.api.models import Image, Mosaic
from mapflow_data.services.inventory import InventoryService
from mapflow_data.services.inventory_index import DuplicateGroup, Listing
from tests.rig.fault_server import FaultServer
from tests.rig.heartbeat import Heartbeat
from tests.rig.patience import SOON_MS
from tests.rig.script import Script, answer, html
from tests.rig.smooth import smooth
from tests.rig.volume_server import SIZE, VolumeServer, images_of, mosaics_of
from tests.services.waiting import Told

A, B = "a" * 40, "b" * 40
MB = 1024**2
GONE = answer({"message": "no"}, 404)
BROKEN = answer({"message": "oops"}, 500)


@pytest.fixture
def inventory(qgis_app: QgsApplication, qtbot: QtBot) -> Iterator[InventoryService]:
    service = InventoryService(time_scale=0.1)
    yield service
    service.close()
    qtbot.waitUntil(lambda: QgsApplication.taskManager().countActiveTasks() == 0, timeout=5000)


def raw(image_id: str, checksum: str = "", name: str = "", size: int = 100, day: int = 1) -> dict[str, Any]:
    return {
        "id": image_id,
        "filename": name or f"{image_id}.tif",
        "checksum": checksum,
        "file_size": size,
        "uploaded_at": f"2026-05-{day:02d}T10:00:00Z",
    }


def image(image_id: str, mosaic_id: str, checksum: str = "", **more: Any) -> Image:
    return Image.from_json(raw(image_id, checksum, **more), mosaic_id)


def mosaics(count: int, **facts: Any) -> list[Mosaic]:
    return [Mosaic(f"m{number}", f"M {number}", **facts) for number in range(count)]


def lists(server: FaultServer) -> list[str]:
    return sorted(one.target.split("/")[-2] for one in server.requests)


def read(inventory: InventoryService, qtbot: QtBot, wanted: list[Mosaic], **more: Any) -> Any:
    """What `ended` told."""
    with qtbot.waitSignal(inventory.ended, timeout=20_000) as end:
        assert inventory.load(wanted, **more)
    return end.args[0]


def test_a_real_account(
    qtbot: QtBot, inventory: InventoryService, connection: Connection, client: MapflowClient
) -> None:
    inventory.set_connection(connection)
    empty = client.mosaics.create("nothing in it")
    seen = Told(qtbot, inventory.mosaic_read)
    assert read(inventory, qtbot, [empty]) is None
    assert seen == [(empty.id, [])]
    assert inventory.missing([empty]) == []


def test_each_mosaic_is_asked_once_and_only_what_changed_again(
    qtbot: QtBot, inventory: InventoryService
) -> None:
    progress, seen = Told(qtbot, inventory.progressed), Told(qtbot, inventory.mosaic_read)
    with FaultServer(then=answer([raw("i1"), raw("i2"), raw("i1")])) as server:
        inventory.set_connection(make_connection(server.url, "YTpi"))
        wanted = mosaics(9, image_count=2, size_bytes=200)
        assert read(inventory, qtbot, wanted) is None
        assert lists(server) == sorted(m.id for m in wanted)
        assert 1 < server.connections <= 4
        assert (progress[0], progress[-1]) == ((0, 9), (9, 9))
        assert sorted(mosaic_id for mosaic_id, _ in seen) == sorted(m.id for m in wanted)
        assert {found[0].mosaic_id for mosaic_id, found in seen if mosaic_id == "m3"} == {"m3"}
        assert not inventory.load(wanted)
        server.requests.clear()
        other = [Mosaic("m0", "M 0", image_count=3, size_bytes=200), *wanted[1:8]]
        assert read(inventory, qtbot, other) is None
        assert lists(server) == ["m0"]
        assert inventory.listing("m8") is None  # gone from the list of mosaics
        server.requests.clear()
        assert read(inventory, qtbot, other, afresh=True) is None
        assert len(server.requests) == 8
    assert len(inventory.listing("m1") or ()) == 2


def find(inventory: InventoryService, text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for mosaic_id, image_ids in inventory.matches(text):
        if image_ids:
            found.setdefault(mosaic_id, []).extend(image_ids)
    return found


def duplicates(inventory: InventoryService, qtbot: QtBot) -> list[DuplicateGroup]:
    with qtbot.waitSignal(inventory.duplicates_found) as found:
        inventory.look_for_duplicates()
    return list(found.args[0])


def test_lists_that_were_loaded_anyway_are_not_asked_for(qtbot: QtBot, inventory: InventoryService) -> None:
    changed = Told(qtbot, inventory.changed)
    with FaultServer(then=answer([])) as server:
        inventory.set_connection(make_connection(server.url, "YTpi"))
        inventory.know("m0", [image("i", "m0")])
        assert len(changed) == 1
        assert not inventory.load([Mosaic("m0", "M", image_count=1)])
        assert inventory.load([Mosaic("m0", "M", image_count=2)])
        inventory.stop()
        inventory.forget_mosaic("m0")
        assert find(inventory, "i") == {}
        inventory.know("m0", [image(f"i{n}", "m0") for n in range(3000)])
        changed.wait(3)
        assert len(find(inventory, "i2999")["m0"]) == 1
        assert server.requests == []


def test_one_that_is_gone_is_left_out_and_told(qtbot: QtBot, inventory: InventoryService) -> None:
    with FaultServer([answer([raw("i")]), *[GONE] * 7], then=answer([raw("i")])) as server:
        inventory.set_connection(make_connection(server.url, "YTpi"))
        assert read(inventory, qtbot, mosaics(12)) is None
        assert len(server.requests) == 12
    assert len(inventory.skipped) == 7
    assert all(isinstance(error, NotFound) for error in inventory.skipped.values())
    assert {m.id for m in inventory.missing(mosaics(12))} == set(inventory.skipped)


def test_one_that_the_server_cannot_list_is_left_out(qtbot: QtBot, inventory: InventoryService) -> None:
    with FaultServer([answer([])] + [BROKEN] * 4, then=answer([])) as server:
        inventory.set_connection(make_connection(server.url, "YTpi"))
        assert read(inventory, qtbot, mosaics(1)) is None
        assert read(inventory, qtbot, [*mosaics(1), Mosaic("bad", "")]) is None
        assert [type(error) for error in inventory.skipped.values()] == [ServerFailed]
        assert len(server.requests) == 5  # asked four times, as every read


def test_a_server_that_fails_each_time_is_left_alone(qtbot: QtBot, inventory: InventoryService) -> None:
    with FaultServer(then=answer({"message": "no"}, 403)) as server:
        inventory.set_connection(make_connection(server.url, "YTpi"))
        error = read(inventory, qtbot, mosaics(100))
        assert error.status == 403
        assert len(server.requests) < 12


@pytest.mark.parametrize(
    ("last", "kind"),
    [(answer({}, 401), SignInRequired), (html(), NotMapflow)],
    ids=["token refused", "portal"],
)
def test_what_would_fail_for_all_ends_it_and_what_was_read_stays(
    qtbot: QtBot, inventory: InventoryService, last: Script, kind: type
) -> None:
    with FaultServer([answer([raw("i")])] * 6, then=last) as server:
        inventory.set_connection(make_connection(server.url, "YTpi"))
        assert isinstance(read(inventory, qtbot, mosaics(50)), kind)
        assert len(server.requests) < 20
    known = 50 - len(inventory.missing(mosaics(50)))
    assert 1 <= known <= 6
    assert len(find(inventory, "i.tif")) == known


def test_without_a_network(qtbot: QtBot, inventory: InventoryService) -> None:
    with FaultServer() as server:
        url = server.url
    inventory.set_connection(make_connection(url, "YTpi"))
    assert isinstance(read(inventory, qtbot, mosaics(5)), Unreachable)


def test_it_stops_at_once_when_nobody_wants_it_any_more(qtbot: QtBot, inventory: InventoryService) -> None:
    ended = Told(qtbot, inventory.ended)
    with FaultServer([answer([])], then=Script(silent=True, delay=30)) as server:
        inventory.set_connection(make_connection(server.url, "YTpi"))
        one, other = object(), object()
        assert inventory.load(mosaics(20), one)
        assert inventory.load(mosaics(20), other)
        qtbot.waitUntil(lambda: len(server.requests) == 5)
        inventory.stop(one)
        assert inventory.is_reading
        inventory.stop(other)
        assert not inventory.is_reading
        assert [type(error) for (error,) in ended] == [Cancelled]
        qtbot.waitUntil(lambda: QgsApplication.taskManager().countActiveTasks() == 0, timeout=SOON_MS)
        assert len(server.requests) == 5


def test_another_account_knows_nothing_of_it(qtbot: QtBot, inventory: InventoryService) -> None:
    forgotten, ended = Told(qtbot, inventory.forgotten), Told(qtbot, inventory.ended)
    with FaultServer([answer([raw("i")])], then=Script(silent=True, delay=30)) as server:
        inventory.set_connection(make_connection(server.url, "YTpi"))
        assert read(inventory, qtbot, mosaics(1)) is None
        inventory.set_connection(make_connection(server.url, "YTpj"))  # the same account, another password
        assert find(inventory, "i") == {"m0": ["i"]}
        assert inventory.load(mosaics(3))
        inventory.set_connection(None)
        assert isinstance(ended[-1][0], Cancelled)
    assert len(forgotten) == 2  # at first there was nobody
    assert find(inventory, "i") == {}
    assert isinstance(read(inventory, qtbot, mosaics(3)), Unreachable)  # there is nobody to ask
    assert inventory.missing(mosaics(3)) == mosaics(3)


def test_found_by_name_or_id_in_any_case(inventory: InventoryService) -> None:
    inventory.know("m0", [image("id-1", "m0", name="DJI_1.TIF"), image("id-2", "m0", name="Straße.tif")])
    inventory.know("m1", [image("ID-3", "m1", name="other")])
    assert find(inventory, " dji_1.tif ") == {"m0": ["id-1"]}
    assert find(inventory, "STRASSE") == {"m0": ["id-2"]}
    assert find(inventory, "id-") == {"m0": ["id-1", "id-2"], "m1": ["ID-3"]}
    assert find(inventory, "tif\nStraße") == {}
    assert find(inventory, "nowhere") == find(inventory, "  ") == {}


def test_duplicates_are_files_with_one_sha1(qtbot: QtBot, inventory: InventoryService) -> None:
    inventory.know("m0", [image("new", "m0", A, size=10 * MB, day=9), image("x", "m0", B, size=40 * MB)])
    inventory.know("m1", [image("old", "m1", A.upper(), size=10 * MB, day=2), image("no", "m1", "")])
    inventory.know("m2", [image("y", "m2", B, size=40 * MB), image("md5", "m2", "c" * 32), image("n", "m2")])
    inventory.know("m3", [image("md5 too", "m3", "c" * 32), image("mid", "m3", A, size=10 * MB, day=5)])
    groups = duplicates(inventory, qtbot)
    assert [(g.checksum, g.reclaimable) for g in groups] == [(B, 40 * MB), (A, 20 * MB)]
    assert [(c.mosaic_id, c.image_id) for c in groups[1].copies] == [
        ("m1", "old"),
        ("m3", "mid"),
        ("m0", "new"),
    ]
    assert groups[1].copies[0].uploaded_at == image("old", "m1", day=2).uploaded_at
    inventory.forget_mosaic("m1")
    assert [g.reclaimable for g in duplicates(inventory, qtbot)] == [40 * MB, 10 * MB]


def test_unknown_dates_and_sizes_are_no_obstacle(qtbot: QtBot, inventory: InventoryService) -> None:
    inventory.know("m0", [Image("undated", "m0", checksum=A), image("dated", "m0", A)])
    (group,) = duplicates(inventory, qtbot)
    assert [copy.image_id for copy in group.copies] == ["dated", "undated"]
    assert (group.size, group.copies[1].uploaded_at) == (100, None)
    assert Listing([Image("x")]).total_size is None
    assert Listing([]).total_size == 0
    assert Listing([Image("x", size_bytes=7), Image("y")]).total_size == 7


def test_sixty_thousand_images_cost_little() -> None:
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        listings = [Listing([Image.from_json(i, "m") for i in images_of(n, 60)]) for n in range(1000)]
        cost = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert len(listings) == 1000
    assert cost < 40 * MB


def test_qgis_stays_smooth_while_a_thousand_mosaics_are_read(
    qtbot: QtBot, inventory: InventoryService
) -> None:
    wanted = [Mosaic.from_json(one) for one in mosaics_of(1000, 60)]
    with VolumeServer(1000, 60) as server:
        inventory.set_connection(make_connection(server.url, "YTpi"))
        for heart in smooth(Heartbeat):
            with heart:
                assert read(inventory, qtbot, wanted, afresh=True) is None
                with qtbot.waitSignal(inventory.duplicates_found, timeout=10_000) as found:
                    inventory.look_for_duplicates()
            assert len(heart.stretches) > 20
    assert inventory.skipped == {}
    assert len(found.args[0]) == 500 * 6
    assert found.args[0][0].reclaimable == SIZE
    assert find(inventory, "dji_0777_0042") == {wanted[777].id: ["00000777-0000-4000-8000-000000000042"]}
