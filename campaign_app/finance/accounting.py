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

from sqlalchemy import Select, func, or_, select, tuple_

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
#: Databases take so many values in one question.
MOST: Final = 500
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
    for part in in_parts(book, span):
        yield from part


def in_parts(book: str, span: Span) -> Iterator[list[Line]]:
    """Read them some at a time: each part is a question of its own, so nothing is held in between.

    What is entered meanwhile is left out, so that the file is the ledger of one moment.
    """
    newest = session.scalar(select(func.max(LedgerTransaction.id))) or 0
    accounts = {one.id: account_name(one.kind, one.detail) for one in _accounts(book)}
    after: tuple[date, int] | None = None
    while entries := session.execute(_entries(book, span, newest, after)).all():
        after = (entries[-1].happened_on, entries[-1].id)
        yield list(_lines(entries, accounts))


def _accounts(book: str) -> Sequence[LedgerAccount]:
    return session.scalars(select(LedgerAccount).where(LedgerAccount.book == book)).all()


def _entries(
    book: str, span: Span, newest: int, after: tuple[date, int] | None
) -> Select[*tuple[Any, ...]]:
    entry = LedgerTransaction
    query = select(
        entry.id, entry.happened_on, entry.kind, entry.source, entry.entity, entry.about
    ).where(entry.book == book, entry.id <= newest)
    query = query.where(entry.happened_on.between(span.first, span.last))
    if after:
        query = query.where(tuple_(entry.happened_on, entry.id) > after)
    return query.order_by(entry.happened_on, entry.id).limit(MOST)


def _lines(entries: Sequence[Any], accounts: Mapping[int, str]) -> Iterator[Line]:
    known = {one.id: one for one in entries}
    order = {number: place for place, number in enumerate(known)}
    posting = LedgerPosting
    query = select(
        posting.transaction_id, posting.leg, posting.debit_id, posting.credit_id,
        posting.minor, posting.currency,
    ).where(posting.transaction_id.in_(known))  # fmt: skip
    rows = sorted(session.execute(query), key=lambda row: (order[row.transaction_id], row.leg))
    for row in rows:
        entry = known[row.transaction_id]
        yield Line(
            on=entry.happened_on,
            deed=entry.kind,
            source=entry.source,
            debit=accounts.get(row.debit_id, "?"),
            credit=accounts.get(row.credit_id, "?"),
            money=Money(row.minor, row.currency),
            entity=entry.entity,
            about=entry.about,
        )


def account_name(kind: str, detail: str) -> str:
    """Name an account as it stands in the file: the same in every language."""
    return f"{kind}:{detail}" if detail else kind


def as_csv(book: str, span: Span, *, apart: str = "") -> Iterator[str]:
    """Write the postings of a time, some lines at a time: ten years need no more memory than a month."""
    comma = apart == COMMA
    yield BOM + _written([_head()], comma=comma)
    for part in in_parts(book, span):
        known = _belonging([line.about for line in part if line.about])
        yield _written([_cells(line, known, comma=comma) for line in part], comma=comma)
        # What was read is let go of; a statement of the next part begins a new transaction.
        session.rollback()


def _written(rows: Sequence[Sequence[str]], *, comma: bool) -> str:
    out = io.StringIO()
    write = csv.writer(out, delimiter=";" if comma else ",").writerow
    for row in rows:
        write([harmless(str(cell)) for cell in row])
    return out.getvalue()


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
