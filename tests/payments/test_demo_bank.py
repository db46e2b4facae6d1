"""The demo's bank, as its page shows it and its carrier tells of it: only where nothing is real."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign_app.core.db import transact
from campaign_app.core.money import Money
from campaign_app.payments import taking
from campaign_app.payments.local.deeds import Story, story
from campaign_app.payments.local.house import House, houses
from campaign_app.payments.opening import checkout_origins, till
from campaign_app.payments.taking import Wish
from config import Config

DONE = 303


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
