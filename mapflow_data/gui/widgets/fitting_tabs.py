"""Tabs that fit a narrow dock in any language. Main thread."""

from __future__ import annotations

from typing import Optional

from qgis.PyQt.QtCore import QEvent, QSize
from qgis.PyQt.QtGui import QIcon, QResizeEvent, QShowEvent
from qgis.PyQt.QtWidgets import QStyle, QStyleOptionTabWidgetFrame, QTabWidget, QWidget

RESTYLED = (QEvent.Type.FontChange, QEvent.Type.StyleChange)
NO_ICON = QIcon()


class FittingTabs(QTabWidget):
    """Where the room is short, the tab in front keeps its words and the others show their icons."""

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self._words: list[str] = []
        self._icons: list[QIcon] = []
        self._widths: Optional[tuple[int, int]] = None  # px with all words, and with as few as can be
        self.currentChanged.connect(lambda _: self._fit())

    def add_page(self, page: QWidget, icon: QIcon, words: str) -> int:
        self._words.append(words)
        self._icons.append(icon)
        place = int(super().addTab(page, words))
        self._on_changed(place)
        return place

    def tabText(self, place: int) -> str:
        """Also where they are not shown just now."""
        return self._words[place] if 0 <= place < len(self._words) else ""

    def setTabText(self, place: int, words: str) -> None:
        if words != self.tabText(place):
            self._words[place] = words
            self._on_changed(place)

    def minimumSizeHint(self) -> QSize:
        option = QStyleOptionTabWidgetFrame()
        self.initStyleOption(option)
        frame = self.style().sizeFromContents(QStyle.ContentsType.CT_TabWidget, option, QSize(0, 0), self)
        pages = [self.widget(place).minimumSizeHint().width() for place in range(self.count())]
        width = max(max(pages, default=0) + frame.width(), self._measured()[1])
        return QSize(width, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def showEvent(self, event: QShowEvent) -> None:
        """At the width that it had, too: hidden it has room for all."""
        super().showEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in RESTYLED:
            self._widths = None

    def _on_changed(self, place: int) -> None:
        self._widths = None
        if hasattr(self.tabBar(), "setAccessibleTabName"):  # not before Qt 5.15
            self.tabBar().setAccessibleTabName(place, self._words[place])
        self._fit()
        self.updateGeometry()

    def _fit(self) -> None:
        has_room = self._measured()[0] <= self.width() or not self.isVisible()
        self._show_words(None if has_room else self.currentIndex())

    def _show_words(self, only: Optional[int]) -> None:
        """Of one tab, or of all of them."""
        for place, words in enumerate(self._words):
            is_worded = only is None or place == only
            if super().tabText(place) != (words if is_worded else ""):
                super().setTabText(place, words if is_worded else "")
                self.setTabIcon(place, NO_ICON if is_worded else self._icons[place])
                self.setTabToolTip(place, "" if is_worded else words)

    def _measured(self) -> tuple[int, int]:
        """By the bar itself: only the style knows what it puts around words."""
        if self._widths is None:
            widths = []
            for only in (None, *range(self.count())):
                self._show_words(only)
                widths.append(self.tabBar().sizeHint().width())
            self._widths = widths[0], max(widths[1:], default=0)
            self._show_words(None)
        return self._widths
