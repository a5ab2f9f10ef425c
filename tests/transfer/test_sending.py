"""Whose image is it? Decided on listings as servers give them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mapflow_data.api.cancel import CancelToken
from mapflow_data.api.errors import Refused
from mapflow_data.api.models import Image, ImageState, MosaicStatus
from mapflow_data.transfer.claims import Claims
from mapflow_data.transfer.inspect import RasterFacts
from mapflow_data.transfer.sending import Listing, Sending

FACTS = RasterFacts("/nowhere/a.tif", "a.tif", size=100)


@pytest.fixture
def sending(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sending]:
    """Sent into a mosaic where an image "old" was before; nothing is claimed by earlier tests."""
    monkeypatch.setattr("mapflow_data.transfer.sending.CLAIMS", Claims())
    one = Sending("m", FACTS)
    one._before = {"old"}
    assert one.enter()
    yield one
    one.leave()


def find(sending: Sending, *images: Image, status: MosaicStatus | None = None) -> str:
    found = sending.find(Listing(images, status), CancelToken())
    return found.id if found else ""


def ours(image_id: str) -> Image:
    return Image(image_id, filename="a.tif", size_bytes=100)


def states(*found: tuple[str, str, str]) -> MosaicStatus:
    return MosaicStatus(images=tuple(ImageState(i, name, state, "bad pixels") for i, name, state in found))


def test_name_and_size(sending: Sending) -> None:
    assert find(sending, ours("new")) == "new"


@pytest.mark.parametrize(
    "image",
    [
        ours("old"),
        Image("new", filename="a.tif", size_bytes=99),
        Image("new", filename="b.tif", size_bytes=100),
        Image("new", filename="a.tif"),
        Image("new"),
    ],
)
def test_not_ours(sending: Sending, image: Image) -> None:
    assert find(sending, image) == ""


def test_accepted_without_a_size_goes_by_the_name(sending: Sending) -> None:
    sending.is_accepted = True
    assert find(sending, Image("new", filename="a.tif")) == "new"


def test_id_of_the_answer_comes_first(sending: Sending) -> None:
    sending.is_accepted, sending.image_id = True, "told"
    assert find(sending, ours("other"), Image("told", filename="x.tif")) == "told"


def test_the_only_new_one_of_our_size_if_it_was_accepted(sending: Sending) -> None:
    renamed = Image("new", filename="x.tif", size_bytes=100, checksum="0" * 40)
    assert find(sending, renamed) == ""
    sending.is_accepted = True
    assert find(sending, renamed, Image("second", filename="y.tif", size_bytes=100)) == ""
    assert find(sending, renamed) == "new"


def test_not_while_another_of_our_size_is_on_its_way(sending: Sending) -> None:
    sending.is_accepted = True
    rival = Sending(sending.mosaic_id, RasterFacts("/nowhere/b.tif", "b.tif", size=100))
    assert rival.enter()
    renamed = Image("new", filename="x.tif", size_bytes=100)
    assert find(sending, renamed) == ""
    rival.leave()
    assert find(sending, renamed) == "new"


def test_image_of_another_is_never_taken(sending: Sending) -> None:
    rival = Sending(sending.mosaic_id, RasterFacts("/nowhere/b.tif", "b.tif", size=100))
    rival._before = set()
    assert rival.enter()
    assert find(rival, Image("new", filename="b.tif", size_bytes=100)) == "new"
    rival.leave()
    sending.is_accepted = True
    assert find(sending, Image("new", filename="b.tif", size_bytes=100)) == ""


def test_server_that_gave_up_on_ours(sending: Sending) -> None:
    sending.is_accepted = True
    failed = states(("old", "a.tif", "FAILED"), ("new", "a.tif", "FAILED"))
    with pytest.raises(Refused) as caught:
        find(sending, status=failed)
    assert (caught.value.code, caught.value.server_text) == ("PreprocessingFailed", "bad pixels")
    assert not sending.is_accepted
    assert find(sending, status=failed) == ""  # that was the last attempt's


def test_server_that_gave_up_on_others(sending: Sending) -> None:
    sending.image_id = "told"
    assert find(sending, status=states(("old", "a.tif", "FAILED"), ("new", "a.tif", "FAILED"))) == ""
    with pytest.raises(Refused):
        find(sending, status=states(("told", "x.tif", "FAILED")))


def test_known_before_it_is_listed(sending: Sending) -> None:
    assert not sending.is_known(Listing((), states(("old", "a.tif", "PENDING"), ("new", "b.tif", "PENDING"))))
    assert not sending.is_known(Listing(()))
    assert sending.is_known(Listing((), states(("new", "a.tif", "PENDING"))))


def test_claims_are_first_come_first_served() -> None:
    claims = Claims()
    one, other = ("m", "a"), ("m", "b")
    assert claims.enter(one, 5)
    assert not claims.enter(one, 5)
    assert claims.enter(("m2", "a"), 5)
    assert claims.take(one, "i")
    assert claims.take(one, "i")
    assert not claims.take(other, "i")
    assert claims.free([Image("i"), Image("j")]) == [Image("j")]
    claims.leave(one, is_settled=True)
    assert claims.enter(one, 5)


def test_what_got_lost_makes_its_size_ambiguous() -> None:
    claims = Claims()
    assert claims.enter(("m", "a"), 5)
    claims.leave(("m", "a"), is_settled=False)
    assert claims.enter(("m", "b"), 5)
    assert not claims.is_alone(("m", "b"))
    assert claims.enter(("m", "c"), 6)
    assert claims.is_alone(("m", "c"))
