"""What the images of a mosaic have in common, and whether a file is like them. Worker thread."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Optional

from ..api.models import Image
from .crs import is_same_crs, unit_of
from .inspect import RasterFacts

TOLERANCE = 1e-3  # of a pixel's size: 30.01 cm is 30 cm; pixel sizes come rounded, and in degrees or metres

Size = tuple[float, float]


@dataclass(frozen=True)
class Reference:
    """The values that occur in a mosaic, the first one first. Where nothing is known everything matches."""

    name: str
    bands: tuple[int, ...] = ()
    crs: tuple[str, ...] = ()
    pixel_sizes: tuple[tuple[str, Size], ...] = ()  # with the CRS in whose units they are

    @classmethod
    def of_images(cls, images: Sequence[Image]) -> Optional[Reference]:
        """None for an empty mosaic."""
        if not images:
            return None
        return cls(
            name=images[0].filename,
            bands=tuple(image.bands for image in images if image.bands),
            crs=tuple(dict.fromkeys(image.crs for image in images if image.crs)),
            pixel_sizes=tuple(dict.fromkeys((i.crs, i.pixel_size) for i in images if i.pixel_size)),
        )

    @classmethod
    def of_file(cls, facts: RasterFacts) -> Reference:
        sizes = ((facts.crs_wkt, facts.pixel_size),) if facts.pixel_size else ()
        return cls(facts.name, (facts.bands,), (facts.crs_wkt,) if facts.crs_wkt else (), sizes)

    def has_bands(self, bands: int) -> bool:
        return not self.bands or bands in self.bands

    def has_crs(self, wkt: str) -> bool:
        """A CRS that cannot be read, on either side, matches."""
        return not wkt or not self.crs or any(is_same_crs(wkt, one) is not False for one in self.crs)

    def has_resolution(self, wkt: str, size: Optional[Size]) -> bool:
        """Sizes in other kinds of units, degrees and metres, cannot be compared and match."""
        if size is None or not self.pixel_sizes:
            return True
        return any(_is_alike(wkt, size, *known) for known in self.pixel_sizes)


def _is_alike(crs: str, size: Size, other_crs: str, other: Size) -> bool:
    unit, other_unit = unit_of(crs), unit_of(other_crs)
    scale = 1.0
    if unit and other_unit:
        if unit[0] != other_unit[0]:
            return True
        scale = unit[1] / other_unit[1]
    return all(math.isclose(a * scale, b, rel_tol=TOLERANCE) for a, b in zip(size, other))
