"""The saved project in a second QGIS: all layers valid, all footprints there. See run.py."""

from __future__ import annotations

import json
import os
import sys

sys.path.insert(0, json.loads(os.environ["DEMO_FACTS"])["demo"])

from look import (
    BUILD,
    PICTURES,
    TILES,
    button_named,
    check_colours,
    fill_screen,
    find,
    hide,
    layers,
    of_kind,
    requests,
)
from qgis.core import QgsProject
from qgis.utils import iface
from stage import Stage, Until, Walk


def walk(stage: Stage) -> Walk:
    fill_screen()
    yield from reopen(stage, "search", "results")
    yield from reopen(stage, "demo", "footprints")
    yield from sign_in_again(stage)
    stage.picture("reopened")
    QgsProject.instance().setDirty(False)  # layers were hidden for the look: nothing to save at the end


def reopen(stage: Stage, name: str, kind: str) -> Walk:
    stage.say(f"The saved project {name}.qgz, opened in another QGIS")
    saved = json.loads((BUILD / "saved.json").read_text())[name]
    seen = len(requests())
    iface.addProject(str(BUILD / f"{name}.qgz"))
    yield from stage.drawn(iface.mapCanvas())
    everything = list(QgsProject.instance().mapLayers().values())
    valid = [layer for layer in everything if layer.isValid()]
    stage.check(len(valid) == saved["layers"], f"{len(valid)} of {saved['layers']} layers are valid")
    count = of_kind(kind)[0].featureCount()
    stage.check(count == saved["features"], f"{count} {kind} are still there")
    stage.check(not QgsProject.instance().isDirty(), "opening it has changed nothing in it")
    unsigned = requests()[seen:]
    stage.check(
        all(r["credential"] == "absent" for r in unsigned), "before signing in, no request carries the token"
    )


def sign_in_again(stage: Stage) -> Walk:
    yield from stage.click(button_named(iface.mainWindow(), "Sign in"))
    yield Until(lambda: find("imageryTree"), "the dock is open, signed in with the stored token")
    hide([*layers(), *of_kind("preview")])
    yield from stage.pause(1.0)
    yield from stage.drawn(iface.mapCanvas())
    for path in TILES:
        check_colours(stage, path)


STAGE = Stage(iface, walk, PICTURES)
