"""How far a leave to collect is used up: all ways together, in its period and currency, less what went back."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from campaign_app.core.db import session, transact
from campaign_app.core.money import Money
from campaign_app.finance.jobs import watch
from campaign_app.finance.models import FinanceNotice
from campaign_app.payments import ledger
from campaign_app.payments.accounts import BANK, CASH, DONATION, GATEWAY, REFUND, TEST, UNASSIGNED
from campaign_app.payments.ledger import Account, Entry, Leg
from campaign_app.receipts import registrations
from tests.accounts.people import let_in, signed_in
from tests.receipts.conftest import FRIENDS, SEOUL

DAY = date(2026, 11, 14)
SOURCES = iter(range(10**6))


def post(kind: str, debit: str, credit: str, minor: int, **other: object) -> None:
    said = {"entity": SEOUL, "on": DAY, "currency": "KRW"} | other
    money = Money(minor, str(said.pop("currency")))
    legs = [Leg(Account(debit), Account(credit), money)]
    entry = Entry(book=TEST, source=f"test:{next(SOURCES)}", kind=kind, legs=legs, **said)  # type: ignore[arg-type]
    transact(lambda: ledger.post(entry))


@pytest.fixture
def raised(app: Flask) -> int:
    """Give by card, into a box and by transfer; some of it goes back, some is nobody's yet."""
    with app.app_context():
        post("gift", GATEWAY, DONATION, 10_000_000)
        post("cash_counted", CASH, DONATION, 9_000_000)
        post("transfer_arrived", BANK, UNASSIGNED, 6_000_000)
        post("transfer_assigned", UNASSIGNED, DONATION, 5_500_000)
        post("refund", REFUND, GATEWAY, 500_000)
        # Not of this leave: another body's, another currency, before and after its period.
        post("gift", GATEWAY, DONATION, 7_000_000, entity=FRIENDS)
        post("gift", GATEWAY, DONATION, 7_000_000, currency="CHF")
        post("gift", GATEWAY, DONATION, 7_000_000, on=date(2025, 12, 31))
        post("gift", GATEWAY, DONATION, 7_000_000, on=date(2028, 1, 1))
    return 24_000_000


def test_it_is_counted_from_the_ledger_and_warns_from_80_per_cent(app: Flask, raised: int) -> None:
    with app.app_context():
        [found] = registrations.standing(SEOUL, TEST)
        assert (found.raised, found.share) == (Money(raised, "KRW"), 80)
        assert (found.warns, found.over, found.in_force) == (True, False, True)
        assert [one.key for one in registrations.warnings(TEST)] == [found.key]
        post("refund", REFUND, GATEWAY, 1)
        [less] = registrations.standing(SEOUL, TEST)
        assert (less.share, less.warns) == (79, False)
        post("gift", GATEWAY, DONATION, 6_000_002)
        [more] = registrations.standing(SEOUL, TEST)
        assert more.over


def test_the_first_and_the_last_day_belong_to_it(app: Flask) -> None:
    with app.app_context():
        for day in (date(2026, 1, 1), date(2027, 12, 31)):
            post("gift", GATEWAY, DONATION, 5, on=day)
            post("gift", GATEWAY, DONATION, 3, on=day - timedelta(days=1))
        [found] = registrations.standing(SEOUL, TEST)
        assert found.raised.minor == 13  # 3 of them came on the day before it began


def test_a_body_without_leave_or_out_of_the_settings_has_none(app: Flask) -> None:
    with app.app_context():
        assert registrations.standing(FRIENDS, TEST) == []
        assert registrations.standing("nobody", TEST) == []
        assert registrations.in_force(FRIENDS) is None
        leave = registrations.in_force(SEOUL)
        assert leave is not None
        assert leave.number == "2026-000"


def test_finance_is_told_once_at_80_per_cent_and_once_when_it_is_overstepped(
    app: Flask, raised: int
) -> None:
    let_in(app, "finance", name="Sora")
    with app.app_context():
        watch()
        watch()
        assert len(notices()) == 1
        post("gift", GATEWAY, DONATION, 7_000_000)
        watch()
        watch()
        assert [one.split(":")[0] for one in notices()] == ["registration", "registration_over"]


def notices() -> list[str]:
    query = select(FinanceNotice.key).where(FinanceNotice.key.startswith("registration"))
    found = list(session.scalars(query.order_by(FinanceNotice.key)))
    session.rollback()
    return found


def test_finance_sees_the_warning_first(app: Flask, raised: int) -> None:
    page = signed_in(app, "finance", name="Sora").get("/console/money/").text
    assert "2026-000" in page
