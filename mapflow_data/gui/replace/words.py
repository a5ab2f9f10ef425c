"""The words of a replacement: both images, what speaks against it, how it stands. Main thread."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone

from qgis.PyQt.QtCore import QCoreApplication

from ...api.models import Image
from ...services.replacement import DIFFERENCES, Prepared, Replacement, Stage
from ...services.upload.jobs import Note, State
from ...transfer.inspect import RasterFacts
from ...transfer.plan import PlanRow, Problem
from ...transfer.swap import Step
from ..activity.words import second_line
from ..image import words as image_words
from ..imagery.cells import name_of
from ..upload import problems as upload_problems
from ..words import formats
from ..words.plain import as_menu, cut, short

translate = QCoreApplication.translate


def headline(old: Image, new_name: str) -> str:
    return translate("Replace", "Replace “{0}” with “{1}”?").format(short(name_of(old)), short(new_name))


def order(old: Image) -> str:
    """What happens, in its order."""
    size = formats.size(old.size_bytes)
    name = short(name_of(old))
    named = f"“{name}” ({size})" if size else f"“{name}”"
    return translate(
        "Replace",
        "The new image is uploaded and checked first; "
        "then {0} is deleted from Mapflow and cannot be restored.",
    ).format(named)


def keep_name(old: Image) -> str:
    return translate("Replace", "&Keep the name “{0}”").format(as_menu(short(old.filename)))


def checking() -> str:
    return translate("Replace", "The new file is being checked…")


# Side by side


def titles() -> tuple[str, str, str, str]:
    return "", translate("Replace", "Old image"), translate("Replace", "New image"), ""


def comparison(prepared: Prepared) -> list[tuple[str, str, str, str]]:
    """What it is, the old one's, the new one's, "differs" where both are known and do. Names, dates and sizes
    differ as a rule, which tells nothing.
    """
    old, new = _facts(prepared.old), _facts(as_image(prepared.facts))
    labels = (
        translate("Replace", "Name"),
        translate("Replace", "Size"),
        translate("Replace", "Date"),
        translate("Replace", "CRS"),
        translate("Replace", "Resolution"),
        translate("Replace", "Bands"),
        translate("Replace", "Width × height"),
    )
    differs = translate("Replace", "differs")
    return [
        (label, one or "?", other or "?", differs if place > 2 and one and other and one != other else "")
        for place, (label, one, other) in enumerate(zip(labels, old, new))
    ]


def as_image(facts: RasterFacts) -> Image:
    """A file in the terms of an image; its date is that of its last change."""
    return Image(
        "",
        filename=facts.name,
        uploaded_at=datetime.fromtimestamp(facts.mtime, timezone.utc) if facts.mtime else None,
        size_bytes=facts.size,
        crs=facts.crs_wkt,
        bands=facts.bands or None,
        width=facts.width,
        height=facts.height,
        dtypes=facts.dtypes,
        pixel_size=facts.pixel_size,
    )


def _facts(image: Image) -> tuple[str, ...]:
    return (
        cut(image.filename),
        formats.size(image.size_bytes),
        formats.moment(image.uploaded_at),
        image_words.short_crs(image.crs),
        image_words.resolution(image),
        image_words.bands_and_type(image),
        image_words.shape(image),
    )


# What speaks against it


def problems(prepared: Prepared) -> list[str]:
    """Sentences, those first that nobody can overrule. [] where all is well."""
    if prepared.is_identical:
        return [translate("Replace", "This is the file that is there already; choose another one.")]
    found = [_sentence(problem, prepared.row) for problem in prepared.row.problems]
    if Problem.STORAGE_FULL in prepared.row.problems:
        found.append(translate("Replace", "For a while the storage has to hold the old and the new one."))
    if not prepared.can_be_sent:
        return found
    if prepared.risks is not None:
        told = "; ".join(_problem(p, prepared.risks) for p in prepared.risks.problems if p in DIFFERENCES)
        risk = translate("Replace", "Mapflow may refuse it while the old image is there: {0}.")
        found.append(risk.format(told))
    if prepared.overlaps is False:
        found.append(translate("Replace", "It lies elsewhere: the two images do not overlap."))
    return found


def consent(prepared: Prepared) -> str:
    if set(prepared.row.problems) & set(DIFFERENCES):
        return translate("Replace", "&Send it although it differs from the mosaic")
    return translate("Replace", "&Send it although it may be refused")


def _sentence(problem: Problem, row: PlanRow) -> str:
    text = _problem(problem, row)
    return f"{text[:1].upper()}{text[1:]}."


def _problem(problem: Problem, row: PlanRow) -> str:
    if problem is Problem.BANDS_DIFFER:  # the mosaic is not to be chosen here
        expected = row.limits.get("expected_bands", "?")
        if row.facts.bands == 1:
            text = translate("Replace", "it has 1 band, the mosaic {0}; choose another file")
            return text.format(expected)
        text = translate("Replace", "it has {0} bands, the mosaic {1}; choose another file")
        return text.format(row.facts.bands, expected)
    if problem is Problem.ALREADY_THERE:  # perhaps of a replacement that was cancelled late
        name = short(row.limits.get("existing") or row.facts.name)
        return translate(
            "Replace", "it is in the mosaic already, as “{0}”; delete the old image, or choose another file"
        ).format(name)
    return upload_problems.sentence(problem, row)


# How it stands


def progress(one: Replacement, waiting: int) -> str:
    """ "Replacing “a.tif”: 45 of 120 MB sent · 2 more"."""
    name = short(name_of(one.old))
    text = translate("Replace", "Replacing “{0}”: {1}").format(name, _now(one))
    return translate("Replace", "{0} · {1} more").format(text, waiting) if waiting else text


def is_looking(one: Replacement) -> bool:
    """All is sent; whether Mapflow has made an image of it is being found out, which may take minutes."""
    if one.stage is Stage.UPLOADING:
        return one.upload is not None and one.upload.state is State.WORKING
    return one.stage is Stage.SWAPPING and one.step in (None, Step.FINDING)


def _now(one: Replacement) -> str:
    if one.stage is Stage.WAITING:
        return translate("Replace", "waiting")
    if is_looking(one):
        return translate("Replace", "sent; looking for it in the mosaic…")
    if one.stage is Stage.UPLOADING:
        return _upload_now(one)
    return {
        Step.VERIFYING: translate("Replace", "checking the new image"),
        Step.RENAMING: translate("Replace", "renaming the new image"),
        Step.DELETING: translate("Replace", "deleting the old image"),
    }[one.step or Step.VERIFYING]


def _upload_now(one: Replacement) -> str:
    """As the Activity tab says it where there is more to say than how much is sent."""
    job = one.upload
    if job is not None and (job.state is not State.UPLOADING or job.note is not Note.NONE):
        words = second_line(job)
        return words[:1].lower() + words[1:]
    return translate("Replace", "{0} sent").format(formats.part_of(one.sent, one.prepared.facts.size))


def not_checked() -> str:
    return translate("Replace", "The file was not checked")


def join(sentences: Sequence[str]) -> str:
    return "\n".join(sentences)


def is_under_way(image: Image) -> str:
    return translate("Replace", "“{0}” is being replaced already.").format(short(name_of(image)))
