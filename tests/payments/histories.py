"""Random histories of giving: people pay, promise, refuse and go; signals are lost, doubled and shuffled; the
gateway does not answer, or answers and is not heard; the server dies between two steps. At the end our ledger
and the bank must agree to the last won.
"""

import random
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from campaign_app.core import clock
from campaign_app.core.db import session, transact
from campaign_app.core.money import Money
from campaign_app.payments import ledger, merging, proving, reading, states, taking
from campaign_app.payments.accounts import DONATION, TEST
from campaign_app.payments.gateway import Gateway, GatewayRefused, GatewayUnreachable
from campaign_app.payments.ledger import Account, Where
from campaign_app.payments.local.api import Api, InProcess
from campaign_app.payments.local.bank import Bank
from campaign_app.payments.local.books import Refusal
from campaign_app.payments.local.vault import Thing, Vault
from campaign_app.payments.models import LedgerTransaction
from campaign_app.payments.stripe_gateway import StripeGateway
from campaign_app.payments.taking import Wish
from campaign_app.payments.taking_models import Payment, Refund
from campaign_app.payments.till import Back, Till
from campaign_app.payments.ways import Entity, Ways
from tests.payments.banking import PARIS

SUMS: Mapping[str, list[int]] = {
    "KRW": [1000, 20000, 1234567], "CHF": [100, 2050, 99999], "EUR": [100, 3333], "USD": [500, 777],
}  # fmt: skip
FRIENDS = Entity(
    key="friends-fr", names={}, country="FR", zone="Europe/Paris", address={}, receipts="plain",
    registrations=(),
)  # fmt: skip
STEPS = 30


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
    ways = Ways(mode="local", entities={}, banks={}, accounts={account.key: account})
    pages = Back("https://us.test/thanks", "https://us.test/give", "Gift")
    till = Till(ways, {account.key: line}, lambda _payment: pages)
    return History(seed, vault, dice, till, line, datetime(2026, 11, 14, 3, tzinfo=UTC))


def run(history: History) -> None:
    """Let chance have its way, then be patient, then look."""
    deeds = list(DEEDS)
    for _step in range(STEPS):
        history.at += timedelta(minutes=history.dice.choice([0, 1, 1, 7, 40, 600]))
        deed = history.dice.choice(deeds)
        with clock.frozen(history.at):
            try:
                deed(history)
            except (GatewayUnreachable, GatewayRefused, Died):
                history.faults += 1
                session.rollback()
    history.line.steady = True
    settle(history)


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


def _glance(session_id: str, at: Bank) -> Thing:
    """Let the bank notice that a page's time is over."""
    return at.session(session_id)


def account_of(history: History) -> str:
    return next(iter(history.till.ways.accounts))


class Died(Exception):
    """The server was killed here."""


# What can happen


def give(history: History) -> None:
    """Somebody gives; sometimes the form is sent twice, sometimes the server dies half-way."""
    currency = history.dice.choice(list(SUMS))
    wish = Wish(
        nonce=f"{history.seed}-{history.dice.randrange(10)}",
        amount=Money(history.dice.choice(SUMS[currency]), currency),
        subject=f"donation:{history.seed}",
        language="ko",
    )
    payment = transact(partial(taking.begin, wish, history.till.ways, history.till.book))
    if history.dice.random() < 0.1:
        raise Died
    with suppress(taking.AlreadyEnded):
        taking.open_page(payment.id, history.till)


def give_and_die(history: History) -> None:
    """The gateway makes a page, and the server dies before it knows."""
    wish = Wish(
        nonce=f"{history.seed}-x{history.dice.random()}", amount=Money(5000, "KRW"),
        subject="donation:x", language="fr",
    )  # fmt: skip
    payment = transact(partial(taking.begin, wish, history.till.ways, history.till.book))
    ask = taking._ask(payment, history.till)
    history.till.gateway(payment.account).open_session(ask)
    raise Died


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
            transact(partial(reading.hear, account_of(history), signal, pushed=True))
    reading.read_signals(account_of(history), history.till)


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
    give, give, give, give, give_and_die, pay, pay, pay, promise, answer_promise, decline, refund,
    end_refund, dispute, end_dispute, pay_out, fail_payout, push, push, look, look, sweep, poll,
)  # fmt: skip


# What must be true at the end


def wrong(history: History) -> list[str]:
    """List what is not as it must be."""
    with clock.frozen(history.at):
        proofs = proving.prove(account_of(history), history.till)
    said = [
        f"{one.currency}: {one.difference} {one.mismatches}"
        for one in proofs
        if one.difference or any(one.mismatches.values())
    ]
    said += [f"{flaw}" for flaw in ledger.prove(TEST)]
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
    n = session.scalar(waiting)
    return [f"{n} payments hang"] if n else []
