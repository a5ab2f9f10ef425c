"""What the map does for ten thousand footprints with the rows beside it: picking, zooming, flashing, saving.

QGIS offscreen, a visible map and tree. Best of three, as a lone stall comes by itself now and then.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from qgis.core import QgsProject, QgsRasterLayer, QgsVectorFileWriter, QgsVectorLayer
from qgis.PyQt.QtCore import QEventLoop, QPoint, Qt, QTimer
from qgis.PyQt.QtTest import QTest

from bench.measures import STALL_MS, Heartbeat, Measure, offscreen_qgis, report
from mapflow_data.api.models import Image, Mosaic
from mapflow_data.gui.canvas.picking import Picking
from mapflow_data.gui.canvas.presenter import Presenter
from mapflow_data.gui.canvas.project_keeper import ProjectKeeper
from mapflow_data.gui.canvas.selection_link import SelectionLink
from mapflow_data.gui.imagery.tree import ImageryTree
from mapflow_data.layers import footprints, properties
from tests.gui.kit.window import Window
from tests.rig.geotiffs import make_raster

MANY, SOME = 10_000, 500
ROW = 100  # footprints side by side
PREVIEWS = 100
RUNS = 3
FLASHES = 60
MOSAIC = Mosaic("m1", "Fields")


def main() -> int:
    _application = offscreen_qgis()
    window = Window()
    code = report(_measures(window))
    window.close()
    return code


def _measures(window: Window) -> Iterator[Measure]:
    project = QgsProject.instance()
    presenter = Presenter(project, window.canvas)
    yield from _picking(window, presenter, project)
    project.clear()
    yield from _saving(presenter, project)
    project.clear()
    presenter.close()


def _picking(window: Window, presenter: Presenter, project: QgsProject) -> Iterator[Measure]:
    images = _images(MANY)
    tree = ImageryTree(window.window)
    tree.imagery.set_mosaics([MOSAIC])
    tree.imagery.set_images(MOSAIC.id, images)
    tree.show()
    link = SelectionLink(tree, project, tree)
    tree.items_selected.connect(link.on_rows_selected)
    layer = presenter.show_footprints(MOSAIC, footprints.make_features(images, MOSAIC))
    shapes = [image.footprint for image in images]
    yield Measure(
        f"zoom to {MANY} footprints", _best(lambda _: presenter.zoom_to(shapes)), "ms", 2 * STALL_MS
    )
    _wait(1500)
    picking = Picking(window.canvas, project, presenter, tree)
    picking.action.trigger()
    middle = window.canvas.viewport().rect().center()

    def click(run: int) -> None:
        at = middle + QPoint(40 * run, 0)
        QTest.mouseClick(window.canvas.viewport(), Qt.MouseButton.LeftButton, pos=at)
        assert layer.selectedFeatureCount() == len(tree.selected_items()) == 1

    yield Measure(f"click on one of {MANY} footprints", _best(click), "ms", STALL_MS)
    yield Measure("the same, with what it draws: longest stall", _stall(click), "ms", STALL_MS)

    def flash(_: int) -> None:
        for number in range(FLASHES):
            presenter.flash(shapes[number])

    yield Measure(f"{FLASHES} flashes", _best(flash), "ms", FLASHES * 2.0)
    picking.close()
    link.close()
    tree.close()


def _saving(presenter: Presenter, project: QgsProject) -> Iterator[Measure]:
    with tempfile.TemporaryDirectory() as folder:
        yield from _saving_many(presenter, project, Path(folder))
        keeper = ProjectKeeper(project)
        raster = make_raster(Path(folder) / "preview.tif")
        layer = presenter.show_footprints(MOSAIC, footprints.make_features(_images(SOME), MOSAIC))
        save = _saver(project, Path(folder))
        yield Measure(f"first save with {SOME} footprints", _best(save), "ms", 2 * STALL_MS)
        project.removeMapLayer(layer.id())
        for number in range(PREVIEWS):
            path = shutil.copy(raster, Path(folder) / f"{number}.tif")
            preview = QgsRasterLayer(str(path), f"Preview {number}", "gdal")
            properties.mark(preview, properties.PREVIEW, MOSAIC.id, str(number))
            project.addMapLayer(preview)
        save(0)
        again = _best(lambda _: keeper._on_write())
        yield Measure(f"what a save looks at, with {PREVIEWS} previews kept", again, "ms", STALL_MS)
        project.clear()
        keeper.close()


def _saving_many(presenter: Presenter, project: QgsProject, folder: Path) -> Iterator[Measure]:
    """Beside what QGIS itself takes to write as many features and the project."""
    features = footprints.make_features(_images(MANY), MOSAIC)
    own, ours = [], []
    for run in range(RUNS):
        layer = presenter.show_footprints(MOSAIC, features)
        save = _saver(project, folder / f"many{run}")
        own.append(_spent(lambda save=save, layer=layer: (_write(layer, folder), save(0))))
        keeper = ProjectKeeper(project)
        ours.append(_spent(lambda save=save: save(1)))
        keeper.close()
        project.clear()
    yield Measure(f"{MANY} footprints and their project written by QGIS itself", min(own), "ms")
    yield Measure("first save of them by the plugin, against that", min(ours) / min(own), "x", 1.4)


def _write(layer: QgsVectorLayer, folder: Path) -> None:
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName = "GPKG"
    options.layerOptions = ["SPATIAL_INDEX=NO"]
    context = QgsProject.instance().transformContext()
    with tempfile.TemporaryDirectory(dir=folder) as place:
        QgsVectorFileWriter.writeAsVectorFormatV3(layer, f"{place}/own.gpkg", context, options)


def _saver(project: QgsProject, folder: Path) -> Callable[[int], object]:
    """Each time to another folder, so that everything is written."""

    def save(run: int) -> object:
        (folder / str(run)).mkdir(parents=True, exist_ok=True)
        return project.write(str(folder / str(run) / "project.qgz"))

    return save


def _images(count: int) -> list[Image]:
    return [
        Image(f"i{n}", MOSAIC.id, f"{n}.tif", footprint=_square(10 + n % ROW / 10, 40 + n // ROW / 10))
        for n in range(count)
    ]


def _square(x: float, y: float, side: float = 0.12) -> str:
    return f"POLYGON (({x} {y}, {x + side} {y}, {x + side} {y + side}, {x} {y + side}, {x} {y}))"


def _best(work: Callable[[int], object]) -> float:
    times = []
    for run in range(RUNS):
        start = time.perf_counter()
        work(run)
        times.append((time.perf_counter() - start) * 1000)
    return min(times)


def _spent(work: Callable[[], object]) -> float:
    """Milliseconds of this thread's own, whatever else the computer does."""
    begun = time.thread_time()
    work()
    return (time.thread_time() - begun) * 1000


def _stall(work: Callable[[int], object]) -> float:
    stalls = []
    for run in range(RUNS):
        with Heartbeat() as heart:
            QTimer.singleShot(20, lambda run=run: work(run))
            _wait(1000)
        stalls.append(heart.worst_ms)
    return min(stalls)


def _wait(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


if __name__ == "__main__":
    sys.exit(main())
