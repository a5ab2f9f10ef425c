"""The files of one Upload dialog: what was added, what is planned, what the user overrode. No widgets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Optional

from ...transfer.inspect import RasterFacts
from ...transfer.plan import Fate, Plan, PlanRow, Problem
from ..words import formats
from . import words as upload_words
from .rows import Group, Heading, Row
from .sources import Source

OVERRIDABLE = (Group.DIFFERS, Group.RISKY, Group.NAMESAKE)


class Batch:
    """Keeps the order in which things were added; a key is there once."""

    def __init__(self) -> None:
        self._sources: dict[str, Source] = {}
        self._facts: dict[str, RasterFacts] = {}
        self._planned: dict[str, PlanRow] = {}
        self._overrides: set[str] = set()
        self._rows: dict[str, Row] = {}  # made already: most stay as they are when one file was checked
        self._plan: Optional[Plan] = None

    def __len__(self) -> int:
        return len(self._sources)

    def __contains__(self, key: object) -> bool:
        return key in self._sources

    @property
    def paths(self) -> list[str]:
        """Of what can be inspected at all."""
        return [source.path for source in self._sources.values() if source.path]

    @property
    def overrides(self) -> frozenset[str]:
        return frozenset(self._overrides)

    @property
    def checked(self) -> tuple[int, int]:
        """How many of how many files were inspected."""
        paths = self.paths
        return sum(path in self._facts for path in paths), len(paths)

    @property
    def is_unplanned(self) -> bool:
        """Is there something that no plan has seen yet?"""
        return any(path not in self._planned for path in self.paths)

    @property
    def groups(self) -> set[Group]:
        planned = {self._group(row) for row in self._planned.values()}
        return planned | {Group.CANNOT for source in self._sources.values() if source.no_file}

    @property
    def suggested_name(self) -> str:
        """For a new mosaic: the layer's or file's name, of several the folder's."""
        sources = [source for source in self._sources.values() if source.path]
        if not sources:
            return ""
        first = sources[0]
        stem = first.layer_name or Path(first.name).stem
        return stem if len(sources) == 1 else Path(first.path).parent.name or stem

    def add(self, sources: Iterable[Source]) -> list[Source]:
        """Those that are new."""
        fresh = {source.key: source for source in sources if source.key not in self._sources}
        self._sources.update(fresh)
        return list(fresh.values())

    def remove(self, keys: Iterable[str]) -> None:
        for key in keys:
            self._sources.pop(key, None)
            self._facts.pop(key, None)
            self._rows.pop(key, None)
            self._planned.pop(key, None)
            self._overrides.discard(key)

    def override(self, keys: Iterable[str], is_on: bool) -> None:
        """Send these as they are although the plan advises against it, or no longer."""
        self._rows.clear()
        if is_on:
            self._overrides.update(keys)
        else:
            self._overrides.difference_update(keys)

    def set_facts(self, facts: RasterFacts) -> None:
        if facts.path in self._sources:
            self._facts[facts.path] = facts
            self._rows.pop(facts.path, None)

    def set_plan(self, plan: Plan) -> None:
        self._plan = plan
        self._rows.clear()
        self._planned = {row.facts.path: row for row in plan.rows if row.facts.path in self._sources}
        self._facts.update((path, row.facts) for path, row in self._planned.items())

    def plan_to_send(self) -> Optional[Plan]:
        """The plan with nothing in it but what the list says is sent."""
        if self._plan is None:
            return None
        rows = tuple(row for row in self._planned.values() if self._group(row) is Group.READY)
        return replace(self._plan, rows=rows, bytes_to_send=sum(row.facts.size for row in rows))

    def missing_storage(self) -> tuple[int, int]:
        """How many files do not fit, and how many bytes more storage they would need."""
        full = [row for row in self._planned.values() if Problem.STORAGE_FULL in row.problems]
        if not full or self._plan is None:
            return 0, 0
        needed = self._plan.bytes_to_send + sum(row.facts.size for row in full)
        return len(full), max(0, needed - (self._plan.free or 0))

    def rows(self) -> list[Row]:
        for key, source in self._sources.items():
            if key not in self._rows:
                self._rows[key] = self._row(source)
        return [self._rows[key] for key in self._sources]

    def headings(self, rows: Sequence[Row]) -> dict[Group, Heading]:
        counts = Counter(row.group for row in rows)
        sent = self.plan_to_send()
        sizes = {Group.READY: formats.size(sent.bytes_to_send) if sent else ""}
        return {g: Heading(upload_words.heading(g, n), sizes.get(g, "")) for g, n in counts.items()}

    def _row(self, source: Source) -> Row:
        if source.no_file is not None:
            why = upload_words.no_file(source.no_file)
            return Row(source.key, Group.CANNOT, source.name, why, tip=upload_words.tip(source, why))
        planned = self._planned.get(source.key)
        if planned is None:
            return self._unplanned_row(source)
        group = self._group(planned)
        happens = upload_words.what_happens(planned, source, group)
        is_sent = group in (Group.READY, *OVERRIDABLE)
        return Row(
            key=source.key,
            group=group,
            name=source.name,
            happens=happens,
            size=formats.size(planned.facts.size) if is_sent else "",
            crs=planned.facts.crs,
            tip=upload_words.tip(source, happens),
            can_override=group in OVERRIDABLE or _may_go_twice(planned),
            is_override=source.key in self._overrides and group is Group.READY,
        )

    def _unplanned_row(self, source: Source) -> Row:
        facts = self._facts.get(source.key)
        happens = upload_words.checked() if facts else upload_words.checking()
        return Row(
            key=source.key,
            group=Group.CHECKING,
            name=source.name,
            happens=happens,
            size=formats.size(facts.size) if facts else "",
            crs=facts.crs if facts else "",
            tip=upload_words.tip(source, happens),
        )

    def _group(self, row: PlanRow) -> Group:
        if row.fate is Fate.SEND:
            is_asked = Problem.SAME_NAME in row.problems and row.facts.path not in self._overrides
            return Group.NAMESAKE if is_asked else Group.READY
        if row.fate is Fate.DIFFERS:
            return Group.RISKY if set(row.problems) == {Problem.TOO_COARSE} else Group.DIFFERS
        return Group.THERE if row.fate is Fate.ALREADY_THERE else Group.CANNOT


def _may_go_twice(row: PlanRow) -> bool:
    return row.fate is Fate.ALREADY_THERE and Problem.SAME_FILE_TWICE not in row.problems
