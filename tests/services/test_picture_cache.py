"""Pictures on disk: whose they are, what goes first, and that a bad disk is nobody's trouble."""

from __future__ import annotations

import logging
import os
import shutil
import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mapflow_data.api.models import Image
from mapflow_data.services.pictures import cache as picture_cache
from mapflow_data.services.pictures.cache import PictureCache, key_of, trim

IMAGE = Image("i1", "m1", "../../etc/passwd", datetime(2026, 6, 14, tzinfo=UTC), checksum="ab" * 20)
HOUR = 3600.0


def put(folder: Path, name: str, size: int, age_s: float = 0.0) -> Path:
    path = folder / name
    path.write_bytes(b"x" * size)
    moment = path.stat().st_mtime - age_s
    os.utime(path, (moment, moment))
    return path


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_what_was_stored_is_there_again(tmp_path: Path) -> None:
    key = key_of("owner", IMAGE, "s")
    PictureCache(str(tmp_path / "new")).store(key, b"picture")
    assert PictureCache(str(tmp_path / "new")).load(key) == b"picture"
    assert names(tmp_path / "new") == {f"{key}.picture"}


@pytest.mark.parametrize(
    "other",
    [
        ("another", IMAGE, "s"),
        ("owner", IMAGE, "l"),
        ("owner", replace(IMAGE, id="i2"), "s"),
        ("owner", replace(IMAGE, checksum="cd" * 20), "s"),
        ("owner", replace(IMAGE, uploaded_at=datetime(2026, 6, 15, tzinfo=UTC)), "s"),
    ],
)
def test_another_account_file_or_size_has_another_key(other: tuple[str, Image, str]) -> None:
    assert key_of(*other) != key_of("owner", IMAGE, "s")


def test_a_key_tells_nothing_and_a_new_name_changes_nothing() -> None:
    key = key_of("owner", IMAGE, "s")
    assert key == key_of("owner", replace(IMAGE, filename="renamed.tif"), "s")
    assert set(key) <= set("0123456789abcdef-")


def test_over_the_cap_those_used_longest_ago_go(tmp_path: Path) -> None:
    cache = PictureCache(str(tmp_path), cap=1000)
    for number in range(10):
        put(tmp_path, f"{number}.picture", 100, age_s=(10 - number) * HOUR)
    assert cache.load("0")  # used now
    cache.measure()
    assert len(names(tmp_path)) == 10
    cache.store("new", b"x" * 100)
    assert names(tmp_path) == {f"{name}.picture" for name in (0, 4, 5, 6, 7, 8, 9, "new")}


def test_what_was_never_finished_goes_once_nobody_can_be_at_it(tmp_path: Path) -> None:
    put(tmp_path, "a.1-2.part", 10, age_s=2 * HOUR)
    put(tmp_path, "b.1-2.part", 10)
    PictureCache(str(tmp_path)).measure()
    assert names(tmp_path) == {"b.1-2.part"}


def test_a_folder_that_cannot_be_written_is_told_once_and_in_the_log_only(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way")
    cache = PictureCache(str(tmp_path / "file"))
    with caplog.at_level(logging.INFO, picture_cache.__name__):
        cache.measure()
        for key in ("a", "b", "c"):
            cache.store(key, b"picture")
            assert cache.load(key) is None
    kept = [record for record in caplog.records if "not kept" in record.getMessage()]
    assert [record.levelno for record in kept] == [logging.INFO]
    assert str(tmp_path) not in caplog.text


def test_a_full_disk_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=picture_cache.SPARE_BYTES))
    cache = PictureCache(str(tmp_path))
    cache.store("a", b"picture")
    assert names(tmp_path) == set()


def test_many_threads_at_once_leave_whole_files_only(tmp_path: Path) -> None:
    cache = PictureCache(str(tmp_path), cap=50_000)
    cache.measure()

    def work(number: int) -> None:
        for turn in range(20):
            cache.store(f"{(number + turn) % 7}", bytes([turn]) * 5000)
            data = cache.load(f"{number}")
            assert data is None or len(data) == 5000

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not [name for name in names(tmp_path) if not name.endswith(".picture")]


# Rasters of the cache


def test_rasters_are_trimmed_to_four_fifths_without_those_in_use(tmp_path: Path) -> None:
    used = put(tmp_path, "0.tif", 300, age_s=9 * HOUR)
    for number in range(1, 5):
        put(tmp_path, f"{number}.tif", 300, age_s=(9 - number) * HOUR)
    put(tmp_path, "1.tif.aux.xml", 10, age_s=8 * HOUR)
    put(tmp_path, "other.gpkg", 5000, age_s=99 * HOUR)
    (tmp_path / "pictures").mkdir()
    assert trim(tmp_path, 1000, [tmp_path / "pictures" / ".." / used.name]) == 600
    assert names(tmp_path) == {"0.tif", "4.tif", "other.gpkg", "pictures"}


def test_rasters_within_the_cap_stay(tmp_path: Path) -> None:
    put(tmp_path, "a.tif", 1000)
    assert trim(tmp_path, 1000) == 1000
    assert names(tmp_path) == {"a.tif"}
    assert trim(tmp_path / "none", 1000) == 0


def test_rasters_used_of_late_stay(tmp_path: Path) -> None:
    put(tmp_path, "a.tif", 1000, age_s=2 * HOUR)
    put(tmp_path, "b.tif", 1000, age_s=HOUR / 2)
    assert trim(tmp_path, 10, spare_s=HOUR) == 1000
    assert names(tmp_path) == {"b.tif"}


def test_links_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()
    outside = put(tmp_path, "precious.tif", 5000, age_s=HOUR)
    (tmp_path / "cache" / "link.tif").symlink_to(outside)
    assert trim(tmp_path / "cache", 10) == 0
    assert outside.exists()


def test_of_an_account_that_is_forgotten_nothing_comes_late(tmp_path: Path) -> None:
    cache = PictureCache(str(tmp_path))
    mine, theirs = key_of("owner", IMAGE, "s"), key_of("another", IMAGE, "s")
    cache.store(mine, b"picture")
    cache.bar("owner")
    cache.forget("owner")
    cache.store(mine, b"late")
    cache.store(theirs, b"picture")
    assert names(tmp_path) == {f"{theirs}.picture"}
    cache.admit("owner")
    cache.store(mine, b"again")
    assert cache.load(mine) == b"again"
