"""Bags go to the bank with a slip; the deposit stays open until the bank's statement shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from campaign_app.audit.services import acting, record
from campaign_app.cash import states
from campaign_app.cash.models import BoxOpening, CashAmount, CashDeposit
from campaign_app.cash.wrong import AlreadyArrived, NeedsReason, NotNow, NotTheseBags, SlipKnown
from campaign_app.core.db import session
from campaign_app.core.money import Money
from campaign_app.payments import accounts, ledger
from campaign_app.payments.ledger import Account, Entry, Leg
from campaign_app.payments.opening import till
from campaign_app.payments.ways import BankAccount

ON_THE_WAY = Account(accounts.DEPOSIT)
VARIANCE = Account(accounts.VARIANCE)
#: Between two currencies: what went out of the one, and came into the other.
EXCHANGE = Account(accounts.VARIANCE, "exchange")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDeposit:
    """What was carried to the bank."""

    bank: BankAccount
    #: The openings whose bags went along.
    openings: Sequence[int]
    #: As the bank's slip says.
    amount: Money
    slip: str
    on: date
    #: Why the slip says something else than the bags; needed only then. Of an exchange: where, at which rate.
    reason: str = ""
    #: What the bags hold, if it was exchanged on the way; else the currency of the account.
    of: str = ""

    @property
    def in_bags(self) -> str:
        """Name the currency of the bags."""
        return self.of or self.bank.currency

    @property
    def is_exchange(self) -> bool:
        """Tell whether the bank took another currency than the bags held."""
        return self.in_bags != self.bank.currency


def deposit(new: NewDeposit) -> CashDeposit:
    """Write a deposit down: the bags' money is on its way from now on."""
    book = till().book
    bags = _bags(new, book)
    in_bags = Money.sum_of((bag.money for bag in bags), new.in_bags)
    if in_bags != new.amount and not new.reason.strip():
        raise NeedsReason
    if _slip_is_known(book, new):
        raise SlipKnown
    row = CashDeposit(
        book=book,
        entity=new.bank.entity,
        bank=new.bank.key,
        currency=new.bank.currency,
        minor=new.amount.minor,
        slip=new.slip,
        sent_on=new.on,
        sent_by=acting.get().name,
        reason=new.reason if in_bags != new.amount else "",
    )
    session.add(row)
    session.flush()
    for bag in bags:
        bag.deposit_id = row.id
    session.flush()
    ledger.post(_exchanged(row, bags) if new.is_exchange else _sent(row, bags))
    _move(bags)
    deed = "cash.exchanged" if new.is_exchange else "cash.deposited"
    record(deed, f"cash_deposit:{row.id}", count=len(bags))
    return row


def _bags(new: NewDeposit, book: str) -> list[CashAmount]:
    """Hold the bags; all of them must be there, counted, and of the account's body and currency."""
    wanted = sorted(set(new.openings))
    query = (
        select(CashAmount)
        .join(BoxOpening)
        .where(
            CashAmount.opening_id.in_(wanted),
            CashAmount.currency == new.in_bags,
            CashAmount.deposit_id.is_(None),
            BoxOpening.entity == new.bank.entity,
            BoxOpening.book == book,
        )
        .order_by(CashAmount.opening_id)
    )
    locked = query.with_for_update(of=CashAmount).execution_options(populate_existing=True)
    found = list(session.scalars(locked))
    if not found or [bag.opening_id for bag in found] != wanted:
        raise NotTheseBags
    return found


def _slip_is_known(book: str, new: NewDeposit) -> bool:
    query = select(CashDeposit.id).where(
        CashDeposit.book == book,
        CashDeposit.bank == new.bank.key,
        CashDeposit.slip == new.slip,
        CashDeposit.state != states.TAKEN_BACK,
    )
    return session.scalar(query) is not None


def _sent(row: CashDeposit, bags: Sequence[CashAmount]) -> Entry:
    legs = [Leg(ON_THE_WAY, Account(accounts.CASH, b.opening.box.number), b.money) for b in bags]
    more = row.money - Money.sum_of((bag.money for bag in bags), row.currency)
    return _entry(row, [*legs, *_variance(ON_THE_WAY, more)])


def _exchanged(row: CashDeposit, bags: Sequence[CashAmount]) -> Entry:
    """Let the money leave in one currency and come in another; what lies between shows the rate."""
    gone = [Leg(EXCHANGE, Account(accounts.CASH, b.opening.box.number), b.money) for b in bags]
    return _entry(row, [*gone, Leg(ON_THE_WAY, EXCHANGE, row.money)])


def _entry(row: CashDeposit, legs: Sequence[Leg]) -> Entry:
    return Entry(
        book=row.book,
        entity=row.entity,
        source=f"cash:deposit:{row.id}",
        kind="cash_deposited",
        on=row.sent_on,
        legs=legs,
    )


def _variance(account: Account, more: Money) -> list[Leg]:
    """Let an account have more, or less, than it was given."""
    if not more:
        return []
    return [Leg(account, VARIANCE, more) if more.minor > 0 else Leg(VARIANCE, account, -more)]


def take_back(deposit_id: int) -> None:
    """Say that a deposit was written down by mistake: its bags are here again."""
    row = _held(deposit_id)
    if row.state != states.SENT:
        raise NotNow
    entry = ledger.find(row.book, f"cash:deposit:{row.id}")
    if entry is None:
        raise AssertionError("a deposit has its entry")
    ledger.post(entry.reversal(f"cash:deposit:{row.id}:back", "correction", row.sent_on))
    row.state = states.TAKEN_BACK
    bags = _in(row)
    for bag in bags:
        bag.deposit_id, bag.opening.state = None, states.COUNTED
    record("cash.deposit_taken_back", f"cash_deposit:{row.id}")


def arrived(deposit_id: int, *, source: str, amount: Money, on: date) -> CashDeposit:
    """Take note that the bank's statement shows a deposit; what differs is a variance."""
    row = _held(deposit_id)
    if row.state != states.SENT:
        raise AlreadyArrived
    bank = Account(accounts.BANK, source.split(":")[1])  # where it came, whatever the slip said
    entry = Entry(
        book=row.book,
        entity=row.entity,
        source=source,
        kind="deposit_arrived",
        on=on,
        legs=[Leg(bank, ON_THE_WAY, row.money), *_variance(bank, amount - row.money)],
    )
    ledger.post(entry)
    row.state, row.arrived_minor, row.arrived_on = states.ARRIVED, amount.minor, on
    session.flush()
    _move(_in(row))
    record("cash.deposit_arrived", f"cash_deposit:{row.id}")
    return row


def explain(deposit_id: int, reason: str) -> None:
    """Say why the statement shows something else than the slip."""
    row = _held(deposit_id)
    if row.state != states.ARRIVED or row.came == row.money:
        raise NotNow
    if not reason.strip():
        raise NeedsReason
    row.arrival_reason = reason
    record("cash.deposit_explained", f"cash_deposit:{row.id}")


def _held(deposit_id: int) -> CashDeposit:
    found = session.get(CashDeposit, deposit_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotNow
    return found


def _in(row: CashDeposit) -> list[CashAmount]:
    return list(session.scalars(select(CashAmount).where(CashAmount.deposit_id == row.id)))


def _move(bags: Sequence[CashAmount]) -> None:
    """Move each opening on, once all its amounts are."""
    for bag in bags:
        query = select(CashAmount).where(CashAmount.opening_id == bag.opening_id)
        parts = list(session.scalars(query.execution_options(populate_existing=True)))
        sent = [one.deposit for one in parts if one.deposit is not None]
        if len(sent) == len(parts):
            home = all(one.state == states.ARRIVED for one in sent)
            bag.opening.state = states.BANKED if home else states.DEPOSITED
