"""Words and icons of the Upload dialog: groups, remedies, counts. Any thread but for the icons."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Optional

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QCoreApplication
from qgis.PyQt.QtGui import QIcon

from ...api.models import ASSUMED_MAX_SIDE_PX, ASSUMED_MAX_UPLOAD_BYTES
from ...transfer.plan import OVERRIDABLE, Plan, PlanRow, Problem
from ..words import formats
from ..words.plain import as_tooltip
from . import problems as upload_problems
from .rows import Group
from .sources import NoFile, Source

translate = QCoreApplication.translate

LONG_S = 15 * 60.0  # from here on a computer falls asleep meanwhile

BUTTON_ICONS = {
    "addFilesButton": "mActionAddRasterLayer.svg",
    "addFolderButton": "mActionFileOpen.svg",
    "addLayersButton": "mActionAddLayer.svg",
    "removeButton": "mActionRemove.svg",
    "overrideButton": "mActionSharingExport.svg",
}

GROUP_ICONS = {
    Group.CHECKING: "mIconHistory.svg",
    Group.READY: "mIconSuccess.svg",
    Group.DIFFERS: "mIconInfo.svg",
    Group.RISKY: "mIconInfo.svg",
    Group.NAMESAKE: "mIconInfo.svg",
    Group.THERE: "mIconInfo.svg",
    Group.CANNOT: "mIconWarning.svg",
}


def theme_icon(name: str) -> QIcon:
    return QgsApplication.getThemeIcon(f"/{name}")


def group_icons() -> dict[Group, QIcon]:
    return {group: theme_icon(name) for group, name in GROUP_ICONS.items()}


def columns() -> tuple[str, ...]:
    return (
        translate("Upload", "File"),
        translate("Upload", "What will happen"),
        translate("Upload", "Size to send") + "\u2002",  # as its cells, off the next column
        translate("Upload", "CRS"),
    )


def what_to_add() -> tuple[str, str]:
    """Title and text of the empty list."""
    return (
        translate("Upload", "Drop images here"),
        translate("Upload", "GeoTIFF files, folders or raster layers; the buttons above add them, too."),
    )


def heading(group: Group, count: int) -> str:
    text = {
        Group.CHECKING: translate("Upload", "Being checked ({0})"),
        Group.READY: translate("Upload", "Ready to send ({0})"),
        Group.DIFFERS: translate("Upload", "Differs from the mosaic ({0})"),
        Group.RISKY: translate("Upload", "May be refused ({0})"),
        Group.NAMESAKE: translate("Upload", "Same name as another ({0})"),
        Group.THERE: translate("Upload", "Already there ({0})"),
        Group.CANNOT: translate("Upload", "Cannot be sent ({0})"),
    }[group]
    return text.format(count)


def remedy(group: Group, count: int) -> str:
    """What the button of a group that is not sent by itself offers."""
    if group is Group.THERE:
        return translate("Upload", "Send again")
    if group is Group.NAMESAKE:
        return translate("Upload", "Send both")
    return translate("Upload", "Send as it is") if count == 1 else translate("Upload", "Send as they are")


def undo_remedy() -> str:
    return translate("Upload", "Undo my choice")


def send_anyway() -> str:
    return translate("Upload", "Send anyway")


def do_not_send() -> str:
    return translate("Upload", "Do not send")


def check_again() -> str:
    return translate("Upload", "Check the files again")


def remove(count: int) -> str:
    if count == 1:
        return translate("Upload", "Remove from this list")
    return translate("Upload", "Remove {0} rows from this list").format(count)


def checking() -> str:
    return translate("Upload", "Checking…")


def checked() -> str:
    return translate("Upload", "Checked; waits for the others")


def what_happens(row: PlanRow, source: Source, group: Group) -> str:
    """One line; of several problems all are told."""
    decisive = sorted(row.problems, key=_weight)  # a long line is cut at its end
    problems = [problem for problem in decisive if problem is not Problem.SAME_NAME]
    notes = "; ".join(upload_problems.sentence(p, row) for p in problems or row.problems)
    if group in (Group.DIFFERS, Group.RISKY, Group.NAMESAKE, Group.THERE):
        return translate("Upload", "Not sent: {0}").format(notes)
    if group is not Group.READY:
        return notes
    if notes:
        return _sent_anyway(row).format(notes)
    if source.layer_crs:
        return translate("Upload", "Sent in its own CRS, not in the layer's {0}").format(source.layer_crs)
    return translate("Upload", "Will be sent")


def _weight(problem: Problem) -> int:
    """What nobody can overrule comes first, what is only assumed comes last."""
    return (problem in OVERRIDABLE) + (problem is Problem.TOO_COARSE)


def _sent_anyway(row: PlanRow) -> str:
    if Problem.ALREADY_THERE in row.problems:
        return translate("Upload", "Sent again: {0}")
    if set(row.problems) == {Problem.SAME_NAME}:
        return translate("Upload", "Sent too: {0}")
    return translate("Upload", "Sent as it is: {0}")


def no_file(reason: NoFile) -> str:
    return {
        NoFile.REMOTE: translate("Upload", "Has no file on this computer; use Export › Save As…"),
        NoFile.NOT_RASTER: translate("Upload", "Is not a raster; only images can be sent"),
        NoFile.VIRTUAL: translate("Upload", "Lies in an archive or server; use Export › Save As…"),
        NoFile.SUBDATASET: translate("Upload", "Is one part of a larger file; use Export › Save As…"),
        NoFile.MISSING: translate("Upload", "The file is gone; repair the layer's data source"),
    }[reason]


def tip(source: Source, happens: str) -> str:
    """Names of files and layers are anybody's text: kept plain."""
    lines = [source.path or source.name, happens]
    if source.layer_name and source.layer_name != source.name:
        lines.insert(1, translate("Upload", "Layer: {0}").format(source.layer_name))
    return as_tooltip("\n".join(lines))


def upload_button(count: int) -> str:
    if count == 0:
        return translate("Upload", "&Upload")
    if count == 1:
        return translate("Upload", "&Upload 1 file")
    return translate("Upload", "&Upload {0} files").format(count)


def files(count: int) -> str:
    if count == 1:
        return translate("Upload", "1 file")
    return translate("Upload", "{0} files").format(count)


def summary(plan: Plan, left_out: int, seconds: Optional[float], unfit: int, missing: int) -> str:
    """Files, bytes, storage; the time only where a rate was measured. `left_out` counts what stays here."""
    size = formats.size(plan.bytes_to_send)
    if plan.free is not None:
        size = translate("Upload", "{0} free").format(formats.part_of(plan.bytes_to_send, plan.free))
    parts = [files(len(plan.rows)), size, *_time_needed(seconds)]
    if left_out > unfit:
        parts.append(_not_sent(left_out - unfit))
    if plan.limits_assumed:
        parts.append(_limits_assumed())
    lines = [" · ".join(parts), *([does_not_fit(unfit, missing)] if unfit else [])]
    return "\n".join(lines)


def does_not_fit(count: int, missing: int) -> str:
    """The subset that fits is what the button offers."""
    size = formats.size(missing)
    if count == 1:
        return translate("Upload", "1 file does not fit: {0} more storage is needed").format(size)
    return translate("Upload", "{0} files do not fit: {1} more storage is needed").format(count, size)


def _not_sent(count: int) -> str:
    if count == 1:
        return translate("Upload", "1 more is not sent")
    return translate("Upload", "{0} more are not sent").format(count)


def _limits_assumed() -> str:
    return translate("Upload", "assumed limits: {0} a file, {1} px a side").format(
        formats.size(ASSUMED_MAX_UPLOAD_BYTES), formats.number(ASSUMED_MAX_SIDE_PX)
    )


def _time_needed(seconds: Optional[float]) -> list[str]:
    if seconds is None:
        return []
    parts = [translate("Upload", "about {0}").format(formats.duration(seconds))]
    return [*parts, translate("Upload", "keep this computer awake")] if seconds > LONG_S else parts


def progress(done: int, total: int) -> str:
    return translate("Upload", "Checking files: {0} of {1}").format(done, total)


def nothing_to_send(groups: Iterable[Group], unfit: int, missing: int) -> str:
    """Why nothing can be sent although there are rows."""
    if set(groups) & {Group.DIFFERS, Group.RISKY, Group.NAMESAKE}:
        return translate("Upload", "Nothing is sent yet: decide in the list, or add other files")
    if unfit:
        return does_not_fit(unfit, missing)
    if set(groups) == {Group.THERE}:
        return translate("Upload", "Nothing to send: all of these are in the mosaic already")
    return translate("Upload", "Nothing can be sent: the list says why; mend that or add other files")


def needs_files() -> str:
    return translate("Upload", "Add files or layers first")


def needs_name() -> str:
    return translate("Upload", "Choose a mosaic, or type a name for a new one")


def needs_sign_in() -> str:
    return translate("Upload", "Sign in to Mapflow first")


def starting(name: str) -> str:
    return translate("Upload", "Creating the mosaic “{0}”…").format(name)


def not_created(name: str) -> str:
    return translate("Upload", "The mosaic “{0}” was not created").format(name)


def not_checked() -> str:
    return translate("Upload", "The files were not checked")
