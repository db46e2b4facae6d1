"""The log of a box on paper: number, seals, place, hours, who counted, how much, receipts."""

from collections.abc import Mapping, Sequence

from campaign_app.cash import pieces, queries, words
from campaign_app.cash.models import BoxOpening, CountSheet
from campaign_app.core import pdf
from campaign_app.core.i18n import _, current_language, day, moment, number, pick, spoken
from campaign_app.core.money import Money
from campaign_app.core.settings import organisation
from campaign_app.payments import ways
from campaign_app.receipts import registrations


def log(opening: BoxOpening, language: str) -> bytes:
    """Print the log entry of a box at a stall."""
    with spoken(language):
        data = {
            "title": _("Log of cash box %(number)s", number=opening.box.number),
            "organisation": _body(opening, language),
            "about": [_where(opening)],
            "facts": _facts(opening),
            "head": [_("Who"), _("When"), _("What was counted")],
            "counts": _counts(opening),
            "counts_title": _("Counts"),
            "signed": [_("Place and date"), _("First who counted"), _("Second who counted")],
            "note": _("This page holds no names of donors."),
        }
    return pdf.render("cash_log", data, language)


def _body(opening: BoxOpening, language: str) -> str:
    body = ways.of_the_app().entities.get(opening.entity)
    return pick(body.names) if body else organisation(language)


def _where(opening: BoxOpening) -> str:
    event = opening.event
    return pdf.typed(f"{pick(event.titles)} · {pick(event.location.names)}")


def _facts(opening: BoxOpening) -> Sequence[Sequence[str]]:
    zone, given = opening.event.zone, queries.receipts(opening)
    said = [
        *_leave(opening),
        [_("Seal at the opening"), opening.opening_seal],
        [_("Opened"), _step(moment(opening.opened_at, zone, "short"), opening.opened_by)],
    ]
    if opening.closed_at:
        closed = _step(moment(opening.closed_at, zone, "short"), opening.closed_by)
        said += [[_("Seal at the end"), opening.closing_seal], [_("Taken away"), closed]]
    said += [
        [_("Receipts given"), _sums(number(given.given), given.sums)],
        [_("Receipts declined"), number(given.declined)],
    ]
    return [*said, *_found(opening)]


def _leave(opening: BoxOpening) -> Sequence[Sequence[str]]:
    """Say under which leave to collect in public the box stood there."""
    leave = registrations.on(opening.entity, opening.opened_at)
    if leave is None:
        return []
    period = f"{day(leave.begins, 'medium')} – {day(leave.ends, 'medium')}"
    said = f"{leave.number}, {pdf.typed(pick(leave.purpose))} ({period})"
    return [[_("Registered collection"), said]]


def _step(when: str, who: str) -> str:
    return f"{when}, {pdf.typed(who)}"


def _found(opening: BoxOpening) -> Sequence[Sequence[str]]:
    if not opening.how or not opening.counted_on:
        return [[_("State"), str(words.OF_STATE[opening.state])]]
    counted = {one.currency: one.money for one in queries.amounts(opening.id)}
    said = [
        [_("Counted on"), day(opening.counted_on)],
        [_("Found"), _sums("", counted) or _("nothing")],
        [_("How"), str(words.OF_HOW[opening.how])],
    ]
    if opening.reason:
        said.append([_("Why the counts differed, or one counted"), pdf.typed(opening.reason)])
    if opening.looked_reason:
        looked = f"{pdf.typed(opening.looked_by)}: {pdf.typed(opening.looked_reason)}"
        said.append([_("Looked at again by"), looked])
    if opening.receipts_reason:
        said.append([_("Why receipts say more"), pdf.typed(opening.receipts_reason)])
    if opening.bag_seal:
        said.append([_("Seal of the bag"), opening.bag_seal])
    return said


def _sums(before: str, sums: Mapping[str, Money]) -> str:
    amounts = [money.printed(current_language()) for money in sums.values()]
    return " · ".join([*([before] if before else []), *amounts])


def _counts(opening: BoxOpening) -> Sequence[Sequence[str]]:
    """List who counted what, after it was posted: before, nobody sees it."""
    if not opening.how:
        return []
    return [_count(one, opening.event.zone) for one in queries.sheets(opening.id)]


def _count(sheet: CountSheet, zone: str) -> Sequence[str]:
    sums = _sums("", pieces.totals(sheet.pieces)) or _("nothing")
    foreign = sheet.foreign_pieces
    more = _("other money: %(num)s pieces", num=number(foreign)) if foreign else ""
    said = " · ".join(part for part in (sums, more) if part)
    return [pdf.typed(sheet.counter.alias), moment(sheet.at, zone, "short"), said]
