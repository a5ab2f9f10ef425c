"""What a search found as one typed polygon layer. Features: any thread; layers: main thread."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Optional

from qgis.core import Qgis, QgsFeature, QgsMapLayer, QgsVectorLayer

from ..api.cancel import CancelToken
from ..api.geojson import Polygons
from ..api.models import CatalogItem
from . import field_types as types
from . import tables
from .coverage import Coverage
from .geometry import footprint_of
from .properties import RESULTS, mark

SCENE, MOSAIC = "scene", "mosaic"
INSTANT, ON_REQUEST, NOT_IN_PLAN = "instant", "on_request", "not_in_plan"  # values of `availability`

FIELDS = (
    ("id", types.TEXT),
    ("acquired_at", types.MOMENT),  # UTC
    ("sensor", types.TEXT),
    ("satellite", types.TEXT),
    ("provider", types.TEXT),
    ("product", types.TEXT),  # scene or mosaic
    ("cloud", types.REAL),  # percent of the whole scene
    ("resolution", types.REAL),  # metres
    ("off_nadir", types.REAL),  # degrees from the vertical
    ("covers", types.REAL),  # percent of the area that was searched
    ("availability", types.TEXT),  # one of the three above, null where it cannot be told
    ("min_area", types.REAL),  # km² of the smallest order
    ("band_order", types.TEXT),
    ("preview_type", types.TEXT),
    ("zoom", types.TEXT),
)
# without what a map tip would take for HTML
DISPLAY = """trim(coalesce(format_date("acquired_at", 'yyyy-MM-dd') || ' ', '')
|| coalesce(regexp_replace("sensor", '[<>&]', '') || ' ', '') || coalesce(round("cloud") || ' %', ''))"""


def make_features(
    items: Sequence[CatalogItem],
    area: Polygons,
    linked: Optional[Collection[str]] = None,
    cancel: Optional[CancelToken] = None,
) -> list[QgsFeature]:
    """A feature for each item, in WGS 84; without a geometry where the footprint cannot be one.

    `linked` are the names of the account's providers, None where the server does not tell them. What part
    of `area` an item covers is measured where the server gives none.
    """
    fields, coverage = tables.make_fields(FIELDS), Coverage(area)
    known = None if linked is None else {name.casefold() for name in linked}
    features = []
    for item in items:
        if cancel is not None:
            cancel.check()
        feature = QgsFeature(fields)
        feature.setAttributes(_attributes(item, covers(item, coverage), known))
        geometry = footprint_of(item.footprint)
        if not geometry.isNull():
            feature.setGeometry(geometry)
        features.append(feature)
    return features


def make_layer(name: str, features: Sequence[QgsFeature] = ()) -> QgsVectorLayer:
    """A memory layer, styled and labelled, that follows QGIS' temporal controller."""
    layer = tables.make_layer(name, FIELDS, "results")
    layer.setDisplayExpression(DISPLAY)
    _follow_time(layer)
    mark(layer, RESULTS)
    if features:
        tables.replace(layer, features)
    return layer


def update_layer(layer: QgsVectorLayer, features: Sequence[QgsFeature]) -> None:
    """Puts `features` in place of what the layer holds. A `tables.Feeder` adds many of them smoothly."""
    tables.replace(layer, features)


def covers(item: CatalogItem, coverage: Coverage) -> Optional[float]:
    """Percent of the area; the server's own number where it gives one."""
    return coverage.percent(item.footprint) if item.coverage is None else item.coverage


def availability(item: CatalogItem, linked: Optional[Collection[str]]) -> str:
    """`linked`: providers' names in casefold. Mosaics can be used at once if their provider is linked to the
    account, scenes have to be ordered. Source: Mapflow Data API docs, "Search Imagery"."""
    if item.id and f"/rasters/image/{item.id}/" in item.preview_url:
        return INSTANT  # the account's own
    if linked is not None and item.provider and item.provider.casefold() not in linked:
        return NOT_IN_PLAN
    if not item.is_mosaic:
        return ON_REQUEST
    return INSTANT if linked is not None and item.provider else ""


def _attributes(item: CatalogItem, percent: Optional[float], linked: Optional[Collection[str]]) -> list[Any]:
    """In the order of FIELDS; what is not known stays null."""
    return [
        item.id or None,
        tables.moment(item.acquired_at),
        item.sensor or None,
        item.satellite or None,
        item.provider or None,
        MOSAIC if item.is_mosaic else SCENE,
        item.cloud,
        item.resolution,
        item.off_nadir,
        None if percent is None else round(percent, 2),
        availability(item, linked) or None,
        item.min_area_km2,
        item.band_order or None,
        item.preview_type or None,
        item.zoom or None,
    ]


def _follow_time(layer: QgsMapLayer) -> None:
    """Images of other days disappear while the temporal controller is on; those without a date stay."""
    time = layer.temporalProperties()
    time.setMode(Qgis.VectorTemporalMode.FeatureDateTimeInstantFromField)
    time.setStartField("acquired_at")
    time.setIsActive(True)
