"""The sum of the queue and its measured rate."""

from __future__ import annotations

import pytest

from mapflow_data.services.upload.jobs import Job, RateMeter, State, sum_up


def job(number: int, state: State, size: int = 100, sent: int = 0) -> Job:
    return Job(number, f"/{number}.tif", f"{number}.tif", "m", "M", size, sent, state)


def test_sum_counts_each_state_and_only_bytes_that_matter() -> None:
    jobs = [
        job(1, State.DONE, 100, 100),
        job(2, State.UPLOADING, 200, 50),
        job(3, State.WORKING, 300, 0),
        job(4, State.WAITING, 400),
        job(5, State.FAILED, 500, 20),
        job(6, State.CANCELLED, 600, 30),
        job(7, State.UNCONFIRMED, 700, 700),
    ]
    total = sum_up(jobs, rate=50.0, waiting_since=None)
    assert (total.total, total.done, total.failed, total.active) == (7, 1, 1, 2)
    assert (total.waiting, total.unconfirmed, total.cancelled) == (1, 1, 1)
    assert (total.bytes_sent, total.bytes_total) == (450, 1000)
    assert total.seconds_left == pytest.approx(11.0)


@pytest.mark.parametrize(("rate", "since"), [(0.0, None), (50.0, 1.0)])
def test_no_time_left_is_made_up(rate: float, since: float | None) -> None:
    assert sum_up([job(1, State.UPLOADING, 100, 10)], rate, since).seconds_left is None


def test_nothing_left_takes_no_time() -> None:
    assert sum_up([job(1, State.DONE, 100, 100)], 10.0, None).seconds_left is None
    assert sum_up([], 0.0, None).total == 0


def test_rate_is_that_of_the_last_seconds() -> None:
    meter = RateMeter()
    assert meter.rate(0.0) == 0.0
    for second in range(31):
        meter.add(1000 if second < 20 else 3000, float(second))
    assert meter.rate(30.0) == pytest.approx(3000, rel=0.15)
    assert meter.rate(60.0) == 0.0


def test_a_file_begun_again_does_not_count_backwards() -> None:
    meter = RateMeter()
    meter.add(1000, 0.0)
    meter.add(-1000, 1.0)
    assert meter.rate(1.0) == pytest.approx(1000)
