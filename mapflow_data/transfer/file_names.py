"""Names of files from text of a server: always one part of a path that every system takes. Any thread."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

MAX_BYTES = 200  # of 255 that a name may have: room for a number and for ".part"
SUFFIXES = (".tif", ".tiff", ".gtiff", ".jp2", ".png", ".jpg", ".jpeg", ".img")
_ODD = re.compile(r"[^\w .,=@+()\[\]'~-]")  # \w: letters and digits of all scripts, and _
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])\s*(\..*)?", re.I)  # on Windows


def safe_name(name: str, otherwise: str = "image") -> str:
    """The last part of `name` with other characters than letters, digits and a few signs as "_", with the
    suffix of an image, of a length that leaves room. `otherwise` is for a name of which nothing is left.
    """
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    stem, suffix = _split(_clean(name))
    stem = stem or _split(_clean(otherwise))[0] or "image"
    if _RESERVED.fullmatch(stem + suffix):
        stem = "_" + stem
    return _shortened(stem, MAX_BYTES - len(suffix)) + suffix


def free_path(path: Path, taken: Iterable[Path] = (), *, on_disk: bool = True) -> Path:
    """`path`, or with a number where one of `taken` has the name or, with `on_disk`, a file."""
    used = {_folded(one) for one in taken}
    number, free = 1, path
    while _folded(free) in used or (on_disk and is_there(free)):
        number += 1
        free = path.with_name(f"{path.stem} ({number}){path.suffix}")
    return free


def is_there(path: Path) -> bool:
    """Also a link that leads nowhere: what is written to it would be written elsewhere."""
    return path.exists() or path.is_symlink()


def _clean(name: str) -> str:
    """No blank or dot at either end: hidden here, cut off by Windows there."""
    return _ODD.sub("_", name).strip(" .")


def _split(name: str) -> tuple[str, str]:
    """What is no suffix of an image belongs to the stem: a server does not choose what opens a file."""
    stem, dot, suffix = name.rpartition(".")
    if dot and stem.strip(" .") and f".{suffix.lower()}" in SUFFIXES:
        return stem.strip(" ."), f".{suffix}"
    return name, ".tif"


def _shortened(text: str, most: int) -> str:
    return text.encode("utf-8")[:most].decode("utf-8", "ignore").rstrip(" .")


def _folded(path: Path) -> str:
    """Windows and macOS do not tell "A" from "a", nor two spellings of "é"."""
    return unicodedata.normalize("NFC", str(path)).casefold()
