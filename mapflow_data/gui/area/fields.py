"""The area's line in the search form, with advice on one that cannot be searched as it is. Main thread."""

from __future__ import annotations

from typing import Optional

from qgis.PyQt.QtCore import QObject, pyqtSignal
from qgis.PyQt.QtWidgets import QToolButton

from ...maptools.sketch import Shape
from ..widgets.icons import icon
from ..widgets.name_label import NameLabel
from ..words import areas as area_words
from .button import AreaButton
from .hint import SearchHint
from .picker import MAX_VERTICES, WHILE_DRAWING, Area, AreaPicker


class AreaFields(QObject):
    """Emits `changed` when there is another area, or none, or another limit."""

    changed = pyqtSignal()
    zoom_requested = pyqtSignal(object)  # Area

    def __init__(
        self,
        picker: AreaPicker,
        button: AreaButton,
        label: NameLabel,
        tools: tuple[QToolButton, QToolButton],
        hint: SearchHint,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._picker = picker
        self._label = label
        self._zoom, self._clear = tools
        self._hint = hint
        self._refusal = ""  # code of what the hint says, of an area that could not be taken
        self._limit_km2: Optional[float] = None
        self._zoom.setIcon(icon("zoom"))
        self._clear.setIcon(icon("clear_area"))
        self._zoom.clicked.connect(lambda: self.zoom_requested.emit(picker.area))
        self._clear.clicked.connect(picker.clear)
        button.shape_chosen.connect(picker.draw)
        button.extent_chosen.connect(picker.use_extent)
        button.layer_chosen.connect(picker.use_layer)
        picker.changed.connect(self._on_changed)
        picker.refused.connect(self._on_refused)
        picker.crs_given.connect(self._on_crs_given)
        picker.drawing_started.connect(self._on_drawing_started)
        picker.drawing_resized.connect(self._on_drawing_resized)
        picker.drawing_cancelled.connect(self._on_changed)
        self._show_area(picker.area)

    @property
    def limit_km2(self) -> Optional[float]:
        return self._limit_km2

    def set_limit(self, limit_km2: Optional[float]) -> None:
        """None where the server does not tell it."""
        self._limit_km2 = limit_km2
        self._on_changed()

    @property
    def has_area(self) -> bool:
        return self._picker.area is not None

    @property
    def is_searchable(self) -> bool:
        area = self._picker.area
        return area is not None and not (
            self._is_too_large(area) or area.has_many_vertices or area.is_repaired
        )

    def _is_too_large(self, area: Area) -> bool:
        return self._limit_km2 is not None and area.km2 > self._limit_km2

    def _on_changed(self, *_: object) -> None:
        area, self._refusal = self._picker.area, ""
        self._show_area(area)
        if area is not None:
            self._advise(area)
        else:
            self._hint.hide()
        self.changed.emit()

    def _show_area(self, area: Optional[Area]) -> None:
        self._zoom.setVisible(area is not None)
        self._clear.setVisible(area is not None)
        if area is None:
            self._label.set_texts(area_words.none_yet())
            return
        tip = (
            ""
            if self._limit_km2 is not None
            else self.tr("The server does not tell how much may be searched.")
        )
        self._label.set_texts(area.name, area_words.size(area.km2, self._limit_km2), tip)

    def _advise(self, area: Area) -> None:
        if area.is_repaired:
            self._hint.advise(
                area_words.crosses_itself(area.km2),
                [(self.tr("Draw again"), self._draw_again), (self.tr("Use it"), self._picker.accept_repair)],
            )
        elif self._limit_km2 is not None and self._is_too_large(area):
            self._hint.advise(
                area_words.too_large(area.km2, self._limit_km2), [(self.tr("Draw again"), self._draw_again)]
            )
        elif area.has_many_vertices:
            self._hint.advise(
                area_words.too_many_vertices(area.vertex_count, MAX_VERTICES),
                [
                    (self.tr("Use its box"), self._picker.use_bounds),
                    (self.tr("Simplify"), self._picker.simplify),
                ],
            )
        else:
            self._hint.hide()

    def _draw_again(self) -> None:
        self._picker.draw(Shape.POLYGON)

    def _on_drawing_started(self, shape: Shape) -> None:
        self._label.set_texts(area_words.drawing())
        self._zoom.hide()
        self._clear.hide()
        self._refusal = ""
        self._hint.advise(area_words.how_to_draw(shape is Shape.RECTANGLE), is_warning=False)

    def _on_drawing_resized(self, km2: float) -> None:
        if km2 > 0:
            self._label.set_texts(area_words.drawing(), area_words.size(km2, self._limit_km2))

    def _on_refused(self, code: str) -> None:
        if code not in WHILE_DRAWING:
            self._show_area(self._picker.area)
        self._refusal = code
        self._hint.advise(area_words.problem(code))

    def _on_crs_given(self) -> None:
        if self._refusal == "crs":
            self._on_changed()
