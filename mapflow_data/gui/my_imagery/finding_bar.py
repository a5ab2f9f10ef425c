"""The line under the filter: what it found in opened mosaics, and the way into all others. Main thread."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Optional

from qgis.PyQt.QtCore import QCoreApplication, pyqtSignal
from qgis.PyQt.QtWidgets import QToolButton, QWidget

from ...api.errors import Cancelled, MapflowError
from ..widgets.forms import load_ui
from ..widgets.online_only import set_possible
from ..widgets.reading_bar import ReadingBar
from ..widgets.wrapped_label import WrappedLabel
from ..words.formats import whole
from ..words.messages import describe
from .finding import Finding

translate = QCoreApplication.translate


class FindingBar(QWidget):
    """Out of sight while nothing is filtered."""

    wanted = pyqtSignal(str)  # the text to look for in all mosaics

    foundLabel: WrappedLabel
    findButton: QToolButton
    readingBar: ReadingBar

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        load_ui(self, "my_imagery/finding_bar")
        self._text = ""
        self._offer: tuple[str, int, int] = ("", 0, 0)
        self._found: tuple[int, int, int] = (0, 0, 0)
        self._is_online, self._tip = True, ""
        self.findButton.clicked.connect(lambda: self.wanted.emit(self._text))
        self.hide()

    def follow(self, finding: Finding) -> None:
        """Once: what the bar asks for, `finding` does and the bar tells."""
        self.wanted.connect(finding.start)
        self.readingBar.cancelled.connect(finding.cancel)
        finding.started.connect(lambda _: self._on_started())
        finding.progressed.connect(self.readingBar.show_progress)
        finding.found.connect(self._on_found)
        finding.ended.connect(self._on_ended)

    def set_online(self, is_online: bool) -> None:
        self._is_online = is_online
        set_possible(self.findButton, True, is_online, self._tip)

    def offer(self, text: str, found: int, mosaics: int) -> None:
        """`found` images in opened mosaics; `mosaics` there are. Without a text the bar goes."""
        self._text, self._offer = text, (text, found, mosaics)
        self.setVisible(bool(text))
        self.foundLabel.setText(self.tr("In opened mosaics: {0}").format(whole(found)))
        if mosaics == 1:
            self._show_button(
                self.tr("Look into the mosaic"), self.tr("Look into the mosaic, which was not opened")
            )
            return
        self._show_button(
            self.tr("Look into all {0}").format(whole(mosaics)),
            self.tr("Look into all {0} mosaics, also those that were not opened").format(whole(mosaics)),
        )

    def show_found(self, images: int, mosaics: int, shown: int) -> None:
        """So many `images` in so many `mosaics`, of which the list shows `shown`."""
        self._found = (images, mosaics, shown)
        self.foundLabel.setText(_found_words(images, mosaics, shown))
        self.findButton.hide()

    # Inside

    def _show_button(self, text: str, tooltip: str = "") -> None:
        self.findButton.setText(text)
        self._tip = tooltip
        self.set_online(self._is_online)
        self.findButton.show()

    def _on_started(self) -> None:
        self.findButton.hide()
        self.readingBar.show_soon()

    def _on_found(self, text: str, images: Mapping[str, set[str]]) -> None:
        self.show_found(sum(map(len, images.values())), len(images), len(images))

    def _on_ended(self, error: Optional[MapflowError]) -> None:
        self.readingBar.show_no_more()
        if isinstance(error, Cancelled):
            self.offer(*self._offer)
        elif error is not None:
            words = _found_words(*self._found)
            failure = describe(error, self.tr("Not all mosaics were read")).text
            self.foundLabel.setText(f"{words}. {failure}")
            self._show_button(self.tr("Retry"))


def _found_words(images: int, mosaics: int, shown: int) -> str:
    if not images:
        return translate("FindingBar", "Nothing in any mosaic")
    if images == 1:
        return translate("FindingBar", "1 image in 1 mosaic")
    if mosaics == 1:
        return translate("FindingBar", "{0} images in 1 mosaic").format(whole(images))
    words = translate("FindingBar", "{0} images in {1} mosaics").format(whole(images), whole(mosaics))
    if shown == mosaics:
        return words
    return translate("FindingBar", "{0}; the first {1} are shown").format(words, whole(shown))
