"""The rules of the house, enforced on every file of the package; and tests of the rules themselves."""

from __future__ import annotations

import os
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.rig.house_rules import (
    MAX_FILE_LINES,
    MAX_FUNCTION_LINES,
    MAY_IMPORT,
    form_offences,
    import_offences,
    layer_of,
    rooms_used,
    shape_offences,
)

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "mapflow_data"
SOURCES = {
    path.relative_to(PACKAGE).as_posix(): path.read_text("utf-8") for path in sorted(PACKAGE.rglob("*.py"))
}
UI = ROOT / "ui"
FORMS = {path.relative_to(UI).as_posix(): path.read_text("utf-8") for path in sorted(UI.rglob("*.ui"))}


def test_there_is_something_to_check() -> None:
    assert "api/errors.py" in SOURCES
    assert "dock.ui" in FORMS


def test_every_file_belongs_to_a_layer() -> None:
    assert {layer_of(path) for path in SOURCES} <= set(MAY_IMPORT)


def test_imports_keep_to_the_table() -> None:
    assert [line for path, text in SOURCES.items() for line in import_offences(path, text)] == []


def test_no_two_folders_import_each_other() -> None:
    order = list(TopologicalSorter(rooms_used(SOURCES)).static_order())
    assert order.index("gui/words") < order.index("gui/imagery") < order.index("gui/my_imagery")
    assert order.index("services/upload") < order.index("services/bundle")


def test_a_circle_of_folders_is_found() -> None:
    circle = {
        "gui/a/one.py": "from ..b import two",
        "gui/b/two.py": "from ..a.three import Three",
        "gui/a/three.py": "",
    }
    assert rooms_used(circle) == {"gui/a": {"gui/b"}, "gui/b": {"gui/a"}}
    with pytest.raises(CycleError):
        TopologicalSorter(rooms_used(circle)).prepare()


def test_shape_of_files() -> None:
    assert [line for path, text in SOURCES.items() for line in shape_offences(path, text)] == []


def test_modules_say_what_they_are_for() -> None:
    silent = [
        path
        for path, text in SOURCES.items()
        if text.strip() and not text.startswith(('"""', "r'''", 'r"""'))
    ]
    assert silent == []


def test_forms_fit_both_qt_versions() -> None:
    assert [line for name, xml in FORMS.items() for line in form_offences(name, xml)] == []


def test_every_form_has_its_module() -> None:
    assert [name for name in FORMS if f"gui/{Path(name).with_suffix('.py')}" not in SOURCES] == []


def test_root_imports_nothing_by_itself() -> None:
    tree_level = [
        line
        for line in (ROOT / "__init__.py").read_text("utf-8").splitlines()
        if line.startswith(("import ", "from ")) and "__future__" not in line
    ]
    assert tree_level == ["import sys", "from typing import TYPE_CHECKING"]


def test_no_test_folder_shadows_a_package() -> None:
    folders = [path for path in (ROOT / "tests").rglob("*") if path.is_dir()]
    assert not [path for path in folders if path.name == "processing"]
    assert not list((ROOT / "tests").rglob("__init__.py"))


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("api/client.py", "from ..transfer import plan"),
        ("api/client.py", "from .. import settings"),
        ("api/client.py", "from qgis.core import QgsProject"),
        ("api/client.py", "from osgeo import gdal"),
        ("api/client.py", "import numpy"),
        ("api/client.py", "import requests"),
        ("api/mosaics.py", "from requests import Session"),
        ("transfer/send.py", "from qgis.PyQt.QtCore import QObject"),
        ("transfer/send.py", "import requests"),
        ("transfer/send.py", "from ..services.queue import QueueService"),
        ("layers/tiles.py", "from ..services import queue"),
        ("services/queue.py", "from ..gui.dock import MapflowDock"),
        ("gui/dock.py", "from ..plugin import MapflowDataPlugin"),
        ("gui/dock.py", "from .. import plugin"),
        ("gui/dock.py", "from qgis.utils import iface"),
        ("gui/dock.py", "from PyQt5.QtWidgets import QDialog"),
        ("gui/dock.py", "import PyQt6.QtCore"),
        ("gui/dock.py", "from mapflow_data.api.errors import MapflowError"),
        ("gui/dock.py", "from ... import version"),
        ("gui/dock.py", "import pandas"),
        ("gui/dock.py", "def show():\n    from .form import Form"),
        (
            "gui/dock.py",
            "class A:\n    def show(self):\n        if self:\n            from ..api import errors",
        ),
        ("maptools/draw.py", "from ..api.models import Mosaic"),
        ("maptools/draw.py", "from osgeo import ogr"),
        ("browser/items.py", "from ..services.session import SessionService"),
        ("processing/upload.py", "from ..services.queue import QueueService"),
        ("processing/upload.py", "from processing.core import Processing"),
        ("settings.py", "from .plugin import MapflowDataPlugin"),
        ("settings.py", "from .. import classFactory"),
        ("__init__.py", "from .plugin import MapflowDataPlugin"),
    ],
)
def test_offending_import_is_found(path: str, source: str) -> None:
    assert len(import_offences(path, source)) == 1


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("api/transport.py", "import json\nimport requests\nfrom urllib3.connection import HTTPConnection"),
        ("api/client.py", "from . import errors\nfrom .transport import Transport"),
        ("transfer/inspect.py", "from osgeo import gdal\nimport numpy as np\nfrom ..api.models import Image"),
        (
            "services/queue.py",
            "from ..transfer import send\nfrom .service import Service\nfrom .. import settings",
        ),
        ("gui/panels/imagery.py", "from ...services.bundle import Services\nfrom ..forms import load_ui"),
        (
            "plugin.py",
            "from .gui.dock import MapflowDock\nfrom . import settings\nfrom qgis.core import QgsProject",
        ),
        ("gui/__init__.py", "def make():\n    from .dock import MapflowDock"),
    ],
)
def test_right_import_is_let_be(path: str, source: str) -> None:
    assert import_offences(path, source) == []


@pytest.mark.parametrize(
    "source",
    [
        "QApplication.processEvents()",
        "loop = QEventLoop(self)",
        "session.get(url, verify=False)",
        "dialog.exec_()",
        "gdal.UseExceptions()",
        "try:\n    go()\nexcept Exception:\n    raise",
        "try:\n    go()\nexcept (OSError, BaseException) as error:\n    raise",
        "try:\n    go()\nexcept:\n    raise",
        "x = 1\n" * (MAX_FILE_LINES + 1),
        "def long():\n" + "    x = 1\n" * MAX_FUNCTION_LINES,
    ],
)
def test_offending_shape_is_found(source: str) -> None:
    assert len(shape_offences("gui/dock.py", source)) == 1


def test_right_shape_is_let_be() -> None:
    assert (
        shape_offences("gui/dock.py", "try:\n    go()\nexcept (OSError, ValueError) as error:\n    raise")
        == []
    )
    assert (
        shape_offences("services/task.py", "try:\n    go()\nexcept Exception as error:\n    keep(error)")
        == []
    )
    assert shape_offences("gui/dock.py", "def whole():\n" + "    x = 1\n" * (MAX_FUNCTION_LINES - 1)) == []


@pytest.mark.parametrize(
    "xml",
    [
        "<enum>Qt::Horizontal</enum>",
        "<set>Qt::AlignmentFlag::AlignLeft|Qt::AlignTop</set>",
        '<include location="resources.qrc"/>',
        "<header>mapflow_data.gui.widgets.chips</header>",
    ],
)
def test_offending_form_is_found(xml: str) -> None:
    assert len(form_offences("dock.ui", xml)) == 1


def test_right_form_is_let_be() -> None:
    xml = (
        "<enum>Qt::Orientation::Horizontal</enum><header>qgsfilterlineedit.h</header><header>.chips</header>"
    )
    assert form_offences("dock.ui", xml) == []


def test_opening_the_dock_loads_nothing_that_only_workers_need() -> None:
    """`requests` and NumPy take a tenth of a second each; QGIS 3.40 loads NumPy itself."""
    code = (
        "import sys, qgis.core, qgis.gui; before = set(sys.modules); import mapflow_data.gui.workspace; "
        "print({'requests', 'numpy'} & set(sys.modules) - before)"
    )
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, check=True, capture_output=True, text=True
    )
    assert run.stdout.strip() == "set()"
