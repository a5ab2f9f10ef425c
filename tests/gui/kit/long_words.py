"""A language whose words are 40 % longer than ours: what has room for it has room for German and Finnish.

Every text begins with Ā and ends with Ž: so one sees where an end was cut off, and what is not translated.
"""

from __future__ import annotations

import re
import subprocess
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

from qgis.PyQt.QtCore import QTranslator

ROOT = Path(__file__).resolve().parents[3]
FIRST, LAST = "Ā", "Ž"
SHARE, LEAST = 0.4, 6  # characters more
FILLING = "ōverlöngish wörds întended tø füll the lîne "
NOT_WORDS = re.compile(r"\{\d*\}|%n|&")
UNITS = frozenset({"m", "km", "px", "s", "min", "h", "d"})  # are the same in all languages
TAIL = re.compile(r"[\s.:…?!%)]*$")

Text = tuple[str, str]  # context and source


def lengthen(text: str) -> str:
    """As a translation would be: all that is filled in or marks a key stays, and so do its last marks."""
    letters = re.findall(r"[^\W\d_]+", NOT_WORDS.sub("", text))
    if not letters or set(letters) <= UNITS:
        return text
    tail = TAIL.search(text)
    body, end = (text[: tail.start()], tail.group()) if tail else (text, "")
    start = body[: len(body) - len(body.lstrip())]
    count = max(LEAST, round(len(text) * SHARE)) - len(FIRST + LAST)
    gap = " " if " " in body.strip() else ""  # one long word remains one
    filling = (gap + FILLING * (count // len(FILLING) + 1))[:count].rstrip()
    return f"{start}{FIRST}{body.lstrip()}{filling}{LAST}{end}"


class LongWords(QTranslator):
    """`unknown` gathers what was asked for in a context of ours and no translator would ever see."""

    def __init__(self) -> None:
        super().__init__()
        self._known = catalogue()
        self._contexts = {context for context, _ in self._known} | class_names()
        self.unknown: set[Text] = set()

    def isEmpty(self) -> bool:
        return False

    def translate(
        self, context: str, source: str, _comment: str | None = None, _number: int = -1
    ) -> str | None:
        """None leaves it to the others: Qt's own words, and QGIS'."""
        if (context, source) in self._known:
            return lengthen(source)
        if context in self._contexts and source:
            self.unknown.add((context, source))
        return None


@lru_cache(maxsize=1)
def catalogue() -> frozenset[Text]:
    """What a translator gets: collected from code and forms as `make i18n` does.

    In a folder of its own: tests that run beside this one collect, too.
    """
    with TemporaryDirectory() as folder:
        target = Path(folder) / "long_words.ts"
        collect = [ROOT / "tools" / "i18n.sh", "collect", target]
        subprocess.run(collect, check=True, capture_output=True, timeout=60)
        contexts = ElementTree.parse(target).getroot().iter("context")
    return frozenset(
        (context.findtext("name", ""), source.text or "")
        for context in contexts
        for source in context.iter("source")
    )


def class_names() -> set[str]:
    text = "\n".join(path.read_text("utf-8") for path in (ROOT / "mapflow_data").rglob("*.py"))
    return set(re.findall(r"^class (\w+)", text, re.MULTILINE))
