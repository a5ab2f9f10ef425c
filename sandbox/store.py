"""The records: mosaics and images in one SQLite file. Called from any worker thread, under one lock."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
import uuid
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

JSON_FIELDS = {"tags", "dtypes", "pixel_size", "bounds", "stretch", "corners"}


@dataclass(frozen=True)
class Mosaic:
    """Times are seconds since 1970."""

    name: str
    owner: str
    tags: list[str] = field(default_factory=list)
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    created_at: float = field(default_factory=time.time)


@dataclass(frozen=True)
class Image:
    """`bounds` and `corners` in WGS 84; `stretch` is [low, high] per band; keys are of the object store."""

    id: str
    mosaic_id: str
    owner: str
    filename: str
    file_size: int
    checksum: str
    key: str
    cog_key: str
    crs: str
    count: int
    width: int
    height: int
    dtypes: list[str]
    nodata: float | None
    pixel_size: list[float]
    corners: list[list[float]]
    bounds: list[float]
    min_zoom: int
    max_zoom: int
    stretch: list[list[float]]
    ready_at: float
    downloadable: bool = True
    uploaded_at: float = field(default_factory=time.time)

    @property
    def is_ready(self) -> bool:
        return time.time() >= self.ready_at


class Store:
    """Plain rows in, frozen dataclasses out."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        self._database = sqlite3.connect(path, check_same_thread=False)
        self._database.row_factory = sqlite3.Row
        for table, record in (("mosaic", Mosaic), ("image", Image)):
            columns = ", ".join(
                one.name + (" PRIMARY KEY" if one.name == "id" else "") for one in fields(record)
            )
            self._run(f"CREATE TABLE IF NOT EXISTS {table} ({columns})")

    def close(self) -> None:
        with self._lock:
            self._database.close()

    def add(self, record: Mosaic | Image) -> None:
        values = {key: _to_column(key, value) for key, value in asdict(record).items()}
        table = "mosaic" if isinstance(record, Mosaic) else "image"
        marks = ", ".join(f":{key}" for key in values)
        self._run(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", values)

    def mosaic(self, mosaic_id: str) -> Mosaic | None:
        rows = self._run("SELECT * FROM mosaic WHERE id = ?", (mosaic_id,))
        return Mosaic(**_from_row(rows[0])) if rows else None

    def mosaics(self, owner: str) -> list[Mosaic]:
        rows = self._run("SELECT * FROM mosaic WHERE owner = ? ORDER BY created_at DESC", (owner,))
        return [Mosaic(**_from_row(row)) for row in rows]

    def update_mosaic(self, mosaic_id: str, name: str, tags: list[str]) -> None:
        self._run("UPDATE mosaic SET name = ?, tags = ? WHERE id = ?", (name, json.dumps(tags), mosaic_id))

    def delete_mosaic(self, mosaic_id: str) -> None:
        self._run("DELETE FROM image WHERE mosaic_id = ?", (mosaic_id,))
        self._run("DELETE FROM mosaic WHERE id = ?", (mosaic_id,))

    def image(self, image_id: str) -> Image | None:
        rows = self._run("SELECT * FROM image WHERE id = ?", (image_id,))
        return Image(**_from_row(rows[0])) if rows else None

    def images(self, mosaic_id: str) -> list[Image]:
        rows = self._run("SELECT * FROM image WHERE mosaic_id = ? ORDER BY uploaded_at", (mosaic_id,))
        return [Image(**_from_row(row)) for row in rows]

    def rename_image(self, image_id: str, name: str) -> None:
        self._run("UPDATE image SET filename = ? WHERE id = ?", (name, image_id))

    def delete_image(self, image_id: str) -> None:
        self._run("DELETE FROM image WHERE id = ?", (image_id,))

    def used_bytes(self, owner: str) -> int:
        return int(self._run("SELECT COALESCE(SUM(file_size), 0) FROM image WHERE owner = ?", (owner,))[0][0])

    def _run(self, sql: str, values: tuple[Any, ...] | dict[str, Any] = ()) -> list[sqlite3.Row]:
        with self._lock, self._database:
            return self._database.execute(sql, values).fetchall()


def _to_column(key: str, value: Any) -> Any:
    return json.dumps(value) if key in JSON_FIELDS else value


def _from_row(row: sqlite3.Row) -> dict[str, Any]:
    values = {key: json.loads(row[key]) if key in JSON_FIELDS else row[key] for key in row.keys()}  # noqa: SIM118
    if "downloadable" in values:
        values["downloadable"] = bool(values["downloadable"])
    return values
