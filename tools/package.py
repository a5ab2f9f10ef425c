"""`make zip`: packs what users need, and nothing else, into one zip; the same tree gives the same bytes."""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOP = "mapflow_data"
FILES = ("__init__.py", "metadata.txt", "LICENSE", "README.md", "CHANGELOG.md")
FOLDERS = {
    "mapflow_data": ("*.py", "*.qml", "*.svg"),
    "ui": ("*.ui",),
    "icons": ("*.svg",),
    "i18n": ("*.qm",),
}
LONG_AGO = (2020, 1, 1, 0, 0, 0)


def shipped() -> Iterator[Path]:
    """Paths in the repository, in the order in which they are packed."""
    for name in FILES:
        yield ROOT / name
    for folder, patterns in FOLDERS.items():
        found = {path for pattern in patterns for path in (ROOT / folder).rglob(pattern)}
        yield from sorted(path for path in found if path.is_file())


def pack(target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in shipped():
            entry = zipfile.ZipInfo(f"{TOP}/{path.relative_to(ROOT).as_posix()}", LONG_AGO)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix, on every system
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, path.read_bytes())


if __name__ == "__main__":
    pack(Path(sys.argv[1]))
    print(sys.argv[1])
