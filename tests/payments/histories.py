"""Random histories of giving: people pay, promise, refuse and go; signals are lost, doubled and shuffled; the
gateway does not answer, or answers and is not heard; the server dies before and after any commit. At the end
our ledger and the bank must agree to the last won, and each gift has its one receipt and its one letter.
"""

import random
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import func, select

from campaign_app.core import clock
from campaign_app.core.db import session, transact
from campaign_app.core.money import Money
from campaign_app.outbox.models import OutboxRow
from campaign_app.outbox.registry import handlers
from campaign_app.payments import ledger, merging, opening, reading, states, taking, views, ways
from campaign_app.payments.accounts import DONATION, TEST
from campaign_app.payments.gateway import Gateway, GatewayRefused, GatewayUnreachable
from campaign_app.payments.ledger import Account, Where
from campaign_app.payments.local.api import Api, InProcess
from campaign_app.payments.local.bank import Bank
from campaign_app.payments.local.books import Refusal
from campaign_app.payments.local.vault import Thing, Vault
from campaign_app.payments.models import LedgerTransaction
from campaign_app.payments.stripe_gateway import StripeGateway
from campaign_app.payments.taking_models import Payment, Refund
from campaign_app.payments.till import Back, Till
from campaign_app.payments.ways import Entity, Ways
from tests.payments import giving, honest
from tests.payments.banking import PARIS

SUMS: Mapping[str, list[int]] = {
    "KRW": [1000, 20000, 1234567], "CHF": [100, 2050, 99999], "EUR": [100, 3333], "USD": [500, 777],
}  # fmt: skip
STEPS = 45
#: How often the server dies before or after a commit.
DEATHS = 0.02


class Unsteady:
    """A line to the gateway that breaks: before it asked, or after it was answered."""

    def __init__(self, gateway: Gateway, dice: random.Random) -> None:
        self._gateway, self._dice, self.steady = gateway, dice, False

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._gateway, name)
        if not callable(real):
            return real
        return partial(self._maybe, real)

    def _maybe(self, real: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if not self.steady and self._dice.random() < 0.12:
            raise GatewayUnreachable
        answer = real(*args, **kwargs)
        if not self.steady and self._dice.random() < 0.12:
            raise GatewayUnreachable
        return answer


@dataclass
class History:
    """One account, one ledger, one run of luck."""

    seed: int
    vault: Vault
    dice: random.Random
    till: Till
    line: Unsteady
    at: datetime
    told: set[str] = field(default_factory=set)
    faults: int = 0

    def bank(self, deed: Callable[[Bank], Thing]) -> None:
        """Let something happen at the bank; what it refuses did not happen."""
        with suppress(Refusal), self.vault.open_() as desk:
            deed(Bank(desk))

    def things(self, kind: str) -> list[Thing]:
        """List what the bank has of a kind."""
        with self.vault.open_() as desk:
            return desk.every(kind)


def begin(seed: int, folder: Path) -> History:
    """Open a bank of its own for a history."""
    dice = random.Random(seed)
    vault = Vault(folder / f"bank-{seed}.sqlite3", durable=False)
    api = Api(vault, pages="http://bank.test")
    line = Unsteady(StripeGateway(PARIS, http_client=InProcess(api), retries=0), dice)
    # An entity of its own, so that many histories share one database and none another's sums.
    account = PARIS.__class__(
        key=f"paris-{seed}", entity=f"friends-{seed}", country="FR", currencies=PARIS.currencies,
        secret=PARIS.secret, webhook_secret=PARIS.webhook_secret,
    )  # fmt: skip
    entity = Entity(
        key=account.entity, names={}, country="FR", zone="Europe/Paris", address={},
        receipts="plain", registrations=(),
    )  # fmt: skip
    mine = Ways(
        mode="local", entities={entity.key: entity}, banks={}, accounts={account.key: account}
    )
    pages = Back("https://us.test/thanks", "https://us.test/give", "Gift")
    till = Till(mine, {account.key: line}, lambda _payment: pages)
    # The jobs of the app meet this history's bank.
    current_app.extensions |= {ways.WAYS: mine, opening.TILL: till}
    return History(seed, vault, dice, till, line, datetime(2026, 11, 14, 3, tzinfo=UTC))


def run(history: History) -> None:
    """Let chance have its way, then be patient, then look."""
    with mortal(history):
        for _step in range(STEPS):
            history.at += timedelta(minutes=history.dice.choice([0, 1, 1, 1, 7, 7, 40, 600]))
            deed = history.dice.choice(DEEDS)
            with clock.frozen(history.at):
                try:
                    deed(history)
                except (GatewayUnreachable, GatewayRefused, Died):
                    history.faults += 1
                    session.rollback()
    history.line.steady = True
    settle(history)


@contextmanager
def mortal(history: History) -> Iterator[None]:
    """Let the server die before or after any commit, now and then."""
    commit = session.commit

    def perhaps() -> None:
        if history.dice.random() < DEATHS:
            raise Died
        commit()
        if history.dice.random() < DEATHS:
            raise Died

    session.commit = perhaps  # type: ignore[method-assign]  # for a while
    try:
        yield
    finally:
        session.commit = commit  # type: ignore[method-assign]  # as it was


def settle(history: History) -> None:
    """Let four days pass, in which everybody only waits, sweeps and reads."""
    for _day in range(4):
        history.at += timedelta(days=1)
        with clock.frozen(history.at):
            for session_ in history.things("checkout.session"):
                history.bank(partial(_glance, session_["id"]))
            reading.sweep(history.till)
            reading.catch_up(account_of(history), history.till)
            reading.sweep(history.till)
            giving.jobs_only()


def _glance(session_id: str, at: Bank) -> Thing:
    """Let the bank notice that a page's time is over."""
    return at.session(session_id)


def account_of(history: History) -> str:
    return next(iter(history.till.ways.accounts))


def entity_of(history: History) -> str:
    return next(iter(history.till.ways.entities))


class Died(BaseException):
    """The server was killed here: nobody of ours catches it."""


# What can happen


def give(history: History) -> None:
    """Somebody gives; sometimes the form is sent twice, sometimes the server dies half-way."""
    payment_id = _begun(history, f"{history.seed}-{history.dice.randrange(10)}")
    if history.dice.random() < 0.1:
        raise Died
    with suppress(taking.AlreadyEnded):
        taking.open_page(payment_id, history.till)


def give_and_die(history: History) -> None:
    """The gateway makes a page, and the server dies before it knows."""
    payment_id = _begun(history, f"{history.seed}-x{history.dice.random()}")
    payment = session.get_one(Payment, payment_id)
    ask = taking._ask(payment, history.till)
    history.till.gateway(payment.account).open_session(ask)
    raise Died


def _begun(history: History, nonce: str) -> uuid.UUID:
    """Send the form: the gift and the attempt to pay are written, or neither is."""
    currency = history.dice.choice(list(SUMS))
    amount = Money(history.dice.choice(SUMS[currency]), currency)
    mail = history.dice.choice(["", "mina@example.org"])
    new = giving.new_gift(amount, nonce=nonce, mail=mail, entity=entity_of(history))
    _gift, payment_id = transact(partial(giving.begin, new))
    if payment_id is None:
        raise AssertionError("a card's gift has an attempt to pay")
    return payment_id


def _pages(history: History, state: str) -> list[str]:
    return [one["id"] for one in history.things("checkout.session") if one["status"] == state]


def _one(history: History, ids: list[str]) -> str:
    """Draw one; where there is none, the bank will refuse what has no name."""
    return history.dice.choice(ids) if ids else "none"


def pay(history: History) -> None:
    one = _one(history, _pages(history, "open"))
    history.bank(lambda at: at.pay(one))


def promise(history: History) -> None:
    one = _one(history, _pages(history, "open"))
    history.bank(lambda at: at.promise(one))


def answer_promise(history: History) -> None:
    one = _one(history, _pages(history, "complete"))
    kept = history.dice.random() < 0.6
    history.bank(lambda at: at.keep_promise(one) if kept else at.break_promise(one))


def decline(history: History) -> None:
    one = _one(history, _pages(history, "open"))
    history.bank(lambda at: at.refuse(one))


def refund(history: History) -> None:
    """Finance sends something back, as it was allowed to; or asks and dies."""
    paid = session.scalars(
        select(Payment).where(
            Payment.account == account_of(history), Payment.charge_id.is_not(None)
        )
    ).all()
    session.rollback()
    if not paid:
        return
    payment = history.dice.choice(paid)
    minor = history.dice.randint(1, payment.minor)
    row = Refund(
        id=uuid.uuid4(), payment_id=payment.id, minor=minor, reason="asked", state=states.ALLOWED
    )
    transact(lambda: session.add(row))
    gateway = history.till.gateway(payment.account)
    back = gateway.refund(
        reference=row.id.hex,
        charge_id=str(payment.charge_id),
        amount=Money(minor, payment.currency),
    )
    if history.dice.random() < 0.3:
        raise Died
    with suppress(Exception):
        reading.read_refund(back)


def end_refund(history: History) -> None:
    one = _one(history, [one["id"] for one in history.things("refund")])
    well = history.dice.random() < 0.7
    history.bank(lambda at: at.end_refund(one, well=well))


def dispute(history: History) -> None:
    one = _one(history, [one["id"] for one in history.things("charge")])
    history.bank(lambda at: at.dispute(one))


def warn(history: History) -> None:
    one = _one(history, [one["id"] for one in history.things("charge")])
    history.bank(lambda at: at.warn(one))


def end_dispute(history: History) -> None:
    one = _one(history, [one["id"] for one in history.things("dispute")])
    won = history.dice.random() < 0.5
    history.bank(lambda at: at.end_dispute(one, won=won))


def pay_out(history: History) -> None:
    currency = history.dice.choice(list(SUMS)).lower()
    history.bank(lambda at: at.pay_out(currency))


def fail_payout(history: History) -> None:
    one = _one(history, [one["id"] for one in history.things("payout")])
    history.bank(lambda at: at.fail_payout(one))


def push(history: History) -> None:
    """The gateway pushes some signals: in any order, some twice, some never."""
    listed = list(
        history.till.gateway(account_of(history)).signals_since(history.at - timedelta(days=9))
    )
    history.dice.shuffle(listed)
    for signal in listed[: history.dice.randint(0, 6)]:
        for _again in range(history.dice.choice([1, 1, 2])):
            transact(partial(views._keep, account_of(history), signal))
    if history.dice.random() < 0.7:
        work(history)


def work(_history: History) -> None:
    """The worker does the jobs that wait, until it dies."""
    giving.jobs_only()


def look(history: History) -> None:
    """A donor comes back to the thank-you page."""
    mine = select(Payment.id).where(Payment.account == account_of(history))
    found = session.scalars(mine).all()
    session.rollback()
    if found:
        merging.look(history.dice.choice(found), history.till)


def sweep(history: History) -> None:
    reading.sweep(history.till)


def poll(history: History) -> None:
    reading.catch_up(account_of(history), history.till)


DEEDS: tuple[Callable[[History], None], ...] = (
    give, give, give, give, give, give_and_die, pay, pay, pay, pay, promise, answer_promise, decline,
    refund, refund, end_refund, warn, dispute, end_dispute, pay_out, fail_payout, push, push, look, look,
    sweep, poll, work, work,
)  # fmt: skip


# What must be true at the end


def wrong(history: History) -> list[str]:
    """List what is not as it must be."""
    with clock.frozen(history.at):
        said = honest.unlike_the_bank(account_of(history))
    said += honest.wrong(TEST, entity=entity_of(history))
    return said + _gifts(history) + _unfinished(history)


def _gifts(history: History) -> list[str]:
    """Each charge at the bank is one gift in the ledger, and one paid payment."""
    charges = history.things("charge")
    account = next(iter(history.till.ways.accounts.values()))
    total: dict[str, int] = {}
    for one in charges:
        total[one["currency"].upper()] = total.get(one["currency"].upper(), 0) + one["amount"]
    said = []
    for currency, amount in total.items():
        where = Where(account.entity, currency, Account(DONATION))
        if -ledger.balance(TEST, where).minor != amount:
            said.append(f"gifts of {currency}: {ledger.balance(TEST, where)} and not {amount}")
    entered = session.scalar(
        select(func.count()).where(
            LedgerTransaction.entity == account.entity, LedgerTransaction.kind == "gift"
        )
    )
    paid = session.scalar(
        select(func.count()).where(Payment.account == account.key, Payment.state == states.PAID)
    )
    if not len(charges) == entered == paid:
        said.append(f"{len(charges)} charges, {entered} gifts, {paid} payments")
    return said


def _unfinished(history: History) -> list[str]:
    """Nothing hangs between two states for ever."""
    waiting = select(func.count()).where(
        Payment.account == account_of(history), Payment.state.in_((states.NEW, states.OPEN))
    )
    taken = OutboxRow.topic.in_(tuple(handlers))
    jobs = select(func.count()).select_from(OutboxRow).where(~OutboxRow.is_mail, taken)
    counted = {"payments": session.scalar(waiting), "jobs": session.scalar(jobs)}
    return [f"{n} {what} hang" for what, n in counted.items() if n]
