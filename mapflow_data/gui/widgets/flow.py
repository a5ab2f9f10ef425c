"""Where things go that follow each other like words in a line. Any thread."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.PyQt.QtCore import QRect, QSize

Places = list[QRect]


def flow(sizes: Sequence[QSize], width: int, spacing: int) -> tuple[Places, int]:
    """A place for each in lines of `width`, as high as the highest of all, and the number of lines.

    What is wider than a line gets a line; the last one gets the rest of its line.
    """
    height = max((size.height() for size in sizes), default=0)
    places: Places = []
    x, line = 0, 0
    for size in sizes:
        needed = min(size.width(), width)
        if x and x + needed > width:
            x, line = 0, line + 1
        places.append(QRect(x, line * (height + spacing), needed, height))
        x += needed + spacing
    if places:
        places[-1].setRight(max(width - 1, places[-1].right()))
    return places, line + 1 if places else 0
