"""A pytest plugin that makes QGIS, GDAL and Qt unimportable: proves that code runs on plain CPython."""

from __future__ import annotations

import importlib.abc
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType

FORBIDDEN = frozenset({"qgis", "osgeo", "PyQt5", "PyQt6", "numpy", "processing"})


class Blocker(importlib.abc.MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname.partition(".")[0] in FORBIDDEN:
            raise ModuleNotFoundError(f"{fullname} is not to be used here", name=fullname)
        return None


early = sorted(FORBIDDEN.intersection(sys.modules))
if early:
    raise RuntimeError(f"imported before it could be blocked: {', '.join(early)}")
sys.meta_path.insert(0, Blocker())
