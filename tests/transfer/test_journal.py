"""The journal: whole or as it was, one QGIS for each file, nobody's rows are lost or told twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from mapflow_data.api.cancel import CancelToken
from mapflow_data.transfer.inspect import RasterFacts
from mapflow_data.transfer.journal import Journal
from mapflow_data.transfer.journal_rows import Row, Stage, from_line, make_row, to_line, with_shape

ROOT = Path(__file__).resolve().parents[2]
ME, OTHER = "me", "other"
CHILD = """
import sys, time
from pathlib import Path
from mapflow_data.api.cancel import CancelToken
from mapflow_data.transfer.inspect import RasterFacts
from mapflow_data.transfer.journal import Journal
from mapflow_data.transfer.journal_rows import make_row

what, folder, *more = sys.argv[1:]
journal = Journal(folder)
if what == "hold":
    for n in range(int(more[0])):
        journal.put(make_row("me", RasterFacts(f"/data/{n}.tif", f"{n}.tif", n, 1.5), "m", "Fields"))
    journal.flush()
    print("held", flush=True)
    sys.stdin.read()
elif what == "adopt":
    print("ready", flush=True)
    sys.stdin.readline()
    journal.adopt("me", CancelToken())
    print(len(journal.rows("me")), flush=True)
    sys.stdin.read()
elif what == "full":
    import resource
    row = make_row("me", RasterFacts("/data/a.tif", "a.tif"), "m", "Fields")
    journal.put(row)
    journal.flush()
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, most))
    for n in range(100):
        journal.put(make_row("me", RasterFacts(f"/data/{n}.tif", f"{n}.tif"), "m", "Fields"))
    try:
        journal.flush()
    except OSError as error:
        print(type(error).__name__)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    print(sum(len(path.read_text().splitlines()) for path in Path(folder).glob("*.jsonl")))
    journal.flush()
    print(sum(len(path.read_text().splitlines()) for path in Path(folder).glob("*.jsonl")))
    print([path.name for path in Path(folder).glob("*.part")])
"""


@contextmanager
def child(*arguments: object) -> Iterator[subprocess.Popen[str]]:
    """Killed at the end."""
    command = [sys.executable, "-c", CHILD, *map(str, arguments)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def line_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def tell(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def row(name: str = "a.tif", account: str = ME, **more: object) -> Row:
    return make_row(account, RasterFacts(f"/data/{name}", name, 5, 1.25), "m", "Fields", **more)


def left(folder: Path, *rows: Row) -> None:
    """By a QGIS that is no more."""
    journal = Journal(str(folder))
    for one in rows:
        journal.put(one)
    journal.close()


def adopted(folder: Path, account: str = ME) -> tuple[Journal, list[str]]:
    journal = Journal(str(folder))
    return journal, journal.adopt(account, CancelToken())


def files(folder: Path, ending: str = ".jsonl") -> list[Path]:
    return sorted(folder.glob(f"*{ending}"))


def test_a_row_comes_back_as_it_was(tmp_path: Path) -> None:
    facts = RasterFacts("/data/\udcff ü.tif", "ü.tif", 7, 3.5, width=4, height=3, bands=2, crs_wkt="PROJCS[]")
    one = with_shape(
        make_row(ME, facts, "m", "A “b”", known_ids=("x", "y"), old_id="o", old_name="o.tif"), facts
    )
    one = replace(one, stage=Stage.SENT, sent_at=1.5, is_accepted=True, image_id="i", wish="o.tif")
    left(tmp_path, one)
    journal, aside = adopted(tmp_path)
    assert (journal.rows(ME), aside) == ((one,), [])
    assert one.facts == facts


def test_without_rows_there_is_no_file(tmp_path: Path) -> None:
    journal = Journal(str(tmp_path / "journal"))
    journal.flush()
    assert not (tmp_path / "journal").exists()
    one = row()
    journal.put(one)
    journal.flush()
    assert len(files(tmp_path / "journal")) == 1
    journal.change(one.id, stage=Stage.SENT)
    journal.remove([one.id])
    journal.change(one.id, stage=Stage.SENT)
    journal.flush()
    assert list((tmp_path / "journal").iterdir()) == []
    journal.put(one)
    journal.close()
    assert len(files(tmp_path / "journal")) == 1


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    left(tmp_path, row())
    assert files(tmp_path)[0].stat().st_mode & 0o777 == 0o600


def test_what_is_closed_writes_no_more(tmp_path: Path) -> None:
    one = row()
    journal = Journal(str(tmp_path))
    journal.put(one)
    journal.close()
    journal.close()
    journal.remove([one.id])
    journal.flush()
    assert adopted(tmp_path)[0].rows(ME) == (one,)


def test_of_a_qgis_that_runs_nothing_is_taken_of_one_that_was_killed_all_of_it(tmp_path: Path) -> None:
    with child("hold", tmp_path, 3) as process:
        assert line_of(process) == "held"
        assert adopted(tmp_path)[0].rows(ME) == ()
    journal, _ = adopted(tmp_path)
    assert [one.name for one in journal.rows(ME)] == ["0.tif", "1.tif", "2.tif"]
    assert len(files(tmp_path)) == 1  # its own now
    assert adopted(tmp_path)[0].rows(ME) == ()


def test_a_reused_process_id_holds_nothing(tmp_path: Path) -> None:
    """The lock is the system's, not a number in a file."""
    left(tmp_path, row())
    for path in files(tmp_path):
        path.with_suffix(".lock").write_text(str(os.getpid()))
    assert len(adopted(tmp_path)[0].rows(ME)) == 1


def test_of_several_that_start_at_once_one_takes_each_row(tmp_path: Path) -> None:
    for number in range(4):
        left(tmp_path, *(row(f"{number} {n}.tif") for n in range(5)))
    with ExitStack() as stack:
        processes = [stack.enter_context(child("adopt", tmp_path)) for _ in range(3)]
        assert {line_of(process) for process in processes} == {"ready"}
        for process in processes:
            tell(process)
        counts = [int(line_of(process)) for process in processes]
    assert sum(counts) == 20
    assert sum(len(path.read_text().splitlines()) - 1 for path in files(tmp_path)) == 20


def test_another_account_keeps_its_rows(tmp_path: Path) -> None:
    mine, theirs = row(), row("b.tif", OTHER)
    left(tmp_path, mine, theirs)
    me, _ = adopted(tmp_path)
    assert me.rows(ME) == (mine,)
    assert me.rows(OTHER) == ()
    assert adopted(tmp_path, OTHER)[0].rows(OTHER) == (theirs,)


def test_a_row_that_two_files_hold_is_one(tmp_path: Path) -> None:
    """As after a crash in the middle of an adoption."""
    one = row()
    left(tmp_path, one)
    left(tmp_path, one)
    assert len(files(tmp_path)) == 2
    assert adopted(tmp_path)[0].rows(ME) == (one,)
    assert len(files(tmp_path)) == 1


@pytest.mark.parametrize("how", ["cut", "garbage", "row", "empty", "binary"])
def test_what_is_damaged_is_put_aside_and_told(tmp_path: Path, how: str) -> None:
    good, bad = row("good.tif"), row("bad.tif")
    left(tmp_path, good, bad)
    (path,) = files(tmp_path)
    text = path.read_text()
    damaged = {
        "cut": text[:-20],
        "garbage": "what?\n" + text,
        "row": text.replace('"size":5', '"size":"many"', 1),
        "empty": "",
        "binary": "\x00\xff\x00",
    }[how]
    path.write_bytes(damaged.encode("latin-1"))
    journal, aside = adopted(tmp_path)
    expected = {"cut": ["good.tif"], "row": ["bad.tif"]}.get(how, [])
    assert [one.name for one in journal.rows(ME)] == expected
    assert [Path(one).read_bytes() for one in aside] == [damaged.encode("latin-1")]
    assert adopted(tmp_path)[1] == []  # once


def test_what_a_later_version_wrote_is_left_to_it(tmp_path: Path) -> None:
    left(tmp_path, row())
    (path,) = files(tmp_path)
    text = path.read_text().replace('{"format": 1}', '{"format": 2}')
    path.write_text(text)
    journal, aside = adopted(tmp_path)
    assert (journal.rows(ME), aside, path.read_text()) == ((), [], text)


def test_a_key_that_is_not_known_is_left_out() -> None:
    one = row()
    assert from_line(json.dumps({**json.loads(to_line(one)), "colour": "red"})) == one


@pytest.mark.parametrize(
    "line",
    ["", "[]", "7", "null", "{}", '{"id":7}', "[" * 100_000, to_line(row()).replace('"waiting"', '"?"')],
)
def test_what_is_no_row_is_none(line: str) -> None:
    assert from_line(line) is None


def test_nobody_ever_sees_half_of_it(tmp_path: Path) -> None:
    journal = Journal(str(tmp_path))
    rows = [row(f"{n}.tif") for n in range(50)]
    for one in rows:
        journal.put(one)
    journal.flush()
    (path,) = files(tmp_path)
    over = threading.Event()
    counts: set[int] = set()

    def look() -> None:
        while not over.is_set():
            counts.add(len([line for line in path.read_text().splitlines()[1:] if from_line(line)]))

    thread = threading.Thread(target=look)
    thread.start()
    for turn in range(60):
        journal.change(rows[turn % 50].id, sent_at=float(turn))
        journal.flush()
    over.set()
    thread.join()
    assert counts == {50}


def test_a_full_disk_leaves_what_was_there_and_is_tried_again(tmp_path: Path) -> None:
    with child("full", tmp_path) as process:
        done, _ = process.communicate(timeout=30)
    assert done.splitlines() == ["OSError", "2", "102", "[]"]


def test_a_folder_that_cannot_be_made_is_an_error_of_the_disk(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    journal = Journal(str(tmp_path / "file" / "journal"))
    journal.put(row())
    with pytest.raises(OSError, match="directory"):
        journal.flush()
    assert journal.adopt(ME, CancelToken()) == []
    assert len(journal.rows(ME)) == 1
