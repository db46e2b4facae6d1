"""No amount changes on its way: what is typed is what is written down, and what the gateway is asked for."""

from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from campaign_app.core.db import session
from campaign_app.core.money import EXPONENTS, Money
from campaign_app.donations.forms import GiveForm
from campaign_app.donations.menu import AMOUNTS, offered
from campaign_app.donations.models import Donation
from tests.donations import page
from tests.payments.giving import Giving

LANGUAGES = ("ko", "en", "fr")
#: Between the least and the most that a card may give, in whole units of the currency.
WHOLE = {"KRW": (1000, 5_000_000), "CHF": (1, 5000), "EUR": (1, 5000), "USD": (1, 5000)}
EVERYWHERE = [(language, currency) for language in LANGUAGES for currency in WHOLE]


def read(app: Flask, language: str, currency: str, typed: str) -> GiveForm:
    """Read an amount as the page does."""
    said = MultiDict({"amount": "own", "own": typed, "way": "card", "nonce": "n" * 20})
    with app.test_request_context(f"/{language}/give/", method="POST"):
        menu = offered(currency, country="", language=language)
        assert menu is not None
        assert menu.currency == currency
        form = GiveForm(said, menu=menu)
        form.validate()
        return form


def ways_to_write(whole: int, language: str, currency: str) -> list[str]:
    """Write a whole amount as people do, here and elsewhere."""
    grouped = f"{whole:,}"
    return [
        str(whole),
        grouped,
        grouped.replace(",", " "),
        grouped.replace(",", "\u202f"),
        grouped.replace(",", "'"),
        f"{whole} {currency}",
        Money(whole * 10 ** EXPONENTS[currency], currency).brief(language),
    ]


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(where=st.sampled_from(EVERYWHERE), draw=st.data())
def test_what_is_typed_is_the_amount_in_every_language_and_currency(
    app: Flask, where: tuple[str, str], draw: st.DataObject
) -> None:
    language, currency = where
    whole = draw.draw(st.integers(*WHOLE[currency]))
    for typed in ways_to_write(whole, language, currency):
        form = read(app, language, currency, typed)
        assert form.money is not None, (typed, form.errors)
        assert form.money.decimal == Decimal(whole), typed
        assert form.own.errors == []


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    language=st.sampled_from(LANGUAGES),
    whole=st.integers(1000, 50_000),
    cents=st.integers(0, 99),
    mark=st.sampled_from([".", ","]),
)
def test_won_has_no_decimals_and_is_never_taken_a_hundredfold(
    app: Flask, language: str, whole: int, cents: int, mark: str
) -> None:
    form = read(app, language, "KRW", f"{whole}{mark}{cents:02}")
    assert form.money is None
    assert form.own.errors != []
    assert read(app, language, "KRW", str(whole)).money == Money(whole, "KRW")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_amount_to_touch_reaches_the_gateway_as_it_stands_there(
    app: Flask, client: FlaskClient, giving: Giving, language: str
) -> None:
    for currency, amounts in AMOUNTS.items():
        for minor in amounts:
            money = Money(minor, currency)
            answer = page.give(
                client, f"/{language}/give/?currency={currency}", amount=money.plain, way="card"
            )
            assert answer.status_code == 303
    with app.app_context():
        gifts = session.scalars(select(Donation)).all()
    asked = {(one["currency"], one["amount_total"]) for one in giving.things("checkout.session")}
    every = {(currency, minor) for currency, amounts in AMOUNTS.items() for minor in amounts}
    assert {(gift.currency, gift.minor) for gift in gifts} == every
    assert asked == {(currency.lower(), minor) for currency, minor in every}
