"""What waits for somebody of finance: each thing in a sentence, with the page on which it is done."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from markupsafe import Markup
from sqlalchemy import func, select

from campaign_app.accounts.queries import current_person
from campaign_app.cash import queries as cash
from campaign_app.cash.models import CashDeposit
from campaign_app.core import clock, web
from campaign_app.core.access import Permission
from campaign_app.core.db import session
from campaign_app.core.i18n import _, day, ngettext
from campaign_app.finance import proofs
from campaign_app.payments import proven, states, stolen
from campaign_app.payments.opening import till
from campaign_app.payments.taking_models import (
    Dispute,
    GatewayAccount,
    Payment,
    Refund,
)
from campaign_app.transfers import queries as transfers

#: The poll asks every ten minutes; after this long something is wrong with it or with the gateway.
SILENCE: Final = timedelta(hours=1)
#: After so long nobody of the card's bank comes back to a warning.
WARNED: Final = timedelta(days=30)
MONEY: Final = "/console/money"
#: For so long we remind of a refund that came back: a donor who does not answer has their gift counted.
REMINDED: Final = timedelta(days=30)
#: After so many days a deposit should stand on the bank's list.
A_WEEK: Final = 7


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing to do, and how urgent it is: bad, warn, or nothing."""

    text: str
    url: str
    kind: str = ""


def todos() -> list[Todo]:
    """List all that waits, what cannot wait first."""
    found = [*_proofs(), *_flaws(), *_disputes(), *_warnings(), *_quarantined(), *_silent()]
    found += [*_refunds(), *_transfers(), *_cash()]
    order = {"bad": 0, "warn": 1, "": 2}
    return sorted(found, key=lambda one: order[one.kind])


def _proofs() -> Iterator[Todo]:
    wrong = [one for one in proofs.latest(till().book) if proofs.is_wrong(one)]
    if wrong:
        text = ngettext(
            "Our ledger and a gateway differ in %(num)d balance.",
            "Our ledger and the gateways differ in %(num)d balances.",
            len(wrong),
        )
        yield Todo(text, f"{MONEY}/proof/", "bad")


def _flaws() -> Iterator[Todo]:
    """Say what the books' own proof found: nothing, always."""
    book = till().book
    n = sum(one.flaws for one in (proven.of_ledger(book), proven.of_receipts(book)) if one)
    if n:
        text = ngettext(
            "The proof of our own books found %(num)d thing that cannot be.",
            "The proof of our own books found %(num)d things that cannot be.",
            n,
        )
        yield Todo(text, f"{MONEY}/proof/", "bad")


def _disputes() -> Iterator[Todo]:
    query = select(Dispute).where(
        Dispute.state.not_in(states.DECIDED), Dispute.account.in_(_accounts())
    )
    for one in session.scalars(query.order_by(Dispute.answer_until)):
        page = f"{MONEY}/refunds/disputes/{one.account}/{one.id}"
        yield Todo(_of_dispute(one), page, "bad" if one.state in states.ASKS_US else "")


def _of_dispute(one: Dispute) -> str:
    if one.state not in states.ASKS_US:
        return _("A donor’s bank wants a payment back, and reads our answer.")
    if not one.answer_until:
        return _("A donor’s bank wants a payment back.")
    return _(
        "A donor’s bank wants a payment back. Answer by %(day)s.",
        day=day(one.answer_until),
    )


def _warnings() -> Iterator[Todo]:
    """List gifts by cards that may be stolen, until they were given back, are disputed, or are old."""
    query = select(Payment.subject).where(
        *stolen.open_ones(),
        Payment.warned_at > clock.now() - WARNED,
        Payment.book == till().book,
    )
    for subject in session.scalars(query.order_by(Payment.warned_at)):
        text = _(
            "A card that somebody gave with may be stolen: giving back now costs less than a dispute."
        )
        yield Todo(text, f"{MONEY}/gifts/{UUID(hex=subject.removeprefix('donation:'))}", "bad")


def _accounts() -> list[str]:
    return sorted(till().gateways)


def _quarantined() -> Iterator[Todo]:
    n = _count(Payment.state == states.QUARANTINED, Payment.book == till().book)
    if n:
        text = ngettext(
            "%(num)d payment is not as we asked for it. It is not counted until somebody has looked.",
            "%(num)d payments are not as we asked for them. They are not counted until somebody has "
            "looked.",
            n,
        )
        yield Todo(text, f"{MONEY}/gifts/?state=quarantined", "bad")


def _count(*conditions: object) -> int:
    query = select(func.count()).select_from(Payment).where(*conditions)  # type: ignore[arg-type]  # columns compared
    return int(session.scalar(query) or 0)


def _silent() -> Iterator[Todo]:
    known = {one.account: one for one in session.scalars(select(GatewayAccount))}
    for account in _accounts():
        one = known.get(account)
        if one and one.book == till().book and one.read_until < clock.now() - SILENCE:
            text = _(
                "The gateway of the account “%(name)s” has not answered for more than an hour."
            )
            yield Todo(text % {"name": account}, f"{MONEY}/proof/", "bad")


def _refunds() -> Iterator[Todo]:
    for state, words, since in (
        (states.ASKED, _asked, datetime.min.replace(tzinfo=UTC)),
        (states.CAME_BACK, _came_back, clock.now() - REMINDED),
    ):
        query = (
            select(func.count())
            .select_from(Refund)
            .outerjoin(Payment, Payment.id == Refund.payment_id)
            .where(
                Refund.state == state,
                Refund.changed_at > since,
                func.coalesce(Payment.book, Refund.book) == till().book,
            )
        )
        n = int(session.scalar(query) or 0)
        if n:
            yield Todo(words(n), f"{MONEY}/refunds/?state={state}", "warn")


def _asked(n: int) -> str:
    return ngettext(
        "%(num)d refund waits for a second person.",
        "%(num)d refunds wait for a second person.",
        n,
    )


def _came_back(n: int) -> str:
    return ngettext(
        "%(num)d refund did not reach the donor: the money is with us again.",
        "%(num)d refunds did not reach the donors: the money is with us again.",
        n,
    )


def _transfers() -> Iterator[Todo]:
    n = transfers.waiting()
    if n:
        text = ngettext(
            "%(num)d transfer has arrived and nobody has said what for.",
            "%(num)d transfers have arrived and nobody has said what for.",
            n,
        )
        yield Todo(text, f"{MONEY}/transfers/", "warn")


def _cash() -> Iterator[Todo]:
    book = till().book
    for n, words, kind in (
        (len(cash.still_here(book)), _not_banked, "warn"),
        (len(_long_on_the_way(book)), _on_the_way, "warn"),
        (len(cash.by_one_still_open(book)), _by_one, "warn"),
        (len(cash.to_count(book)), _to_count, ""),
    ):
        if n:
            yield Todo(words(n), f"{MONEY}/cash/", kind)


def _not_banked(n: int) -> str:
    return ngettext(
        "%(num)d amount of cash is counted and waits to be carried to the bank.",
        "%(num)d amounts of cash are counted and wait to be carried to the bank.",
        n,
    )


def _long_on_the_way(book: str) -> list[CashDeposit]:
    """List the deposits that a bank should have shown by now."""
    return [one for one in cash.on_the_way(book) if one.days > A_WEEK]


def _on_the_way(n: int) -> str:
    return ngettext(
        "%(num)d deposit has been on its way to the bank for more than a week.",
        "%(num)d deposits have been on their way to the bank for more than a week.",
        n,
    )


def _by_one(n: int) -> str:
    return ngettext(
        "%(num)d box was counted by one person alone.",
        "%(num)d boxes were counted by one person alone.",
        n,
    )


def _to_count(n: int) -> str:
    return ngettext("%(num)d box is to be counted.", "%(num)d boxes are to be counted.", n)


def on_today() -> Markup:
    """Show what waits on the console's first page; nothing to whoever has nothing to do with money."""
    person = current_person()
    if person is None or not person.may(Permission.FINANCE):
        return Markup()
    waiting = [one for one in todos() if one.kind]
    return web.fragment("finance/on_today.html", todos=waiting) if waiting else Markup()
