"""Sheets as data for `templates/print`: slips, lists, and the record of what became of them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from campaign_app.core import pdf
from campaign_app.core.i18n import _, day, moment, number, spoken
from campaign_app.core.ids import in_groups
from campaign_app.core.settings import organisation, settings
from campaign_app.paper import numbers, queries, states, words
from campaign_app.paper.models import PaperBatch, PaperSheet, PaperStep
from campaign_app.petitions import queries as petitions
from campaign_app.petitions.desk import PartNow
from campaign_app.qr import drawing

#: So many letters of the text's SHA-256 tell a text from every other one of a petition.
HASH_LETTERS: Final = 16
#: Beside each line of a list a box stands for each part, named by a letter.
LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def as_pdf(batch: PaperBatch) -> bytes:
    """Print all sheets of a batch."""
    with spoken(batch.language):
        data = {
            **_of_batch(batch, queries.parts(batch.id)),
            "sheets": [_sheet(batch, one) for one in queries.sheets(batch.id)],
        }
    template = "paper_slips" if batch.kind == states.SLIPS else "paper_list"
    return pdf.render(template, data, batch.language)


def _of_batch(batch: PaperBatch, parts: Sequence[PartNow]) -> Mapping[str, Any]:
    text = batch.words
    return {
        "title": text.title,
        "ask": text.ask,
        "to": _("To: %(addressee)s", addressee=text.addressee),
        "organisation": organisation(batch.language),
        "parts": [
            {"letter": letter, "title": part.title, "text": part.wording, "required": part.required}
            for letter, part in zip(LETTERS, parts, strict=False)
        ],
        "lines": states.LINES[batch.kind],
        "which": _(
            "Text %(language)s, revision %(revision)s, SHA-256 %(hash)s",
            language=batch.language,
            revision=text.revision,
            hash=(text.sha256 or "")[:HASH_LETTERS],
        ),
        "words": _words(batch.language),
    }


def _words(language: str) -> Mapping[str, str]:
    return {
        "agree": _("Tick what you agree to"),
        "needed": _("* Without this box we may not take your name."),
        "name": _("Name"),
        "email": _("E-mail (if you like)"),
        "country": _("Country where you live"),
        "country_short": _("Country"),
        "date": _("Date"),
        "signature": _("Signature"),
        "number": _("No."),
        "block": _("Please write in block letters."),
        "keep": _("Keep this part"),
        "sealed": _(
            "What you write is typed and sealed by %(organisation)s; the paper is then handed over "
            "or destroyed.",
            organisation=organisation(language),
        ),
        "privacy": _(
            "To withdraw, or to see what we keep, write to %(contact)s and name the number:",
            contact=settings().privacy_contact,
        ),
        "privacy_list": _(
            "To withdraw, or to see what we keep, write to %(contact)s and name the number of this "
            "sheet and of your line.",
            contact=settings().privacy_contact,
        ),
    }


def _sheet(batch: PaperBatch, sheet: PaperSheet) -> Mapping[str, Any]:
    letters = in_groups(sheet.letters)
    alt = _("QR code for the people who type this sheet")
    return {
        "code": letters,
        "which": _which(batch, sheet.number),
        "receipt": f"{batch.id}-{sheet.number} · {letters}",
        "qr": pdf.Drawing(drawing.svg(address(sheet.letters), alt)),
        "qr_alt": alt,
    }


def _which(batch: PaperBatch, this: int) -> str:
    said = {"batch": batch.id, "number": number(this), "all": number(batch.sheets)}
    if batch.kind == states.SLIPS:
        return _("Batch %(batch)s · slip %(number)s of %(all)s", **said)
    return _("Batch %(batch)s · sheet %(number)s of %(all)s", **said)


def address(letters: str) -> str:
    """Write the address in a sheet's picture: what it is for strangers, the way in for us."""
    return f"{settings().public_url}/paper/{letters}"


def record(batch: PaperBatch, language: str, name_of: Callable[[int | None], str]) -> bytes:
    """Print what became of a batch on one page: how many, who, when, before whom."""
    with spoken(language):
        title = _("What became of batch %(number)s", number=batch.id)
        data = {
            "title": title,
            "organisation": organisation(language),
            "about": _about(batch, language),
            "parts": [
                part
                for state in (states.HANDED_OVER, states.DESTROYED, states.LOST, states.UNUSED)
                if (part := _part(batch, state, name_of))
            ],
            "head": [_("Sheets"), _("How many"), _("When"), _("Who"), _("What was said")],
            "open": _still_open(batch),
            "facts": _facts(batch),
            "signed": [
                _("Place and date"),
                _("Handed over or destroyed by"),
                _("Witness, receiver"),
            ],
            "note": _("This page holds no names of signers."),
        }
    return pdf.render("paper_record", data, language)


def _about(batch: PaperBatch, language: str) -> Sequence[str]:
    title = petitions.title(batch.petition, language)
    return [
        _("Petition: %(title)s", title=title),
        f"{pdf.typed(batch.label)} · {words.OF_KIND[batch.kind]} · {day(batch.signed_on)}",
    ]


def _facts(batch: PaperBatch) -> Sequence[Sequence[str]]:
    sample = queries.sample(batch.id)
    said = [
        [_("Printed"), number(batch.sheets)],
        [_("Signatures counted"), number(queries.counted(batch.id))],
        [_("Lines typed by two people"), number(sample.checked)],
        [_("Of these differed"), number(sample.differed)],
    ]
    if sample.alone:
        said.append([_("Checked by one person alone"), number(sample.alone)])
    return said


def _still_open(batch: PaperBatch) -> str:
    found = queries.numbers(batch.id)
    out = [one for state in states.SHEET if state not in states.ENDED for one in found[state]]
    return _("Still without an end: %(numbers)s", numbers=numbers.written(out)) if out else ""


def _part(
    batch: PaperBatch, state: str, name_of: Callable[[int | None], str]
) -> Mapping[str, Any] | None:
    """Tell how sheets came to one end: those of which the same was said stand together."""
    number_of = {one.id: one.number for one in queries.sheets(batch.id)}
    together: dict[tuple[datetime, int | None, str], list[int]] = {}
    for step in _last(queries.steps_to(batch.id, state)):
        key = (step.at, step.person_id, step.words)
        together.setdefault(key, []).append(number_of[step.sheet_id])
    rows = [
        [
            numbers.written(which),
            number(len(which)),
            moment(at, batch.zone, "short"),
            pdf.typed(name_of(person_id)),
            pdf.typed(said),
        ]
        for (at, person_id, said), which in together.items()
    ]
    return {"heading": str(words.OF_SHEET[state]), "rows": rows} if rows else None


def _last(steps: Sequence[PaperStep]) -> Sequence[PaperStep]:
    """Keep of each sheet the last step: what was lost, found and lost again is lost once."""
    return list({step.sheet_id: step for step in steps}.values())
