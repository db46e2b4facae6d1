"""Gathering what rows may have been: opens them, asks for promises, payouts and what other rooms wait for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import select

from campaign_app.core import clock
from campaign_app.core.db import session
from campaign_app.core.i18n import _
from campaign_app.core.money import Money
from campaign_app.donations import states as giving
from campaign_app.donations.models import Donation
from campaign_app.payments import ledger
from campaign_app.payments.accounts import PAYOUT
from campaign_app.payments.models import LedgerTransaction
from campaign_app.payments.ways import of_the_app
from campaign_app.transfers import matching, services, telling
from campaign_app.transfers.matching import SURE, Awaited, Line, Promise, Proposal
from campaign_app.transfers.models import BankRow
from campaign_app.transfers.references import Written
from campaign_app.transfers.slots import EXPECTED
from campaign_app.transfers.telling import Told

#: A promise that nobody kept for so long is found by its reference only.
REMEMBERED: Final = timedelta(days=60)
#: How long a payout may be on its way.
PAID_OUT_WITHIN: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A row as the finance role sees it."""

    row: BankRow
    told: Told
    proposals: Sequence[Proposal]

    @property
    def sure(self) -> bool:
        """Tell whether the first proposal may be ticked beforehand."""
        return bool(self.proposals) and self.proposals[0].degree == SURE


def seen(rows: Sequence[BankRow]) -> list[Seen]:
    """Open rows and say what each may have been; no gift is sure for two of them."""
    opened = [(row, telling.open_(row)) for row in rows]
    lines = {row.id: _line(row, told) for row, told in opened}
    promises = _promises(rows, lines)
    awaited = {
        key: _awaited(*key) for key in {(row.book, row.entity, row.currency) for row in rows}
    }
    taken: set[str] = set()
    found = []
    for row, told in opened:
        proposed = matching.proposals(
            lines[row.id],
            promises.get((row.book, row.entity), ()),
            awaited[row.book, row.entity, row.currency],
        )
        found.append(Seen(row=row, told=told, proposals=_once(proposed, taken)))
    return found


def of_another_amount(row: BankRow) -> list[Awaited]:
    """List what other rooms wait for that is not what came: a bank counts a bag otherwise now and then."""
    waiting = _of_other_rooms(row.entity, row.currency)
    return [one for one in waiting if one.money != row.money]


def _once(proposed: list[Proposal], taken: set[str]) -> list[Proposal]:
    """Leave a gift that an older row surely was to that row."""
    left = [one for one in proposed if one.key not in taken]
    taken.update(one.key for one in left if one.degree == SURE)
    return left


def _line(row: BankRow, told: Told) -> Line:
    return Line(on=row.came_on, money=row.money, written=Written.in_(told.name, told.memo))


def _promises(
    rows: Sequence[BankRow], lines: Mapping[int, Line]
) -> dict[tuple[str, str], list[Promise]]:
    """List the transfers promised lately, and those whose reference stands in a row, however old."""
    if not rows:
        return {}
    words = {word for line in lines.values() for word in line.written.whole}
    lately = min(row.came_on for row in rows) - REMEMBERED
    start = datetime.combine(lately, datetime.min.time(), clock.now().tzinfo)
    query = select(Donation).where(
        Donation.way == giving.TRANSFER,
        Donation.book == rows[0].book,
        Donation.reference.is_not(None),
        Donation.reference.in_(words)
        | ((Donation.state != giving.SETTLED) & (Donation.created_at >= start)),
    )
    found: dict[tuple[str, str], list[Promise]] = {}
    for gift in session.scalars(query.order_by(Donation.created_at)):
        found.setdefault((gift.book, gift.entity), []).append(_promise(gift))
    return found


def _promise(gift: Donation) -> Promise:
    entity = of_the_app().entities.get(gift.entity)
    zone = ZoneInfo(entity.zone if entity else "UTC")
    return Promise(
        reference=gift.reference or "",
        money=gift.money,
        on=gift.created_at.astimezone(zone).date(),
        settled=gift.state == giving.SETTLED and not services.is_open_again(gift),
    )


def _awaited(book: str, entity: str, currency: str) -> list[Awaited]:
    """List what else is on its way to an entity's bank."""
    return [*_payouts(book, entity, currency), *_of_other_rooms(entity, currency)]


def _of_other_rooms(entity: str, currency: str) -> Iterable[Awaited]:
    for kind, room in EXPECTED.items():
        for one in room.waiting(entity, currency):
            yield Awaited(key=f"{kind}:{one.key}", label=one.label, money=one.amount, on=one.on)


def _payouts(book: str, entity: str, currency: str) -> Iterable[Awaited]:
    """List payouts that no row has been, as long as so much is still on its way."""
    on_its_way = {
        where.account: money
        for where, money in ledger.balances(book, kinds=(PAYOUT,)).items()
        if (where.entity, where.currency) == (entity, currency)
    }
    if not any(money.minor > 0 for money in on_its_way.values()):
        return
    for source, on in _paid_out(book, entity):
        for leg in ledger.legs(book, source):
            left = on_its_way.get(leg.debit, Money.none(currency))
            if leg.debit.kind == PAYOUT and leg.money.currency == currency and leg.money <= left:
                label = _("Payout of %(account)s", account=leg.debit.detail)
                yield Awaited(key=f"payout:{source}", label=label, money=leg.money, on=on)


def _paid_out(book: str, entity: str) -> list[tuple[str, date]]:
    answered = select(BankRow.answers).where(BankRow.book == book, BankRow.answers.is_not(None))
    query = select(LedgerTransaction.source, LedgerTransaction.happened_on).where(
        LedgerTransaction.book == book,
        LedgerTransaction.entity == entity,
        LedgerTransaction.kind == "payout",
        LedgerTransaction.happened_on >= clock.today() - PAID_OUT_WITHIN,
        ("payout:" + LedgerTransaction.source).not_in(answered),
    )
    return [(source, on) for source, on in session.execute(query)]
