"""Who gets to the lead's page: one phone, with the PIN, from the evening before to the day after."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign_app.core import clock
from campaign_app.core.db import session, transact
from campaign_app.events import changing
from campaign_app.events.changing import Elsewhere
from campaign_app.events.models import Event
from campaign_app.stall import leads
from campaign_app.stall.models import LeadLink
from tests.stall.conftest import PIN, SEOUL, Stall, a_link


def nothing_of_the_event(client: FlaskClient, path: str) -> None:
    """Expect what any unknown address shows."""
    answer, unknown = client.get(path), client.get("/nowhere")
    assert answer.status_code == 404
    assert answer.text == unknown.text


def test_the_right_pin_opens_and_the_page_says_nothing_before(
    stall: Stall, client: FlaskClient
) -> None:
    before = client.get(stall.page)
    assert before.status_code == 200
    assert 'name="pin"' in before.text
    assert "Yongsan" not in before.text

    assert stall.open(client) == 303
    assert "At Yongsan station" in client.get(stall.page).text


def test_a_wrong_link_shows_what_any_unknown_address_shows(
    stall: Stall, client: FlaskClient
) -> None:
    nothing_of_the_event(client, "/stall/AAAAAAAAAAAAAAAAAAAAAA/")
    nothing_of_the_event(client, f"/stall/{stall.token[:-1]}/")
    assert client.post("/stall/AAAAAAAAAAAAAAAAAAAAAA/open", data={"pin": PIN}).status_code == 404


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_the_link_opens_on_the_evening_before_and_closes_after_the_day_after(
    stall: Stall, app: Flask, client: FlaskClient
) -> None:
    with app.app_context():
        event = session.get_one(Event, stall.event)
        day = datetime.fromisoformat(event.starts_local).date()
        last = datetime.fromisoformat(event.ends_local).date()
    eve = datetime(day.year, day.month, day.day, 18, tzinfo=SEOUL) - timedelta(days=1)
    over = datetime(last.year, last.month, last.day, tzinfo=SEOUL) + timedelta(days=2)

    for moment, status in (
        (eve - timedelta(minutes=1), 404),
        (eve, 200),
        (over - timedelta(minutes=1), 200),
        (over, 404),
    ):
        with clock.frozen(moment):
            assert client.get(stall.page).status_code == status, moment


def test_five_wrong_pins_lock_the_link_also_for_the_right_one(
    stall: Stall, app: Flask, client: FlaskClient
) -> None:
    for _try in range(5):
        assert stall.open(client, "9173") == 400
    assert stall.open(client) == 403
    assert 'name="pin"' in client.get(stall.page).text

    with app.app_context():
        transact(lambda: leads.set_pin(stall.event, leads.hash_pin("7031")))
    assert stall.open(client) == 400  # the old PIN
    assert stall.open(client, "7031") == 303


def test_what_cannot_be_a_pin_uses_no_try_up(stall: Stall, app: Flask, client: FlaskClient) -> None:
    for typed in ("", "12", "abcd", "12345", "٢٥٨٠"):
        assert stall.open(client, typed) == 400
    with app.app_context():
        assert session.query(LeadLink).one().tries == 0


def test_many_tries_at_once_are_five(stall: Stall, app: Flask) -> None:
    def guess(pin: int) -> int:
        return stall.open(app.test_client(), f"{pin:04d}")

    wrong = [pin for pin in range(3000, 3012) if f"{pin}" != PIN]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(guess, wrong))

    assert answers.count(400) == 5
    assert answers.count(403) == len(wrong) - 5
    with app.app_context():
        assert session.query(LeadLink).one().tries == 5


@pytest.mark.parametrize("pin", ["1111", "1234", "4321", "12", "abcd", "12345"])
def test_a_pin_that_everybody_tries_first_is_refused(pin: str) -> None:
    with pytest.raises(leads.WeakPin):
        leads.hash_pin(pin)


def test_another_lead_shuts_the_first_one_out_at_once(
    stall: Stall, app: Flask, client: FlaskClient
) -> None:
    stall.open(client)
    with app.app_context():
        bora = a_link("Bora", "8064", token="another-token")
        transact(partial(leads.issue, stall.event, bora))

    nothing_of_the_event(client, stall.page)
    assert client.get("/stall/another-token/").status_code == 200


def test_a_revoked_link_is_an_unknown_address(
    stall: Stall, app: Flask, client: FlaskClient
) -> None:
    stall.open(client)
    with app.app_context():
        transact(lambda: leads.revoke(stall.event))
    nothing_of_the_event(client, stall.page)


def test_a_new_pin_ends_what_the_old_one_opened(
    stall: Stall, app: Flask, client: FlaskClient
) -> None:
    stall.open(client)
    with app.app_context():
        transact(lambda: leads.set_pin(stall.event, leads.hash_pin("7031")))
    assert 'name="pin"' in client.get(stall.page).text


def test_a_locked_page_asks_for_the_pin_again(stall: Stall, client: FlaskClient) -> None:
    stall.open(client)
    client.post(f"{stall.page}lock")
    assert 'name="pin"' in client.get(stall.page).text


def test_the_cookie_opens_no_other_event(stall: Stall, app: Flask, client: FlaskClient) -> None:
    stall.open(client)
    value = client.get_cookie("lantern-lead", path=f"/stall/{stall.token}")
    assert value is not None
    with app.app_context():
        link = session.query(LeadLink).one()
        event, other = link.event_id, a_link("Bora", PIN, token="another-token")
        transact(partial(leads.issue, event, other))
    stranger = app.test_client()
    stranger.set_cookie("lantern-lead", value.value, path="/stall/another-token")
    assert 'name="pin"' in stranger.get("/stall/another-token/").text


def test_the_cookie_ends_after_twelve_hours(stall: Stall, client: FlaskClient) -> None:
    """Real time counts, so only the cookie's own words are looked at."""
    answer = client.post(f"{stall.page}open", data={"pin": PIN})
    said = answer.headers["Set-Cookie"]
    assert f"Path=/stall/{stall.token}" in said
    assert "Max-Age=43200" in said
    assert "HttpOnly" in said
    assert "SameSite=Strict" in said


def test_a_lead_who_puts_it_off_by_days_stays_in(
    stall: Stall, app: Flask, client: FlaskClient
) -> None:
    stall.open(client)
    with app.app_context():
        event = session.get_one(Event, stall.event)
        later = (event.starts_at + timedelta(days=5)).astimezone(SEOUL)
        transact(
            partial(
                changing.move,
                stall.event,
                Elsewhere(starts_local=later.strftime("%Y-%m-%dT%H:%M")),
            )
        )
    assert client.get(stall.page).status_code == 200


def test_the_database_opens_no_link(stall: Stall, app: Flask) -> None:
    with app.app_context():
        link = session.query(LeadLink).one()
        assert stall.token.encode() not in link.token_hash
        assert link.token_hash == leads.hash_of(stall.token)
        assert PIN not in link.pin_hash
    began = time.perf_counter()
    leads.is_right(link, "0000")
    assert time.perf_counter() - began > 0.005  # no quick hash
