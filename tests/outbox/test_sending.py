"""Mail from the outbox to the mail server."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from campaign_app.core import clock, db
from campaign_app.core.keyring import Keyring
from campaign_app.core.settings import settings
from campaign_app.outbox import jobs, worker
from campaign_app.outbox.registry import guard
from campaign_app.outbox.services import cancel
from tests.outbox.mail_server import OK, Mails
from tests.outbox.posting import AGAIN, HELLO, REMINDER, problems, send, waiting

NOON = datetime(2026, 5, 4, 12, 10, tzinfo=UTC)


def test_a_mail_says_who_sends_it_and_which_row_it_was(app: Flask, mails: Mails) -> None:
    sent = send()
    assert worker.drain() == 1
    [message] = mails.messages
    assert message["From"] == "PSCORE <petition@example.org>"
    assert message["To"] == "mina@example.org"
    assert message["Subject"] == "PSCORE: Today, Mina"
    assert message["Message-ID"] == f"<{sent.id}.0@sign.example.org>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "en"
    assert message["Date"]
    assert mails.helo == ["sign.example.org"]
    assert waiting() == []


def test_a_mail_is_plain_text_first_then_html(app: Flask, mails: Mails) -> None:
    send(language="ko", context={"name": "<미나>"})
    worker.drain()
    plain, html = mails.messages[0].iter_parts()
    assert plain.get_content().splitlines() == ["Hello <미나>", "https://sign.example.org/ko/"]
    assert html.get_content().strip() == "<p>Hello &lt;미나&gt;</p>"
    assert (plain.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")


def test_each_mail_speaks_its_own_language(app: Flask, mails: Mails) -> None:
    for language in ("ko", "fr", "en"):
        send(language=language)
    worker.drain()
    texts = [message.get_body(("plain",)).get_content() for message in mails.messages]  # type: ignore[union-attr]  # each has one
    assert [text.split("/")[-2] for text in texts] == ["ko", "fr", "en"]


def test_one_connection_carries_a_batch(app: Flask, mails: Mails) -> None:
    for number in range(5):
        send(f"signer{number}@example.org")
    worker.drain()
    assert (len(mails.came), mails.connections) == (5, 1)


def test_noting_a_batch_takes_no_more_statements_than_noting_one_mail(
    app: Flask, mails: Mails, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "NOTE_EVERY", 60)  # one note for the batch, however slow this is
    changes: list[str] = []

    def note(*said: Any) -> None:
        if said[2].startswith("UPDATE outbox"):
            changes.append(said[2])

    event.listen(db.db.engine, "before_cursor_execute", note)
    with clock.frozen(NOON):
        for number in range(8):
            send(f"signer{number}@example.org", repeat=REMINDER)
        worker.drain()
    assert [row.sequence for row in waiting()] == [1] * 8
    assert len(changes) == 2  # leased together, noted together


def test_a_sent_mail_becomes_its_reminder_and_forgets_the_minute(app: Flask, mails: Mails) -> None:
    with clock.frozen(NOON):
        sent = send(repeat=REMINDER)
        worker.drain()
    [row] = waiting()
    assert row.run_at == row.due_at == datetime(2026, 5, 6, 12, tzinfo=UTC)
    assert (row.template, row.sequence, row.lease_until) == (AGAIN, 1, None)
    with clock.frozen(NOON + timedelta(hours=47)):
        assert worker.drain() == 0
    with clock.frozen(NOON + timedelta(hours=48)):
        worker.drain()
    assert [m["Message-ID"] for m in mails.messages] == [
        f"<{sent.id}.0@sign.example.org>",
        f"<{sent.id}.1@sign.example.org>",
    ]
    assert waiting() == []


def test_a_cancelled_reminder_never_goes_out(app: Flask, mails: Mails) -> None:
    with clock.frozen(NOON):
        send(ref="signature:1", repeat=REMINDER)
        worker.drain()
        db.transact(lambda: cancel("signature:1"))
    with clock.frozen(NOON + timedelta(days=3)):
        worker.drain()
    assert len(mails.came) == 1


def _guarded(*, answer: bool) -> list[str]:
    """Guard the reminder; give the list of what the guard is asked."""
    asked: list[str] = []

    def still_wanted(ref: str) -> bool:
        asked.append(ref)
        return answer

    guard(AGAIN, still_wanted)
    return asked


def test_a_guard_that_says_no_drops_the_reminder_without_a_problem(
    app: Flask, mails: Mails
) -> None:
    asked = _guarded(answer=False)
    with clock.frozen(NOON):
        send(ref="signature:1", repeat=REMINDER)
        worker.drain()
    assert asked == []
    with clock.frozen(NOON + timedelta(days=2)):
        worker.drain()
    assert (asked, len(mails.came), list(waiting()), problems()) == (["signature:1"], 1, [], {})


def test_a_guard_is_asked_once_though_the_reminder_is_tried_twice(app: Flask, mails: Mails) -> None:
    asked = _guarded(answer=True)
    with clock.frozen(NOON):
        send(ref="signature:1", repeat=REMINDER)
        worker.drain()
    mails.rcpt = lambda _address: "451 later"
    with clock.frozen(NOON + timedelta(days=2)):
        worker.drain()
    mails.rcpt = lambda _address: OK
    with clock.frozen(NOON + timedelta(days=2, hours=1)):
        worker.drain()
    assert (asked, len(mails.came)) == (["signature:1"], 2)


def test_an_address_refused_for_good_is_given_up_and_counted_without_it(
    app: Flask, mails: Mails
) -> None:
    mails.rcpt = lambda address: "550 5.1.1 no such user" if "typo" in address else OK
    send("typo@example.org", repeat=REMINDER)
    send("mina@example.org")
    worker.drain()
    assert mails.to == ["mina@example.org"]
    assert waiting() == []
    assert problems() == {("SMTPRecipientsRefused", 550, HELLO): 1}


def test_a_content_refused_for_good_is_given_up(app: Flask, mails: Mails) -> None:
    mails.data = lambda: "554 no"
    send()
    worker.drain()
    assert (list(waiting()), problems()) == ([], {("SMTPDataError", 554, HELLO): 1})


@pytest.mark.parametrize("answer", ["451 4.7.1 greylisted", "452 mailbox full"])
def test_what_is_refused_for_now_is_tried_again_and_arrives(
    app: Flask, mails: Mails, answer: str
) -> None:
    mails.rcpt = lambda _address: answer
    with clock.frozen(NOON):
        send()
        worker.drain()
    [row] = waiting()
    assert (row.tries, row.last_code, row.lease_until) == (1, int(answer[:3]), None)
    assert NOON < row.run_at <= NOON + timedelta(seconds=2)
    mails.rcpt = lambda _address: OK
    with clock.frozen(NOON + timedelta(seconds=5)):
        worker.drain()
    assert mails.to == ["mina@example.org"]


@pytest.mark.parametrize("answer", ["550 5.7.1 relaying denied", "554 5.7.1 not you"])
def test_a_refusal_that_is_about_us_waits_for_a_day_for_somebody_to_set_it_right(
    app: Flask, mails: Mails, answer: str
) -> None:
    mails.rcpt = lambda _address: answer
    with clock.frozen(NOON):
        send()
        worker.drain()
    assert len(waiting()) == 1
    with clock.frozen(NOON + timedelta(hours=24)):
        worker.drain()
    assert list(waiting()) == []


def test_a_refused_sender_costs_no_mail(app: Flask, mails: Mails) -> None:
    mails.mail = "550 who are you"
    send()
    worker.drain()
    assert [row.last_error for row in waiting()] == ["SMTPSenderRefused"]


def test_waits_double_up_to_an_hour() -> None:
    assert 1 <= worker.backoff(0) <= 2
    assert 32 <= worker.backoff(5) <= 64
    assert all(1800 <= worker.backoff(tries) <= 3600 for tries in (11, 40, 4000))


def test_after_ten_days_of_trying_a_mail_is_given_up_and_counted(app: Flask, mails: Mails) -> None:
    mails.rcpt = lambda _address: "451 later"
    with clock.frozen(NOON):
        send()
    with clock.frozen(NOON + timedelta(hours=239)):
        worker.drain()
        assert len(waiting()) == 1
    with clock.frozen(NOON + timedelta(hours=240)):
        worker.drain()
    assert (list(waiting()), problems()) == ([], {("SMTPRecipientsRefused", 451, HELLO): 1})


def test_a_server_that_hangs_up_within_a_batch_gets_the_rest_later(
    app: Flask, mails: Mails
) -> None:
    answers = iter([OK, "421 enough for now"])
    mails.rcpt = lambda _address: next(answers, OK)
    with clock.frozen(NOON):
        for number in range(4):
            send(f"signer{number}@example.org")
        worker.drain()
        assert mails.to == ["signer0@example.org"]
    with clock.frozen(NOON + timedelta(minutes=1)):
        worker.drain()
    assert sorted(mails.to) == [f"signer{number}@example.org" for number in range(4)]


def test_a_server_that_does_not_answer_is_asked_once_per_batch_and_then_left_alone(
    app: Flask, mails: Mails
) -> None:
    mails.rcpt = lambda _address: "421 not now"
    for number in range(3):
        send(f"signer{number}@example.org")
    postman = worker.Postman()
    assert postman.step() == 3
    assert (mails.connections, postman.pause.is_on) == (1, True)
    assert [row.tries for row in waiting()] == [1, 1, 1]
    assert postman.step() == 0
    assert problems() == {("SMTPRecipientsRefused", 421, ""): 1}


def test_a_slow_server_has_each_mail_noted_before_the_next(app: Flask, mails: Mails) -> None:
    left: list[int] = []

    def slowly() -> str:
        time.sleep(0.25)
        return OK

    def look(_address: str) -> str:
        with app.app_context():
            left.append(len(waiting()))
        return OK

    mails.data, mails.rcpt = slowly, look
    for number in range(3):
        send(f"signer{number}@example.org")
    worker.drain()
    assert left == [3, 2, 1]


def test_a_worker_that_is_asked_to_stop_puts_the_rest_back(app: Flask, mails: Mails) -> None:
    for number in range(3):
        send(f"signer{number}@example.org", lanes=["placement:1"])
    postman = worker.Postman(stopping=lambda: len(mails.came) > 0)
    postman.step()
    assert len(mails.came) == 1
    assert [(row.tries, row.lease_until) for row in waiting()] == [(0, None), (0, None)]
    worker.drain()
    assert len(mails.came) == 3  # their share of the budget of 3 was given back


def test_a_broken_template_stops_only_its_own_mail(app: Flask, mails: Mails) -> None:
    send("first@example.org", template="trial/broken")
    send("second@example.org")
    worker.drain()
    assert mails.to == ["second@example.org"]
    assert [(row.tries, row.last_error) for row in waiting()] == [(1, "UndefinedError")]


@pytest.mark.parametrize("address", ["two@at@example.org", "no address", "a@b.org\r\nBcc: x@y.org"])
def test_an_address_that_no_header_can_hold_is_given_up(
    app: Flask, mails: Mails, address: str
) -> None:
    send(address)
    send("mina@example.org")
    worker.drain()
    assert mails.to == ["mina@example.org"]
    assert problems() == {("BadAddress", 0, HELLO): 1}


def test_a_domain_in_other_letters_is_written_as_mail_servers_read_it(
    app: Flask, mails: Mails
) -> None:
    send("mina@한국.kr")
    worker.drain()
    assert mails.to == ["mina@xn--3e0b707e.kr"]


def test_a_letter_whose_key_is_destroyed_is_given_up(app: Flask, mails: Mails) -> None:
    sent = send()
    Keyring(settings().key_dir).destroy_hour_key(sent.key_hour)
    worker.drain()
    assert (mails.came, list(waiting()), problems()) == ([], [], {("KeyIsGone", 0, HELLO): 1})


def test_a_key_is_destroyed_with_the_last_letter_of_its_hour(app: Flask, mails: Mails) -> None:
    keyring = Keyring(settings().key_dir)
    with clock.frozen(NOON):
        send(ref="signature:1", repeat=REMINDER)
        worker.drain()
        jobs.clean_up()
    assert keyring.hours() == ["2026050412"]
    for hours in (1, 2, 40):
        with clock.frozen(NOON + timedelta(hours=hours)):
            jobs.clean_up()
    assert keyring.hours() == ["2026050412"]  # the reminder still needs it
    with clock.frozen(NOON + timedelta(hours=41)):
        db.transact(lambda: cancel("signature:1"))
        jobs.clean_up()
    assert keyring.hours() == []


def test_the_keys_of_this_hour_and_the_last_are_kept_for_letters_on_their_way(app: Flask) -> None:
    keyring = Keyring(settings().key_dir)
    keyring.hour_key("2026050412")
    with clock.frozen(NOON + timedelta(minutes=109)):
        jobs.clean_up()
    assert keyring.hours() == ["2026050412"]
    with clock.frozen(NOON + timedelta(minutes=110)):
        jobs.clean_up()
    assert keyring.hours() == []


def test_after_ten_days_key_and_letter_go_whatever_waits(app: Flask) -> None:
    with clock.frozen(NOON):
        send()
    with clock.frozen(NOON + timedelta(hours=239)):
        jobs.clean_up()
        assert len(waiting()) == 1
    with clock.frozen(NOON + timedelta(hours=240)):
        jobs.clean_up()
    assert (list(waiting()), problems()) == ([], {("TooOld", 0, HELLO): 1})
    assert Keyring(settings().key_dir).hours() == []
