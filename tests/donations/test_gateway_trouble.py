"""A gateway that is silent, a crowd, and a machine that tries cards: nobody waits, nothing is lost."""

import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from campaign_app.core.db import session, transact
from campaign_app.donations import patience, queries
from campaign_app.donations.models import Donation
from campaign_app.payments.gateway import Ask, GatewayRefused, GatewayUnreachable, Session
from campaign_app.payments.opening import TILL, till
from campaign_app.payments.taking_models import Payment
from tests.concurrency.test_races import all_at_once
from tests.donations import page
from tests.donations.conftest import Stall
from tests.payments.giving import PARIS, Giving


class Slow:
    """Stands between us and the bank: it lets requests through late, or answers with trouble."""

    def __init__(self, bank: Any, *, seconds: float = 0, trouble: Exception | None = None) -> None:
        self.bank, self.seconds, self.trouble = bank, seconds, trouble
        self.asked = 0

    def open_session(self, ask: Ask) -> Session:
        """Make a page, late or never."""
        self.asked += 1
        time.sleep(self.seconds)
        if self.trouble is not None:
            raise self.trouble
        made: Session = self.bank.open_session(ask)
        return made


def between(app: Flask, **how: Any) -> Slow:
    """Put somebody slow between us and the bank."""
    with app.app_context():
        known = till()
    slow = Slow(known.gateway(PARIS), **how)
    gateways: Mapping[str, Any] = {PARIS: slow}
    app.extensions[TILL] = replace(known, gateways=gateways)
    return slow


def counted(app: Flask, what: type[Any]) -> int:
    with app.app_context():
        session.rollback()
        return session.scalar(select(func.count()).select_from(what)) or 0


def filled(client: FlaskClient, path: str = "/ko/give/", **said: str) -> tuple[str, dict[str, str]]:
    html = client.get(path).text
    return page.action(html), page.form(html) | {"amount": "20000", "way": "card"} | said


def test_twenty_phones_sending_one_form_make_one_gift_and_one_page(
    app: Flask, client: FlaskClient, giving: Giving
) -> None:
    path, data = filled(client)
    answers = all_at_once(lambda _n: app.test_client().post(path, data=data), 20)
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert (counted(app, Donation), counted(app, Payment)) == (1, 1)
    assert len(giving.things("checkout.session")) == 1


def test_a_silent_gateway_keeps_nobody_waiting_and_loses_nothing(
    app: Flask, client: FlaskClient, giving: Giving, monkeypatch: Any
) -> None:
    monkeypatch.setattr(patience, "SECONDS", 0.5)
    slow = between(app, seconds=1.2)
    path, data = filled(client, mail="mina@example.org", name="Kim Mina")
    began = time.monotonic()
    answer = client.post(path, data=data)
    assert time.monotonic() - began < 1.1
    assert answer.status_code == 503
    kept = page.form(answer.text)
    assert {name: kept[name] for name in ("nonce", "amount", "mail", "name")} == {
        name: data[name] for name in ("nonce", "amount", "mail", "name")
    }
    assert counted(app, Donation) == 1
    # The answer that came too late was written down: pressing again finds the very page.
    time.sleep(1.5)
    again = client.post(path, data=kept | {"way": "card"})
    assert again.status_code == 303
    assert slow.asked == 1
    assert len(giving.things("checkout.session")) == 1
    assert (counted(app, Donation), counted(app, Payment)) == (1, 1)


def test_after_two_silences_the_gateway_is_left_in_peace_for_a_while(
    app: Flask, client: FlaskClient, monkeypatch: Any
) -> None:
    monkeypatch.setattr(patience, "REST_SECONDS", 0.6)
    slow = between(app, trouble=GatewayUnreachable())
    for asked in (1, 2, 2, 2):
        path, data = filled(client)
        assert client.post(path, data=data).status_code == 503
        assert slow.asked == asked
    time.sleep(0.7)
    slow.trouble = None
    path, data = filled(client)
    assert client.post(path, data=data).status_code == 303


def test_the_transfer_is_there_while_the_gateway_is_not(app: Flask, client: FlaskClient) -> None:
    between(app, trouble=GatewayRefused("account_invalid"))
    path, data = filled(client)
    answer = client.post(path, data=data)
    assert answer.status_code == 503
    other = client.post(path, data=page.form(answer.text) | {"way": "transfer"})
    assert other.status_code == 303
    assert "000-000000-00-000" in client.get(other.headers["Location"]).text
    changed = client.post(path, data=page.form(answer.text) | {"step": "change"})
    assert changed.status_code == 200
    kept = page.form(changed.text)
    assert (kept["amount"], kept["way"]) == ("20000", "card")  # its button says no way to give


def test_a_machine_that_tries_cards_at_one_tent_stops_neither_others_nor_transfers(
    app: Flask, client: FlaskClient, stall: Stall, monkeypatch: Any
) -> None:
    monkeypatch.setattr(queries, "BURST", 3)
    path, first = filled(client, stall.tent)
    assert client.post(path, data=first).status_code == 303
    for _time in range(2):
        assert client.post(path, data=filled(client, stall.tent)[1]).status_code == 303
    refused = client.post(path, data=filled(client, stall.tent)[1])
    assert refused.status_code == 429
    assert counted(app, Donation) == 3
    assert client.post(path, data=first).status_code == 303  # who was there already goes on paying
    transfer = page.form(refused.text) | {"way": "transfer"}
    assert client.post(path, data=transfer).status_code == 303
    elsewhere, data = filled(client)
    assert client.post(elsewhere, data=data).status_code == 303


def test_nobody_is_asked_inside_a_transaction(app: Flask, client: FlaskClient) -> None:
    """While the gateway thinks, others write: on SQLite a held transaction would keep them out."""
    between(app, seconds=1.0)
    path, data = filled(client)
    waits = threading.Thread(target=lambda: app.test_client().post(path, data=data))
    waits.start()
    time.sleep(0.3)
    began = time.monotonic()
    path, data = filled(client, way="transfer")
    assert client.post(path, data=data).status_code == 303
    with app.app_context():
        transact(lambda: session.execute(select(Donation)))
    assert time.monotonic() - began < 0.6
    waits.join()


def test_only_where_stripe_is_the_form_may_end_in_its_house(
    app: Flask, client: FlaskClient
) -> None:
    """Browsers hold the redirect after the form against the policy of its page."""
    with app.app_context():
        known = till()
    for mode, targets in (
        ("local", "'self'"),
        ("stripe_test", "'self' https://checkout.stripe.com"),
    ):
        app.extensions[TILL] = replace(known, ways=replace(known.ways, mode=mode))
        answer = client.get("/ko/give/")
        assert f"form-action {targets};" in answer.headers["Content-Security-Policy"]
        assert "notice bad" in answer.text, "no money moves in either"
    assert "form-action 'self';" in client.get("/ko/").headers["Content-Security-Policy"]
