"""The end of a replacement over bad lines: what is asked, in which order, and when the old image goes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mapflow_data.api import errors
from mapflow_data.api.cancel import CancelToken
from mapflow_data.api.client import MapflowClient
from mapflow_data.api.connection import make_connection
from mapflow_data.api.models import Image
from mapflow_data.transfer.inspect import RasterFacts, inspect
from mapflow_data.transfer.swap import Step, Swap, Swapped, is_of_file, swap
from mapflow_data.transfer.twins import sha1_of_file
from tests.rig.fault_server import FaultServer
from tests.rig.geotiffs import make_raster
from tests.rig.script import Script, answer, html

OLD = Image("old", "m", "old.tif")
GONE, ABSENT = Script(status=204), answer({"message": "none"}, 404)
LIST, GET, DELETE = (
    "GET /rest/rasters/mosaic/m/image",
    "GET /rest/rasters/image/",
    "DELETE /rest/rasters/image/old",
)


@pytest.fixture
def facts(tmp_path: Path) -> RasterFacts:
    return inspect(str(make_raster(tmp_path / "new.tif")))


def item(facts: RasterFacts, **changed: Any) -> dict[str, Any]:
    """The new image as the service tells it."""
    meta = {"crs": facts.crs, "count": facts.bands, "width": facts.width, "height": facts.height}
    sha1 = sha1_of_file(facts.path)
    told = {"id": "new", "filename": facts.name, "file_size": facts.size, "checksum": sha1, "meta_data": meta}
    return {**told, **changed}


def run(
    facts: RasterFacts, *scripts: Script, image_id: str = "new", wait_for: float = 0.0, **more: Any
) -> tuple[Swapped, list[str], list[Step]]:
    steps: list[Step] = []
    wanted = Swap(OLD, facts, "m", frozenset({"old", "other"}), **more)
    with (
        FaultServer(scripts) as server,
        MapflowClient(make_connection(server.url, "dTpw"), time_scale=0.01) as c,
    ):
        done = swap(c, wanted, image_id, steps.append, CancelToken(), wait_for, poll=0.01)
    return done, server.seen, steps


def test_the_old_one_goes_last(facts: RasterFacts) -> None:
    new = item(facts)
    done, seen, steps = run(facts, answer([item(facts, id="other"), new]), answer(new), GONE)
    assert (done.error, done.note, done.new.id) == (None, None, "new")
    assert seen == [LIST, GET + "new", DELETE]
    assert steps == [Step.FINDING, Step.VERIFYING, Step.DELETING]


@pytest.mark.parametrize(
    ("status", "kind", "calls"),
    [
        (500, errors.ServerFailed, 4),
        (503, errors.ServerFailed, 4),
        (404, errors.NotFound, 1),
        (401, errors.SignInRequired, 2),
    ],
)
@pytest.mark.parametrize("step", [Step.FINDING, Step.VERIFYING])
def test_what_cannot_be_read_deletes_nothing(
    facts: RasterFacts, status: int, kind: type[Exception], calls: int, step: Step
) -> None:
    before = [answer([item(facts)])] if step is Step.VERIFYING else []
    done, seen, _ = run(facts, *before, *[answer({}, status)] * calls)
    assert (done.step, type(done.error)) == (step, kind)
    assert not any(one.startswith("DELETE") for one in seen)
    assert len(seen) == len(before) + calls


@pytest.mark.parametrize(
    "told",
    [
        {"checksum": "0" * 40, "file_size": 5},
        {"checksum": "", "filename": "theirs.tif"},
        {"checksum": "", "file_size": None},
        {"checksum": "0" * 40, "meta_data": {"width": 5}},
        {"checksum": "0" * 40, "meta_data": {"count": 1}},
        {"checksum": "0" * 40, "meta_data": {"crs": "EPSG:32614"}},
        {"mosaic_id": "another"},
        {"id": "third"},
        {"id": "old"},
    ],
)
def test_another_image_is_not_taken_for_the_new_one(facts: RasterFacts, told: dict[str, Any]) -> None:
    done, seen, _ = run(facts, answer([item(facts)]), answer(item(facts, **told)))
    assert (done.step, done.error.code) == (Step.VERIFYING, "not_verified")
    assert seen == [LIST, GET + "new"]


def test_facts_prove_it_where_the_checksum_is_of_a_copy(facts: RasterFacts) -> None:
    new = item(facts, checksum="0" * 40)
    done, seen, _ = run(facts, answer([new]), answer(new), GONE)
    assert done.error is None
    assert seen[-1] == DELETE


def test_a_page_of_a_portal_is_no_image(facts: RasterFacts) -> None:
    done, seen, _ = run(facts, answer([item(facts)]), html())
    assert type(done.error) is errors.NotMapflow
    assert len(seen) == 2


def test_not_listed_is_not_there(facts: RasterFacts) -> None:
    listed = [item(facts, id="old"), item(facts, id="other")]
    for image_id in ("new", "old", ""):
        done, seen, _ = run(facts, answer(listed), image_id=image_id)
        assert (done.step, done.error.code, seen) == (Step.FINDING, "not_listed", [LIST])


def test_it_is_waited_for_and_found_by_what_it_is(facts: RasterFacts) -> None:
    new = item(facts)
    stranger = item(facts, id="x", checksum="", filename="x.tif")
    scripts = [answer([]), answer([stranger]), answer([stranger, new]), answer(new), GONE]
    done, seen, _ = run(facts, *scripts, image_id="", wait_for=5.0)
    assert done.error is None
    assert seen == [LIST] * 3 + [GET + "new", DELETE]


@pytest.mark.parametrize(
    ("scripts", "kind"),
    [
        ([ABSENT], None),  # gone is gone
        ([answer({"message": "in use"}, 409), answer({"id": "old"})], errors.Conflict),
        ([answer({}, 403), answer({"id": "old"})], errors.Forbidden),
        ([answer({}, 401), answer({}, 401), answer({}, 401), answer({}, 401)], errors.SignInRequired),
        ([answer({}, 500), answer({"id": "old"})], errors.ServerFailed),
        ([answer({}, 500), ABSENT], None),  # it had worked
        ([Script(silent=True), ABSENT], None),
        ([Script(silent=True), GONE], None),
    ],
)
def test_the_deletion(facts: RasterFacts, scripts: list[Script], kind: type[Exception] | None) -> None:
    new = item(facts)
    done, seen, _ = run(facts, answer([new]), answer(new), *scripts)
    assert (done.step, done.new.id) == (Step.DELETING, "new")
    assert isinstance(done.error, kind) if kind else done.error is None
    assert seen[2] == DELETE
    assert "DELETE /rest/rasters/image/new" not in seen


def test_a_name_that_is_refused_is_a_note(facts: RasterFacts) -> None:
    new = item(facts)
    listed = [answer([new]), answer(new)]
    done, seen, steps = run(facts, *listed, answer({}, 422), answer(new), GONE, name="old.tif")
    assert (done.error, type(done.note)) == (None, errors.Invalid)
    assert seen[2:] == ["PUT /rest/rasters/image/new?name=old.tif", GET + "new", DELETE]
    assert Step.RENAMING in steps


@pytest.mark.parametrize("when", [[ABSENT], [answer({"id": "new"}), ABSENT]], ids=["before", "meanwhile"])
def test_a_new_image_that_somebody_deleted_keeps_the_old_one(facts: RasterFacts, when: list[Script]) -> None:
    new = item(facts)
    done, seen, _ = run(facts, answer([new]), answer(new), *when, ABSENT, name="old.tif")
    assert (done.step, type(done.error)) == (Step.VERIFYING, errors.NotFound)
    assert DELETE not in seen


def test_what_was_renamed_before_the_deletion_failed_can_be_gone_on_with(facts: RasterFacts) -> None:
    new = item(facts, checksum="0" * 40)
    named = {**new, "filename": "old.tif"}
    in_use = [answer({"message": "in use"}, 409), answer({"id": "old"})]
    done, _, _ = run(facts, answer([new]), answer(new), answer({}), answer(named), *in_use, name="old.tif")
    assert (done.step, done.new.filename) == (Step.DELETING, "old.tif")
    done, seen, steps = run(facts, answer([named]), answer(named), GONE, name="old.tif")
    assert (done.error, seen[-1]) == (None, DELETE)
    assert Step.RENAMING not in steps
    done, seen, _ = run(facts, answer([named]), answer(named))  # another name is no proof
    assert (done.error.code, len(seen)) == ("not_verified", 2)


def test_a_file_that_is_gone_or_was_saved_anew_since(facts: RasterFacts) -> None:
    new = item(facts)
    listed = Image.from_json(new)
    assert is_of_file(listed, facts, "")
    Path(facts.path).unlink()
    done, _, _ = run(facts, answer([new]), answer(new), GONE)
    assert done.error is None  # name, size and the rest are as they were sent
    make_raster(Path(facts.path), size=(65, 48))
    done, seen, _ = run(facts, answer([new]), answer(new))
    assert (done.error.code, len(seen)) == ("not_verified", 2)
    assert not is_of_file(replace(listed, checksum=""), inspect(facts.path), "")
