"""Mosaics and images as JSON, to be copied. Any thread."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Union

from ...api.models import Image, Mosaic


def items_json(items: Sequence[Union[Mosaic, Image]]) -> str:
    """One object, or a list of several."""
    found = [asdict(item) for item in items]
    what = found[0] if len(found) == 1 else found
    return json.dumps(what, indent=2, ensure_ascii=False, default=str)
