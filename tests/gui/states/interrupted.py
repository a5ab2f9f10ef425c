"""The dock after a start that finds what was under way when QGIS was closed."""

from __future__ import annotations

from dataclasses import replace

from qgis.PyQt.QtWidgets import QWidget

from mapflow_data.api.errors import BadInput
from mapflow_data.services.interrupted import Fate, Finding
from mapflow_data.transfer.journal_rows import Row, Stage, make_row
from tests.gui.kit import samples
from tests.gui.kit.samples import LONG
from tests.gui.states.stage import CONNECTION, dock_state
from tests.gui.states.stage import Stage as Scene


def _row(number: int, **more: object) -> Row:
    facts = samples.facts(f"DJI_20260614_09{number:02}_ortho_3cm.tif")
    return make_row(CONNECTION.key, facts, "m1", "North district, summer 2026", **more)


def _swap(fate: Fate, name: str = "field_1_new.tif", stage: Stage = Stage.SENT, **more: object) -> Finding:
    old = samples.image(1, name=f"{LONG}.tif")
    row = replace(_row(1, old_id=old.id, old_name=old.filename), name=name, stage=stage)
    return Finding(row, fate, old, samples.image(2, name=name) if fate is not Fate.OPEN else None, **more)


def _dock(stage: Scene, *findings: Finding) -> QWidget:
    dock = stage.sign_in()
    stage.services.mosaics.mosaics_loaded.emit(samples.mosaics())
    stage.services.interruptions._on_looked(list(findings))
    return dock


@dock_state
def interrupted_uploads(stage: Scene) -> QWidget:
    """Two of them had arrived; another one replaces an image."""
    fates = [Fate.ARRIVED] * 2 + [Fate.OPEN] * 3
    uploads = [Finding(_row(n), fate, samples.image(n)) for n, fate in enumerate(fates, 1)]
    dock = _dock(stage, *uploads, _swap(Fate.OPEN, stage=Stage.WAITING))
    dock.show_activity()
    return dock


@dock_state
def interrupted_with_both_there(stage: Scene) -> QWidget:
    return _dock(stage, _swap(Fate.BOTH, name=f"{LONG}_new.tif"))


@dock_state
def interrupted_and_not_proven(stage: Scene) -> QWidget:
    return _dock(stage, _swap(Fate.UNPROVEN))


@dock_state
def interrupted_and_not_known(stage: Scene) -> QWidget:
    """The server could not be asked, and the notes were damaged."""
    dock = _dock(stage, _swap(Fate.OPEN, is_sure=False))
    stage.services.interruptions.damaged.emit("/home/someone/.local/share/QGIS/QGIS3/journal/7f3a9.damaged")
    return dock


@dock_state
def interrupted_at_the_very_end(stage: Scene) -> QWidget:
    return _dock(stage, _swap(Fate.REPLACED), Finding(_row(2), Fate.ARRIVED, samples.image(2)))


@dock_state
def nothing_can_be_noted(stage: Scene) -> QWidget:
    dock = _dock(stage, _swap(Fate.GONE))
    stage.services.journal.failed.emit("journal", BadInput("No space left on device", code="journal"))
    return dock
