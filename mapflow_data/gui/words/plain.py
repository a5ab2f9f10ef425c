"""Text from a server for widgets: as it is where they know rich text, and not too long. Any thread."""

from __future__ import annotations

from html import escape

MAX_TEXT = 300  # characters; longer texts of a server are cut
LONG_NAME = 40
ENDS = (".", "!", "?", "…", "。")


def as_tooltip(text: str) -> str:
    """The text as it is, whatever tags it seems to hold; "" stays "" (no tooltip)."""
    return as_rich(text) if text else ""


def as_rich(text: str) -> str:
    """For views that know rich text only: escaped, with its line breaks."""
    return "<span>{}</span>".format(escape(text).replace("\n", "<br>"))


def as_menu(text: str) -> str:
    """For actions and buttons, which take & for a mnemonic."""
    return text.replace("&", "&&")


def cut(text: str) -> str:
    """One line of a length that fits a message."""
    text = " ".join(text.split())
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…"


def short(name: str) -> str:
    """With its beginning and its end, for sentences: the whole name stands in the list."""
    name = " ".join(name.split())
    return name if len(name) <= LONG_NAME else f"{name[: LONG_NAME - 13]}…{name[-12:]}"


def sentence(text: str) -> str:
    """With its full stop, as all that is said in the bar and on pages has; "" stays ""."""
    return text if not text or text.endswith(ENDS) else f"{text}."


def words_of(error: Exception) -> str:
    """What the error says of itself, "" where that is its class only."""
    text = cut(str(error))
    return "" if text == type(error).__name__ else text
