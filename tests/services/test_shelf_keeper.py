"""What services tell gets onto the shelf, of whom it may, and in few writes."""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from qgis.core import QgsApplication

from mapflow_data.api.cancel import CancelToken
from mapflow_data.api.connection import make_connection
from mapflow_data.api.errors import ServerFailed
from mapflow_data.api.models import Image, Mosaic
from mapflow_data.services.deletions import Outcome
from mapflow_data.services.images import ImageService
from mapflow_data.services.mosaics import MosaicService
from mapflow_data.services.offline.shelf import Shelf
from mapflow_data.services.session import SessionService
from mapflow_data.services.shelf_keeper import GAP_MS, ShelfKeeper
from mapflow_data.settings import SERVER, CredentialStore
from tests.rig.fault_server import FaultServer
from tests.rig.script import answer
from tests.services.waiting import Told

TOKEN = base64.b64encode(b"person@example.org:verysecret").decode()
STORAGE = {"memoryLimit": 100, "memoryUsed": 40, "memoryFree": 60}
NOBODY = CancelToken()


class House:
    """The services that the keeper listens to, signed in."""

    def __init__(self, folder: Path, qtbot: QtBot, server: FaultServer) -> None:
        self.folder = folder
        self.shelf = Shelf(str(folder))
        self.session = SessionService(time_scale=0.1)
        self.mosaics, self.images = MosaicService(), ImageService(folder=str(folder))
        self.keeper = ShelfKeeper(self.shelf, self.session, self.mosaics, self.images)
        self.busy = Told(qtbot, self.keeper.busy_changed)
        self.key = make_connection(server.url, TOKEN).key
        self._qtbot, self._url = qtbot, server.url

    def sign_in(self, remember: bool = True, token: str = TOKEN) -> None:
        accepted = Told(self._qtbot, self.session.signed_in)
        self.session.sign_in(self._url, token, remember)
        accepted.wait()

    @property
    def files(self) -> list[Path]:
        return [path for path in self.folder.rglob("*") if path.is_file()]

    def close(self) -> None:
        for service in (self.keeper, self.images, self.mosaics, self.session):
            service.close()


@pytest.fixture
def make_house(qgis_app: QgsApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[Callable[[Path], House]]:
    made: list[House] = []
    with FaultServer(then=answer(STORAGE)) as server:

        def make(folder: Path) -> House:
            made.append(House(folder, qtbot, server))
            return made[-1]

        yield make
        for house in made:
            house.close()
    CredentialStore().forget()
    SERVER.forget()
    qtbot.waitUntil(lambda: QgsApplication.taskManager().countActiveTasks() == 0, timeout=5000)


@pytest.fixture
def house(make_house: Callable[[Path], House], tmp_path: Path) -> House:
    return make_house(tmp_path / "shelf")


def images_of(house: House, mosaic_id: str) -> list[str]:
    return [image.filename for image in house.shelf.images(house.key, mosaic_id, NOBODY) or ()]


def test_what_comes_together_is_written_together(qtbot: QtBot, house: House) -> None:
    house.sign_in()
    for number in range(50):
        house.mosaics.mosaics_loaded.emit([Mosaic("m", f"name {number}")])
        house.images.images_loaded.emit("m", [Image("i", "m", f"name {number}")], [])
    qtbot.waitUntil(lambda: images_of(house, "m") == ["name 49"])
    qtbot.waitUntil(lambda: len(house.files) == 3)
    qtbot.wait(2 * GAP_MS)
    assert house.busy == [(True,), (False,)]


def test_lists_that_others_read_are_kept_as_well(qtbot: QtBot, house: House) -> None:
    house.sign_in()
    house.keeper.keep_images("m", [Image("i", "m", "by somebody else")])
    qtbot.waitUntil(lambda: images_of(house, "m") == ["by somebody else"])


def test_a_change_reaches_what_waits_and_what_is_written(qtbot: QtBot, house: House) -> None:
    house.sign_in()
    image, other = Image("i", "m", "old"), Image("j", "m", "other")
    house.images.images_loaded.emit("m", [image, other], [])
    house.images.image_renamed.emit(replace(image, filename="waits"))
    qtbot.waitUntil(lambda: images_of(house, "m") == ["waits", "other"])
    house.images.image_renamed.emit(replace(image, filename="written"))
    qtbot.waitUntil(lambda: images_of(house, "m") == ["written", "other"])
    house.images.images_loaded.emit("m", [other], [])  # a newer list knows better than an older change
    qtbot.waitUntil(lambda: images_of(house, "m") == ["other"])


def test_what_was_deleted_does_not_come_back(qtbot: QtBot, house: House) -> None:
    house.sign_in()
    mosaics = [Mosaic("m", "m"), Mosaic("n", "n")]
    images = [Image("i", "m", "goes"), Image("j", "m", "stays")]
    house.mosaics.mosaics_loaded.emit(mosaics)
    house.images.images_loaded.emit("m", images, [])
    qtbot.waitUntil(lambda: images_of(house, "m") == ["goes", "stays"])
    for gone in (images[0], mosaics[1]):
        house.keeper.drop_deleted(Outcome(gone))
    for still_there in (images[1], mosaics[0]):
        house.keeper.drop_deleted(Outcome(still_there, ServerFailed(status=500)))
    qtbot.waitUntil(lambda: images_of(house, "m") == ["stays"])
    assert house.shelf.mosaics(house.key, NOBODY) == mosaics[:1]


def test_nothing_is_kept_of_nobody(qtbot: QtBot, house: House) -> None:
    house.mosaics.mosaics_loaded.emit([Mosaic("m", "before the sign-in")])
    house.sign_in(remember=False)
    house.mosaics.mosaics_loaded.emit([Mosaic("m", "not to be remembered")])
    qtbot.wait(2 * GAP_MS)
    assert house.files == []


def test_of_a_token_that_cannot_be_kept_nothing_is_kept(qtbot: QtBot, house: House) -> None:
    not_stored = Told(qtbot, house.session.token_not_stored)
    house.sign_in(token=base64.b64encode(b"\xff\xfe:x").decode())
    house.mosaics.mosaics_loaded.emit([Mosaic("m", "not to be remembered")])
    not_stored.wait()
    house.mosaics.mosaics_loaded.emit([Mosaic("m", "neither")])
    qtbot.wait(2 * GAP_MS)
    assert (house.files, house.session.is_kept) == ([], False)


def test_a_sign_out_overtakes_what_waits(qtbot: QtBot, house: House) -> None:
    house.sign_in()
    house.mosaics.mosaics_loaded.emit([Mosaic("m", "")])
    house.session.sign_out()
    qtbot.wait(2 * GAP_MS)
    assert house.files == []


def test_signed_out_and_in_again_at_once(qtbot: QtBot, house: House) -> None:
    """What is forgotten does not take along what came after it."""
    house.sign_in()
    house.mosaics.mosaics_loaded.emit([Mosaic("m", "before")])
    qtbot.waitUntil(lambda: house.shelf.mosaics(house.key, NOBODY) is not None)
    house.session.sign_out()
    house.sign_in()
    house.mosaics.mosaics_loaded.emit([Mosaic("m", "after")])
    qtbot.waitUntil(lambda: house.shelf.mosaics(house.key, NOBODY) == [Mosaic("m", "after")])
    qtbot.wait(2 * GAP_MS)
    assert house.shelf.mosaics(house.key, NOBODY) == [Mosaic("m", "after")]


def test_a_place_that_cannot_be_written_disturbs_nobody(
    qtbot: QtBot, make_house: Callable[[Path], House], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("no folder")
    house = make_house(tmp_path / "file" / "shelf")
    with caplog.at_level(logging.INFO):
        house.sign_in()
        house.mosaics.mosaics_loaded.emit([Mosaic("m", "")])
        qtbot.waitUntil(lambda: len(house.busy) == 2)
    assert "not put onto the shelf: mosaics" in caplog.text
    assert not [record for record in caplog.records if record.levelno > logging.INFO]
    assert house.session.state == "signed_in"
