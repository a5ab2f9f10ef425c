"""Names out of a server's text: nothing of it chooses a folder, a device or a program."""

from __future__ import annotations

from pathlib import Path

import pytest

from mapflow_data.transfer.file_names import MAX_BYTES, free_path, safe_name


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ("ortho 2026-06-14 (final).tif", "ortho 2026-06-14 (final).tif"),
        ("Müller_поле_畑.TIFF", "Müller_поле_畑.TIFF"),
        ("e\u0301te.tif", "\u00e9te.tif"),
        ("../../etc/passwd", "passwd.tif"),
        ("/etc/cron.d/x.tif", "x.tif"),
        ("..\\..\\Windows\\a.tif", "a.tif"),
        ("C:\\Users\\a.tif", "a.tif"),
        ("C:a.tif", "C_a.tif"),
        ("a\0b\nc\u202etif.tif", "a_b_c_tif.tif"),
        ('a<b>:"|?*.tif', "a_b______.tif"),
        ("CON", "_CON.tif"),
        ("aux.tif", "_aux.tif"),
        ("Com1.final.tif", "_Com1.final.tif"),
        ("COM\u00b2.tif", "_COM\u00b2.tif"),
        ("console.tif", "console.tif"),
        ("run.exe", "run.exe.tif"),
        ("a.tif.desktop", "a.tif.desktop.tif"),
        (".bashrc", "bashrc.tif"),
        ("trailing. . ", "trailing.tif"),
        ("x .tif", "x.tif"),
        (".tif", "tif.tif"),
        ("", "i-1.tif"),
        ("...", "i-1.tif"),
        ("a/", "i-1.tif"),
        ("$HOME;rm `x`.tif", "_HOME_rm _x_.tif"),
    ],
)  # fmt: skip
def test_safe_name(told: str, name: str, tmp_path: Path) -> None:
    assert safe_name(told, "i-1") == name
    path = tmp_path / name
    path.write_bytes(b"x")
    assert [one.name for one in tmp_path.iterdir()] == [name]


def test_even_the_id_may_be_anything() -> None:
    assert safe_name("", "../x") == "_x.tif"
    assert safe_name("", "..") == "image.tif"


@pytest.mark.parametrize("letter", ["a", "ü", "畑"])
def test_long_names_leave_room_for_a_number_and_part(letter: str, tmp_path: Path) -> None:
    name = safe_name(letter * 500 + ".tiff")
    assert name.endswith(letter + ".tiff")
    assert MAX_BYTES - 4 < len(name.encode()) <= MAX_BYTES
    (tmp_path / f"{name} (1000).part").write_bytes(b"")


def test_a_taken_name_gets_a_number(tmp_path: Path) -> None:
    path = tmp_path / "a.b.tif"
    assert free_path(path) == path
    path.write_bytes(b"")
    assert free_path(path).name == "a.b (2).tif"
    (tmp_path / "a.b (2).tif").symlink_to(tmp_path / "nowhere")
    assert free_path(path).name == "a.b (3).tif"
    assert free_path(tmp_path / "B.tif", [tmp_path / "b.TIF"]).name == "B (2).tif"
