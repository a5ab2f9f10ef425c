"""The shelf: what it keeps and gives back, what it never holds, and what it takes no harm from."""

from __future__ import annotations

import json
import logging
import os
import stat
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mapflow_data.api.cancel import CancelToken
from mapflow_data.api.errors import Cancelled
from mapflow_data.api.models import Image, Mosaic, Storage
from mapflow_data.services.offline.records import IMAGES, MOSAICS, STORAGE
from mapflow_data.services.offline.shelf import Shelf
from tests.rig.smooth import Neighbour, smooth

KEY, OTHER_KEY = "0123456789abcdef", "fedcba9876543210"
THEN = datetime(2026, 6, 14, 18, 3, 7, 250_000, tzinfo=UTC)
NOBODY = CancelToken()
SECRET = "key=verysecret"
MOSAIC = Mosaic(
    id="m 1/../..",
    name="Поля “2026” 🚜\nsecond line",
    tags=("drone", "a,b"),
    created_at=THEN - timedelta(days=3),
    footprint="POLYGON ((0 0, 1 0, 1 1, 0 0))",
    size_bytes=2**40 + 1,
    image_count=3,
    tile_url=f"https://tiles.example.org/{{z}}/{{x}}/{{y}}.png?{SECRET}",
    tilejson_url=f"https://tiles.example.org/tiles.json?{SECRET}",
)
IMAGE = Image(
    id="i1",
    mosaic_id=MOSAIC.id,
    filename="field one.tif",
    uploaded_at=THEN,
    size_bytes=7,
    footprint=MOSAIC.footprint,
    checksum="a" * 40,
    crs="EPSG:32631",
    bands=3,
    width=400,
    height=300,
    dtypes=("uint8", "uint16"),
    nodata=-0.5,
    pixel_size=(0.25, 0.5),
    is_downloadable=False,
    state="FAILED",
    error="no CRS",
)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(str(tmp_path / "shelf"))


def files(tmp_path: Path) -> list[Path]:
    return sorted(path for path in (tmp_path / "shelf").rglob("*") if path.is_file())


def test_every_fact_comes_back(shelf: Shelf) -> None:
    for one in (MOSAIC, IMAGE):
        default = type(one)("x", "x")
        same = {f.name for f in fields(one) if getattr(one, f.name) == getattr(default, f.name)}
        assert not same, "give the new field a value of its own here, and the shelf a place for it"
    shelf.put(KEY, MOSAICS, "", THEN, [MOSAIC, Mosaic("m2", "")], NOBODY)
    shelf.put(KEY, IMAGES, MOSAIC.id, THEN, [IMAGE, Image("i2")], NOBODY)
    bare = replace(MOSAIC, tile_url="", tilejson_url="")
    assert shelf.mosaics(KEY, NOBODY) == [bare, Mosaic("m2", "")]
    assert shelf.images(KEY, MOSAIC.id, NOBODY) == [IMAGE, Image("i2")]
    assert shelf.images(KEY, "m2", NOBODY) is None


@pytest.mark.parametrize(
    "storage",
    [Storage(5, 10, 5, 77, 88, False), Storage(5, None, None), Storage(0, 10, 9, max_upload_bytes=77)],
)
def test_storage_and_moment(shelf: Shelf, storage: Storage) -> None:
    shelf.put(KEY, STORAGE, "", THEN, [storage], NOBODY)
    assert shelf.glance(KEY) is None  # without a list there is nothing to show
    shelf.put(KEY, MOSAICS, "", THEN, [], NOBODY)
    known = shelf.glance(KEY)
    assert known is not None
    assert (known.moment, known.storage) == (THEN, storage)


def test_nothing_secret_and_for_its_owner_only(shelf: Shelf, tmp_path: Path) -> None:
    shelf.put(KEY, MOSAICS, "", THEN, [MOSAIC], NOBODY)
    shelf.put(KEY, IMAGES, MOSAIC.id, THEN, [IMAGE], NOBODY)
    shelf.put(KEY, STORAGE, "", THEN, [Storage()], NOBODY)
    found = files(tmp_path)
    assert len(found) == 3  # nothing is left aside, nothing got out by an id
    for path in found:
        assert path.parent == tmp_path / "shelf" / KEY
        assert b"secret" not in path.read_bytes()
        assert b"tiles.example" not in path.read_bytes()
        if os.name == "posix":
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
            assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_accounts_are_apart(shelf: Shelf) -> None:
    shelf.put(KEY, MOSAICS, "", THEN, [MOSAIC], NOBODY)
    shelf.put(KEY, IMAGES, "m", THEN, [IMAGE], NOBODY)
    assert shelf.glance(OTHER_KEY) is None
    assert shelf.mosaics(OTHER_KEY, NOBODY) is None
    assert shelf.images(OTHER_KEY, "m", NOBODY) is None
    shelf.put(OTHER_KEY, MOSAICS, "", THEN, [], NOBODY)
    shelf.forget(OTHER_KEY)
    assert shelf.mosaics(KEY, NOBODY) is not None


def test_a_sheet_of_another_mosaic_is_not_taken(shelf: Shelf, tmp_path: Path) -> None:
    shelf.put(KEY, IMAGES, "one", THEN, [IMAGE], NOBODY)
    (one,) = files(tmp_path)
    shelf.put(KEY, IMAGES, "two", THEN, [], NOBODY)
    (two,) = set(files(tmp_path)) - {one}
    one.replace(two)
    assert shelf.images(KEY, "two", NOBODY) is None


def whole(data: bytes) -> list[bytes]:
    return data.splitlines(keepends=True)


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[:-20],
        lambda data: b"".join(whole(data)[:-1]),
        lambda data: data + data,
        lambda data: data.replace(b'"format":1', b'"format":2'),
        lambda data: data.replace(b'"kind":"mosaics"', b'"kind":"images"'),
        lambda data: data.replace(b'"moment":"2026', b'"moment":"yes'),
        lambda data: whole(data)[0] + b"[" * 100_000 + b"\n" + whole(data)[2],
        lambda data: whole(data)[0] + b"[]\n[]\n",
        lambda data: whole(data)[0] + b"\xff\xfe\n" + whole(data)[2],
        lambda data: os.urandom(5000),
        lambda data: b"null\n",
    ],
)
def test_damage_is_ignored_told_and_replaced(
    shelf: Shelf, tmp_path: Path, damage: object, caplog: pytest.LogCaptureFixture
) -> None:
    shelf.put(KEY, MOSAICS, "", THEN, [MOSAIC, MOSAIC], NOBODY)
    (path,) = files(tmp_path)
    path.write_bytes(damage(path.read_bytes()))  # type: ignore[operator]
    with caplog.at_level(logging.INFO):
        assert shelf.mosaics(KEY, NOBODY) is None
    assert [record.levelno for record in caplog.records] == [logging.INFO]
    assert path.name in caplog.text
    shelf.put(KEY, MOSAICS, "", THEN, [MOSAIC], NOBODY)
    found = shelf.mosaics(KEY, NOBODY)
    assert found is not None
    assert found[0].id == MOSAIC.id


def test_a_record_that_is_none_loses_the_others_nothing(shelf: Shelf, tmp_path: Path) -> None:
    shelf.put(KEY, MOSAICS, "", THEN, [MOSAIC, MOSAIC], NOBODY)
    (path,) = files(tmp_path)
    lines = path.read_text().splitlines()
    path.write_text("\n".join([lines[0], json.dumps({"name": "no id"}), lines[2], ""]))
    found = shelf.mosaics(KEY, NOBODY)
    assert found is not None
    assert [mosaic.id for mosaic in found] == [MOSAIC.id]


def test_a_write_that_fails_leaves_what_was_there(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.put(KEY, MOSAICS, "", THEN, [MOSAIC], NOBODY)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch, pytest.raises(OSError, match="No space"):
        patch.setattr(Path, "replace", full)
        shelf.put(KEY, MOSAICS, "", THEN, [], NOBODY)
    assert [len(shelf.mosaics(KEY, NOBODY) or ()), len(files(tmp_path))] == [1, 1]


def test_a_write_that_is_cancelled_leaves_what_was_there(shelf: Shelf, tmp_path: Path) -> None:
    shelf.put(KEY, MOSAICS, "", THEN, [MOSAIC], NOBODY)
    cancelled = CancelToken()
    cancelled.cancel()
    with pytest.raises(Cancelled):
        shelf.put(KEY, MOSAICS, "", THEN, [], cancelled)
    assert [len(shelf.mosaics(KEY, NOBODY) or ()), len(files(tmp_path))] == [1, 1]


def test_what_changed_is_changed_alone(shelf: Shelf) -> None:
    others = [Image(f"i{number}", filename=str(number)) for number in range(3)]
    shelf.put(KEY, IMAGES, "m", THEN, others, NOBODY)
    renamed = replace(others[1], filename="renamed")
    shelf.change(KEY, IMAGES, "m", {"i1": renamed, "gone": IMAGE}, NOBODY)
    assert shelf.images(KEY, "m", NOBODY) == [others[0], renamed, others[2]]
    shelf.change(KEY, MOSAICS, "", {MOSAIC.id: MOSAIC}, NOBODY)
    assert shelf.mosaics(KEY, NOBODY) is None  # there was no list to change


def test_a_change_is_no_news_of_the_rest(shelf: Shelf) -> None:
    shelf.put(KEY, MOSAICS, "", THEN, [MOSAIC], NOBODY)
    shelf.change(KEY, MOSAICS, "", {MOSAIC.id: replace(MOSAIC, name="other")}, NOBODY)
    known = shelf.glance(KEY)
    assert known is not None
    assert known.moment == THEN


def test_images_go_with_their_mosaic(shelf: Shelf) -> None:
    for mosaic_id in ("stays", "goes"):
        shelf.put(KEY, IMAGES, mosaic_id, THEN, [IMAGE], NOBODY)
    shelf.put(KEY, MOSAICS, "", THEN, [Mosaic("stays", "")], NOBODY)
    assert shelf.images(KEY, "stays", NOBODY) == [IMAGE]
    assert shelf.images(KEY, "goes", NOBODY) is None


def test_forgotten_without_a_trace(shelf: Shelf, tmp_path: Path) -> None:
    shelf.put(KEY, MOSAICS, "", THEN, [MOSAIC], NOBODY)
    shelf.put(KEY, IMAGES, MOSAIC.id, THEN, [IMAGE], NOBODY)
    shelf.forget(KEY)
    shelf.forget(KEY)
    assert not (tmp_path / "shelf" / KEY).exists()


def test_over_the_cap_the_oldest_image_lists_go_first(tmp_path: Path) -> None:
    shelf = Shelf(str(tmp_path / "shelf"), max_bytes=40_000)
    shelf.put(KEY, MOSAICS, "", THEN, [MOSAIC], NOBODY)
    for number, key in enumerate((KEY, OTHER_KEY, KEY, OTHER_KEY)):
        shelf.put(key, IMAGES, f"m{number}", THEN, [IMAGE] * 25, NOBODY)
        newest = max(files(tmp_path), key=lambda path: path.stat().st_mtime_ns)
        os.utime(newest, (1_000_000 + number, 1_000_000 + number))
    part = tmp_path / "shelf" / KEY / "abandoned.part"
    part.write_text("x")
    os.utime(part, (1_000_000, 1_000_000))
    assert sum(path.stat().st_size for path in files(tmp_path)) > 40_000
    shelf.trim()
    assert sum(path.stat().st_size for path in files(tmp_path)) <= 40_000
    assert not part.exists()
    assert shelf.mosaics(KEY, NOBODY) is not None
    assert shelf.images(KEY, "m0", NOBODY) is None
    assert shelf.images(OTHER_KEY, "m3", NOBODY) is not None


def test_no_thread_is_held_up(shelf: Shelf) -> None:
    images = [replace(IMAGE, id=str(number), footprint=IMAGE.footprint * 20) for number in range(2000)]
    for neighbour in smooth(Neighbour):
        with neighbour:
            shelf.put(KEY, IMAGES, "m", THEN, images, NOBODY)
    for neighbour in smooth(Neighbour):
        with neighbour:
            shelf.images(KEY, "m", NOBODY)
