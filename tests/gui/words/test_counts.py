"""One of something is one."""

from __future__ import annotations

from mapflow_data.api.models import Image
from mapflow_data.gui.imagery import cells
from mapflow_data.gui.words import counts


def test_one_has_a_form_of_its_own() -> None:
    assert [counts.images(n) for n in (0, 1, 2, 1234)] == ["0 images", "1 image", "2 images", "1,234 images"]
    assert [counts.bands(n) for n in (1, 4)] == ["1 band", "4 bands"]


def test_an_image_of_one_band_says_so() -> None:
    tips = [cells.value(Image("i", "m", bands=n), cells.Column.NAME, cells.TOOLTIP, None) for n in (1, 3)]
    assert "1 band" in tips[0]
    assert "1 bands" not in tips[0]
    assert "3 bands" in tips[1]
