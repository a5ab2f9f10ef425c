"""Replace image…: both side by side, what speaks against it, how far it is."""

from __future__ import annotations

from dataclasses import replace

from qgis.PyQt.QtWidgets import QVBoxLayout, QWidget

from mapflow_data.api.models import Image
from mapflow_data.gui.replace.bar import ReplaceBar
from mapflow_data.gui.replace.dialog import ReplaceDialog
from mapflow_data.services.replacement import Prepared, Replacement
from mapflow_data.services.replacement import Stage as At
from mapflow_data.services.replacements import ReplacementService
from mapflow_data.transfer.inspect import RasterFacts
from mapflow_data.transfer.plan import make_plan
from mapflow_data.transfer.swap import Step
from tests.gui.kit import samples
from tests.gui.kit.samples import LONG
from tests.gui.states.stage import Stage, sized_state, state

BAR_SIZE = (332, 120)  # px that the dock leaves to it, and more


def _facts(name: str) -> RasterFacts:
    return replace(samples.facts(name), mtime=1_790_000_000.0)


def _prepared(old: Image, name: str, *others: Image, **more: object) -> Prepared:
    (row,) = make_plan([_facts(name)], samples.STORAGE, others, frozenset({_facts(name).path})).rows
    return Prepared(old, row, **more)  # type: ignore[arg-type]


def _dialog(stage: Stage, old: Image, name: str) -> ReplaceDialog:
    dialog = ReplaceDialog(old, name, stage.window.mainWindow())
    stage.own(dialog)
    dialog.show()
    return dialog


@state
def replace_checking(stage: Stage) -> QWidget:
    return _dialog(stage, samples.image(1), f"{LONG}.tif")


@state
def replace_ready(stage: Stage) -> QWidget:
    old = samples.image(1)
    dialog = _dialog(stage, old, "field_1_new.tif")
    dialog.show_prepared(_prepared(old, "field_1_new.tif", overlaps=True))
    return dialog


@state
def replace_wide(stage: Stage) -> QWidget:
    """A name of the widest letters, which no check box can wrap."""
    old = samples.image(1, name=f"{'W' * 60}.tif")
    dialog = _dialog(stage, old, "field_1_new.tif")
    dialog.show_prepared(_prepared(old, "field_1_new.tif", overlaps=True))
    return dialog


@state
def replace_differs(stage: Stage) -> QWidget:
    """Long names, another CRS than the mosaic's, and elsewhere."""
    old = samples.image(1, name=f"{LONG}.tif")
    other = samples.image(2, crs="EPSG:32638", pixel_size=(0.3, 0.3))
    dialog = _dialog(stage, old, f"{LONG}_v2.tif")
    dialog.show_prepared(_prepared(old, f"{LONG}_v2.tif", other, needs_consent=True, overlaps=False))
    return dialog


@state
def replace_impossible(stage: Stage) -> QWidget:
    old = samples.image(1)
    dialog = _dialog(stage, old, "field_2.tif")
    dialog.show_prepared(_prepared(old, "field_2.tif", samples.image(2, bands=1)))
    return dialog


@state
def replace_gone(stage: Stage) -> QWidget:
    dialog = _dialog(stage, samples.image(1), "field_2.tif")
    dialog.show_failure(
        "The file was not checked: the image no longer exists on the server; refresh the list"
    )
    return dialog


@sized_state(BAR_SIZE)
def replace_under_way(stage: Stage) -> QWidget:
    service = ReplacementService(stage.services.queue, stage.window.mainWindow())
    holder = stage.own(QWidget())
    layout = QVBoxLayout(holder)
    layout.addWidget(bar := ReplaceBar(service))
    layout.addStretch()
    holder.setMinimumHeight(BAR_SIZE[1])
    one = Replacement(
        1, _prepared(samples.image(1, name=f"{LONG}.tif"), "b.tif"), stage=At.SWAPPING, step=Step.FINDING
    )
    service._all[1] = one
    service.progressed.emit(one)
    bar.show()
    holder.show()
    return holder
