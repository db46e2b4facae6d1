"""The demo's bank, as its page shows it and its carrier tells of it: only where nothing is real."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign_app.core import clock
from campaign_app.core.db import transact
from campaign_app.core.money import Money
from campaign_app.payments import taking
from campaign_app.payments.local.bank import Bank
from campaign_app.payments.local.deeds import Story, story
from campaign_app.payments.local.house import House, houses
from campaign_app.payments.opening import checkout_origins, till
from campaign_app.payments.taking import Wish
from config import Config
from tests.faults.nasty import FORM, NASTY, WORDS, body_of

DONE, WRONG, GONE, NOT_SO = 303, 400, 404, 308


@pytest.fixture
def config(database_url: str, tmp_path: Path) -> Config:
    return Config.for_tests(database_url=database_url, instance_dir=tmp_path, payments="local")


@pytest.fixture(autouse=True)
def in_the_app(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


@pytest.fixture
def house(app: Flask) -> House:
    return houses()["paris"]


def page(nonce: str = "n", *, language: str = "ko", minor: int = 20000) -> str:
    """Begin to give; tell the path of the page to pay on."""
    wish = Wish(nonce=nonce, amount=Money(minor, "KRW"), subject="donation:1", language=language)
    payment = transact(partial(taking.begin, wish, till().ways, till().book))
    return taking.open_page(payment.id, till()).removeprefix("http://localhost")


def told(house: House, path: str) -> Story:
    with house.vault.open_() as desk:
        return story(desk, path.rpartition("/")[2])


def press(client: FlaskClient, path: str, deed: str, **more: str) -> tuple[int, str]:
    answer = client.post(path, data={"deed": deed} | more)
    return answer.status_code, answer.headers.get("Location", "")


@pytest.mark.parametrize(
    ("deed", "state", "leads"),
    [
        ("pay", "paid", "success_url"),
        ("promise", "promised", "success_url"),
        ("refuse", "refused", ""),
        ("cancel", "open", "cancel_url"),
        ("pay_and_dispute", "paid", "success_url"),
        ("pay_and_spoil", "paid", "success_url"),
    ],
)
def test_each_button_does_what_it_says_and_leads_where_the_app_said(
    client: FlaskClient, house: House, deed: str, state: str, leads: str
) -> None:
    path = page()
    there = told(house, path).session.get(leads, path)
    assert press(client, path, deed) == (DONE, there)
    assert told(house, path).state == state
    assert client.get(path).status_code == 200


def test_the_page_speaks_the_donors_language_and_is_kept_from_search_engines(
    client: FlaskClient,
) -> None:
    for language in ("ko", "en", "fr"):
        answer = client.get(page(language, language=language))
        assert answer.headers["Content-Language"] == language
        assert f'<html lang="{language}"' in answer.text
        assert '<meta name="robots" content="noindex">' in answer.text
        assert Money(20000, "KRW").written(language) in answer.text


def test_without_stripe_no_form_leads_to_another_house(app: Flask) -> None:
    assert checkout_origins() == ()


# What nobody presses


@pytest.mark.parametrize("engine_name", ["sqlite"])  # the bank's own books are in a file, always
@pytest.mark.parametrize("wrong", NASTY)
@pytest.mark.parametrize("field", ["deed", "how", "method", "thing"])
def test_no_button_is_so_wrong_that_something_breaks_or_happens(
    client: FlaskClient, house: House, field: str, wrong: str
) -> None:
    path = page()
    right = {"deed": b"win", "how": b"once", "method": b"card", "thing": b"dp_1"}
    fields = list((right | {field: NASTY[wrong]}).items())
    answer = client.post(path, data=body_of(fields), content_type=FORM)
    assert answer.status_code == (DONE if field == "thing" else WRONG)
    assert told(house, path).state == "open"


@pytest.mark.parametrize("engine_name", ["sqlite"])
@pytest.mark.parametrize("word", WORDS)
def test_a_page_that_is_not_there_is_not_there(client: FlaskClient, word: str) -> None:
    for path in (f"/payments/local/paris/checkout/{word}", f"/payments/local/{word}/checkout/x"):
        assert {client.get(path).status_code, client.post(path).status_code} <= {GONE, NOT_SO}
    assert client.get("/payments/local/rome/").status_code == GONE


def test_an_object_of_another_page_is_not_to_be_pressed_as_if_it_were_of_a_kind(
    client: FlaskClient, house: House
) -> None:
    """A dispute's button with a refund's name does nothing, and shows how things stand."""
    path = page()
    press(client, path, "pay_and_spoil")
    charge = told(house, path).charge
    assert charge is not None
    with house.vault.open_() as desk:
        refund = Bank(desk).refund({"charge": charge["id"], "amount": 500})
    for deed in ("win", "lose", "arrive", "return"):
        assert press(client, path, deed, thing=refund["id"]) == (DONE, path)
    assert [one["status"] for one in told(house, path).refunds] == ["failed"]


def test_a_button_that_came_too_late_shows_how_things_stand(
    client: FlaskClient, house: House
) -> None:
    path = page()
    press(client, path, "refuse")
    with clock.frozen(clock.now() + timedelta(hours=3)):
        assert press(client, path, "pay") == (DONE, path)
        assert told(house, path).state == "expired"
        assert client.get(path).status_code == 200


def test_pressed_twice_at_once_it_happens_once(app: Flask, house: House) -> None:
    path = page()
    answers: list[tuple[int, str]] = []
    hands = [
        threading.Thread(target=lambda: answers.append(press(app.test_client(), path, "pay")))
        for _one in range(8)
    ]
    for one in hands:
        one.start()
    for one in hands:
        one.join()
    assert {status for status, _where in answers} == {DONE}
    assert len([where for _status, where in answers if where != path]) == 1
    with house.vault.open_() as desk:
        assert len(desk.every("charge")) == 1


def test_another_house_presses_no_button(client: FlaskClient, house: House) -> None:
    path = page()
    foreign = {"Sec-Fetch-Site": "cross-site"}
    assert client.post(path, data={"deed": "pay"}, headers=foreign).status_code == 403
    assert told(house, path).state == "open"
