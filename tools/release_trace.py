"""What a plugin could leave behind in QGIS: taken stock of before it is loaded and after it is unloaded.
Imported inside QGIS by `release_load.py`. Main thread.
"""

from __future__ import annotations

import gc
import os
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import qgis.utils
from qgis.core import QgsApplication, QgsNetworkAccessManager, QgsProject
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QCoreApplication, QObject, QTimer
from qgis.PyQt.QtWidgets import QApplication, QGesture

iface = qgis.utils.iface
# what QGIS itself makes and keeps: a sign for each temporary layer, a network manager for each thread that
# draws a map
OF_QGIS = ("QgsLayerTreeViewIndicator", "network.cookiesChanged(")
Finding = tuple[str, list[str]]  # what is to hold, and what speaks against it


@dataclass(frozen=True)
class Stock:
    objects: dict[int, str]
    receivers: Counter[str]
    timers: set[int]
    threads: set[str]
    messages: int
    tasks: int


def take_stock() -> Stock:
    return Stock(
        objects=objects(),
        receivers=receivers(),
        timers=running_timers(),
        # dummies are threads of QGIS' own pool that have run Python once
        threads={t.name for t in threading.enumerate() if not isinstance(t, threading._DummyThread)},
        messages=len(iface.messageBar().items()),
        tasks=QgsApplication.taskManager().countActiveTasks(),
    )


def traces(before: Stock, package: str) -> Iterator[Finding]:
    """Compares QGIS as it is now with what it was."""
    now = take_stock()
    left = [what for at, what in now.objects.items() if at not in before.objects]
    yield f"no action, dock, menu or other of {len(now.objects)} objects is new", left
    more = [f"{what} +{n}" for what, n in (now.receivers - before.receivers).items()]
    count = sum(now.receivers.values())
    yield f"none of {count} receivers of QGIS' signals is new", more if count else ["Qt told of none"]
    yield "no object of the plugin lives on", ours_alive(package)
    yield "no timer runs that did not", [str(at) for at in now.timers - before.timers]
    yield "no thread runs that did not", sorted(now.threads - before.threads)
    yield "no message is left in the bar", [] if now.messages == before.messages else [str(now.messages)]
    yield "no task runs", [] if now.tasks == before.tasks else [str(now.tasks)]


def shared_objects() -> dict[str, QObject]:
    """Those that live on, and to whose signals a plugin may listen."""
    tree = iface.layerTreeView()
    return {
        "application": QCoreApplication.instance(),
        "window": iface.mainWindow(),
        "canvas": iface.mapCanvas(),
        "project": QgsProject.instance(),
        "layer tree root": QgsProject.instance().layerTreeRoot(),
        "layer tree": tree,
        "layer tree model": tree.layerTreeModel(),
        "layer selection": tree.selectionModel(),
        "message bar": iface.messageBar(),
        "task manager": QgsApplication.taskManager(),
        "auth manager": QgsApplication.authManager(),
        "message log": QgsApplication.messageLog(),
        "network": QgsNetworkAccessManager.instance(),
    }


def receivers() -> Counter[str]:
    """Who listens to which signal of the shared objects, by what Qt writes to stderr: `QObject.receivers()`
    is closed to Python for objects that C++ made.
    """
    counted: Counter[str] = Counter()
    for name, thing in shared_objects().items():
        signal = ""
        for line in written_to_stderr(thing.dumpObjectInfo).splitlines():
            told = line.strip()
            if told.startswith("signal: "):
                signal = f"{name}.{told[8:]}"
            elif told == "SIGNALS IN":
                break
            elif signal and told and told != "<Disconnected receiver>" and not signal.startswith(OF_QGIS):
                counted[f"{signal} {told.removeprefix('--> ')}"] += 1
    return counted


def written_to_stderr(act: Callable[[], object]) -> str:
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as file:
        os.dup2(file.fileno(), 2)
        try:
            act()
        finally:
            os.dup2(kept, 2)
            os.close(kept)
        file.seek(0)
        return file.read().decode("utf-8", "replace")


def objects() -> dict[int, str]:
    """Every QObject below the shared ones and every widget without a parent: address and description."""
    found = list(QApplication.topLevelWidgets())
    for root in (*shared_objects().values(), *QApplication.topLevelWidgets()):
        found += root.findChildren(QObject)
    return {
        sip.unwrapinstance(thing): f"{class_of(thing)} “{thing.objectName()}” of {owner(thing)}"
        for thing in found
        # Qt makes and drops gestures as it likes
        if not isinstance(thing, QGesture) and not class_of(thing).startswith(OF_QGIS)
    }


def owner(thing: QObject) -> str:
    parent = QObject.parent(thing)  # an item model has a parent() of its own
    return "nobody" if parent is None else f"{class_of(parent)} “{parent.objectName()}”"


def class_of(thing: QObject) -> str:
    """Also of what Python knows only by a base of it."""
    return str(thing.metaObject().className())


def ours_alive(package: str) -> list[str]:
    """Qt objects of the plugin's classes that Python still holds."""
    gc.collect()
    return sorted(
        type(thing).__qualname__
        for thing in gc.get_objects()
        if type(thing).__module__.startswith(package + ".") and isinstance(thing, QObject)
    )


def running_timers() -> set[int]:
    gc.collect()
    timers = (t for t in gc.get_objects() if isinstance(t, QTimer) and not sip.isdeleted(t))
    return {sip.unwrapinstance(timer) for timer in timers if timer.isActive()}
