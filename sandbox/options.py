"""What a sandbox can be told at start: one frozen object, and the command line that fills it."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

GIB = 1024**3
IMAGERY = Path(__file__).resolve().parents[1] / "build" / "data"
DIALECTS = ("data-catalog", "documents", "data-api")


@dataclass(frozen=True)
class Options:
    """Sizes in bytes, times in seconds, `max_gsd` in metres; `storage_limit` None means no limit."""

    data: Path
    port: int = 0
    dialect: str = "data-catalog"
    max_gsd: float = 20.0
    max_upload: int = 2 * GIB
    max_pixels: int = 30_000
    storage_limit: int | None = 10 * GIB
    search_area_limit: float = 700.0  # km2
    ready_delay: float = 0.0
    latency: float = 0.0
    rename_files: bool = False
    other_checksum: bool = False
    no_download: bool = False
    pad_previews: bool = False
    preview_format: str = "jpeg"
    challenge: bool = False
    token: str | None = None
    requests_log: Path | None = None
    exit_with_parent: bool = False
    public_port: int = 0
    imagery: Path = IMAGERY
    odd: bool = False
    many: int = 0
    no_providers: bool = False


def parse(arguments: list[str] | None = None) -> Options:
    """The options of a command line; argparse ends the process on a wrong one."""
    return Options(**vars(make_parser().parse_args(arguments)))


def make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    add = parser.add_argument
    add("--data", type=Path, required=True, help="folder that holds all records and files")
    add("--port", type=int, default=0, help="0 takes any free port")
    add("--public-port", type=int, default=0, help="port of the second origin")
    add("--exit-with-parent", action="store_true", help="stop when standard input is closed")
    add("--token", help="use this token; by default one is made and kept in the data folder")
    add("--requests-log", type=Path, help="append one line of JSON per request to this file")
    _add_limits(parser)
    _add_variants(parser)
    _add_catalog(parser)
    return parser


def _add_limits(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--max-gsd", type=float, default=20.0, help="coarsest pixel that is taken, in metres")
    add("--max-upload", type=int, default=2 * GIB, help="largest file, in bytes")
    add("--max-pixels", type=int, default=30_000, help="most pixels a side")
    add("--storage-limit", type=_limit, default=10 * GIB, help="bytes of storage, or 'none'")
    add("--ready-delay", type=float, default=0.0, help="seconds until an uploaded image is listed")
    add("--latency", type=float, default=0.0, help="seconds before each answer")


def _add_variants(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "--dialect",
        choices=DIALECTS,
        default=DIALECTS[0],
        help="whose spelling is spoken where documents disagree",
    )
    add("--rename-files", action="store_true", help="images get a name of the server's choice")
    add("--other-checksum", action="store_true", help="checksum of the stored copy, not of what was sent")
    add("--no-download", action="store_true", help="no image may be downloaded")
    add("--pad-previews", action="store_true", help="previews fill the whole square box")
    add("--preview-format", choices=("jpeg", "png"), default="jpeg")
    add("--challenge", action="store_true", help="a 401 names the scheme in WWW-Authenticate")


def _add_catalog(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--imagery", type=Path, default=IMAGERY, help="folder of the real raster that scenes are cut from")
    add(
        "--search-area-limit",
        type=float,
        default=700.0,
        help="largest area of a search, in square kilometres",
    )
    add("--odd", action="store_true", help="every search also finds items that are odd on purpose")
    add("--many", type=int, default=0, help="searches find this many made-up scenes instead")
    add("--no-providers", action="store_true", help="no data provider is linked to the account")


def _limit(text: str) -> int | None:
    return None if text == "none" else int(text)
