"""What is said of a replacement that did not go through: why, and which of both images is there."""

from __future__ import annotations

from typing import Any

import pytest

from mapflow_data.api import errors
from mapflow_data.api.models import Image
from mapflow_data.gui.replace import outcomes as words
from mapflow_data.services.replacement import Prepared, Replacement, Stage
from mapflow_data.services.replacements import SIGNED_OUT
from mapflow_data.transfer.inspect import RasterFacts
from mapflow_data.transfer.plan import Fate, PlanRow
from mapflow_data.transfer.swap import Step

OLD, NEW = Image("o", "m", "old <b>.tif"), Image("n", "m", "new.tif")
SIZE = 1000
ONLY_OLD = "The old image is there as before."
MAYBE_BOTH = "The old image is there, the new one may be there, too."
BOTH = "Both images are there."
NEW_ONLY = "The new image is there; the list tells whether the old one is."


def ended(error: errors.MapflowError, **more: Any) -> Replacement:
    row = PlanRow(RasterFacts("/a/new.tif", "new.tif", size=SIZE), Fate.SEND)
    return Replacement(1, Prepared(OLD, row), stage=Stage.FAILED, error=error, **more)


@pytest.mark.parametrize(
    ("one", "why", "there"),
    [
        (ended(errors.ConnectionLost()), "the connection broke off; try again", ONLY_OLD),
        (ended(errors.Unconfirmed()), "all was sent, but the server did not confirm it", MAYBE_BOTH),
        (
            ended(errors.Unconfirmed(code="not_listed"), step=Step.FINDING),
            "does not list the new image",
            MAYBE_BOTH,
        ),
        (
            ended(errors.BadAnswer(code="not_verified"), step=Step.VERIFYING, new=NEW),
            "does not tell enough",
            BOTH,
        ),
        (ended(errors.ServerFailed(status=500), step=Step.VERIFYING, new=NEW), "the server failed", BOTH),
        (
            ended(errors.NotFound(), step=Step.FINDING),
            "it no longer exists on the server",
            "refresh the list.",
        ),
        (ended(errors.Cancelled(code=SIGNED_OUT)), "you signed out", ONLY_OLD),
        (ended(errors.TooLarge(), sent=SIZE), "the file is larger than the server takes", ONLY_OLD),
    ],
)
def test_failure(one: Replacement, why: str, there: str) -> None:
    message = words.failure(one)
    assert message.text.startswith("“old <b>.tif” was not replaced: ")
    assert why in message.text
    assert message.text.endswith(there)
    assert ".." not in message.text
    assert words.retry(one) == "Retry"


def test_a_deletion_that_failed_is_told_as_such() -> None:
    one = ended(errors.Conflict(server_text="in use"), step=Step.DELETING, new=NEW)
    assert words.failure(one).text == (
        "“old <b>.tif” was not deleted: it conflicts with what is on the server (in use); refresh the list. "
        + BOTH
    )
    assert words.retry(one) == "Delete old one"


@pytest.mark.parametrize(
    ("more", "there"),
    [
        ({"sent": 10}, ONLY_OLD),
        ({"sent": SIZE}, MAYBE_BOTH),
        ({"step": Step.FINDING}, MAYBE_BOTH),
        (
            {"step": Step.DELETING, "new": NEW},
            "The new image is there; the list tells whether the old one is.",
        ),
    ],
)
def test_cancelled(more: dict[str, Any], there: str) -> None:
    one = ended(errors.Cancelled(), **more)
    assert words.is_cancelled(one)
    assert words.stopped(one) == f"Cancelled: “old <b>.tif”. {there}"


def test_a_name_that_could_not_be_given_is_a_note() -> None:
    note = errors.Invalid(parameters={"name": "too long"})
    one = Replacement(1, ended(errors.Cancelled()).prepared, stage=Stage.DONE, new=NEW, note=note)
    text = words.success(one)
    assert text.startswith(
        "“old <b>.tif” was replaced by “new.tif”. It has not got the old name: the server did"
    )
    assert text.endswith(".")
