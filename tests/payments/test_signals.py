"""Signed signals over real HTTP: kept once, read later; anything else is refused and counted, no more."""

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
import stripe
from flask import Flask
from sqlalchemy import func, select

from campaign_app import create_app
from campaign_app.core import clock
from campaign_app.core.db import Base, db, session, transact
from campaign_app.core.money import Money
from campaign_app.outbox import worker
from campaign_app.payments import ledger, reading, states, taking, ways
from campaign_app.payments.accounts import DONATION, TEST
from campaign_app.payments.ledger import Account, Where
from campaign_app.payments.local.bank import Bank
from campaign_app.payments.local.books import Refusal
from campaign_app.payments.local.vault import Thing, Vault
from campaign_app.payments.models import LedgerTransaction
from campaign_app.payments.opening import till
from campaign_app.payments.taking import Wish
from campaign_app.payments.taking_models import GatewaySignal, Payment, SignalRefused
from config import Config

ADDRESS = "/payments/paris/signals"


@pytest.fixture
def config(database_url: str, tmp_path: Path) -> Config:
    return Config.for_tests(database_url=database_url, instance_dir=tmp_path, payments="local")


@pytest.fixture(autouse=True)
def in_the_app(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


@pytest.fixture
def bank(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "paris-local-bank.sqlite3", durable=False)


def secret() -> str:
    gateway = till().gateway("paris")
    return str(gateway.account.webhook_secret)  # type: ignore[attr-defined]  # it is Stripe's


def paid(bank: Vault, minor: int = 20000) -> tuple[Payment, list[Thing]]:
    """Let somebody pay, and give the events that tell of it, oldest first."""
    wish = Wish(nonce=f"n{minor}", amount=Money(minor, "KRW"), subject="donation:1", language="ko")
    payment = transact(partial(taking.begin, wish, till().ways, till().book))
    taking.open_page(payment.id, till())
    with bank.open_() as desk:
        page = next(
            one
            for one in desk.every("checkout.session")
            if one["client_reference_id"] == payment.id.hex
        )
        Bank(desk).pay(page["id"])
        return payment, desk.every("event")[::-1]


def post(
    app: Flask, event: Thing | str, *, at: int | None = None, key: str = "", **changed: str
) -> int:
    text = event if isinstance(event, str) else json.dumps(event)
    mark = stripe.WebhookSignature.generate_signature_header(
        text, key or secret(), at or int(clock.now().timestamp())
    )
    body = changed.get("body", text)
    headers = {"Stripe-Signature": changed.get("mark", mark), "Content-Type": "application/json"}
    return (
        app
        .test_client()
        .post(
            changed.get("address", ADDRESS),
            data=body.encode("utf-8", "surrogateescape"),
            headers=headers,
        )
        .status_code
    )


def gifts() -> int:
    return -ledger.balance(TEST, Where("friends-fr", "KRW", Account(DONATION))).minor


def count(table: type) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(table)) or 0


def everything() -> dict[str, list[tuple[object, ...]]]:
    """Read every row that there is."""
    session.rollback()
    tables = Base.metadata.tables
    found = {name: session.execute(select(table)).all() for name, table in tables.items()}
    return {name: sorted(map(tuple, rows), key=repr) for name, rows in found.items()}


def test_a_signal_is_kept_at_once_and_read_by_a_job(app: Flask, bank: Vault) -> None:
    payment, events = paid(bank)
    assert {post(app, event) for event in events} == {200}
    assert gifts() == 0, "nothing is believed before it is fetched"
    worker.drain()
    session.rollback()
    assert session.get_one(Payment, payment.id).state == states.PAID
    assert gifts() == 20000


def test_a_hundred_deliveries_of_one_event_are_one_posting(app: Flask, bank: Vault) -> None:
    payment, events = paid(bank)
    answers: list[int] = []

    def deliver() -> None:
        with app.app_context():
            answers.append(post(app, events[-1]))

    threads = [threading.Thread(target=deliver) for _one in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    worker.drain()
    assert answers == [200] * 100
    pushed = select(func.count()).where(GatewaySignal.pushed)
    assert session.scalar(pushed) == 1
    assert count(LedgerTransaction) == 1
    assert session.get_one(Payment, payment.id).counts


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"key": "whsec_of_another_account_12"}, "forged"),
        ({"at": -400}, "old"),
        ({"at": 400}, "future"),
        ({"body": "{}"}, "forged"),
        ({"mark": ""}, "forged"),
        ({"body": "\udcff\udcfe"}, "not UTF-8"),
        ({"mark": "t=now,v1=0"}, "forged"),
    ],
)
def test_what_is_no_signal_is_refused_and_only_counted(
    app: Flask,
    bank: Vault,
    change: dict[str, object],
    why: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    _payment, events = paid(bank)
    if "at" in change:
        change = {"at": int((clock.now() + timedelta(seconds=int(str(change["at"])))).timestamp())}
    before = everything()
    with caplog.at_level(0):
        assert post(app, events[0], **change) == 400  # type: ignore[arg-type]  # one of post's own
    left = {name: rows for name, rows in everything().items() if rows != before[name]}
    assert list(left) == [SignalRefused.__tablename__]
    assert not [one for one in caplog.records if one.name.startswith(("lantern", "campaign_app"))]
    [row] = session.scalars(select(SignalRefused))
    assert (row.account, row.why, row.n) == ("paris", why, 1)


def test_more_than_any_signal_holds_is_not_even_read(app: Flask, bank: Vault) -> None:
    _payment, events = paid(bank)
    before = everything()
    assert post(app, events[0], body=" " * 300_000) == 413
    assert everything() == before


@pytest.mark.parametrize(
    ("text", "why"),
    [("not json", "not JSON"), ("[]", "no event"), ('{"livemode": true}', "no event")],
)
def test_signed_nonsense_is_refused_and_counted(app: Flask, text: str, why: str) -> None:
    assert [post(app, text) for _again in range(3)] == [400] * 3
    assert [(row.why, row.n) for row in session.scalars(select(SignalRefused))] == [(why, 3)]


def test_an_event_of_the_other_mode_is_refused(app: Flask, bank: Vault) -> None:
    _payment, events = paid(bank)
    assert post(app, events[0] | {"livemode": True}) == 400
    assert session.scalar(select(SignalRefused.why)) == "other mode"


def test_what_another_account_signed_is_refused(
    database_url: str, tmp_path: Path, bank: Vault
) -> None:
    """Two accounts at one bank: each is known by its own secret alone."""
    path = tmp_path / "payments.toml"
    text = ways.SHIPPED.read_text("utf-8")
    rome = text[text.index("[accounts.paris]") :].replace("accounts.paris", "accounts.rome")
    path.write_text(f"{text}\n{rome}", "utf-8")
    two = create_app(
        Config.for_tests(
            database_url=database_url, instance_dir=tmp_path, payments="local", payments_file=path
        )
    )
    _payment, events = paid(bank)
    with two.app_context():
        theirs = str(till().gateway("rome").account.webhook_secret)  # type: ignore[attr-defined]  # it is Stripe's
        assert post(two, events[0], key=theirs) == 400
        assert post(two, events[0], key=theirs, address="/payments/rome/signals") == 200
        session.remove()
        db.engine.dispose()


def test_an_account_that_we_do_not_have_is_an_unknown_address(app: Flask) -> None:
    assert app.test_client().post("/payments/rome/signals", data=b"{}").status_code == 404


def test_what_no_webhook_told_is_found_by_asking(app: Flask, bank: Vault) -> None:
    payment, _events = paid(bank)
    with clock.frozen(clock.now() + timedelta(days=3)):
        reading.catch_up("paris", till())
    assert session.get_one(Payment, payment.id).counts
    assert gifts() == 20000


def test_a_gift_of_another_amount_than_asked_for_waits_for_somebody(
    app: Flask, bank: Vault
) -> None:
    payment, events = paid(bank)
    with bank.open_() as desk:
        page = desk.every("checkout.session")[0]
        desk.put(page | {"amount_total": 19999})
    post(app, events[0])
    worker.drain()
    session.rollback()
    found = session.get_one(Payment, payment.id)
    assert (found.state, found.trouble) == (states.QUARANTINED, "another amount")


def test_twenty_who_press_at_once_get_one_page(app: Flask, bank: Vault) -> None:
    wish = Wish(nonce="one form", amount=Money(5000, "KRW"), subject="donation:1", language="ko")
    urls: list[str] = []

    def press() -> None:
        with app.app_context():
            payment = transact(partial(taking.begin, wish, till().ways, till().book))
            urls.append(taking.open_page(payment.id, till()))

    threads = [threading.Thread(target=press) for _one in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(urls) == 20
    assert len(set(urls)) == 1
    with bank.open_() as desk:
        assert len(desk.every("checkout.session")) == 1


def asked(minor: int) -> Payment:
    """Send the one form with an amount, as far as the page."""
    wish = Wish(nonce="one form", amount=Money(minor, "KRW"), subject="d:1", language="ko")
    payment = transact(partial(taking.begin, wish, till().ways, till().book))
    taking.open_page(payment.id, till())
    return session.get_one(Payment, payment.id, populate_existing=True)


def states_now() -> list[tuple[int, str]]:
    session.rollback()
    rows = session.execute(select(Payment.minor, Payment.state).order_by(Payment.created_at))
    return [(minor, state) for minor, state in rows]


def test_another_amount_on_the_same_form_closes_the_page_of_the_first(bank: Vault) -> None:
    first, second = asked(5000), asked(6000)
    assert states_now() == [(5000, states.EXPIRED), (6000, states.OPEN)]
    assert asked(6000).id == second.id
    with bank.open_() as desk, pytest.raises(Refusal):
        Bank(desk).pay(str(first.session_id))
    back = asked(5000)
    assert back.id != first.id, "who comes back to the first amount gets a page that is open"
    assert [state for _minor, state in states_now()] == [
        states.EXPIRED,
        states.EXPIRED,
        states.OPEN,
    ]


def test_a_page_that_was_paid_is_not_closed_by_another_amount(bank: Vault) -> None:
    first = asked(5000)
    with bank.open_() as desk:
        Bank(desk).pay(str(first.session_id))
    assert asked(6000).state == states.OPEN
    assert states_now() == [(5000, states.PAID), (6000, states.OPEN)]
    assert gifts() == 5000
