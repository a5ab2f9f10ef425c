"""A search that goes wrong: what the person reads, what is kept, and what goes over the wire."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from qgis.core import QgsProject, QgsRectangle
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QImage
from qgis.PyQt.QtWidgets import QToolButton

from mapflow_data.api.errors import Unreachable
from mapflow_data.gui.results.cells import Column
from mapflow_data.gui.results.model import LOADING, SHOWN
from mapflow_data.gui.search.panel import SearchPanel
from mapflow_data.gui.search.run import State
from mapflow_data.gui.workspace import Workspace
from mapflow_data.settings import SEARCH_FILTERS
from tests.gui.kit.searching import PATIENCE_MS, Person, found, layers, look_at
from tests.gui.kit.window import Window
from tests.rig.fault_server import FaultServer
from tests.rig.sandbox import Sandbox
from tests.rig.script import Script, answer, bomb, html, redirect

STORAGE = {"memoryLimit": 1000, "memoryUsed": 1, "memoryFree": 999}
FOOTPRINT = {
    "type": "Polygon",
    "coordinates": [[[-105.7, 40.3], [-105.6, 40.3], [-105.6, 40.4], [-105.7, 40.4], [-105.7, 40.3]]],
}


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with Sandbox(tmp_path_factory.mktemp("odd"), odd=True) as service:
        yield service


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with Sandbox(tmp_path_factory.mktemp("crowded"), many=1200) as service:
        yield service


@pytest.fixture
def server() -> Iterator[FaultServer]:
    """Takes the sign-in; the status of the account is not told."""
    with FaultServer([answer(STORAGE), answer([]), Script(status=404)], then=answer([])) as server:
        yield server


@pytest.fixture(autouse=True)
def _fresh_settings() -> Iterator[None]:
    yield
    SEARCH_FILTERS.forget()


def sign_in(workspace: Workspace, url: str, token: str, window: Window, qtbot: QtBot) -> SearchPanel:
    session = workspace.services.session
    with qtbot.waitSignal(session.signed_in, timeout=PATIENCE_MS):
        session.sign_in(url, token, False)
    qtbot.waitUntil(
        lambda: not session.is_busy and not workspace.services.mosaics.is_busy, timeout=PATIENCE_MS
    )
    look_at(window.canvas)
    return workspace.dock.show_search()


@pytest.fixture
def panel(workspace: Workspace, server: FaultServer, window: Window, qtbot: QtBot) -> SearchPanel:
    return sign_in(workspace, server.url, "dXNlcjpzZWNyZXQ=", window, qtbot)


def searches(server: FaultServer) -> int:
    return len([line for line in server.seen if line.endswith("/catalog/meta")])


def scene(number: int) -> dict[str, object]:
    return {"id": f"s{number}", "footprint": FOOTPRINT, "productType": "Scene", "sensor": "GF2"}


def test_a_failure_says_why_and_retry_searches_again(
    panel: SearchPanel, server: FaultServer, qtbot: QtBot
) -> None:
    server.add(Script(status=403, body=b'{"detail": {"code": "AccessDenied"}}'), answer([scene(1)]))
    panel.search_here()
    qtbot.waitUntil(lambda: panel.run.state is State.FAILED, timeout=PATIENCE_MS)
    page = panel.statePage
    assert page.isVisible()
    assert page.stateTitle.text() == "The search did not work"
    assert "no right" in page.stateText.text()
    assert page.stateButton.text() == "Retry"
    assert panel.searchForm.isVisible()
    page.stateButton.click()
    found(panel, qtbot)
    assert panel.model.total == 1
    assert panel.countLabel.text() == "1 found"  # a bare list tells no total


def test_an_area_that_the_server_finds_too_large_is_told_with_its_numbers(
    panel: SearchPanel, server: FaultServer, qtbot: QtBot
) -> None:
    body = b'{"code": "TOO_LARGE_PROCESSING", "message": "x", "params": {"area": 9e8, "aoiAreaLimit": 7e8}}'
    server.add(Script(status=400, body=body, headers=(("Content-Type", "application/json"),)))
    panel.search_here()
    qtbot.waitUntil(lambda: panel.run.state is State.FAILED, timeout=PATIENCE_MS)
    assert (
        "the area has 900 km², your account may search 700 km²"
        in panel.statePage.stateText.text().replace("The area", "the area")
    )


def test_cancel_is_at_once_and_a_late_answer_changes_nothing(
    panel: SearchPanel, server: FaultServer, person: Person, qtbot: QtBot
) -> None:
    gate = threading.Event()
    server.add(replace(answer([scene(1)]), before=lambda: gate.wait(30)))
    panel.search_here()
    qtbot.waitUntil(lambda: searches(server) == 1, timeout=PATIENCE_MS)
    assert panel.statePage.stateTitle.text() == "Searching…"
    person.click(panel.searchForm.searchButton)
    assert panel.searchForm.searchButton.text() == "Search"
    qtbot.waitUntil(lambda: panel.run.state is State.IDLE, timeout=PATIENCE_MS)
    gate.set()
    qtbot.wait(300)
    assert panel.model.total == 0
    assert layers("results") == []


def test_only_the_newest_search_counts(panel: SearchPanel, server: FaultServer, qtbot: QtBot) -> None:
    server.add(answer([scene(1)], delay=0.6), answer([scene(2)]))
    panel.search_here()
    qtbot.waitUntil(lambda: searches(server) == 1, timeout=PATIENCE_MS)
    panel.search()
    qtbot.waitUntil(lambda: panel.model.total == 1, timeout=PATIENCE_MS)
    qtbot.wait(800)
    assert [panel.model.row(n).id for n in range(panel.model.rowCount())] == ["s2"]
    (layer,) = layers("results")
    qtbot.waitUntil(lambda: layer.featureCount() == 1, timeout=PATIENCE_MS)


def test_while_a_service_is_gone_cancel_works_between_the_tries(
    workspace: Workspace, window: Window, person: Person, qtbot: QtBot
) -> None:
    with FaultServer([answer(STORAGE), answer([]), Script(status=404)], then=answer([])) as server:
        panel = sign_in(workspace, server.url, "dXNlcjpzZWNyZXQ=", window, qtbot)
    panel.search_here()
    qtbot.wait(1200)
    assert panel.run.state is State.SEARCHING
    person.click(panel.searchForm.searchButton)
    assert panel.run.state is State.IDLE
    qtbot.waitUntil(lambda: not workspace.services.catalog.is_busy, timeout=500)


def test_a_service_that_is_gone_is_named_as_such(
    panel: SearchPanel, workspace: Workspace, server: FaultServer
) -> None:
    server.add(answer([], delay=0.5))
    panel.search_here()
    workspace.services.catalog.failed.emit("search", Unreachable(request="POST /catalog/meta"))
    assert panel.run.state is State.FAILED
    assert panel.statePage.isVisible()
    assert "cannot be reached" in panel.statePage.stateText.text()
    assert panel.statePage.stateButton.text() == "Retry"


def test_odd_items_are_kept_and_hurt_nobody(
    workspace: Workspace, odd: Sandbox, window: Window, qtbot: QtBot
) -> None:
    panel = sign_in(workspace, odd.url, odd.token, window, qtbot)
    panel.search_here()
    found(panel, qtbot)
    rows = [panel.model.row(n) for n in range(panel.model.rowCount())]
    assert {"odd-footprint-missing", "odd-bare", "odd-html", "42"} <= {row.item.id for row in rows}
    lost = next(row for row in rows if row.item.id == "odd-footprint-missing")
    assert lost.facts.endswith("no footprint")
    assert not lost.can_be_shown
    assert "no place on the map" in panel.countLabel.toolTip()
    html = next(n for n, row in enumerate(rows) if row.item.id == "odd-html")
    assert "&lt;img" in panel.model.index(html, 0).data(Qt.ItemDataRole.ToolTipRole)
    (layer,) = layers("results")
    qtbot.waitUntil(lambda: layer.featureCount() == panel.model.total, timeout=PATIENCE_MS)
    panel.cardsView.resize(330, 60 * len(rows))
    assert not panel.cardsView.grab().isNull()  # every card can be painted


@pytest.mark.parametrize("name", ["file", "private", "html", "svg", "braces"])
def test_a_preview_that_cannot_be_is_told_by_name(
    workspace: Workspace, odd: Sandbox, window: Window, qtbot: QtBot, name: str
) -> None:
    panel = sign_in(workspace, odd.url, odd.token, window, qtbot)
    warnings: list[object] = []
    panel.warned.connect(warnings.append)
    panel.search_here()
    found(panel, qtbot)
    row = panel.model.find(f"odd-preview-{name}")
    panel.result_actions.show([row])
    qtbot.waitUntil(lambda: len(warnings) == 1, timeout=PATIENCE_MS)
    assert warnings[0].text.startswith(f"odd-preview-{name} was not shown: ")
    assert panel.model.state_of(row.id) == ""
    assert layers("quicklook") == []
    assert layers("tiles") == []


def test_more_is_loaded_on_a_click_and_the_server_sorts_what_is_not_here(
    workspace: Workspace, crowded: Sandbox, window: Window, person: Person, qtbot: QtBot
) -> None:
    panel = sign_in(workspace, crowded.url, crowded.token, window, qtbot)
    panel.search_here()
    found(panel, qtbot)
    assert panel.countLabel.text() == "500 of 1,200"
    assert panel.moreButton.isVisible()
    person.click(panel.moreButton)
    assert panel.editButton.text() == "Cancel"
    found(panel, qtbot)
    assert panel.countLabel.text() == "1,000 of 1,200"
    panel.model.sort(Column.CLOUD, Qt.SortOrder.AscendingOrder)
    assert panel.run.query.sort_by == "CLOUD_COVER"
    assert not panel.run.query.descending
    found(panel, qtbot)
    clouds = [panel.model.row(n).item.cloud for n in range(panel.model.rowCount())]
    assert clouds == sorted(clouds)
    assert panel.sortButton.text() == "Sort: cloud ▾"
    while panel.moreButton.isVisible():
        person.click(panel.moreButton)
        found(panel, qtbot)
    assert panel.model.total == 1200
    (layer,) = layers("results")
    qtbot.waitUntil(lambda: layer.featureCount() == 1200, timeout=PATIENCE_MS)


def test_signing_out_leaves_nothing_of_what_was_found(
    workspace: Workspace, crowded: Sandbox, window: Window, qtbot: QtBot
) -> None:
    panel = sign_in(workspace, crowded.url, crowded.token, window, qtbot)
    panel.search_here()
    found(panel, qtbot)
    workspace.services.session.sign_out()
    assert panel.model.total == 0
    assert panel.searchForm.limit_km2 is None


@pytest.mark.parametrize(
    ("scripts", "words"),
    [
        ([answer([scene(1), scene(2)], drop_after=200)] * 2, "incomplete"),
        ([html()], "not a Mapflow server, or a proxy"),
        ([bomb(70_000_000)], "too"),
        ([redirect("http://127.0.0.1:9/elsewhere")], "not a Mapflow server"),
    ],
    ids=["cut", "portal", "bomb", "redirect"],
)
def test_an_answer_that_is_none_shows_no_part_of_it(
    panel: SearchPanel, server: FaultServer, qtbot: QtBot, scripts: list[Script], words: str
) -> None:
    server.add(*scripts)
    panel.search_here()
    qtbot.waitUntil(lambda: panel.run.state is State.FAILED, timeout=PATIENCE_MS)
    assert searches(server) == len(scripts)
    assert words in panel.statePage.stateText.text()
    assert panel.statePage.stateButton.text() == "Retry"
    assert panel.model.total == 0
    assert layers("results") == []


def test_what_the_map_shows_across_180_is_sent_in_two_parts(
    panel: SearchPanel, window: Window, server: FaultServer, qtbot: QtBot
) -> None:
    look_at(window.canvas, QgsRectangle(19_937_508, 0, 20_137_508, 200_000), "EPSG:3857")
    panel.search_here()
    found(panel, qtbot)
    area = server.requests[-1].json["aoi"]
    assert area["type"] == "MultiPolygon"
    sides = [{x > 0 for x, _ in part[0]} for part in area["coordinates"]]
    assert sorted(sides) == [{False}, {True}]
    assert all(abs(x) <= 180 for part in area["coordinates"] for x, _ in part[0])


def test_an_outline_that_crosses_itself_is_sent_once_it_is_confirmed(
    panel: SearchPanel, server: FaultServer, person: Person, qtbot: QtBot
) -> None:
    panel.draw_and_search()
    person.draw(((0.3, 0.3), (0.7, 0.7), (0.7, 0.3), (0.3, 0.7)))
    hint = panel.searchForm.areaHint
    assert "crosses itself" in hint.hintLabel.text()
    qtbot.wait(200)
    assert searches(server) == 0
    person.click(hint.secondHintButton)
    person.click(panel.searchForm.searchButton)
    found(panel, qtbot)
    assert searches(server) == 1
    assert len(server.requests[-1].json["aoi"]["coordinates"]) == 2


def test_a_double_click_on_search_searches(panel: SearchPanel, server: FaultServer, qtbot: QtBot) -> None:
    """Its second click would hit Cancel, which is in the same place by then."""
    server.add(answer([scene(1)], delay=0.5))
    panel.picker.use_extent()
    button = panel.searchForm.searchButton
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: panel.model.total == 1, timeout=PATIENCE_MS)
    assert searches(server) == 1


def test_a_token_that_is_refused_on_the_way_keeps_the_rows_and_offers_to_sign_in(
    panel: SearchPanel, workspace: Workspace, server: FaultServer, qtbot: QtBot
) -> None:
    first = {"images": [scene(1)], "total": 2, "limit": 1, "offset": 0}
    server.add(answer(first), Script(status=401), Script(status=401))
    panel.search_here()
    found(panel, qtbot)
    panel.moreButton.click()
    qtbot.waitUntil(lambda: panel.run.state is State.FAILED, timeout=PATIENCE_MS)
    assert panel.model.total == 1
    bar = workspace.dock.messageBar
    assert bar.currentItem().property("text").startswith("The search did not work: ")
    assert "Sign in" in [button.text() for button in bar.findChildren(QToolButton)]


def test_another_account_ends_what_the_one_before_began(
    workspace: Workspace, window: Window, qtbot: QtBot
) -> None:
    """Signed in again without a sign-out."""
    first = [answer(STORAGE), answer([]), Script(status=404), answer([scene(1)], delay=20.0)]
    again = [answer(STORAGE), answer([]), Script(status=404)]
    with FaultServer([*first, *again], then=answer([scene(2)])) as server:
        panel = sign_in(workspace, server.url, "dXNlcjpzZWNyZXQ=", window, qtbot)
        panel.search_here()
        qtbot.waitUntil(lambda: searches(server) == 1, timeout=PATIENCE_MS)
        sign_in(workspace, server.url, "b3RoZXI6c2VjcmV0", window, qtbot)
        assert panel.run.state is State.IDLE
        panel.search()
        qtbot.waitUntil(lambda: panel.model.total == 1, timeout=PATIENCE_MS)


def test_a_newer_token_of_the_account_lets_its_search_go_on(
    workspace: Workspace, window: Window, qtbot: QtBot
) -> None:
    first = [answer(STORAGE), answer([]), Script(status=404), answer([scene(1)], delay=2.0)]
    again = [answer(STORAGE), answer([]), Script(status=404)]
    with FaultServer([*first, *again], then=answer([])) as server:
        panel = sign_in(workspace, server.url, "dXNlcjpzZWNyZXQ=", window, qtbot)
        panel.search_here()
        qtbot.waitUntil(lambda: searches(server) == 1, timeout=PATIENCE_MS)
        sign_in(workspace, server.url, "dXNlcjphbm90aGVy", window, qtbot)
        qtbot.waitUntil(lambda: panel.run.state is State.DONE, timeout=PATIENCE_MS)
        assert panel.model.total == 1
        assert searches(server) == 1


def test_a_picture_of_the_search_before_is_shown_in_the_new_one(
    panel: SearchPanel, server: FaultServer, qtbot: QtBot, tmp_path: Path
) -> None:
    """The card of the first search asked for it, a person who found it again wants it on the map."""
    picture = make_picture(tmp_path)
    item = {**scene(1), "previewType": "png", "previewUrl": f"{server.url}/quicklook-{tmp_path.name}.png"}
    slow = Script(body=picture, headers=(("Content-Type", "image/png"),), delay=1.5)
    server.add(answer([item]), slow, answer([{**item, "aoiIntersectionPercent": 7}]))
    panel.search_here()
    qtbot.waitUntil(lambda: any("quicklook" in line for line in server.seen), timeout=PATIENCE_MS)
    panel.search()
    qtbot.waitUntil(lambda: panel.model.total == 1 and panel.model.row(0).covers == 7, timeout=PATIENCE_MS)
    panel.result_actions.show([panel.model.row(0)])
    assert panel.model.state_of("s1") == LOADING
    qtbot.waitUntil(lambda: panel.model.state_of("s1") == SHOWN, timeout=PATIENCE_MS)
    assert len(layers("quicklook")) == 1


def test_a_picture_that_a_sign_out_stopped_can_be_asked_for_again(
    panel: SearchPanel,
    workspace: Workspace,
    server: FaultServer,
    window: Window,
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    picture = make_picture(tmp_path)
    item = {**scene(1), "previewType": "png", "previewUrl": f"{server.url}/quicklook-{tmp_path.name}.png"}
    shown = Script(body=picture, headers=(("Content-Type", "image/png"),))
    again = [answer(STORAGE), answer([]), Script(status=404)]
    server.add(answer([item]), Script(delay=20.0), *again, answer([item]), shown)
    panel.search_here()
    found(panel, qtbot)
    panel.result_actions.show([panel.model.row(0)])
    qtbot.waitUntil(lambda: any("quicklook" in line for line in server.seen), timeout=PATIENCE_MS)
    workspace.services.session.sign_out()
    sign_in(workspace, server.url, "dXNlcjpzZWNyZXQ=", window, qtbot)
    panel.search_here()
    found(panel, qtbot)
    panel.result_actions.show([panel.model.row(0)])
    qtbot.waitUntil(lambda: panel.model.state_of("s1") == SHOWN, timeout=PATIENCE_MS)


def test_all_rows_are_not_put_on_the_map_at_once(
    panel: SearchPanel, server: FaultServer, qtbot: QtBot
) -> None:
    tiles = {"previewType": "xyz", "previewUrl": f"{server.url}/t/{{z}}/{{x}}/{{y}}.png"}
    server.add(answer([{**scene(number), **tiles} for number in range(60)]))
    notes: list[str] = []
    panel.noted.connect(notes.append)
    panel.search_here()
    found(panel, qtbot)
    panel.cardsView.selectAll()
    panel.result_actions.show(panel.selection.rows())
    qtbot.waitUntil(lambda: len(layers("tiles")) == 50, timeout=PATIENCE_MS)
    assert notes == ["The first 50 of 60 are shown; select others to see those."]
    assert [panel.model.state_of(f"s{n}") for n in (49, 50)] == [SHOWN, ""]


def make_picture(folder: Path) -> bytes:
    path = folder / "picture.png"
    image = QImage(60, 60, QImage.Format.Format_RGB32)
    image.fill(0xFF336699)
    image.save(str(path))
    return path.read_bytes()


def test_the_panel_goes_without_a_trace(workspace: Workspace, window: Window) -> None:
    items = len(window.canvas.scene().items())
    other = Workspace(window)
    look_at(window.canvas)
    other.dock.search.picker.use_extent()
    other.dock.search.opener.open()
    assert len(window.canvas.scene().items()) > items
    other.close()
    assert len(window.canvas.scene().items()) == items
    QgsProject.instance().clear()  # nothing of it listens any more
    look_at(window.canvas, crs="EPSG:4326")


@pytest.fixture
def person(window: Window, qtbot: QtBot) -> Person:
    return Person(qtbot, window.canvas)
