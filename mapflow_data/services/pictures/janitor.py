"""Takes pictures off the disk: those past the caps, those of accounts that are to be forgotten. Main thread;
files are removed in tasks.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Callable, Optional

from qgis.core import QgsProject
from qgis.PyQt.QtCore import QObject

from ...api.cancel import CancelToken
from ...layers.keep import source_of
from ..service import Service
from .cache import PictureCache, trim

RASTERS_CAP = 1024**3  # bytes of previews and quicklooks in the cache
RASTERS_SPARE_S = 86_400.0  # what was used today may lie in a project of another QGIS that is not saved yet


class PictureJanitor(Service):
    """What it does is no matter of who is signed in."""

    def __init__(
        self,
        cache: PictureCache,
        rasters: Path,
        in_use: Optional[Callable[[], Iterable[Path]]] = None,
        parent: Optional[QObject] = None,
    ) -> None:
        super().__init__(parent)
        self._cache = cache
        self._rasters = rasters
        self._in_use = in_use or files_of_project
        self._doomed: set[str] = set()  # owners whose pictures are not off the disk yet
        self._is_tidy = False

    def forget(self, owner: str) -> None:
        """All of an account, and what is on its way to the disk just now."""
        self._cache.bar(owner)
        self._doomed.add(owner)
        self.run(
            ("forget", owner),
            lambda _: self._cache.forget(owner),
            lambda _: self._doomed.discard(owner),
        )

    def tidy(self) -> None:
        """Once: what earlier sessions left on the disk is brought down to the caps."""
        if self._is_tidy:
            return
        self._is_tidy = True
        cache, folder, keep = self._cache, self._rasters, tuple(self._in_use())

        def tidy(_: CancelToken) -> None:
            cache.measure()
            trim(folder, RASTERS_CAP, keep, spare_s=RASTERS_SPARE_S)

        self.run("tidy", tidy)

    def close(self) -> None:
        """What was to be forgotten is gone by then."""
        super().close()
        for owner in self._doomed:
            self._cache.forget(owner)
        self._doomed.clear()


def files_of_project() -> list[Path]:
    """Of every layer in the open project."""
    return [source_of(layer) for layer in QgsProject.instance().mapLayers().values()]
