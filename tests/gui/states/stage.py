"""Every dialog and every state of the plugin, by name: drawn by `make looks`, looked over by test_looks.py.

A new one is a function below `@state` in any tests/gui/states/*.py: it gets the stage, fills what it shows by
public methods or the services' own signals, and returns the widget.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from qgis.PyQt.QtCore import QEvent
from qgis.PyQt.QtWidgets import QApplication, QWidget

from mapflow_data.api.connection import make_connection
from mapflow_data.api.models import Storage
from mapflow_data.gui.dock import MapflowDock
from mapflow_data.gui.workspace import Workspace
from mapflow_data.services.bundle import Services
from tests.gui.kit import samples
from tests.gui.kit.window import Window

Size = tuple[int, int]
DOCK_SIZE = (340, 640)
CONNECTION = make_connection("http://127.0.0.1:9", "YTpi")  # where nobody listens


@dataclass(frozen=True)
class State:
    """`sizes` are those to look at beside the smallest one; None is the size that the widget opens with."""

    name: str
    make: Callable[[Stage], QWidget]
    sizes: tuple[Size | None, ...]

    @property
    def is_dock(self) -> bool:
        return DOCK_SIZE in self.sizes


REGISTRY: dict[str, State] = {}


def state(make: Callable[[Stage], QWidget]) -> Callable[[Stage], QWidget]:
    """Of a dialog or another window: drawn as it opens."""
    return _register(make, (None,))


def dock_state(make: Callable[[Stage], QWidget]) -> Callable[[Stage], QWidget]:
    """Of the dock: drawn at 340 px."""
    return _register(make, (DOCK_SIZE,))


def sized_state(*sizes: Size) -> Callable[[Callable[[Stage], QWidget]], Callable[[Stage], QWidget]]:
    """Of a window whose size is the person's choice."""
    return lambda make: _register(make, sizes)


def _register(make: Callable[[Stage], QWidget], sizes: tuple[Size | None, ...]) -> Callable[[Stage], QWidget]:
    name = make.__name__
    assert name not in REGISTRY, f"two states are called {name}"
    REGISTRY[name] = State(name, make, sizes)
    return make


def all_states() -> list[State]:
    """In the order of their files and lines."""
    for path in sorted(Path(__file__).parent.glob("*.py")):
        importlib.import_module(f"tests.gui.states.{path.stem}")
    return list(REGISTRY.values())


class Stage:
    """A small QGIS with the plugin in it, made as far as a state asks for it. Nothing goes over a network."""

    def __init__(self, window: Window) -> None:
        self.window = window
        self._made: list[QWidget] = []

    @cached_property
    def workspace(self) -> Workspace:
        return Workspace(self.window)

    @property
    def services(self) -> Services:
        return self.workspace.services

    @cached_property
    def dock(self) -> MapflowDock:
        """Signed out."""
        self.workspace.open_dock()
        return self.workspace.dock

    def sign_in(self, storage: Storage = samples.STORAGE) -> MapflowDock:
        """As after an accepted token, but no service has a connection by which it could ask anybody."""
        dock, session = self.dock, self.services.session
        session._connection = CONNECTION
        dock.accountButton.set_connection(session.connection, samples.EMAIL)
        session.busy_changed.emit(False)
        session.storage_loaded.emit(storage)
        session.status_loaded.emit(samples.STATUS)
        self.services.deletions.busy_changed.emit(False)  # tools look anew at what can be done
        return dock

    def own(self, widget: QWidget) -> QWidget:
        """It goes with the stage."""
        self._made.append(widget)
        return widget

    def close(self) -> None:
        for widget in self._made:
            widget.close()
            widget.deleteLater()
        if "workspace" in self.__dict__:
            self.workspace.close()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
