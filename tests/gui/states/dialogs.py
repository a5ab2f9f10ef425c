"""The dialogs: upload, mosaic, rename, delete."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.PyQt.QtWidgets import QWidget

from mapflow_data.api.errors import Unreachable
from mapflow_data.api.models import ASSUMED_MAX_UPLOAD_BYTES, Image, Mosaic, Storage
from mapflow_data.gui.manage.delete_dialog import DeleteDialog
from mapflow_data.gui.manage.delete_words import Doomed
from mapflow_data.gui.manage.mosaic_dialog import MosaicDialog
from mapflow_data.gui.manage.rename_dialog import RenameDialog
from mapflow_data.gui.upload.dialog import UploadDialog
from mapflow_data.transfer.inspect import RasterFacts
from mapflow_data.transfer.plan import make_plan
from tests.gui.kit import samples
from tests.gui.kit.samples import GB, LONG, MB
from tests.gui.states.stage import Stage, state


def _upload(
    stage: Stage,
    facts: Sequence[RasterFacts],
    storage: Storage = samples.STORAGE,
    existing: Sequence[Image] = (),
) -> UploadDialog:
    stage.sign_in(storage)
    dialog = UploadDialog(stage.services, stage.window.mainWindow())
    stage.own(dialog)
    dialog.show()
    stage.services.mosaics.mosaics_loaded.emit(samples.mosaics())
    if existing:
        dialog.set_target(existing[0].mosaic_id)
    dialog.add_paths([one.path for one in facts])
    if facts:
        stage.services.uploads.plan_ready.emit(make_plan(facts, storage, existing, sha1_of=lambda _: ""))
    return dialog


@state
def upload_empty(stage: Stage) -> QWidget:
    return _upload(stage, [])


@state
def upload_checking(stage: Stage) -> QWidget:
    dialog = _upload(stage, [])
    facts = [samples.facts(f"field_{number}.tif") for number in range(1, 60)]
    dialog.add_paths([one.path for one in facts])
    for one in facts[:22]:
        stage.services.uploads.row_checked.emit(one)
    return dialog


@state
def upload_ready(stage: Stage) -> QWidget:
    return _upload(stage, [samples.facts(f"DJI_20260614_09{n:02}_ortho_3cm.tif") for n in range(1, 4)])


@state
def upload_into_known_mosaic(stage: Stage) -> QWidget:
    """All groups, with every problem that a file may have."""
    known = samples.image(1)
    facts = [
        samples.facts("good.tif"),
        samples.facts(f"{LONG}.tif"),
        samples.facts("zone38.tif", crs_wkt="EPSG:32638", crs="EPSG:32638"),
        samples.facts("coarse.tif", pixel_size=(0.5, 0.5), gsd_m=0.5),
        samples.facts("landsat.tif", gsd_m=30.0),
        samples.facts(known.filename),
        samples.facts("rgb.tif", bands=3),
        samples.facts("nowhere.tif", crs_wkt="", crs=""),
        samples.facts("raw.tif", geotransform=None, gcps=0, has_sidecar=True),
        samples.facts("map.jp2", driver="JP2OpenJPEG"),
        samples.facts("empty.tif", size=0, driver="", is_empty=True),
        samples.facts("text.tif", driver="", error="not recognized as a supported file format"),
        samples.facts("huge.tif", size=ASSUMED_MAX_UPLOAD_BYTES + GB),
        samples.facts("wide.tif", width=41_000),
        samples.facts("good.tif"),
    ]
    dialog = _upload(stage, facts, existing=[known])
    dialog.fileTree.expandAll()
    return dialog


@state
def upload_over_quota(stage: Stage) -> QWidget:
    facts = [samples.facts(f"field_{number}.tif") for number in range(1, 9)]
    return _upload(stage, facts, Storage(9 * GB, 10 * GB, GB))


@state
def upload_nothing_fits(stage: Stage) -> QWidget:
    return _upload(stage, [samples.facts("field_1.tif")], Storage(10 * GB, 10 * GB, 0))


@state
def upload_failed(stage: Stage) -> QWidget:
    """The files were not checked."""
    dialog = upload_checking(stage)
    stage.services.uploads.failed.emit("prepare", Unreachable())
    return dialog


@state
def mosaic_new(stage: Stage) -> QWidget:
    return stage.own(MosaicDialog())


@state
def mosaic_edit(stage: Stage) -> QWidget:
    return stage.own(MosaicDialog(None, Mosaic("m", LONG, ("drone", "2026", "power lines"))))


@state
def mosaic_changed_meanwhile(stage: Stage) -> QWidget:
    return stage.own(
        MosaicDialog(None, Mosaic("m", LONG, ("drone",)), f"Changed meanwhile. You had: “{LONG}”")
    )


@state
def rename(stage: Stage) -> QWidget:
    return stage.own(RenameDialog(f"{LONG}.tif"))


@state
def delete_one_image(stage: Stage) -> QWidget:
    return stage.own(DeleteDialog([Doomed(samples.image(1), size=160 * MB)]))


@state
def delete_one_mosaic(stage: Stage) -> QWidget:
    return stage.own(DeleteDialog([Doomed(samples.mosaics()[0], 60, 40 * GB)]))


@state
def delete_many(stage: Stage) -> QWidget:
    """Mosaics, one of them with an unknown number of images, and images of others."""
    doomed = [Doomed(one, one.image_count, one.size_bytes) for one in samples.mosaics()]
    images = [Doomed(one, size=one.size_bytes) for one in samples.images(40, "m9")]
    return stage.own(DeleteDialog([*doomed, *images]))
