"""A thousand files that were under way: the main thread goes on while they are read, told and forgotten."""

from __future__ import annotations

from pathlib import Path

from mapflow_data.api.connection import make_connection
from mapflow_data.transfer.inspect import RasterFacts
from mapflow_data.transfer.journal import Journal
from mapflow_data.transfer.journal_rows import make_row
from tests.rig.heartbeat import Heartbeat
from tests.rig.smooth import smooth
from tests.services.interruptions.conftest import MakeNext

CONNECTION = make_connection("http://127.0.0.1:9", "YTpi")  # where nobody listens


def leave(folder: Path, count: int) -> None:
    journal = Journal(str(folder))
    for number in range(count):
        facts = RasterFacts(f"/data/{number}.tif", f"{number}.tif", 1000 + number, 1.5)
        journal.put(make_row(CONNECTION.key, facts, f"m{number % 40}", "Fields"))
    journal.close()


def test_a_thousand_rows_hold_nobody_up(start: MakeNext, folder: Path) -> None:
    for heart in smooth(Heartbeat):
        leave(folder, 1000)
        one = start()
        with heart:
            found = one.findings(CONNECTION)
            assert len(one.queue.jobs) == 1000
            one.service.discard(found)
            one.until(lambda: not list(folder.glob("*.jsonl")))
        assert one.queue.jobs == ()
