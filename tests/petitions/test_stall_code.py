"""Four digits shown at a stall count a signature at once, and guessing them is not worth it."""

import base64
import json
import re
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from campaign_app.core import clock, db
from campaign_app.core.db import session
from campaign_app.events.models import Event
from campaign_app.petitions import desk as desks
from campaign_app.petitions import jobs, recount, stall_code, stall_proof, states
from campaign_app.petitions.models import Petition
from campaign_app.petitions.secrets_of import Handle
from campaign_app.petitions.signing_models import Signature
from campaign_app.petitions.stall_models import (
    MOST_TRIES,
    MOST_USES,
    MOST_WRONG,
    MOST_WRONG_IN_ALL,
    StallSecret,
    StallTry,
    StallWindow,
)
from campaign_app.petitions.stall_proof import Typed, Verdict
from tests import given
from tests.concurrency.test_races import all_at_once
from tests.kiosk import stations
from tests.petitions.stalls import Stall, code_now, hidden, stall, typed, wrong

VECTORS = Path(__file__).parents[1] / "kiosk" / "stall_code_vectors.json"


@pytest.fixture
def at(app: Flask) -> Stall:
    """Stand with a board at a stall."""
    return stall(app)


def evidence(app: Flask) -> list[tuple[str, str]]:
    """Read how signatures are known, in any order."""
    with app.app_context():
        rows = session.execute(select(Signature.state, Signature.evidence))
        return sorted((row.state, row.evidence) for row in rows)


def test_the_digits_are_those_that_every_tablet_shows() -> None:
    for known in json.loads(VECTORS.read_text()):
        secret = base64.b64decode(known["secret"])
        moment = datetime.fromtimestamp(known["unix_seconds"], UTC)
        assert stall_code.window(moment) == known["window"]
        assert stall_code.digits(secret, known["window"]) == known["digits"]


def test_a_code_is_new_every_ten_minutes_and_says_how_long_it_stays(app: Flask, at: Stall) -> None:
    begins = datetime(2026, 11, 22, 9, 10, tzinfo=UTC)
    with app.app_context():
        event = session.get_one(Event, at.event_id)
        with clock.frozen(begins):
            first, left = stall_code.now(event)
        with clock.frozen(begins + timedelta(seconds=599)):
            still, last = stall_code.now(event)
        with clock.frozen(begins + timedelta(seconds=600)):
            second, _left = stall_code.now(event)
    assert (left, last) == (600, 1)
    assert first == still != second


def test_whoever_signed_by_the_code_of_a_stall_counts_with_the_digits(
    app: Flask, client: FlaskClient, at: Stall
) -> None:
    answer = given.sign(client, at.board)
    assert "A volunteer is with you?" in answer.text
    assert "No mail? Ask for the code at the table." in answer.text
    assert given.counted(app, at.world.petition_id) == (0, 1)

    thanks = typed(client, at.world.slug, answer, code_now(app, at.event_id))

    assert thanks.status_code == 200
    assert "Thank you. Your signature counts." in thanks.text
    assert given.counted(app, at.world.petition_id) == (1, 0)
    assert evidence(app) == [(states.CONFIRMED, states.BY_STALL_CODE)]
    with app.app_context():
        assert recount.check() == []


@pytest.mark.parametrize("away", [-1, 1])
def test_the_code_before_and_the_one_after_count_for_clocks_differ(
    app: Flask, client: FlaskClient, at: Stall, away: int
) -> None:
    answer = given.sign(client, at.board)
    typed(client, at.world.slug, answer, code_now(app, at.event_id, away=away))
    assert given.counted(app, at.world.petition_id) == (1, 0)


@pytest.mark.parametrize("away", [-2, 2])
def test_an_older_or_later_code_counts_nobody(
    app: Flask, client: FlaskClient, at: Stall, away: int
) -> None:
    answer = given.sign(client, at.board)
    refused = typed(client, at.world.slug, answer, code_now(app, at.event_id, away=away))
    assert refused.status_code == 400
    assert "does not count" in refused.text
    assert given.counted(app, at.world.petition_id) == (0, 1)


def test_a_refusal_keeps_what_was_typed_and_offers_both_codes_again(
    app: Flask, client: FlaskClient, at: Stall
) -> None:
    answer = given.sign(client, at.board)
    again = typed(client, at.world.slug, answer, wrong(app, at.event_id))
    assert "mina@example.org" in again.text
    assert f'action="/q/{at.world.code}?lang=en"' in again.text
    thanks = typed(client, at.world.slug, again, code_now(app, at.event_id))
    assert "Your signature counts" in thanks.text


def test_digits_may_be_typed_as_people_type_them(
    app: Flask, client: FlaskClient, at: Stall
) -> None:
    answer = given.sign(client, at.board)
    code = code_now(app, at.event_id)
    wide = f" {code[:2]} {code[2:]}".translate({48 + n: 0xFF10 + n for n in range(10)})
    assert typed(client, at.world.slug, answer, wide).status_code == 200


def test_the_waiting_mail_goes_and_the_receipt_comes_on_the_page_and_by_mail(
    app: Flask, client: FlaskClient, at: Stall
) -> None:
    answer = given.sign(client, at.board)
    thanks = typed(client, at.world.slug, answer, code_now(app, at.event_id))
    [receipt] = re.findall(r'class="receipt"[^>]*>([^<]+)<', thanks.text)
    given.send_mail(app)
    [mail] = given.mails(app)
    assert "your signature counts" in mail["Subject"]
    assert receipt in given.text_of(mail)
    assert "Counted" in client.post("/en/receipt", data={"code": receipt}).text


def test_a_late_link_in_an_old_mail_shows_thanks_and_counts_nobody_twice(
    app: Flask, client: FlaskClient, at: Stall
) -> None:
    answer = given.sign(client, at.board)
    given.send_mail(app)
    [mail] = given.mails(app)
    typed(client, at.world.slug, answer, code_now(app, at.event_id))
    assert "Your signature counts" in client.post(given.link_of(mail)).text
    assert given.counted(app, at.world.petition_id) == (1, 0)
    assert evidence(app) == [(states.CONFIRMED, states.BY_STALL_CODE)]


def test_a_mailbox_typed_anew_into_the_answer_page_gets_no_mail(
    app: Flask, client: FlaskClient, at: Stall
) -> None:
    answer = given.sign(client, at.board)
    form = hidden(answer) | {"again-email": "thief@example.org"}
    form |= {"stall_code": code_now(app, at.event_id)}
    assert client.post(f"/en/petitions/{at.world.slug}/stall-code", data=form).status_code == 200
    given.send_mail(app)
    assert given.mails(app) == []


def test_the_same_page_sent_twice_gives_the_same_receipt_and_counts_once(
    app: Flask, client: FlaskClient, at: Stall
) -> None:
    answer, code = given.sign(client, at.board), code_now(app, at.event_id)
    pages = [typed(client, at.world.slug, answer, code) for _time in range(2)]
    first, second = (re.findall(r'class="receipt"[^>]*>([^<]+)<', page.text) for page in pages)
    assert first == second
    assert given.counted(app, at.world.petition_id) == (1, 0)


def test_a_mailbox_that_signed_before_reads_the_same_and_stays_as_it_is(
    app: Flask, client: FlaskClient, at: Stall
) -> None:
    code = code_now(app, at.event_id)
    first = typed(client, at.world.slug, given.sign(client, at.board), code)
    second = typed(client, at.world.slug, given.sign(client, at.board), code)
    receipts = [
        re.findall(r'class="receipt"[^>]*>([^<]+)<', page.text)[0] for page in (first, second)
    ]
    assert first.text.replace(receipts[0], "") == second.text.replace(receipts[1], "")
    assert given.counted(app, at.world.petition_id) == (1, 0)
    assert "opens nothing" in client.post("/en/receipt", data={"code": receipts[1]}).text


def test_whoever_confirmed_by_mail_stays_confirmed_by_mail(
    app: Flask, client: FlaskClient, at: Stall
) -> None:
    answer = given.sign(client, at.board)
    given.send_mail(app)
    client.post(given.link_of(given.mails(app)[0]))
    assert typed(client, at.world.slug, answer, code_now(app, at.event_id)).status_code == 200
    assert evidence(app) == [(states.CONFIRMED, states.BY_MAIL)]
    with app.app_context():
        assert recount.check() == []


def test_other_attempts_of_the_mailbox_go_with_their_mails(
    app: Flask, client: FlaskClient, at: Stall
) -> None:
    given.sign(client, at.board)
    answer = given.sign(client, at.board)
    typed(client, at.world.slug, answer, code_now(app, at.event_id))
    given.send_mail(app)
    assert len(given.mails(app)) == 1
    assert evidence(app) == [(states.CONFIRMED, states.BY_STALL_CODE)]
    with app.app_context():
        assert recount.check() == []


# Where no code counts


def test_a_page_that_is_at_no_stall_asks_for_no_code(
    app: Flask, client: FlaskClient, at: Stall
) -> None:
    answer = given.sign(client, f"/en/petitions/{at.world.slug}")
    assert "Stall code" not in answer.text
    form = {"handle": given.handle_of(answer), "stall_code": code_now(app, at.event_id)}
    form |= {"action": f"/q/{at.world.code}?lang=en"}  # says that it signed at the stall
    assert client.post(f"/en/petitions/{at.world.slug}/stall-code", data=form).status_code == 400
    assert given.counted(app, at.world.petition_id) == (0, 1)


@pytest.mark.parametrize("hours", [-2.1, 6.1])
def test_before_and_after_the_stall_the_mail_alone_confirms(
    app: Flask, client: FlaskClient, at: Stall, hours: float
) -> None:
    with app.app_context():
        starts = session.get_one(Event, at.event_id).starts_at
    with clock.frozen(starts + timedelta(hours=hours)):
        answer = given.sign(client, at.board)
        assert "Stall code" not in answer.text
        assert prove(app, at, handle(answer), code_now(app, at.event_id)) is Verdict.REFUSED


@pytest.mark.parametrize("state", ["draft", "postponed", "cancelled"])
def test_at_an_event_that_does_not_take_place_no_code_counts(
    app: Flask, client: FlaskClient, at: Stall, state: str
) -> None:
    with app.app_context():
        db.transact(lambda: session.execute(update(Event).values(state=state)))
    answer = given.sign(client, at.board)
    assert "Stall code" not in answer.text
    assert prove(app, at, handle(answer), code_now(app, at.event_id)) is Verdict.REFUSED


def test_a_petition_may_have_it_switched_off(app: Flask, client: FlaskClient, at: Stall) -> None:
    before = given.sign(client, at.board)
    with app.app_context():
        db.transact(lambda: session.execute(update(Petition).values(stall_codes=False)))
    answer = given.sign(client, at.board, email="jun@example.org")
    assert "Stall code" not in answer.text
    refused = typed(client, at.world.slug, before, code_now(app, at.event_id))
    assert refused.status_code == 400
    assert "only the mail confirms" in refused.text
    assert given.counted(app, at.world.petition_id) == (0, 2)


def test_the_code_of_another_stall_counts_nobody(
    app: Flask, client: FlaskClient, at: Stall
) -> None:
    with app.app_context():
        other = db.transact(lambda: stations.an_event(at.world.location_id)).id
    answer = given.sign(client, at.board)
    assert typed(client, at.world.slug, answer, code_now(app, other)).status_code == 400
    assert given.counted(app, at.world.petition_id) == (0, 1)


def test_a_handle_of_another_petition_counts_nobody(
    app: Flask, client: FlaskClient, at: Stall
) -> None:
    with app.app_context():
        other = db.transact(lambda: given.petition("free-the-abductees")).id
    answer = given.sign(client, at.board)
    code = code_now(app, at.event_id)
    assert prove(app, at, handle(answer), code, petition_id=other) is Verdict.WITNESSED
    assert given.counted(app, at.world.petition_id) == (0, 1)
    assert given.counted(app, other) == (0, 0)


def test_other_codes_hold_as_soon_as_somebody_asks_for_them(
    app: Flask, client: FlaskClient, at: Stall
) -> None:
    old = code_now(app, at.event_id)
    with app.app_context():
        db.transact(lambda: stall_code.rotate(at.event_id))
        db.transact(lambda: stall_code.rotate(at.event_id))
        assert stall_code.generation(at.event_id) == 2
    answer = given.sign(client, at.board)
    if old not in {code_now(app, at.event_id, away=away) for away in (-1, 0, 1)}:
        assert typed(client, at.world.slug, answer, old).status_code == 400
    assert typed(client, at.world.slug, answer, code_now(app, at.event_id)).status_code == 200


# Guessing


def handle(answer: TestResponse) -> Handle:
    """Read the handle of an answer page."""
    found = Handle.read(given.handle_of(answer))
    assert found
    return found


def prove(
    app: Flask, at: Stall, who: Handle, code: str, *, petition_id: int | None = None
) -> Verdict:
    """Type a code, as the page does."""
    with app.app_context():
        desk = desks._load(petition_id or at.world.petition_id)
        assert desk
        return db.transact(lambda: stall_proof.prove(desk, Typed(who, code, at.event_id)))


def nobody() -> Handle:
    """Draw a handle behind which there is no signature."""
    return Handle.new(uuid4())


def test_five_tries_on_a_page_and_then_only_the_mail(
    app: Flask, client: FlaskClient, at: Stall
) -> None:
    real, blank = handle(given.sign(client, at.board)), nobody()
    for who in (real, blank):
        for _try in range(MOST_TRIES):
            assert prove(app, at, who, wrong(app, at.event_id)) is Verdict.REFUSED
        assert prove(app, at, who, code_now(app, at.event_id)) is Verdict.REFUSED
    assert given.counted(app, at.world.petition_id) == (0, 1)


def test_a_day_later_the_tries_are_forgotten(app: Flask, at: Stall) -> None:
    prove(app, at, nobody(), "0000")
    with app.app_context():
        with clock.frozen(clock.now() + timedelta(hours=23)):
            jobs.let_go()
            assert session.query(StallTry).count() == 1
        with clock.frozen(clock.now() + timedelta(hours=26)):
            jobs.let_go()
            assert session.query(StallTry).count() == 0


def test_thirty_wrong_codes_close_the_stall_for_ten_minutes(
    app: Flask, client: FlaskClient, at: Stall
) -> None:
    real = handle(given.sign(client, at.board))
    moment = clock.now().replace(minute=5, second=0, microsecond=0)
    with clock.frozen(moment):
        for _wrong in range(MOST_WRONG):
            prove(app, at, nobody(), wrong(app, at.event_id))
        assert prove(app, at, real, code_now(app, at.event_id)) is Verdict.REFUSED
    with clock.frozen(moment + timedelta(minutes=6)):
        assert prove(app, at, real, code_now(app, at.event_id)) is Verdict.WITNESSED


def test_right_codes_spend_nothing_of_what_wrong_ones_may(app: Flask, at: Stall) -> None:
    code = code_now(app, at.event_id)
    assert {prove(app, at, nobody(), code) for _use in range(MOST_USES)} == {Verdict.WITNESSED}
    assert prove(app, at, nobody(), code) is Verdict.REFUSED
    with app.app_context():
        [spent] = session.query(StallWindow).all()
        assert (spent.uses, spent.wrong) == (MOST_USES, 0)
        assert session.query(StallSecret).one().wrong == 0


@pytest.mark.parametrize("engine_name", ["sqlite"])  # what queues there is tried below, on both
def test_ten_thousand_guesses_confirm_nothing_that_was_not_paid_for(
    app: Flask, client: FlaskClient, at: Stall
) -> None:
    """Sixty signatures, five tries each, then anybody, over eight hours: the limits end it early."""
    signed = [handle(given.sign(client, at.board, email=f"s{n}@example.org")) for n in range(60)]
    with app.app_context():
        desk = desks._load(at.world.petition_id)
        begins = stall_code.window(session.get_one(Event, at.event_id).starts_at)
    assert desk

    def guess(number: int) -> Verdict:
        who = signed[number // MOST_TRIES] if number < len(signed) * MOST_TRIES else nobody()
        window = begins + number // 220
        with clock.frozen(datetime.fromtimestamp(window * stall_code.SECONDS + 5, UTC)):
            return stall_proof.prove(desk, Typed(who, f"{number:04d}", at.event_id))

    def guessed(numbers: range) -> list[Verdict]:
        event = session.get_one(Event, at.event_id)  # held, so that it is read once
        return [guess(number) for number in numbers if event.id]

    verdicts: list[Verdict] = []
    for thousand in range(10):
        numbers = range(1000 * thousand, 1000 * thousand + 1000)
        with app.app_context():
            verdicts += db.transact(partial(guessed, numbers))

    with app.app_context():
        windows = session.query(StallWindow).all()
        wrong_ones, uses = sum(one.wrong for one in windows), sum(one.uses for one in windows)
        looked = sum(one.tries for one in session.query(StallTry))
        assert session.query(StallSecret).one().wrong == wrong_ones <= MOST_WRONG_IN_ALL
        assert recount.check() == []
    assert looked <= wrong_ones + uses
    assert looked < 400
    assert verdicts.count(Verdict.WITNESSED) == uses
    # Whatever was hit was hit by a guess that was paid for; one signature may be hit twice.
    assert given.counted(app, at.world.petition_id)[0] <= uses


def test_two_phones_at_the_fortieth_use_one_counts(app: Flask, at: Stall) -> None:
    code = code_now(app, at.event_id)
    for _use in range(MOST_USES - 1):
        prove(app, at, nobody(), code)
    verdicts = all_at_once(lambda _number: prove(app, at, nobody(), code), 4)
    assert sorted(verdicts) == [Verdict.REFUSED] * 3 + [Verdict.WITNESSED]


def test_wrong_codes_from_many_phones_at_once_are_all_counted(app: Flask, at: Stall) -> None:
    bad = wrong(app, at.event_id)
    all_at_once(lambda _number: prove(app, at, nobody(), bad), 8)
    with app.app_context():
        assert session.query(StallSecret).one().wrong == 8


def test_mail_and_stall_code_at_once_count_one_signature_once(
    app: Flask, client: FlaskClient, at: Stall
) -> None:
    answers = [given.sign(client, at.board, email=f"p{n}@example.org") for n in range(4)]
    given.send_mail(app)
    links = {mail["To"]: given.link_of(mail) for mail in given.mails(app)}
    code = code_now(app, at.event_id)

    def confirm(number: int) -> int:
        phone, by_mail = app.test_client(), number % 2
        if by_mail:
            return phone.post(links[f"p{number // 2}@example.org"]).status_code
        return typed(phone, at.world.slug, answers[number // 2], code).status_code

    assert set(all_at_once(confirm, 8)) == {200}
    assert given.counted(app, at.world.petition_id) == (4, 0)
    with app.app_context():
        assert recount.check() == []
