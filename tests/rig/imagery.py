"""Where the real imagery is that `make setup` fetched and cut."""

from __future__ import annotations

from pathlib import Path

DATA = Path(__file__).resolve().parents[2] / "build" / "data"
MAX_GSD = 200  # a sandbox that is to take the tiles (120 m a pixel) starts with this limit


def landsat_tiles() -> list[Path]:
    """Four overlapping tiles (NW, NE, SW, SE): EPSG:32613, 120 m, three bands of 8 bits."""
    return [DATA / "landsat" / f"rmnp_r{row}c{column}.tif" for row in (0, 1) for column in (0, 1)]


def odd_file(name: str) -> Path:
    """A file that differs from the tiles in what its name says, such as `no_georeference.tif`."""
    return DATA / "odd" / name
