"""What an account of an aerial survey office may hold: mosaics, images, files, uploads, scenes."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime

from mapflow_data.api import errors
from mapflow_data.api.models import CatalogItem, Image, Mosaic, Provider, Storage, UserStatus
from mapflow_data.services.upload.jobs import Job, Note, State
from mapflow_data.transfer.inspect import RasterFacts

MB, GB = 1024**2, 1024**3
LONG = "an_orthophoto_with_a_name_that_nobody_ever_shortened_2026-06-14_final_v2"
EMAIL = "someone.with.a.long.name@a.long.company.org"
UTM = 'PROJCS["WGS 84 / UTM zone 37N"]'
SQUARE = ((((37.0, 55.0), (37.1, 55.0), (37.1, 55.1), (37.0, 55.0)),),)

STORAGE = Storage(int(6.4 * GB), 10 * GB, int(3.6 * GB))
VAST = Storage(683 * MB, 999 * GB, 998 * GB)
STATUS = UserStatus(EMAIL, 700e6, (Provider("CG", "Charming Globe"), Provider("MX", "Maxar SecureWatch Pro")))


def moment(day: int, month: int = 6) -> datetime:
    return datetime(2026, month, day, 9, 41, tzinfo=UTC)


def image(number: int, mosaic_id: str = "m1", name: str = "", **more: object) -> Image:
    facts = {
        "filename": name or f"DJI_20260614_09{number:02}_ortho_3cm.tif",
        "uploaded_at": moment(15),
        "size_bytes": (120 + 37 * number % 400) * MB,
        "checksum": f"{number:040x}",
        "crs": "EPSG:32637",
        "bands": 4,
        "width": 18_204,
        "height": 13_655,
        "dtypes": ("uint8",) * 4,
        "pixel_size": (0.031, 0.031),
        "footprint": "POLYGON((37 55, 37.1 55, 37.1 55.1, 37 55))",
    }
    return Image(f"i{number}", mosaic_id, **{**facts, **more})


def images(count: int, mosaic_id: str = "m1") -> list[Image]:
    return [image(number, mosaic_id) for number in range(1, count + 1)]


def mosaics() -> list[Mosaic]:
    return [
        Mosaic("m1", "North district, summer 2026", ("drone", "2026"), moment(14), "", int(5.2 * GB), 60),
        Mosaic("m2", "Test flight", (), moment(2, 5), "", 683 * MB, 3),
        Mosaic(
            "m3", LONG, ("power lines", "very long tag that was never shortened"), moment(1), "", None, None
        ),
        Mosaic("m4", "Empty for now", (), moment(20), "", 0, 0),
    ]


def jobs() -> list[Job]:
    """One in each state, and those that wait for something."""
    size, started = 683 * MB, time.monotonic() - 60

    def job(number: int, state: State, **more: object) -> Job:
        name = f"DJI_20260614_09{number:02}_ortho_3cm.tif"
        given = {"sent": 273 * MB, "started": started, **more}
        return Job(number, f"/data/flights/{name}", name, "m1", "North district", size, state=state, **given)

    several = [job(number, state) for number, state in enumerate(State, 1)]
    noted = [
        job(number, State.WAITING, note=note)
        for number, note in enumerate(Note, 20)
        if note not in (Note.RETRY, Note.STALLED, Note.NOT_LISTED)
    ]
    retried = job(40, State.UPLOADING, note=Note.RETRY, wait_s=252.0)
    stalled = job(41, State.UPLOADING, note=Note.STALLED)
    unlisted = job(42, State.DONE, note=Note.NOT_LISTED)
    return [*(_with_reason(one) for one in several), *noted, retried, stalled, unlisted]


def _with_reason(job: Job) -> Job:
    return replace(job, error=errors.TooLarge()) if job.state is State.FAILED else job


def facts(name: str, **more: object) -> RasterFacts:
    given = {
        "size": 683 * MB,
        "driver": "GTiff",
        "width": 18_204,
        "height": 13_655,
        "bands": 4,
        "dtypes": ("uint8",) * 4,
        "crs_wkt": "EPSG:32637",
        "crs": "EPSG:32637",
        "geotransform": (500_000.0, 0.031, 0.0, 6_100_000.0, 0.0, -0.031),
        "pixel_size": (0.031, 0.031),
        "gsd_m": 0.031,
        "footprint_wkt": "POLYGON((37 55, 37.1 55, 37.1 55.1, 37 55))",
    }
    return RasterFacts(f"/data/flights/{name}", name, **{**given, **more})


def scenes() -> list[CatalogItem]:
    full = CatalogItem(
        "JL1GF03A_PMS_20250714_1",
        SQUARE,
        moment(14, 7),
        "Scene",
        "JL1GF03A",
        provider="CG",
        band_order="RGB, NIR",
        resolution=0.5,
        cloud=15.0,
        off_nadir=3.91,
        preview_url="https://x/y.png",
    )
    clear = replace(full, id="KOMPSAT3A_20260602", sensor="KOMPSAT-3A", cloud=0.0, off_nadir=28.4)
    mosaic = replace(full, id="W1", product_type="Mosaic", sensor="World imagery", preview_type="xyz")
    return [full, clear, mosaic, CatalogItem("2", SQUARE), CatalogItem("3", (), sensor="<img src=x> " * 9)]
