"""Reads what a list of mosaics leaves out of their outlines. The body of one task; no Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Optional

from ..api.cancel import CancelToken
from ..api.client import MapflowClient
from ..api.connection import Connection
from ..api.errors import Forbidden, MapflowError, NotFound
from ..api.models import Mosaic
from ..layers.mosaic_outlines import footprint_of_images
from .reading import Answer, Reading


def complete(connection: Connection, mosaics: Sequence[Mosaic], token: CancelToken) -> list[Mosaic]:
    """The mosaics with their footprints, in the order given, without those that are gone meanwhile.

    One that cannot be read stays as it is; what would fail for all is raised.
    """
    failures: list[MapflowError] = []
    found: dict[str, Optional[Mosaic]] = {mosaic.id: mosaic for mosaic in mosaics}

    def tell(answer: Answer) -> None:
        if answer.error is None:
            found[answer.mosaic.id] = answer.found
        else:
            failures.append(answer.error)

    Reading(connection, [mosaic for mosaic in mosaics if _is_short(mosaic)], _read, tell).run(token)
    if failures and len(failures) == len(mosaics):  # none was read, and none was known before
        raise failures[-1]
    return [mosaic for mosaic in found.values() if mosaic is not None]


def _is_short(mosaic: Mosaic) -> bool:
    """Whether there may be a footprint that its row does not tell; whole rows tell the size as well."""
    return not mosaic.footprint and mosaic.size_bytes is None and mosaic.image_count != 0


def _read(client: MapflowClient, known: Mosaic) -> Optional[Mosaic]:
    """None for one that is gone. Where the server tells a mosaic's footprint never, its images do."""
    try:
        mosaic = client.mosaics.get(known.id)
        if mosaic.image_count is None:
            mosaic = replace(mosaic, image_count=known.image_count)
        if _is_short(mosaic):
            images = client.images.list(known.id)
            sizes = [image.size_bytes for image in images if image.size_bytes is not None]
            mosaic = replace(
                mosaic,
                footprint=footprint_of_images(images),
                image_count=len(images),
                size_bytes=sum(sizes) if len(sizes) == len(images) else None,
            )
        return mosaic
    except NotFound:
        return None
    except Forbidden:
        return known
