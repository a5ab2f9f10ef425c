"""Below the list: picture and facts of what is current there, and steps through its mosaic. Main thread."""

from __future__ import annotations

from typing import Optional

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QHideEvent, QShowEvent
from qgis.PyQt.QtWidgets import QSplitter, QToolButton, QWidget

from ...api.models import Image, Mosaic
from ...services.pictures.service import PictureService
from ..imagery.cells import name_of
from ..imagery.collage import samples
from ..imagery.model import Item
from ..imagery.picture_frame import look_of, look_of_mosaic
from ..imagery.tree import ImageryTree
from ..widgets.facts_label import FactsLabel
from ..widgets.forms import load_ui
from ..widgets.position_label import PositionLabel
from ..widgets.title_button import TitleButton
from ..words import counts, formats
from . import words as image_words
from .picture_pane import PicturePane

AHEAD = 3  # neighbours each way whose pictures are asked for, too
NO_LIMIT = 16_777_215  # Qt's own for a height
PLACE = "drawer"


class ImageDrawer(QWidget):
    toggled = pyqtSignal(bool)  # it was opened or closed
    flash_requested = pyqtSignal(object)  # Image that somebody went to
    image_activated = pyqtSignal(object)  # by a double click on its picture

    titleButton: TitleButton
    positionLabel: PositionLabel
    previousButton: QToolButton
    nextButton: QToolButton
    body: QWidget
    picturePane: PicturePane
    factsLabel: FactsLabel

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        load_ui(self, "image/drawer")
        self._tree: Optional[ImageryTree] = None
        self._pictures: Optional[PictureService] = None
        self._item: Optional[Item] = None
        self._siblings: list[Image] = []
        self._place = -1  # of the image among them
        self._direction = 1  # in which somebody browses
        self._is_list_changing = False
        self._open_height = 0  # when it was open last
        self.previousButton.setArrowType(Qt.ArrowType.LeftArrow)
        self.nextButton.setArrowType(Qt.ArrowType.RightArrow)
        self.previousButton.clicked.connect(lambda: self.browse(-1))
        self.nextButton.clicked.connect(lambda: self.browse(1))
        self.titleButton.opened.connect(self._on_opened)
        self.picturePane.double_clicked.connect(self._on_double_click)

    def set_up(self, tree: ImageryTree, pictures: PictureService) -> None:
        self._tree, self._pictures = tree, pictures
        tree.current_changed.connect(self._on_current_changed)
        tree.imagery.layoutAboutToBeChanged.connect(self._on_list_changing)
        tree.imagery.layoutChanged.connect(self._on_list_changed)
        tree.imagery.images_told.connect(lambda _: self._refresh())
        pictures.picture_loaded.connect(self._on_picture)
        pictures.picture_failed.connect(lambda image_id, _: self._on_no_picture(image_id))
        pictures.picture_put_off.connect(self._on_picture)
        pictures.refreshed.connect(self._on_refreshed)
        self._refresh()

    @property
    def is_open(self) -> bool:
        return self.titleButton.is_open

    def set_open(self, is_open: bool) -> None:
        self.titleButton.set_open(is_open)

    def browse(self, step: int) -> None:
        """To the image so many places further on; nothing past the ends."""
        place = self._place + step
        if self._tree is not None and self._place >= 0 and 0 <= place < len(self._siblings):
            self._tree.show_image(self._siblings[place])

    # The list

    def _on_current_changed(self, item: Optional[Item]) -> None:
        before, self._item = self._item, item
        self._refresh()
        is_other = isinstance(item, Image) and getattr(before, "id", "") != item.id
        if is_other and not self._is_list_changing:
            self.flash_requested.emit(item)

    def _on_list_changing(self) -> None:
        """A row that takes the place of one that is gone is nobody's step."""
        self._is_list_changing = True

    def _on_list_changed(self) -> None:
        self._is_list_changing = False
        self._refresh()

    def _refresh(self) -> None:
        if self._tree is None:
            return
        self._item = self._tree.current_item()
        self._find_place(self._tree)
        self._show_title()
        self._show_facts()
        self._ask()
        self._show_picture()

    def _find_place(self, tree: ImageryTree) -> None:
        item, before = self._item, self._siblings
        came_from = before[self._place].id if 0 <= self._place < len(before) else ""
        self._siblings = tree.siblings(item) if isinstance(item, Image) else []
        places = {image.id: place for place, image in enumerate(self._siblings)}
        self._place = places.get(item.id, -1) if item is not None else -1
        if came_from in places and places[came_from] != self._place:
            self._direction = 1 if self._place > places[came_from] else -1

    # What is shown

    def _show_title(self) -> None:
        title = name_of(self._item) if self._item else self.tr("Picture and facts")
        near = self._siblings[max(0, self._place - 1) : self._place + 2] if self._place >= 0 else []
        self.titleButton.set_title(title, [name_of(one) for one in near if one is not self._item])
        is_image = self._place >= 0
        for part in (self.positionLabel, self.previousButton, self.nextButton):
            part.setVisible(is_image)
        self.positionLabel.set_position(self._place + 1, len(self._siblings))
        self.previousButton.setEnabled(self._place > 0)
        self.nextButton.setEnabled(self._place + 1 < len(self._siblings))

    def _show_facts(self) -> None:
        item = self._item
        if isinstance(item, Image):
            lines = image_words.fact_lines(item)
        elif isinstance(item, Mosaic):
            lines = self._mosaic_lines(item)
        else:
            lines = [self.tr("Choose an image to see its picture, and step through its mosaic.")]
        self.factsLabel.setText("\n".join(lines))

    def _mosaic_lines(self, mosaic: Mosaic) -> list[str]:
        branch = self._tree.imagery.branch(mosaic.id) if self._tree else None
        count = branch.count if branch else mosaic.image_count
        words = "" if count is None else counts.images(count)
        tags = self.tr("Tags: {0}").format(", ".join(mosaic.tags)) if mosaic.tags else ""
        created = formats.day(mosaic.created_at)
        size = formats.size(branch.size if branch else mosaic.size_bytes)
        what = image_words.BETWEEN.join(filter(None, (words, size)))
        lines = [what, self.tr("Created {0}").format(created) if created else "", tags]
        return [line for line in lines if line]

    def _show_picture(self) -> None:
        item = self._item
        self.picturePane.setVisible(item is not None)
        if item is None or self._pictures is None:
            return
        name = self.tr("Picture of {0}").format(name_of(item))
        if isinstance(item, Image):
            tip = self.tr("Double click for all facts and a larger picture")
            self.picturePane.show_look(look_of(item, self._pictures), name, tip)
        else:
            self.picturePane.show_look(look_of_mosaic(self._samples(), self._pictures), name)

    def _on_opened(self, is_open: bool) -> None:
        if not is_open:
            self._open_height = self.height()
        self.body.setVisible(is_open)
        self.setMaximumHeight(NO_LIMIT if is_open else self.sizeHint().height())
        self._take_room(self._open_height if is_open else 0)
        self._ask()
        self.toggled.emit(is_open)

    def _take_room(self, height: int) -> None:
        """A splitter that was resized leaves blank what a part does not take any more."""
        splitter = self.parentWidget()
        if not isinstance(splitter, QSplitter) or not self.isVisible() or splitter.indexOf(self) < 1:
            return
        sizes, place = splitter.sizes(), splitter.indexOf(self)
        height = max(height, self.minimumSizeHint().height())
        sizes[place - 1] += sizes[place] - height
        sizes[place] = height
        splitter.setSizes(sizes)

    # Pictures

    def _ask(self) -> None:
        if self._pictures is None:
            return
        is_shown = self.is_open and self.isVisible()
        self._pictures.want([*self._samples(), *self._near()] if is_shown else [], PLACE)

    def _near(self) -> list[Image]:
        """The current one first, then those where one is heading, then those where one was."""
        steps = [0, *range(1, AHEAD + 1), *range(-1, -AHEAD - 1, -1)] if self._place >= 0 else []
        places = [self._place + step * self._direction for step in steps]
        return [self._siblings[place] for place in places if 0 <= place < len(self._siblings)]

    def _samples(self) -> list[Image]:
        """What stands for the mosaic that is current."""
        tree, item = self._tree, self._item
        branch = tree.imagery.branch(item.id) if tree is not None and isinstance(item, Mosaic) else None
        images = branch.images if branch else []
        return samples(one for one in images if self._pictures and not self._pictures.is_failed(one.id))

    def _on_picture(self, image_id: str) -> None:
        shown = [self._item, *self._samples()]
        if any(one is not None and one.id == image_id for one in shown):
            self._show_picture()

    def _on_no_picture(self, image_id: str) -> None:
        """Another one stands for the mosaic then."""
        if isinstance(self._item, Mosaic):
            self._ask()
            self._show_picture()
        else:
            self._on_picture(image_id)

    def _on_refreshed(self) -> None:
        self._ask()
        self._show_picture()

    def _on_double_click(self) -> None:
        if isinstance(self._item, Image):
            self.image_activated.emit(self._item)

    # Qt

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._ask()
        self._show_picture()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._ask()
