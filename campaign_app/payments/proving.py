"""The daily proof: what our ledger says lies at the gateway, against what the gateway says. Nothing may differ.

Where it does, each line that is on one side alone is named, so that nobody has to search.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import select

from campaign_app.core import clock
from campaign_app.core.db import session, transact
from campaign_app.core.money import Money
from campaign_app.core.wall_clock import day_in
from campaign_app.payments import booking, ledger
from campaign_app.payments.accounts import GATEWAY
from campaign_app.payments.ledger import Account, Where
from campaign_app.payments.models import LedgerTransaction
from campaign_app.payments.taking_models import BalanceProof
from campaign_app.payments.till import Till

#: How far back lines are compared one by one: always, and where a sum differs.
RECENT: Final = timedelta(days=21)
LOOK_BACK: Final = timedelta(days=120)
MOST_NAMED: Final = 100


def prove(account: str, till: Till) -> Sequence[BalanceProof]:
    """Compare every currency of an account and write down what was found."""
    gateway, entity = till.gateway(account), till.ways.accounts[account].entity
    theirs = dict(gateway.balance())
    ours = _ours(till.book, entity, account)
    differ = any(_of(one, ours) != _of(one, theirs) for one in {*ours, *theirs})
    found = _mismatches(account, till, LOOK_BACK if differ else RECENT)
    proofs = [
        BalanceProof(
            account=account,
            book=till.book,
            currency=currency,
            at=clock.now(),
            ours=_of(currency, ours).minor,
            theirs=_of(currency, theirs).minor,
            mismatches=found,
        )
        for currency in sorted({*theirs, *ours})
    ]
    transact(partial(session.add_all, proofs))
    return proofs


def _of(currency: str, sums: Mapping[str, Money]) -> Money:
    return sums.get(currency, Money.none(currency))


def _ours(book: str, entity: str, account: str) -> dict[str, Money]:
    said = ledger.balances(book, kinds=(GATEWAY,))
    return {
        where.currency: money
        for where, money in said.items()
        if where == Where(entity, where.currency, Account(GATEWAY, account))
    }


def _mismatches(account: str, till: Till, back: timedelta) -> dict[str, Any]:
    """Name the lines that one side has and the other has not, or has with another sum."""
    # From midnight on, by the calendar that dates the entries: list and ledger begin with the same line.
    zone = till.ways.zone_of(till.ways.accounts[account].entity)
    first = day_in(clock.now() - back, zone)
    since = datetime.combine(first, time(), ZoneInfo(zone))
    book = till.book
    lines = till.gateway(account).lines_since(since)
    told = {booking.source_of(account, line.id): line for line in lines}
    prefix = booking.source_of(account, "")
    query = select(LedgerTransaction.source).where(
        LedgerTransaction.book == book,
        LedgerTransaction.source.startswith(prefix, autoescape=True),
        LedgerTransaction.happened_on >= first,
    )
    entered = {one for one in session.scalars(query) if not one.endswith(":lost")}
    both = sorted(entered & set(told))
    return {
        "missing": sorted(set(told) - entered)[:MOST_NAMED],
        "unknown": sorted(entered - set(told))[:MOST_NAMED],
        "different": [one for one in both if _net(book, one, account) != told[one].net][
            :MOST_NAMED
        ],
    }


def _net(book: str, source: str, account: str) -> Money | None:
    """Sum what an entry did to what lies at the gateway."""
    try:
        moved, till = ledger.legs(book, source), Account(GATEWAY, account)
    except (
        ledger.BadEntry
    ):  # somebody made by hand what no ledger takes: it is named, the rest is compared
        return None
    came = [leg.money for leg in moved if leg.debit == till]
    went = [-leg.money for leg in moved if leg.credit == till]
    return Money.sum_of([*came, *went], moved[0].money.currency) if moved else None
