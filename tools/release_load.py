"""Run inside the real QGIS by `make release-check`: the unpacked plugin starts fast and quietly, and nothing
of it is left when it is unloaded. Prints `RELEASE ok|bad what` lines, then ends QGIS. Main thread.
"""

from __future__ import annotations

import gc
import os
import sys
import time
import traceback
from collections.abc import Callable, Generator, Iterator
from typing import Any

import qgis.utils
from qgis.core import QgsApplication, QgsNetworkAccessManager, QgsProject, QgsVectorLayer
from qgis.PyQt.QtCore import QCoreApplication, QEvent, QObject, QTimer, QUrl
from qgis.PyQt.QtNetwork import QNetworkRequest
from qgis.PyQt.QtWidgets import QApplication, QDialog
from release_trace import Stock, take_stock, traces  # from PYTHONPATH: QGIS runs this file without its folder

PLUGIN = "mapflow_data"
START_MS = 15.0
PATIENCE_S = 10.0
SETTLE_S = 1.0
URL, TOKEN, OTHER_FILE = "MAPFLOW_DATA_URL", "MAPFLOW_DATA_TOKEN", "OTHER_FILE"

iface = qgis.utils.iface
words: list[str] = []


def tell(holds: object, what: str, why: str = "") -> None:
    """A check; `why` is what stands beside it when it does not hold."""
    print(f"RELEASE {'ok' if holds else 'bad'} {what}{'' if holds or not why else ': ' + why}", flush=True)


def mark(name: str) -> None:
    """Between BEGIN and END, a word in stderr is the plugin's."""
    print(f"RELEASE {name}", file=sys.stderr, flush=True)


def heard(text: str, tag: str, _level: object) -> None:
    words.append(f"{tag}: {text}")


def preprocessed() -> tuple[bool, bool]:
    """Of a request to the API's origin: whether it gets signed, and whether the plugin's code sees it."""
    request = QNetworkRequest(QUrl(os.environ[URL]))
    callers: set[str] = set()
    sys.setprofile(lambda frame, *_: callers.add(str(frame.f_globals.get("__name__"))))
    try:
        QgsNetworkAccessManager.instance().preprocessRequest(request)
    finally:
        sys.setprofile(None)
    return request.hasRawHeader(b"Authorization"), any(name.startswith(PLUGIN) for name in callers)


def walk() -> Iterator[float]:
    """Yields the seconds to wait."""
    yield SETTLE_S
    credential = os.environ.pop(TOKEN)
    yield from warmed_up()
    before = take_stock()
    mark("BEGIN")
    started = start()
    first = {name: module for name, module in sys.modules.items() if name.startswith(PLUGIN + ".")}
    tell(started <= START_MS, f"classFactory and initGui take {started:.1f} ms of at most {START_MS:.0f}")
    yield SETTLE_S
    yield from unloaded()
    compare(before, "unused")

    os.environ[TOKEN] = credential
    start()
    stale = [name for name, module in first.items() if sys.modules.get(name) is module]
    tell(not stale, "loaded again, as after an update, it runs no module of the first time", ", ".join(stale))
    tell(preprocessed() == (True, True), "while it is loaded, requests to the API's origin are signed")
    yield from use()
    yield from unloaded()
    compare(before, "in use")
    start()
    yield from browse()
    yield from unloaded()
    QgsProject.instance().clear()
    yield from settled()
    compare(before, "with all of My imagery open")
    mark("END")
    tell(not words, "not a word in QGIS' message log", "; ".join(words))


def warmed_up() -> Iterator[float]:
    """With its first layer QGIS makes some things that stay."""
    QgsProject.instance().addMapLayer(QgsVectorLayer("Polygon", "", "memory"))
    yield SETTLE_S
    QgsProject.instance().clear()
    yield from settled()


def use() -> Iterator[float]:
    """Signed in, with the dock, the Upload dialog and the drawing tool in use."""
    workspace = yield from signed_in()
    tool = iface.mapCanvas().mapTool()
    workspace.upload([])
    workspace.draw_and_search()
    yield SETTLE_S
    tell(dialogs() == {"UploadDialog"}, "the Upload dialog opens", str(dialogs()))
    tell(iface.mapCanvas().mapTool() is not tool, "an area can be drawn")


def browse() -> Iterator[float]:
    """Everything that My imagery can open is open, its layers are on the map, transfers are under way."""
    workspace = yield from signed_in()
    panel, services = workspace.dock.imagery, workspace.services
    commands, tree = panel.commands, panel.imageryTree
    yield from until(panel.model.mosaics)
    (mosaic,) = panel.model.mosaics()
    tree.select_mosaic(mosaic.id)
    yield from until(lambda: panel.model.images_of(mosaic.id))
    first, second = panel.model.images_of(mosaic.id)
    tree.show_image(first)
    panel.sheetButton.click()
    commands.on_map.show_all_mosaics()
    commands.on_map.show_footprints([mosaic])
    commands.on_map.show_tiles([mosaic])
    commands.on_map.show_previews([first])
    commands.details.open(first)
    commands.show_storage()
    yield from until(lambda: len(QgsProject.instance().mapLayers()) == 4)
    commands.picking.action.trigger()
    services.replacements.prepared.connect(services.replacements.replace)
    services.replacements.prepare(first, os.environ[OTHER_FILE])
    download = sys.modules[f"{PLUGIN}.{PLUGIN}.services.downloads"].Download
    services.downloads.download([download(second, os.environ[OTHER_FILE] + ".came.tif")])
    bars = (commands.replacing.bar, commands.downloading.bar)
    yield from until(lambda: all(bar.isVisible() for bar in bars))
    commands.deleting.ask([second])
    is_all = dialogs() == {"ImageDialog", "StorageDialog", "DeleteDialog"}
    tell(
        is_all and panel.contactSheet.isVisible(), "pictures, details, storage and a question", str(dialogs())
    )
    tell(all(bar.isVisible() for bar in bars), "an image is replaced, another one is downloaded")
    tell(commands.picking.action.isChecked(), "footprints can be picked")


def signed_in() -> Generator[float, None, Any]:
    """The workspace, once the dock is open."""
    iface.mainWindow().findChild(QObject, "mMapflowDataPanelAction").trigger()
    workspace = qgis.utils.plugins[PLUGIN].workspace
    yield from until(lambda: workspace.services.session.state == "signed_in")
    yield SETTLE_S
    state = workspace.services.session.state
    tell(state == "signed_in" and workspace.dock.isVisible(), "it signs in to a local service", state)
    return workspace


def until(holds: Callable[[], object]) -> Iterator[float]:
    end = time.monotonic() + PATIENCE_S
    while not holds() and time.monotonic() < end:
        yield 0.05


def dialogs() -> set[str]:
    windows = QApplication.topLevelWidgets()
    return {type(one).__name__ for one in windows if isinstance(one, QDialog) and one.isVisible()}


def start() -> float:
    """As QGIS does it at its start. Returns ms of this thread's work in classFactory and initGui: what
    else runs on the computer does not count.
    """
    is_loaded = qgis.utils.loadPlugin(PLUGIN)
    begin = time.thread_time()
    is_started = qgis.utils.startPlugin(PLUGIN)
    took = (time.thread_time() - begin) * 1000
    if not (is_loaded and is_started):
        tell(False, "QGIS loads it")
    return took


def unloaded() -> Iterator[float]:
    tool = iface.mapCanvas().mapTool()
    is_ours = type(tool).__module__.startswith(PLUGIN)
    if not qgis.utils.unloadPlugin(PLUGIN):
        tell(False, "QGIS unloads it")
    if is_ours:
        tell(iface.mapCanvas().mapTool() is not tool, "the map tool from before is back")
    tool = None
    yield from settled()


def settled() -> Iterator[float]:
    """Deferred deletions are done."""
    for _ in range(4):
        yield 0.1
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()


def compare(before: Stock, when: str) -> None:
    for what, offences in traces(before, PLUGIN):
        tell(not offences, f"unloaded {when}: {what}", "; ".join(offences))
    tell(preprocessed() == (False, False), f"unloaded {when}: it sees no request of QGIS any more")


class Walker(QObject):
    """Resumes the walk from a timer, so that QGIS' own event loop keeps turning."""

    def __init__(self) -> None:
        super().__init__()
        self._steps = walk()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.step)

    def step(self) -> None:
        try:
            seconds = next(self._steps)
        except StopIteration:
            print("RELEASE END", flush=True)
            QTimer.singleShot(0, iface.actionExit().trigger)
        except Exception:  # noqa: BLE001 - any fault of the walk is told, and ends QGIS
            tell(False, "the walk ended early", traceback.format_exc().replace("\n", " | "))
            sys.stdout.flush()
            os._exit(1)
        else:
            self._timer.start(int(seconds * 1000))


QgsApplication.messageLog().messageReceived.connect(heard)
qgis.utils.release_walker = Walker()  # a reference that stays
qgis.utils.release_walker.step()
