"""The layer of a search's results, fed page by page without holding anything up. Main thread."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Optional

from qgis.core import QgsFeature
from qgis.PyQt.QtCore import QObject

from ...layers import results
from ...layers.tables import Feeder
from ..area.picker import Area
from ..canvas.presenter import Presenter


class ResultLayer(QObject):
    """One layer for each area that is searched: another search of the same area fills it anew."""

    def __init__(self, presenter: Presenter, parent: QObject) -> None:
        super().__init__(parent)
        self._presenter = presenter
        self._feeder: Optional[Feeder] = None

    def begin(self, area: Area) -> None:
        self.end()
        key = hashlib.sha256(repr(area.polygons).encode()).hexdigest()[:16]
        layer = self._presenter.show_results(key, self.tr("Found: {0}").format(area.name))
        results.update_layer(layer, [])
        self._feeder = Feeder(layer, self)

    def add(self, features: Sequence[QgsFeature]) -> None:
        if self._feeder is not None:
            self._feeder.feed(features)

    def end(self) -> None:
        """What it has not got yet it will not get."""
        if self._feeder is not None:
            self._feeder.stop()
            self._feeder.deleteLater()
            self._feeder = None
