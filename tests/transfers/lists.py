"""Banks for tests: lists as three Korean banks and a French one write them, and promises to match."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import count
from typing import Any, Final

from flask import Flask

from campaign_app.core.db import session, transact
from campaign_app.core.money import Money
from campaign_app.donations import services as donations
from campaign_app.donations import states as giving
from campaign_app.donations.contacts import Contact
from campaign_app.donations.models import Donation
from campaign_app.donations.services import NewGift
from campaign_app.payments import bank_csv
from campaign_app.payments.bank_csv import Credit
from campaign_app.payments.opening import till
from campaign_app.transfers import importing
from campaign_app.transfers.importing import Read
from campaign_app.transfers.models import BankStatement

SEOUL: Final = "seoul"
DAY: Final = date(2026, 11, 14)
_nonces: Final = count(1)


@dataclass(frozen=True)
class Line:
    """A row as a bank knows it."""

    amount: int
    name: str = "김미나"
    memo: str = ""
    on: date = DAY
    time: str = "15:02:11"
    balance: int = 1_000_000

    def but(self, **changes: object) -> "Line":
        """Give the same row with a difference."""
        return replace(self, **changes)  # type: ignore[arg-type]


def kookmin(lines: Sequence[Line]) -> str:
    """Write rows above the table, a name beside a memo, and a total below."""
    rows = [
        f'{one.on:%Y.%m.%d} {one.time},전자금융,{one.name},{one.memo},0,"{one.amount:,}","{one.balance:,}",0001'
        for one in lines
    ]
    head = "거래일시,적요,보낸분/받는분,송금메모,출금액(원),입금액(원),잔액(원),거래점"
    above = "계좌번호 : 000000-00-000000,,,,,,,\n조회기간 : 2026.11.01 ~ 2026.11.15,,,,,,,\n,,,,,,,"
    return "\n".join([
        above,
        head,
        *rows,
        f'합계,,,,0,"{sum(one.amount for one in lines):,}",,',
        "",
    ])


def shinhan(lines: Sequence[Line]) -> str:
    """Write day and time apart; name and memo are one cell."""
    rows = [
        f"{one.on},{one.time},인터넷,0,{one.amount},{one.name}{one.memo},{one.balance},영업부"
        for one in lines
    ]
    head = "거래일자,거래시간,적요,출금(원),입금(원),내용,잔액(원),거래점"
    return "\n".join([head, *rows, ""])


def woori(lines: Sequence[Line]) -> str:
    """Write with tabs, days without marks, the newest first."""
    head = "No.\t거래일시\t적요\t기재내용\t찾으신금액\t맡기신금액\t거래후 잔액\t취급점"
    rows = [
        f"{number}\t{one.on:%Y%m%d}\t모바일 {one.memo}\t{one.name}\t0\t{one.amount:,}\t{one.balance:,}\t본점"
        for number, one in enumerate(lines, 1)
    ]
    return "\n".join([head, *reversed(rows), ""])


KOREAN: Final = {"kookmin": kookmin, "shinhan": shinhan, "woori": woori}


def promise(amount: int, *, currency: str = "KRW", **more: Any) -> Donation:
    """Promise a transfer, in the caller's transaction."""
    told: dict[str, Any] = {
        "entity": "pscore-kr",
        "language": "ko",
        "contact": Contact(name="김미나", mail="mina@example.org"),
    }
    return donations.begin(
        NewGift(
            nonce=f"promise-{next(_nonces)}",
            way=giving.TRANSFER,
            amount=Money(amount, currency),
            book=till().book,
            **(told | more),
        )
    )


def promised(app: Flask, amount: int, **more: Any) -> str:
    """Promise a transfer; tell its reference in small letters."""
    with app.app_context():
        made = transact(partial(promise, amount, **more))
        assert made.reference
        return made.reference


def gift(reference: str) -> Donation:
    """Read a gift anew."""
    session.rollback()
    return session.query(Donation).filter_by(reference=reference).one()


def read(text: str, bank: str = SEOUL) -> list[Credit]:
    """Read a list by what its head says."""
    raw = text.encode()
    layout = bank_csv.guess(bank_csv.lines(raw))
    assert layout
    return bank_csv.incoming(raw, layout, till().ways.banks[bank].currency)


def reading(text: str, bank: str = SEOUL) -> Read:
    """Read a list as far as it can be entered."""
    return importing.read(till().ways.banks[bank], till().book, text.encode(), read(text, bank))


def bring(text: str, bank: str = SEOUL) -> BankStatement:
    """Enter a list as the console does."""
    found = reading(text, bank)
    begun = transact(partial(importing.begin, found, None))
    for part in begun.parts:
        transact(partial(importing.add, found, begun.statement_id, part))
    return transact(partial(importing.finish, found, begun.statement_id))
