"""In the demo no bank writes lists: one is written here, of what was promised, as a Korean bank writes it."""

import csv
import io
import random
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from flask import Response, abort
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from campaign_app.core import clock
from campaign_app.core.access import Permission, requires
from campaign_app.core.db import session
from campaign_app.donations import states as giving
from campaign_app.donations.models import Donation
from campaign_app.payments.opening import till
from campaign_app.payments.ways import BankAccount
from campaign_app.transfers.console import asked_for, console_bp

HEAD: Final = (
    "거래일시",
    "적요",
    "보낸분/받는분",
    "송금메모",
    "출금액(원)",
    "입금액(원)",
    "잔액(원)",
    "거래점",
)
#: Invented; what people write is drawn beside them.
NAMES: Final = ("김미나", "이준호", "박서연", "최강", "정하늘")
MOST: Final = 40
#: What else comes to an account: somebody who wrote nothing, interest, and something that went out.
REST: Final = (("홍길동", "", 0, 10_000), ("예금이자", "", 0, 37), ("사무용품", "", 4_500, 0))


@console_bp.post("/example")
@requires(Permission.FINANCE)
def example() -> ResponseReturnValue:
    """Write a list of the transfers that were promised, in the encoding of Korean banks."""
    if till().ways.mode != "local":
        abort(404)
    asked_for()
    bank = next(one for one in till().ways.banks.values() if one.currency == "KRW")
    answer = Response(_written(bank).encode("cp949"), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="bank.csv"'
    return answer


def _written(bank: BankAccount) -> str:
    told = io.StringIO()
    rows = csv.writer(told)
    rows.writerow([f"계좌번호 : {bank.number}"])
    rows.writerow(HEAD)
    balance, at = 1_000_000, _now(bank)
    for number, (name, memo, out, came) in enumerate([*_promised(bank), *REST]):
        balance += came - out
        written = at.replace(hour=9 + number % 9, minute=number % 60)
        rows.writerow([
            f"{written:%Y.%m.%d %H:%M:%S}", "전자금융", name, memo, f"{out:,}", f"{came:,}",
            f"{balance:,}", "0001",
        ])  # fmt: skip
    return told.getvalue()


def _promised(bank: BankAccount) -> list[tuple[str, str, int, int]]:
    query = select(Donation).where(
        Donation.book == till().book,
        Donation.entity == bank.entity,
        Donation.currency == bank.currency,
        Donation.way == giving.TRANSFER,
        Donation.state.in_((giving.BEGUN, giving.PENDING)),
    )
    draw = random.Random(1)  # noqa: S311 -- names of nobody, the same each time
    found = session.scalars(query.order_by(Donation.created_at).limit(MOST))
    return [(draw.choice(NAMES), (one.reference or "").upper(), 0, one.minor) for one in found]


def _now(bank: BankAccount) -> datetime:
    zone = ZoneInfo(till().ways.entities[bank.entity].zone)
    return clock.now().astimezone(zone).replace(second=0)
