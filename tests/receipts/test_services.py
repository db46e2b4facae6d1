"""Receipts are numbered without a gap, one for a gift, and never change."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

import campaign_app
from campaign_app.core import clock
from campaign_app.core.db import session, transact
from campaign_app.core.wall_clock import today_in
from campaign_app.payments import ways
from campaign_app.payments.accounts import LIVE, TEST
from campaign_app.receipts import proving, queries, services
from campaign_app.receipts.models import GiftReceipt, NeverChanged, ReceiptSeries
from campaign_app.receipts.queries import Of
from tests.receipts.conftest import FRIENDS, SEOUL, asked

AT_ONCE = 30


def issue(app: Flask, subject: str, **other: object) -> str:
    with app.app_context():
        return transact(lambda: services.issue(asked(subject, **other)).name)


def numbers(app: Flask) -> list[int]:
    with app.app_context():
        query = select(GiftReceipt.number).order_by(GiftReceipt.number)
        return list(session.scalars(query))


def test_receipts_asked_for_at_once_are_numbered_without_a_gap(app: Flask) -> None:
    gate = threading.Barrier(AT_ONCE)

    def ask(number: int) -> str:
        gate.wait()
        return issue(app, f"donation:{number}")

    with ThreadPoolExecutor(AT_ONCE) as pool:
        names = list(pool.map(ask, range(AT_ONCE)))

    assert len(set(names)) == AT_ONCE
    assert numbers(app) == list(range(1, AT_ONCE + 1))


def test_one_gift_asked_for_at_once_has_one_receipt(app: Flask) -> None:
    gate = threading.Barrier(8)

    def ask(_number: int) -> str:
        gate.wait()
        return issue(app, "donation:1")

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(ask, range(8)))) == 1
    assert numbers(app) == [1]


def test_what_is_undone_leaves_no_gap(app: Flask) -> None:
    class Stopped(Exception):
        pass

    def stopped() -> None:
        services.issue(asked("donation:2"))
        raise Stopped

    issue(app, "donation:1")
    with app.app_context(), pytest.raises(Stopped):
        transact(stopped)
    issue(app, "donation:3")

    assert numbers(app) == [1, 2]


def test_the_year_begins_at_midnight_where_the_money_is_taken(app: Flask) -> None:
    # 15:30 in London on the last day of December is half past midnight in Seoul, and not yet in Paris.
    with clock.frozen(datetime(2026, 12, 31, 15, 30, tzinfo=UTC)):
        korean = issue(app, "donation:1")
        french = issue(app, "donation:2", entity=FRIENDS)

    assert (korean, french) == ("TEST-PSCORE-KR-2027-000001", "TEST-FRIENDS-FR-2026-000001")


def test_books_and_bodies_count_apart(app: Flask) -> None:
    named = [
        issue(app, "donation:1"),
        issue(app, "donation:2", book=LIVE),
        issue(app, "donation:3", entity=FRIENDS),
    ]
    assert [one.endswith("-000001") for one in named] == [True] * 3
    assert [one.startswith("TEST-") for one in named] == [True, False, True]


def test_a_receipt_is_cancelled_by_another_and_only_once(app: Flask) -> None:
    issue(app, "donation:1", donor="Mina")
    with app.app_context():
        first = session.scalars(select(GiftReceipt)).one()
        after = transact(partial(services.cancel, first, reason="returned"))
        assert (after.number, after.cancels_id, after.minor) == (2, first.id, first.minor)
        assert services.donor_of(after) == "Mina"
        assert queries.cancelled_by(first) == after
        assert queries.standing_of("donation:1") is None
        with pytest.raises(services.AlreadyCancelled):
            transact(partial(services.cancel, first, reason="returned"))
    assert numbers(app) == [1, 2]


def test_what_stayed_gets_a_receipt_of_its_own(app: Flask) -> None:
    issue(app, "donation:1")
    with app.app_context():
        first = session.scalars(select(GiftReceipt)).one()
        transact(partial(services.cancel, first, reason="returned"))
        second = transact(lambda: services.issue(asked("donation:1", turn=2)))
        assert queries.standing_of("donation:1") == second
        assert [one.number for one in queries.of_subject("donation:1")] == [1, 2, 3]
        assert proving.prove(TEST) == []


@pytest.mark.parametrize(
    "typed",
    [
        "TEST-PSCORE-KR-2026-000001",
        " test-pscore-kr-2026-1 ",
        "Test-Pscore-KR-2026-0001",
    ],
)
def test_a_receipt_is_found_by_its_number_however_it_is_typed(app: Flask, typed: str) -> None:
    with clock.frozen(datetime(2026, 11, 14, 3, tzinfo=UTC)):
        issue(app, "donation:1")
    with app.app_context():
        assert queries.by_number(typed) is not None
        for wrong in (
            "",
            "1",
            "PSCORE-KR-2026-000001",
            "TEST-PSCORE-KR-2026-000002",
            "-".join("9" * 40),
        ):
            assert queries.by_number(wrong) is None


def test_the_proof_names_what_was_mended_by_hand(app: Flask) -> None:
    for number in range(4):
        issue(app, f"donation:{number}")
    with app.app_context():
        assert proving.prove(TEST) == []
        receipts = session.scalars(select(GiftReceipt).order_by(GiftReceipt.number)).all()
        second, third = receipts[1].id, receipts[2].id

        def meddle() -> None:
            session.execute(delete(GiftReceipt).where(GiftReceipt.id == second))
            session.execute(update(GiftReceipt).where(GiftReceipt.id == third).values(minor=7))
            session.execute(update(ReceiptSeries).values(last=9))

        transact(meddle)
        found = {flaw.what for flaw in proving.prove(TEST)}
    assert found == {
        "has a gap",
        "ends elsewhere than its series",
        "says another amount than it counts",
    }
    assert found <= set(proving.WORDS)


def test_the_proof_names_receipts_whose_days_do_not_fit_their_numbers(app: Flask) -> None:
    for number in range(3):
        issue(app, f"donation:{number}")
    with app.app_context():
        second = GiftReceipt.number == 2
        for day in (timedelta(days=1), timedelta(days=-400)):
            moved = update(GiftReceipt).where(second).values(issued_on=today_in("Asia/Seoul") + day)
            transact(partial(session.execute, moved))
            assert {flaw.what for flaw in proving.prove(TEST)} == {"is older than its number"}


@pytest.mark.parametrize("meddle", ["change", "delete"])
def test_no_code_of_ours_changes_or_deletes_a_receipt(app: Flask, meddle: str) -> None:
    issue(app, "donation:1")

    def deed() -> None:
        receipt = session.scalars(select(GiftReceipt)).one()
        if meddle == "change":
            receipt.minor += 1
        else:
            session.delete(receipt)
        session.flush()

    with app.app_context(), pytest.raises(NeverChanged):
        transact(deed)
    assert numbers(app) == [1]


def test_no_code_of_ours_goes_past_that_by_a_statement() -> None:
    statement = re.compile(r"\b(update|delete)\(\s*(GiftReceipt|table_of\(GiftReceipt\))")
    modules = sorted(Path(campaign_app.__file__).parent.rglob("*.py"))
    assert len(modules) > 300
    assert not [path.name for path in modules if statement.search(path.read_text("utf-8"))]
    assert statement.search("session.execute(update(GiftReceipt).values(minor=1))")


def test_a_receipt_of_a_body_that_left_the_settings_can_still_be_cancelled(app: Flask) -> None:
    issue(app, "donation:1")
    with app.app_context():
        app.extensions[ways.WAYS] = replace(app.extensions[ways.WAYS], entities={})
        first = session.scalars(select(GiftReceipt)).one()
        assert transact(partial(services.cancel, first, reason="returned")).number == 2
        assert proving.prove(TEST) == []


def test_the_gifts_of_a_year_are_those_whose_receipts_count(app: Flask) -> None:
    for number in range(3):
        issue(app, f"donation:{number}")
    with app.app_context():
        second = services.latest("donation:1")
        assert second is not None
        transact(partial(services.cancel, second, reason="mistake"))
        found = queries.counting(Of(TEST, SEOUL, 2026))
        assert [one.subject for one in found] == ["donation:0", "donation:2"]
