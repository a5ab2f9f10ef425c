"""`make pictures`: the demo's pictures, made small, into docs/pictures, where README and guides show them."""

from __future__ import annotations

import sys
from pathlib import Path

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QImage

ROOT = Path(__file__).resolve().parent.parent
MADE = ROOT / "build" / "demo" / "pictures"
SHOWN = ROOT / "docs" / "pictures"
PANELS = (
    *("sign-in", "upload-dialog", "activity", "dock"),
    *("drawer", "contact-sheet", "image-dialog", "replace", "storage"),
)
WINDOWS = ("footprints", "tiles", "search", "all-mosaics")
MAP_WIDTH_PX = 1100  # panels and dialogs stay as they are
JPEG_QUALITY = 82


def main() -> int:
    missing = [name for name in (*PANELS, *WINDOWS) if not (MADE / f"{name}.png").exists()]
    if missing:
        print(f"pictures: run make demo first; it has not drawn {', '.join(missing)}", file=sys.stderr)
        return 1
    for name in PANELS:
        copy_panel(name)
    for name in WINDOWS:
        copy_window(name)
    return 0


def copy_panel(name: str) -> None:
    """A PNG, since it shows text."""
    image = QImage(str(MADE / f"{name}.png"))
    image.convertToFormat(QImage.Format.Format_RGB888).save(str(SHOWN / f"{name}.png"), "PNG", 0)


def copy_window(name: str) -> None:
    """A JPEG, since it shows imagery."""
    image = QImage(str(MADE / f"{name}.png"))
    small = image.scaledToWidth(MAP_WIDTH_PX, Qt.TransformationMode.SmoothTransformation)
    small.save(str(SHOWN / f"{name}.jpg"), "JPG", JPEG_QUALITY)


if __name__ == "__main__":
    sys.exit(main())
