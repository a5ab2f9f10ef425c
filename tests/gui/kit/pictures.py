"""Pictures of all states, and a sheet of small ones for each variant to look through."""

from __future__ import annotations

from pathlib import Path

from qgis.PyQt.QtCore import QRect, Qt
from qgis.PyQt.QtGui import QColor, QImage, QPainter
from qgis.PyQt.QtWidgets import QApplication, QWidget

COLUMNS = 10
CELL = (204, 384)  # px; a dock at three fifths of its size
TITLE = 18
INDEX = "index.png"


class Album:
    """`folder`/variant/name.png; with no folder nothing is drawn."""

    def __init__(self, folder: str | None) -> None:
        self._folder = Path(folder) if folder else None

    def add(self, variant: str, name: str, widget: QWidget) -> None:
        if self._folder is not None:
            place = self._folder / variant
            place.mkdir(parents=True, exist_ok=True)
            assert widget.grab().save(str(place / f"{name}.png"))

    def bind(self) -> None:
        """The sheets, once all is drawn."""
        for place in sorted(self._folder.iterdir()) if self._folder else ():
            if place.is_dir():
                pictures = [path for path in sorted(place.glob("*.png")) if path.name != INDEX]
                assert sheet(pictures).save(str(place / INDEX))


def sheet(pictures: list[Path]) -> QImage:
    """Numbered, row by row; nothing is made larger."""
    rows = -(-len(pictures) // COLUMNS)
    width, height = CELL[0] + 8, CELL[1] + TITLE + 8
    image = QImage(COLUMNS * width, rows * height, QImage.Format.Format_RGB32)
    image.fill(QColor("#808080"))
    painter = QPainter(image)
    painter.setFont(QApplication.font())
    for number, path in enumerate(pictures):
        left, top = number % COLUMNS * width + 4, number // COLUMNS * height + 4
        painter.drawText(
            QRect(left, top, CELL[0], TITLE), Qt.AlignmentFlag.AlignLeft, f"{number + 1} {path.stem}"
        )
        small = QImage(str(path))
        small.setDevicePixelRatio(1)
        if small.width() > CELL[0] or small.height() > CELL[1]:
            small = small.scaled(
                *CELL, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
        painter.drawImage(left, top + TITLE, small)
    painter.end()
    return image
