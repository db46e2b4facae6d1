"""Hourly budgets: above them mails wait, and nobody is refused."""

from datetime import UTC, datetime, timedelta

from flask import Flask

from campaign_app.core import clock
from campaign_app.outbox import queries, worker
from campaign_app.outbox.console import warnings
from tests.outbox.mail_server import OK, Mails
from tests.outbox.posting import REMINDER, send, waiting

NOON = datetime(2026, 5, 4, 12, 10, tzinfo=UTC)
#: The test's settings allow 6 mails an hour and petition, 3 and placement.
BOARD = ["petition:1", "placement:7"]


def _crowd(count: int, lanes: list[str]) -> None:
    for number in range(count):
        send(f"signer{number}@example.org", lanes=lanes)


def test_above_its_budget_a_board_waits_for_the_next_hour(app: Flask, mails: Mails) -> None:
    with clock.frozen(NOON):
        _crowd(8, BOARD)
        worker.drain()
        assert len(mails.came) == 3
        assert queries.held_lanes() == [("placement:7", 5)]
        assert queries.numbers().held == 5
    one = datetime(2026, 5, 4, 13, tzinfo=UTC)
    assert all(one <= row.run_at <= one + timedelta(seconds=20) for row in waiting())
    for hours, sent in ((1, 6), (2, 8)):
        with clock.frozen(NOON + timedelta(hours=hours)):
            worker.drain()
            assert len(mails.came) == sent
    assert queries.held_lanes() == []


def test_other_boards_go_on_until_the_petition_has_no_more(app: Flask, mails: Mails) -> None:
    with clock.frozen(NOON):
        _crowd(4, BOARD)
        _crowd(4, ["petition:1", "placement:8"])
        _crowd(1, ["petition:1", "placement:9"])
        _crowd(2, ["petition:2"])
        _crowd(1, [])
        worker.drain()
        assert len(mails.came) == 6 + 2 + 1
        assert {lane for lane, _count in queries.held_lanes()} == {"petition:1", "placement:7"}


def test_a_mail_that_did_not_go_out_gives_its_share_back(app: Flask, mails: Mails) -> None:
    mails.rcpt = lambda _address: "451 later"
    with clock.frozen(NOON):
        _crowd(3, BOARD)
        worker.drain()
    mails.rcpt = lambda _address: OK
    with clock.frozen(NOON + timedelta(minutes=1)):
        worker.drain()
    assert len(mails.came) == 3


def test_reminders_leave_half_of_the_budget_to_those_on_the_street(
    app: Flask, mails: Mails
) -> None:
    for hour in range(2):
        with clock.frozen(NOON + timedelta(hours=hour)):
            for number in range(5):
                send(f"early{hour}{number}@example.org", lanes=["petition:1"], repeat=REMINDER)
            worker.drain()
    assert len(mails.came) == 10
    with clock.frozen(NOON + timedelta(hours=49)):
        worker.drain()
        assert len(mails.came) == 13
        _crowd(3, ["petition:1"])
        worker.drain()
    assert len(mails.came) == 16


def test_the_console_warns_of_a_used_up_budget_and_of_mail_that_is_stuck(
    app: Flask, mails: Mails
) -> None:
    with clock.frozen(NOON), app.test_request_context():
        assert warnings() == []
        _crowd(4, BOARD)
        worker.drain()
        assert len(warnings()) == 1
        assert "1 mail waits" in warnings()[0]
    with clock.frozen(NOON + timedelta(hours=1)), app.test_request_context():
        worker.drain()
        assert warnings() == []
        mails.rcpt = lambda _address: "421 closed"
        _crowd(1, [])
        worker.drain()
        assert warnings() == []
    with clock.frozen(NOON + timedelta(hours=1, minutes=15)), app.test_request_context():
        assert "more than 15 minutes" in warnings()[0]
        assert queries.numbers().oldest_minutes == 15
