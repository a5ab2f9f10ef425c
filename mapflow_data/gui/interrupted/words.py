"""The words of what was under way when QGIS ended: what it was, what is there of it. Any thread."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.PyQt.QtCore import QCoreApplication

from ...services.interrupted import Fate, Finding
from ...transfer.journal_rows import Row, Stage
from ..words.plain import short

translate = QCoreApplication.translate


def uploads(findings: Sequence[Finding]) -> str:
    """Of files of any mosaics, some of which may have arrived."""
    rows = [one.row for one in findings]
    count, arrived = len(rows), sum(one.fate is Fate.ARRIVED for one in findings)
    if count == 1:
        text = translate("Interrupted", "QGIS was closed while “{0}” was being uploaded to {1}.")
        if arrived:
            text = translate(
                "Interrupted", "“{0}” has arrived in {1}, though QGIS was closed while it was being uploaded."
            )
        return text.format(short(rows[0].name), _target(rows))
    if arrived == count:
        text = translate(
            "Interrupted", "All {0} files that were being uploaded to {1} when QGIS was closed have arrived."
        )
    elif arrived:
        text = translate(
            "Interrupted",
            "QGIS was closed while {0} files were being uploaded to {1}; {2} of them have arrived.",
        )
    else:
        text = translate("Interrupted", "QGIS was closed while {0} files were being uploaded to {1}.")
    return text.format(count, _target(rows), arrived)


def replacements(findings: Sequence[Finding]) -> str:
    """Of those that can be gone on with."""
    if len(findings) == 1:
        return f"{_replaced(findings[0].row)} {_what_is_there(findings[0])}"
    text = translate("Interrupted", "QGIS was closed while {0} images were being replaced.")
    what = translate(
        "Interrupted", "The old images are there; what was sent of new ones is looked for first."
    )
    return f"{text.format(len(findings))} {what}"


def replacement(one: Finding) -> str:
    """Of one that is over, or nearly so."""
    if one.fate is Fate.REPLACED:
        text = translate("Interrupted", "“{0}” was replaced by “{1}” when QGIS was closed.")
        return text.format(short(one.row.old_name), short(one.row.name))
    return f"{_replaced(one.row)} {_what_is_there(one)}"


def damaged(path: str) -> str:
    return translate(
        "Interrupted",
        "Some of what was under way when QGIS was closed could not be read; "
        "see in the lists of images what has arrived. The notes are kept in {0}.",
    ).format(path)


def _target(rows: Sequence[Row]) -> str:
    names = {row.mosaic_id: row.mosaic_name for row in rows}
    if len(names) > 1:
        return translate("Interrupted", "{0} mosaics").format(len(names))
    (name,) = names.values()
    return f"“{short(name)}”" if name else "Mapflow"


def _replaced(row: Row) -> str:
    text = translate("Interrupted", "QGIS was closed while “{0}” was being replaced by “{1}”.")
    return text.format(short(row.old_name), short(row.name))


def _what_is_there(one: Finding) -> str:
    if one.fate is Fate.BOTH:
        return translate("Interrupted", "Both images are there, and the new one is verified.")
    if one.fate is Fate.UNPROVEN:
        return translate(
            "Interrupted",
            "Both images are there, as nothing proves that the new one is your file: "
            "compare them and delete one.",
        )
    if one.fate is Fate.GONE:
        return translate("Interrupted", "Neither image is in Mapflow any more: upload the file again.")
    if not one.is_sure:
        return translate("Interrupted", "What there is of both could not be seen yet.")
    if one.row.stage in (Stage.WAITING, Stage.SENDING):
        return translate("Interrupted", "The old image is there as before.")
    return translate("Interrupted", "The old image is there; the new one is not listed.")
