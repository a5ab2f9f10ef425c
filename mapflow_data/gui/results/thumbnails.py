"""Pictures for the cards in sight, a few at a time, so that one sees what was found. Main thread.

They are the quicklooks that the map shows: once a card has its picture, the map has it at once, too.
"""

from __future__ import annotations

from typing import Optional

from osgeo import gdal
from qgis.PyQt.QtCore import QObject, QTimer
from qgis.PyQt.QtGui import QImage

from ...api.errors import BadInput, MapflowError
from ...api.models import CatalogItem
from ...services.catalog import CatalogService
from ...services.service import Service
from ..widgets.rows_in_sight import rows_in_sight
from .cards import ResultCards
from .model import ResultsModel
from .selection import ResultsSelection

REST_MS = 250  # scrolling goes on
AT_ONCE = 3
SIDE = 256  # px; for the card and for the larger picture beside the table


class ResultThumbnails(QObject):
    def __init__(
        self,
        service: CatalogService,
        model: ResultsModel,
        cards: ResultCards,
        selection: ResultsSelection,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._service = service
        self._model = model
        self._cards = cards
        self._selection = selection
        self._reader = Service(self)
        self._under_way: set[str] = set()
        self._tried: set[str] = set()
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._ask)
        cards.in_sight_changed.connect(self._rest.start)
        selection.changed.connect(self._rest.start)
        selection.model.currentChanged.connect(lambda *_: self._rest.start())
        model.rowsInserted.connect(self._rest.start)
        model.layoutChanged.connect(self._rest.start)
        model.modelReset.connect(self._on_reset)
        service.picture_loaded.connect(self._on_loaded)
        service.picture_failed.connect(self._on_failed)

    def close(self) -> None:
        self._rest.stop()
        self._reader.close()

    def _on_reset(self) -> None:
        self._under_way.clear()
        self._tried.clear()

    def _ask(self) -> None:
        """First of what is selected, then of what is in sight."""
        for row_id in self._wanted_ids():
            if len(self._under_way) >= AT_ONCE:
                return
            row = self._model.find(row_id)
            if row is not None:
                self._tried.add(row_id)
                self._under_way.add(row_id)
                self._service.load_picture(row.item)

    def _wanted_ids(self) -> list[str]:
        current = self._selection.current_row()
        rows = [current] if current is not None else []
        if self._cards.isVisible():
            rows += [self._model.row(number) for number in rows_in_sight(self._cards)]
        return [
            row.id
            for row in rows
            if row.can_be_shown and row.item.preview_kind == "picture" and row.id not in self._tried
        ]

    def _on_loaded(self, item: CatalogItem, path: str) -> None:
        row_id = self._model.id_of(item)
        if not row_id or self._model.picture_of(row_id) is not None:
            self._end(row_id)
            return
        self._tried.add(row_id)
        self._reader.run(
            path,
            lambda _: read_thumbnail(path),
            lambda image: self._on_read(row_id, image),
            lambda _: self._end(row_id),
        )

    def _on_read(self, row_id: str, image: QImage) -> None:
        if self._model.find(row_id) is not None:
            self._model.set_picture(row_id, image)
        self._end(row_id)

    def _on_failed(self, item: CatalogItem, _error: MapflowError) -> None:
        """The card keeps its sign; who wants the picture on the map is told why there is none."""
        row_id = self._model.id_of(item)
        if row_id and self._model.picture_of(row_id) is None:
            self._model.set_picture(row_id, None)
        self._end(row_id)

    def _end(self, row_id: str) -> None:
        self._under_way.discard(row_id)
        self._rest.start()


def read_thumbnail(path: str, side: int = SIDE) -> QImage:
    """A GeoTIFF of ours (RGBA), made smaller. Worker thread. Raises `BadInput`, code "picture"."""
    gdal.PushErrorHandler("CPLQuietErrorHandler")
    try:
        image = _read(path, side)
    finally:
        gdal.PopErrorHandler()
    if image is None:
        raise BadInput("the picture cannot be read", code="picture")
    return image


def _read(path: str, side: int) -> Optional[QImage]:
    raster = gdal.OpenEx(path, gdal.OF_RASTER, allowed_drivers=["GTiff"])
    if raster is None or raster.RasterCount != 4:
        return None
    scale = min(1.0, side / max(raster.RasterXSize, raster.RasterYSize))
    width, height = (max(1, round(n * scale)) for n in (raster.RasterXSize, raster.RasterYSize))
    pixels = raster.ReadRaster(
        buf_xsize=width, buf_ysize=height, buf_pixel_space=4, buf_line_space=4 * width, buf_band_space=1,
        resample_alg=gdal.GRIORA_Average,
    )  # fmt: skip
    if pixels is None:
        return None
    return QImage(bytes(pixels), width, height, 4 * width, QImage.Format.Format_RGBA8888).copy()
