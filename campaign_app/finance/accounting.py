"""The ledger for an accountant: each posting of a time in a line, with no donor in it.

Amounts have a point and no thousands sign, or a comma where the spreadsheet speaks French or German; the
columns are then apart by semicolons, as such a spreadsheet expects.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from campaign_app.core.db import session
from campaign_app.core.i18n import _, pick
from campaign_app.core.money import Money
from campaign_app.core.opened_export import harmless
from campaign_app.donations.models import Donation
from campaign_app.events import queries as events
from campaign_app.finance import words
from campaign_app.payments import ledger
from campaign_app.payments.flows import Span
from campaign_app.payments.ledger import Where
from campaign_app.payments.models import LedgerAccount, LedgerPosting, LedgerTransaction
from campaign_app.payments.taking_models import Dispute, Payment, Refund
from campaign_app.receipts.models import GiftReceipt
from campaign_app.receipts.states import ISSUED

#: Spreadsheets take a file for UTF-8 only if it says so.
BOM: Final = "\ufeff"
COMMA: Final = "comma"
_EVENT: Final = "event:"
_GIFT: Final = "donation:"
_HEX: Final = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Line:
    """One posting."""

    on: date
    deed: str
    source: str
    debit: str
    credit: str
    money: Money
    entity: str
    #: What it is about: an event, a gift, something of the gateway.
    about: str


@dataclass(frozen=True, slots=True)
class Belonging:
    """To which receipts and events the things of a ledger belong."""

    receipts: Mapping[str, str]
    events: Mapping[str, str]


def lines(book: str, span: Span) -> Iterator[Line]:
    """Read the postings of a time, the oldest first."""
    into, out_of = aliased(LedgerAccount), aliased(LedgerAccount)
    query = (
        select(LedgerTransaction, LedgerPosting, into, out_of)
        .join(LedgerPosting, LedgerPosting.transaction_id == LedgerTransaction.id)
        .join(into, into.id == LedgerPosting.debit_id)
        .join(out_of, out_of.id == LedgerPosting.credit_id)
        .where(LedgerTransaction.book == book)
        .where(LedgerTransaction.happened_on.between(span.first, span.last))
        .order_by(LedgerTransaction.happened_on, LedgerTransaction.id, LedgerPosting.leg)
    )
    for entry, posting, debit, credit in session.execute(query):
        yield Line(
            on=entry.happened_on,
            deed=entry.kind,
            source=entry.source,
            debit=account_name(debit.kind, debit.detail),
            credit=account_name(credit.kind, credit.detail),
            money=Money(posting.minor, posting.currency),
            entity=entry.entity,
            about=entry.about,
        )


def account_name(kind: str, detail: str) -> str:
    """Name an account as it stands in the file: the same in every language."""
    return f"{kind}:{detail}" if detail else kind


def as_csv(book: str, span: Span, *, apart: str = "") -> str:
    """Write the postings of a time."""
    read = list(lines(book, span))
    known = _belonging([line.about for line in read if line.about])
    comma, out = apart == COMMA, io.StringIO()
    write = csv.writer(out, delimiter=";" if comma else ",").writerow
    write(_head())
    for line in read:
        write([harmless(str(cell)) for cell in _cells(line, known, comma=comma)])
    return BOM + out.getvalue()


def _head() -> list[str]:
    return [
        _("Day"), _("What"), _("Into"), _("Out of"), _("Amount"), _("Currency"),
        _("Who received it"), _("Receipt"), _("Event"), _("Source"),
    ]  # fmt: skip


def _cells(line: Line, known: Belonging, *, comma: bool) -> list[str]:
    plain = line.money.plain
    return [
        line.on.isoformat(),
        str(words.DEEDS[line.deed]),
        line.debit,
        line.credit,
        plain.replace(".", ",") if comma else plain,
        line.money.currency,
        line.entity,
        known.receipts.get(line.about, ""),
        known.events.get(line.about, ""),
        line.source,
    ]


def closing(book: str, span: Span) -> list[tuple[Where, Money]]:
    """List what every account holds at the end of a time."""
    found = ledger.balances(book, on=span.last)
    return [(where, found[where]) for where in sorted(found) if found[where]]


# To which gift, and so to which receipt and event, a posting belongs


def _belonging(about: Sequence[str]) -> Belonging:
    """Follow what postings are about: an event says itself, everything else leads to a gift."""
    subjects = _subjects(set(about))
    gifts = _gifts(set(subjects.values()))
    names = _events({one.event_id for one in gifts.values() if one.event_id} | _said(about))
    receipts = _receipts(set(subjects.values()))
    of_event = {one: names.get(int(one.removeprefix(_EVENT)), "") for one in _of_events(about)}
    for one, subject in subjects.items():
        gift = gifts.get(subject)
        of_event[one] = names.get(gift.event_id, "") if gift and gift.event_id else ""
    return Belonging({one: receipts.get(subjects[one], "") for one in subjects}, of_event)


def _of_events(about: Sequence[str]) -> set[str]:
    return {one for one in about if one.startswith(_EVENT) and one.removeprefix(_EVENT).isdigit()}


def _said(about: Sequence[str]) -> set[int]:
    return {int(one.removeprefix(_EVENT)) for one in _of_events(about)}


def _subjects(about: set[str]) -> dict[str, str]:
    """Find the gift behind a charge, a refund, a dispute."""
    found = {one: one for one in about if one.startswith(_GIFT)}
    paid = select(Payment.charge_id, Payment.intent_id, Payment.subject)
    for charge, intent, subject in _in_parts(paid, (Payment.charge_id, Payment.intent_id), about):
        found |= {one: subject for one in (charge, intent) if one in about}
    back = select(Refund.gateway_id, Payment.subject).join(Payment, Payment.id == Refund.payment_id)
    found |= dict(_in_parts(back, (Refund.gateway_id,), about))
    held = select(Dispute.id, Payment.subject).join(Payment, Payment.id == Dispute.payment_id)
    return found | dict(_in_parts(held, (Dispute.id,), about))


#: Databases take so many values in one question.
MOST: Final = 500


def _in_parts(query: Any, columns: Sequence[Any], values: set[str]) -> Iterator[Any]:
    """Ask for many values, some hundred at a time."""
    ordered = sorted(values)
    for begin in range(0, len(ordered), MOST):
        part = ordered[begin : begin + MOST]
        yield from map(tuple, session.execute(query.where(or_(*(c.in_(part) for c in columns)))))


def _gifts(subjects: set[str]) -> dict[str, Donation]:
    ids = [UUID(one) for one in sorted(map(_bare, subjects)) if _HEX.fullmatch(one)]
    found: dict[str, Donation] = {}
    for begin in range(0, len(ids), MOST):
        part = select(Donation).where(Donation.id.in_(ids[begin : begin + MOST]))
        found |= {one.subject: one for one in session.scalars(part)}
    return found


def _bare(subject: str) -> str:
    return subject.removeprefix(_GIFT)


def _receipts(subjects: set[str]) -> dict[str, str]:
    """Give each gift its newest receipt's number."""
    query = select(GiftReceipt).where(GiftReceipt.kind == ISSUED).order_by(GiftReceipt.turn)
    rows = [one for (one,) in _in_parts(query, (GiftReceipt.subject,), subjects)]
    return {one.subject: one.name for one in sorted(rows, key=lambda one: one.turn)}


def _events(ids: set[int]) -> dict[int, str]:
    return {
        row: f"{pick(one.titles)}, {one.starts_local[:10]}"
        for row, one in events.events_by_id(ids).items()
    }
