"""`make pictures`: the demo's pictures, made small, into docs/pictures, where README and guides show them."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QImage, qRgb

ROOT = Path(__file__).resolve().parent.parent
MADE = ROOT / "build" / "demo" / "pictures"
SHOWN = ROOT / "docs" / "pictures"
PANELS = ("sign-in", "upload-dialog", "drawer", "contact-sheet", "image-dialog", "replace", "storage")
WINDOWS = ("overview", "footprints", "tiles", "search", "all-mosaics")
MAP_WIDTH_PX = 1000  # panels and dialogs stay as they are
JPEG_QUALITY = 78
EXACT, ROUNDED = 96, 160  # colours of a panel: those of widgets and text, those of imagery
MARGIN_PX = 12  # what is left of the empty rest of a panel
MOST_BYTES, MOST_BYTES_OF_ALL = 180_000, 1_200_000


def main() -> int:
    missing = [name for name in (*PANELS, *WINDOWS) if not (MADE / f"{name}.png").exists()]
    if missing:
        print(f"pictures: run make demo first; it has not drawn {', '.join(missing)}", file=sys.stderr)
        return 1
    for name in PANELS:
        copy_panel(name)
    for name in WINDOWS:
        copy_window(name)
    sizes = {path.name: path.stat().st_size for path in SHOWN.iterdir()}
    large = [f"{name} ({size} bytes)" for name, size in sizes.items() if size > MOST_BYTES]
    if large or sum(sizes.values()) > MOST_BYTES_OF_ALL:
        print(f"pictures: too large, {sum(sizes.values())} bytes in all; {', '.join(large)}", file=sys.stderr)
        return 1
    return 0


def copy_panel(name: str) -> None:
    """A PNG, since it shows text, of 256 colours, since it may show imagery as well."""
    image = without_rest(QImage(str(MADE / f"{name}.png")).convertToFormat(QImage.Format.Format_RGB888))
    how = Qt.ImageConversionFlag.ThresholdDither | Qt.ImageConversionFlag.AvoidDither
    small = image.convertToFormat(QImage.Format.Format_Indexed8, palette_of(image), how)
    small.save(str(SHOWN / f"{name}.png"), "PNG", 0)


def palette_of(image: QImage) -> list[int]:
    """The most frequent colours as they are; of all others in steps of 8 those that are frequent, or bright
    as those of icons are.
    """
    colours, counts = np.unique(pixels_of(image).reshape(-1, 3), axis=0, return_counts=True)
    order = np.argsort(-counts)
    exact, others = colours[order[:EXACT]], order[EXACT:]
    coarse, place = np.unique(colours[others] // 8, axis=0, return_inverse=True)
    weights = np.bincount(place.reshape(-1), counts[others], len(coarse))
    brightness = np.ptp(coarse.astype(int), axis=1) + 1
    rounded = coarse[np.argsort(-weights * brightness**2)[:ROUNDED]] * 8 + 4
    return [qRgb(*map(int, colour)) for colour in (*exact, *rounded)]


def without_rest(image: QImage) -> QImage:
    """Cut off where nothing but background follows."""
    pixels = pixels_of(image)
    used = np.flatnonzero((pixels != pixels[-1, -1]).any(axis=(1, 2)))
    return image.copy(0, 0, image.width(), min(image.height(), int(used[-1]) + 1 + MARGIN_PX))


def pixels_of(image: QImage) -> np.ndarray:
    """Height × width × RGB."""
    bits = image.constBits()
    bits.setsize(image.sizeInBytes())
    rows = np.frombuffer(bytes(bits), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3)


def copy_window(name: str) -> None:
    """A JPEG, since it shows imagery."""
    image = QImage(str(MADE / f"{name}.png"))
    small = image.scaledToWidth(MAP_WIDTH_PX, Qt.TransformationMode.SmoothTransformation)
    small.save(str(SHOWN / f"{name}.jpg"), "JPG", JPEG_QUALITY)


if __name__ == "__main__":
    sys.exit(main())
