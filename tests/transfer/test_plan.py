"""What a plan says of a batch: every problem at once, the mosaic's measure, what fits."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mapflow_data.api.models import Image, Storage
from mapflow_data.transfer.inspect import RasterFacts, inspect
from mapflow_data.transfer.plan import Fate, Plan, Problem, make_plan
from mapflow_data.transfer.twins import sha1_of_file
from tests.rig.geotiffs import make_raster

ROOMY = Storage(free=None, limits_assumed=False)


@pytest.fixture
def facts(tmp_path: Path) -> Callable[..., RasterFacts]:
    """Facts of a real raster that is made for the test."""

    def make(name: str = "a.tif", **raster: Any) -> RasterFacts:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        return inspect(str(make_raster(path, **raster)))

    return make


def only(plan: Plan) -> tuple[Fate, set[Problem]]:
    (row,) = plan.rows
    return row.fate, set(row.problems)


def image(**known: Any) -> Image:
    known.setdefault("id", "1")
    return Image(**known)


LIKE_OURS = {"crs": "EPSG:32613", "bands": 3, "pixel_size": (10.0, 10.0)}


def test_good_file_is_sent(facts: Any) -> None:
    one = facts()
    plan = make_plan([one], ROOMY)
    assert only(plan) == (Fate.SEND, set())
    assert plan.sendable == plan.rows
    assert (plan.bytes_to_send, plan.free, plan.limits_assumed) == (one.size, None, False)


def test_nothing_to_do() -> None:
    plan = make_plan([], None)
    assert (plan.rows, plan.bytes_to_send, plan.sendable, plan.limits_assumed) == ((), 0, (), True)


@pytest.mark.parametrize(
    ("raster", "problem"),
    [
        ({"crs": None}, Problem.NO_CRS),
        ({"transform": None}, Problem.NOT_GEOREFERENCED),
        ({"driver": "PNG", "name": "a.png"}, Problem.NOT_GEOTIFF),
        ({"crs": "EPSG:4326", "transform": (500_000, 1, 0, 4e6, 0, -1)}, Problem.NOT_GEOREFERENCED),
    ],
)
def test_files_that_can_never_be_sent(facts: Any, raster: dict[str, Any], problem: Problem) -> None:
    fate, problems = only(make_plan([facts(**raster)], ROOMY, send_as_is=frozenset({facts(**raster).path})))
    assert fate is Fate.CANNOT
    assert problem in problems


def test_unreadable_and_empty_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "empty.tif").touch()
    (tmp_path / "bad.tif").write_text("no raster")
    names = ("empty.tif", "bad.tif", "missing.tif")
    plan = make_plan([inspect(str(tmp_path / name)) for name in names], ROOMY)
    assert [row.problems for row in plan.rows] == [
        (Problem.EMPTY,),
        (Problem.UNREADABLE,),
        (Problem.UNREADABLE,),
    ]
    assert {row.fate for row in plan.rows} == {Fate.CANNOT}


def test_all_problems_at_once_with_their_numbers(facts: Any) -> None:
    one = facts(crs=None, transform=None, bands=4)
    storage = Storage(free=None, max_upload_bytes=1000, max_side_px=50)
    (row,) = make_plan([one], storage, [image(filename="ref.tif", **LIKE_OURS)]).rows
    assert row.fate is Fate.CANNOT
    assert row.problems == (
        Problem.TOO_BIG,
        Problem.NO_CRS,
        Problem.NOT_GEOREFERENCED,
        Problem.TOO_WIDE,
        Problem.BANDS_DIFFER,
    )
    assert row.limits == {
        "max_bytes": 1000,
        "max_side": 50,
        "gcps": 0,
        "has_sidecar": False,
        "expected_bands": 3,
        "reference": "ref.tif",
    }


def test_limits_are_exact(facts: Any) -> None:
    one = facts()
    fits = Storage(max_upload_bytes=one.size, max_side_px=64)
    assert only(make_plan([one], fits))[0] is Fate.SEND
    assert only(make_plan([one], replace(fits, max_upload_bytes=one.size - 1)))[1] == {Problem.TOO_BIG}
    assert only(make_plan([one], replace(fits, max_side_px=63)))[1] == {Problem.TOO_WIDE}


def test_coarse_pixels_are_the_users_choice_as_the_limit_is_assumed(facts: Any) -> None:
    one = facts(transform=(500_000, 30, 0, 4_500_000, 0, -30))
    plan = make_plan([one], ROOMY)
    assert only(plan) == (Fate.DIFFERS, {Problem.TOO_COARSE})
    assert plan.rows[0].limits == {"max_gsd": 20.0}
    assert only(make_plan([one], ROOMY, send_as_is=frozenset({one.path})))[0] is Fate.SEND
    assert only(make_plan([facts(transform=(500_000, 20, 0, 4_500_000, 0, -20))], ROOMY))[0] is Fate.SEND


@pytest.mark.parametrize(
    ("raster", "known", "expected"),
    [
        ({"bands": 4}, LIKE_OURS, (Fate.CANNOT, {Problem.BANDS_DIFFER})),
        ({"crs": "EPSG:32614"}, LIKE_OURS, (Fate.DIFFERS, {Problem.CRS_DIFFERS})),
        (
            {"transform": (500_000, 5, 0, 4_500_000, 0, -5)},
            LIKE_OURS,
            (Fate.DIFFERS, {Problem.RESOLUTION_DIFFERS}),
        ),
        (
            {"crs": "EPSG:32614", "transform": (500_000, 5, 0, 4_500_000, 0, -5)},
            LIKE_OURS,
            (Fate.DIFFERS, {Problem.CRS_DIFFERS, Problem.RESOLUTION_DIFFERS}),
        ),
        (
            {"crs": "EPSG:4326", "transform": (10, 1e-4, 0, 50, 0, -1e-4)},
            LIKE_OURS,
            (Fate.DIFFERS, {Problem.CRS_DIFFERS}),
        ),
        ({}, {**LIKE_OURS, "pixel_size": (10.005, 9.995)}, (Fate.SEND, set())),
        ({}, {**LIKE_OURS, "pixel_size": (10.02, 10.0)}, (Fate.DIFFERS, {Problem.RESOLUTION_DIFFERS})),
        ({"bands": 4}, {"crs": "EPSG:32613"}, (Fate.SEND, set())),
        ({"crs": "EPSG:32614"}, {"bands": 3}, (Fate.SEND, set())),
        ({"crs": "EPSG:32614"}, {"crs": "what is this"}, (Fate.SEND, set())),
        ({"crs": "EPSG:32614"}, {"crs": "/vsicurl/http://127.0.0.1:9/x.prj"}, (Fate.SEND, set())),
        ({}, {}, (Fate.SEND, set())),
    ],
)
def test_against_a_mosaics_image(facts: Any, raster: Any, known: Any, expected: Any) -> None:
    assert only(make_plan([facts(**raster)], ROOMY, [image(**known)])) == expected


def test_crs_is_compared_by_meaning(facts: Any) -> None:
    one = facts()
    esri = (
        'PROJCS["WGS_1984_UTM_Zone_13N",GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,'
        '298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],'
        'PROJECTION["Transverse_Mercator"],PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],'
        'PARAMETER["Central_Meridian",-105.0],PARAMETER["Scale_Factor",0.9996],'
        'PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
    )
    for crs in (one.crs_wkt, esri, "epsg:32613"):
        assert only(make_plan([one], ROOMY, [image(crs=crs)])) == (Fate.SEND, set()), crs[:20]


def test_feet_and_metres_are_compared_on_the_ground(facts: Any) -> None:
    feet = facts(
        "feet.tif", crs="EPSG:2232", transform=(3_100_000, 10 / 0.3048006, 0, 1_700_000, 0, -10 / 0.3048006)
    )
    _, problems = only(make_plan([feet], ROOMY, [image(**LIKE_OURS)]))
    assert problems == {Problem.CRS_DIFFERS}


def test_any_image_of_a_mixed_mosaic_will_do(facts: Any) -> None:
    mixed = [image(id="1", bands=3, crs="EPSG:32613"), image(id="2", bands=4, crs="EPSG:32614")]
    assert only(make_plan([facts(bands=4, crs="EPSG:32614")], ROOMY, mixed))[0] is Fate.SEND


def test_user_insists_on_what_differs_but_never_on_bands(facts: Any) -> None:
    other, bands = facts("other.tif", crs="EPSG:32614"), facts("bands.tif", bands=1)
    plan = make_plan([other, bands], ROOMY, [image(**LIKE_OURS)], frozenset({other.path, bands.path}))
    assert [row.fate for row in plan.rows] == [Fate.SEND, Fate.CANNOT]
    assert plan.rows[0].problems == (Problem.CRS_DIFFERS,)


def test_first_file_that_can_be_sent_is_the_measure_of_a_new_mosaic(facts: Any) -> None:
    batch = [
        facts("no crs.tif", crs=None, bands=1),
        facts("first.tif", bands=4),
        facts("second.tif", bands=3),
        facts("third.tif", bands=4, crs="EPSG:32614"),
        facts("fourth.tif", bands=4),
    ]
    plan = make_plan(batch, ROOMY)
    fates = [row.fate for row in plan.rows]
    assert fates == [Fate.CANNOT, Fate.SEND, Fate.CANNOT, Fate.DIFFERS, Fate.SEND]
    assert plan.rows[2].limits == {"expected_bands": 4, "reference": "first.tif"}


def test_what_cannot_fit_alone_is_no_measure(facts: Any) -> None:
    big, small = facts("big.tif", size=(300, 300), bands=4), facts("small.tif", size=(10, 10), bands=3)
    plan = make_plan([big, small], Storage(free=small.size))
    assert [row.fate for row in plan.rows] == [Fate.CANNOT, Fate.SEND]


def test_already_there_by_name_and_size(facts: Any) -> None:
    one = facts()
    there = image(filename=one.name, size_bytes=one.size, checksum="0" * 40)
    plan = make_plan([one], ROOMY, [there])
    assert only(plan) == (Fate.ALREADY_THERE, {Problem.ALREADY_THERE})
    assert plan.bytes_to_send == 0
    assert plan.rows[0].limits == {"existing": one.name}
    assert only(make_plan([one], ROOMY, [there], frozenset({one.path})))[0] is Fate.SEND


def test_already_there_under_another_name_by_checksum(facts: Any) -> None:
    one = facts()
    checksum = hashlib.sha1(Path(one.path).read_bytes()).hexdigest()
    there = image(filename="renamed.tif", size_bytes=one.size, checksum=checksum)
    assert only(make_plan([one], ROOMY, [there], sha1_of=sha1_of_file))[0] is Fate.ALREADY_THERE
    assert (
        only(make_plan([one], ROOMY, [replace(there, checksum="0" * 40)], sha1_of=sha1_of_file))[0]
        is Fate.SEND
    )


def test_checksums_are_computed_only_where_sizes_are_equal(facts: Any) -> None:
    one, asked = facts(), []
    images = [
        image(id="1", filename="x.tif", size_bytes=one.size + 1, checksum="0" * 40),
        image(id="2", filename="y.tif", size_bytes=None, checksum="0" * 40),
        image(id="3", filename="z.tif", size_bytes=one.size),
    ]

    def sha1_of(path: str) -> str:
        asked.append(path)
        return "1" * 40

    assert only(make_plan([one], ROOMY, images, sha1_of=sha1_of))[0] is Fate.SEND
    assert asked == []
    make_plan([one], ROOMY, [replace(images[2], checksum="0" * 40)], sha1_of=sha1_of)
    assert asked == [one.path]


def test_same_file_twice(facts: Any, tmp_path: Path) -> None:
    one = facts()
    link = tmp_path / "link.tif"
    link.symlink_to(one.path)
    plan = make_plan([one, one, inspect(str(link))], ROOMY)
    assert [row.fate for row in plan.rows] == [Fate.SEND, Fate.ALREADY_THERE, Fate.ALREADY_THERE]
    assert plan.rows[1].problems == plan.rows[2].problems == (Problem.SAME_FILE_TWICE,)
    assert plan.bytes_to_send == one.size


def test_taken_names_are_told_and_sent(facts: Any) -> None:
    (first, second) = facts("a.tif"), facts("folder/a.tif")
    plan = make_plan([first, second], ROOMY, [image(filename="a.tif", size_bytes=1)])
    assert [row.fate for row in plan.rows] == [Fate.SEND, Fate.SEND]
    assert [row.problems for row in plan.rows] == [(Problem.SAME_NAME,), (Problem.SAME_NAME,)]


def test_full_storage_is_a_value(facts: Any) -> None:
    plan = make_plan([facts()], Storage(used=10, limit=10, free=0))
    assert only(plan) == (Fate.CANNOT, {Problem.STORAGE_FULL})
    assert plan.free == 0
    assert plan.rows[0].limits["free"] == 0


def test_sum_first_then_what_fits(facts: Any) -> None:
    batch = [facts(f"{i}.tif", size=(n * 50, 100)) for i, n in enumerate((2, 4, 1, 1))]
    sizes = [one.size for one in batch]
    exact = make_plan(batch, Storage(free=sum(sizes)))
    assert {row.fate for row in exact.rows} == {Fate.SEND}
    tight = make_plan(batch, Storage(free=sum(sizes) - 1))
    assert [row.fate for row in tight.rows] == [Fate.SEND, Fate.SEND, Fate.SEND, Fate.CANNOT]
    assert tight.rows[3].limits == {"free": sum(sizes) - 1, "needed": sum(sizes)}
    gap = make_plan(batch, Storage(free=sizes[0] + sizes[2]))
    assert [row.fate for row in gap.rows] == [Fate.SEND, Fate.CANNOT, Fate.SEND, Fate.CANNOT]
    assert gap.bytes_to_send == sizes[0] + sizes[2]


def test_what_is_not_sent_takes_no_room(facts: Any) -> None:
    good, bad = facts("good.tif"), facts("bad.tif", crs=None)
    plan = make_plan([bad, good], Storage(free=good.size))
    assert [row.fate for row in plan.rows] == [Fate.CANNOT, Fate.SEND]
    assert Problem.STORAGE_FULL not in plan.rows[0].problems
