"""`make pictures`: the demo's pictures, made small, into docs/pictures, where README and guides show them."""

from __future__ import annotations

import sys
from pathlib import Path

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QImage

ROOT = Path(__file__).resolve().parent.parent
MADE = ROOT / "build" / "demo" / "pictures"
SHOWN = ROOT / "docs" / "pictures"
MAP_WIDTH_PX = 1100  # of whole windows; panels and dialogs stay as they are
JPEG_QUALITY = 82


def main() -> int:
    wanted = [path.stem for path in sorted(SHOWN.iterdir()) if path.suffix in (".png", ".jpg")]
    missing = [name for name in wanted if not (MADE / f"{name}.png").exists()]
    if missing:
        print(f"pictures: run make demo first; it has not drawn {', '.join(missing)}", file=sys.stderr)
        return 1
    for name in wanted:
        copy(name)
    return 0


def copy(name: str) -> None:
    """A whole window becomes a JPEG, since it shows imagery; a panel or dialog a PNG, since it shows text."""
    image = QImage(str(MADE / f"{name}.png"))
    if image.width() > MAP_WIDTH_PX:
        small = image.scaledToWidth(MAP_WIDTH_PX, Qt.TransformationMode.SmoothTransformation)
        small.save(str(SHOWN / f"{name}.jpg"), "JPG", JPEG_QUALITY)
    else:
        image.convertToFormat(QImage.Format.Format_RGB888).save(str(SHOWN / f"{name}.png"), "PNG", 0)


if __name__ == "__main__":
    sys.exit(main())
