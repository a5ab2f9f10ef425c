"""Sentences of the Upload dialog: each problem has one, and the last line tells what it should."""

from __future__ import annotations

import pytest
from osgeo import osr
from qgis.core import QgsApplication

from mapflow_data.gui.upload import problems as upload_problems
from mapflow_data.gui.upload import words as upload_words
from mapflow_data.gui.upload.batch import Batch
from mapflow_data.gui.upload.rows import Group
from mapflow_data.gui.upload.sources import NoFile, Source
from mapflow_data.gui.upload.status import Phase, make_status
from mapflow_data.services.upload.jobs import Summary
from mapflow_data.transfer.inspect import RasterFacts
from mapflow_data.transfer.plan import Fate, Plan, PlanRow, Problem

MB = 1024**2
GB = 1024**3


@pytest.mark.parametrize("problem", list(Problem))
def test_every_problem_has_a_sentence_that_survives_missing_numbers(
    qgis_app: QgsApplication, problem: Problem
) -> None:
    bare = upload_problems.sentence(problem, PlanRow(RasterFacts("/a.tif", "a.tif"), Fate.CANNOT, (problem,)))
    assert len(bare) > 10
    assert "None" not in bare
    assert "{" not in bare


@pytest.mark.parametrize("reason", list(NoFile))
def test_every_layer_without_a_file_has_a_reason(qgis_app: QgsApplication, reason: NoFile) -> None:
    assert len(upload_words.no_file(reason)) > 10


def test_every_group_has_a_title_and_an_icon(qgis_app: QgsApplication) -> None:
    titles = {upload_words.heading(group, 3) for group in Group}
    assert len(titles) == len(Group)
    assert all("(3)" in title for title in titles)
    assert upload_words.group_icons().keys() == set(Group)


def test_reference_in_wkt_is_told_by_its_code(qgis_app: QgsApplication) -> None:
    reference = osr.SpatialReference()
    reference.ImportFromEPSG(32613)
    facts = RasterFacts("/a.tif", "a.tif", crs="EPSG:32612")
    limits = {"expected_crs": reference.ExportToWkt(), "reference": "b.tif"}
    row = PlanRow(facts, Fate.DIFFERS, (Problem.CRS_DIFFERS,), limits)
    assert (
        upload_problems.sentence(Problem.CRS_DIFFERS, row) == "EPSG:32612 instead of EPSG:32613 as in b.tif"
    )


def status_line(size: int, queue: Summary, *, free: int | None = 12 * GB, assumed: bool = False) -> str:
    batch = Batch()
    batch.add([Source("/a.tif", "a.tif", "/a.tif")])
    row = PlanRow(RasterFacts("/a.tif", "a.tif", size=size, driver="GTiff"), Fate.SEND)
    batch.set_plan(Plan((row,), size, free, assumed))
    return make_status(Phase.IDLE, batch, "North", "", queue).text


def test_time_is_told_only_where_a_rate_was_measured(qgis_app: QgsApplication) -> None:
    assert status_line(600 * MB, Summary()) == "1 file · 600 MB of 12 GB free"
    short = status_line(600 * MB, Summary(rate=10 * MB))
    assert "about 1 min" in short
    assert "awake" not in short


def test_a_long_upload_asks_to_keep_the_computer_awake(qgis_app: QgsApplication) -> None:
    under_way = Summary(rate=MB, bytes_total=3600 * MB, bytes_sent=0)
    line = status_line(3600 * MB, under_way)
    assert "about 2 h" in line  # with what is under way
    assert line.endswith("keep this computer awake")


def test_no_limit_of_storage_and_assumed_limits_are_told(qgis_app: QgsApplication) -> None:
    line = status_line(MB, Summary(), free=None, assumed=True)
    assert line == "1 file · 1 MB · assumed limits: 2 GB a file, 30,000 px a side"


def test_what_decides_is_told_first(qgis_app: QgsApplication) -> None:
    source = Source("/a.tif", "a.tif", "/a.tif")
    facts = RasterFacts("/a.tif", "a.tif", bands=1, gsd_m=120.0)
    limits = {"max_gsd": 20, "expected_bands": 3}

    def line(group: Group, fate: Fate, *problems: Problem) -> str:
        return upload_words.what_happens(PlanRow(facts, fate, problems, limits), source, group)

    coarse = Problem.TOO_COARSE
    there = line(Group.THERE, Fate.ALREADY_THERE, coarse, Problem.ALREADY_THERE)
    assert there == "Not sent: is in the mosaic already; 120 m a pixel; the known limit is 20 m"
    differs = line(Group.DIFFERS, Fate.DIFFERS, coarse, Problem.CRS_DIFFERS)
    assert differs.endswith("; 120 m a pixel; the known limit is 20 m")
    cannot = line(Group.CANNOT, Fate.CANNOT, coarse, Problem.BANDS_DIFFER)
    assert cannot.startswith("Has 1 band, the mosaic 3; choose another mosaic; 120 m")
