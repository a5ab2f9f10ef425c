"""Is a file still the one that was looked at? Worker threads."""

from __future__ import annotations

from ..api.cancel import CancelToken
from ..api.errors import FileUnreadable, SourceChanged
from .inspect import RasterFacts, inspect, is_current


def up_to_date(facts: RasterFacts, cancel: CancelToken) -> RasterFacts:
    """The facts of the file as it is now. Raises `FileUnreadable`, or `SourceChanged` for another image."""
    if is_current(facts):
        return facts
    fresh = inspect(facts.path, cancel)
    if not fresh.driver:
        raise FileUnreadable(fresh.error, parameters={"path": facts.path})
    if (fresh.driver, fresh.bands, fresh.crs_wkt, fresh.pixel_size) != (
        facts.driver,
        facts.bands,
        facts.crs_wkt,
        facts.pixel_size,
    ):
        raise SourceChanged("it is another image than was checked", parameters={"path": facts.path})
    return fresh


def check_unchanged(facts: RasterFacts) -> None:
    """That the file is the one that was noted. Raises `FileUnreadable` or `SourceChanged`."""
    if is_current(facts):
        return
    try:
        with open(facts.path, "rb"):
            pass
    except (OSError, ValueError) as error:
        text = getattr(error, "strerror", None) or str(error)
        raise FileUnreadable(text, parameters={"path": facts.path}) from None
    raise SourceChanged(code="changed_since", parameters={"path": facts.path})
