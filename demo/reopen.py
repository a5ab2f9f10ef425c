"""The saved project in a second QGIS: all layers valid, all footprints there. See run.py."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

FACTS = json.loads(os.environ["DEMO_FACTS"])
sys.path.insert(0, FACTS["demo"])

from qgis.core import QgsProject
from qgis.utils import iface
from stage import Stage, Walk

BUILD = Path(FACTS["build"])


def walk(stage: Stage) -> Walk:
    stage.say("The saved project, opened in a second QGIS")
    saved = json.loads((BUILD / "saved.json").read_text())
    iface.addProject(str(BUILD / "demo.qgz"))
    yield from stage.drawn(iface.mapCanvas())
    layers = list(QgsProject.instance().mapLayers().values())
    valid = [layer for layer in layers if layer.isValid()]
    stage.check(
        len(valid) == saved["layers"] == len(layers), f"{len(valid)} of {saved['layers']} layers are valid"
    )
    (footprints,) = [x for x in layers if x.customProperty("mapflow_data/kind") == "footprints"]
    stage.check(
        footprints.featureCount() == saved["features"],
        f"{footprints.featureCount()} footprints are still there",
    )
    stage.picture("reopened")


STAGE = Stage(iface, walk, BUILD / "pictures")
