"""What a gateway hears of people who give at a stall: an amount and a number that means nothing there."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign_app.payments.local.house import houses
from campaign_app.payments.opening import TILL, VAULT
from tests.donations import page
from tests.donations.conftest import Stall
from tests.payments.banking import Listening, open_bank, told_too_much
from tests.payments.giving import PARIS, Giving
from tests.payments.returning import ask, finance, send

DONOR = {"name": "Mina Kim 김미나", "mail": "mina@example.org"}


@pytest.fixture
def line(app: Flask, tmp_path: Path) -> Iterator[Listening]:
    """Put a line between the till and its bank, on which every byte is taken down."""
    with app.app_context():
        account = houses()[PARIS].account
    name = f"{PARIS}-{VAULT}"
    with open_bank(tmp_path, name=name, account=account) as (api, gateway):
        app.extensions[TILL] = replace(app.extensions[TILL], gateways={PARIS: gateway})
        yield api


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_stripe_hears_no_name_no_petition_no_place_and_no_event(
    app: Flask, client: FlaskClient, stall: Stall, giving: Giving, line: Listening
) -> None:
    """Give at a table tent, for a campaign and for us; refund, dispute, ask for everything."""
    ways = {
        stall.tent: "20000",
        "/fr/give/camps?currency=EUR": "25",
        "/en/give/?currency=USD": "30",
    }
    for where, amount in ways.items():
        answer = page.give(client, where, amount="own", own=amount, **DONOR)
        assert answer.location.startswith("http://bank.test/checkout/")
    gifts = giving.gifts()
    for gift in gifts:
        giving.pay(gift)
    giving.deliver()
    giving.everything()
    assert {giving.said(gift).state for gift in gifts} == {"settled"}
    giving.dispute(gifts[0])
    mina = finance(app, "Mina")
    with app.app_context():
        assert send(ask(gifts[1], 500, mina, reason="Mina stood at Yongsan twice"))
    giving.poll()
    assert len(line.heard) > 15
    assert {one.method for one in line.heard} == {"GET", "POST"}
    told = " ".join(one.body for one in line.heard)
    assert "unit_amount%5D=20000" in told.replace("[", "%5B").replace("]", "%5D")
    own = (stall.letters, stall.world.code, stall.world.uid, "Mina Kim", "camps", "수용소")
    assert told_too_much(line.heard, own) == []
