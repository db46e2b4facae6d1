"""A stall with two boxes, and short words for what people do with them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from flask import Flask

from campaign_app.cash import boxes, counters, counting, depositing, queries
from campaign_app.cash.boxes import Closing
from campaign_app.cash.counters import Link
from campaign_app.cash.models import BoxOpening
from campaign_app.core.db import session, transact
from campaign_app.core.money import Money
from campaign_app.payments import accounts, ledger, ways
from campaign_app.payments.ledger import Account, Where
from campaign_app.payments.opening import till
from tests.stall.conftest import Stall

T = TypeVar("T")

SEOUL = "pscore-kr"
#: Three notes of ten thousand, a coin of five hundred, and a five-franc piece.
PURSE = {"KRW-10000": 3, "KRW-500": 1, "CHF-500": 1}
WON, FRANCS = Money(30_500, "KRW"), Money(500, "CHF")


@dataclass(frozen=True)
class Cash:
    """What a test of the boxes may want to name."""

    app: Flask
    stall: Stall
    #: Boxes 0412 and 0413.
    boxes: tuple[int, int]

    def do(self, work: Callable[..., T], *args: object, **named: object) -> T:
        """Do something in a transaction of its own, as a page does."""
        with self.app.app_context():
            return transact(partial(work, *args, **named))

    def ask(self, question: Callable[..., T], *args: object, **named: object) -> T:
        """Ask something of the newest rows."""
        with self.app.app_context():
            session.rollback()
            return question(*args, **named)

    def opened(self, box: int = 0) -> int:
        """Put a box at the stall."""
        return self.do(lambda: boxes.open_at(self.stall.event, self.boxes[box], "S-1001").id)

    def closed(self, box: int = 0, declined: int = 0) -> int:
        """Put a box there, and take it away again."""
        row = self.opened(box)
        self.do(boxes.close, row, Closing("S-2001", declined))
        return row

    def shared_out(self, box: int = 0) -> tuple[int, Link, Link]:
        """Give a box that came back to two counters."""
        row = self.closed(box)
        return row, *self.do(counters.name_two, row, "Mina", "Theo")

    def hand_in(self, link: Link, pieces: dict[str, int]) -> BoxOpening:
        """Count."""
        return self.do(lambda: counting.submit(_found(link), pieces))

    def counted(self, box: int = 0, pieces: dict[str, int] | None = None) -> int:
        """Bring a box so far that two counted the same."""
        row, first, second = self.shared_out(box)
        self.hand_in(first, PURSE if pieces is None else pieces)
        self.hand_in(second, PURSE if pieces is None else pieces)
        return row

    def state(self, row: int) -> str:
        """Tell where a box stands."""
        found = self.ask(queries.opening, row)
        assert found is not None
        return found.state

    def holds(self, kind: str, currency: str = "KRW", detail: str = "") -> int:
        """Read a balance of the ledger."""
        where = Where(SEOUL, currency, Account(kind, detail))
        return self.ask(lambda: ledger.balance(till().book, where).minor)

    def deposited(self, *rows: int, amount: Money = WON, slip: str = "77", why: str = "") -> int:
        """Carry bags to the bank."""
        return self.do(lambda: depositing.deposit(_new(rows, amount, slip, why)).id)


def _found(link: Link) -> int:
    counter = counters.find(link.token)
    assert counter is not None
    return counter.id


def _new(rows: tuple[int, ...], amount: Money, slip: str, why: str) -> depositing.NewDeposit:
    return depositing.NewDeposit(
        bank=ways.of_the_app().banks["seoul"],
        openings=rows,
        amount=amount,
        slip=slip,
        on=counting.day_of(queries.openings()[0]),
        reason=why,
    )


def proven(cash: Cash) -> bool:
    """Prove the ledger."""
    return cash.ask(lambda: ledger.prove(till().book) == [])


BOX = "0412"
CASH, DEPOSIT, BANK = accounts.CASH, accounts.DEPOSIT, accounts.BANK
DONATION, VARIANCE = accounts.DONATION, accounts.VARIANCE
