"""The carrier of the demo's bank: to the real address of a server that listens, or to one that does not."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.serving import make_server

from campaign_app.core import clock
from campaign_app.core.db import session
from campaign_app.outbox import worker
from campaign_app.payments.local import carrier
from campaign_app.payments.local.bank import Bank
from campaign_app.payments.local.house import House, houses
from campaign_app.payments.local.returns import ARRIVES_AFTER
from campaign_app.payments.local.vault import LOST, ONCE, SHUFFLED, TWICE, Parcel
from campaign_app.payments.taking_models import GatewaySignal, SignalRefused
from config import Config
from tests.payments.giving import Giving

MANY = 100


@pytest.fixture
def config(database_url: str, tmp_path: Path) -> Config:
    return Config.for_tests(database_url=database_url, instance_dir=tmp_path, payments="local")


@dataclass
class Town:
    """People who give, their bank, and what arrived at our address, in its order."""

    giving: Giving
    house: House
    arrived: list[str] = field(default_factory=list)

    def pay(self, how: str) -> None:
        """Let somebody pay, told in a way."""
        gift = self.giving.gift()
        page = self.giving.page(gift)["id"]
        with self.house.vault.open_() as desk:
            desk.how = how
            Bank(desk).pay(page)

    def kinds(self) -> list[str]:
        """List what the bank wrote, oldest first."""
        return [one["type"] for one in self.giving.things("event")]

    def states(self, kind: str) -> dict[str, str]:
        """Tell how each thing of a kind stands."""
        return {one["id"]: one["status"] for one in self.giving.things(kind)}

    def parcels(self) -> list[Parcel]:
        """List how each event fared."""
        with self.house.vault.open_() as desk:
            return list(desk.parcels().values())


@contextmanager
def listening(app: Flask, house: House) -> Iterator[House]:
    """Open our address on a port of its own, over real HTTP."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield replace(house, listener=f"http://127.0.0.1:{server.port}/payments/paris/signals")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def town(app: Flask) -> Iterator[Town]:
    with app.app_context(), listening(app, houses()["paris"]) as house:
        yield Town(Giving(app), house)


@pytest.fixture
def shut(app: Flask) -> Iterator[Town]:
    """Give a town at whose address nobody is."""
    with app.app_context():
        house = replace(houses()["paris"], listener="http://127.0.0.1:9/payments/paris/signals")
        yield Town(Giving(app), house)


def heard() -> list[str]:
    """List what was kept, in the order in which it came."""
    session.rollback()
    return list(session.scalars(select(GatewaySignal.kind).order_by(GatewaySignal.heard_at)))


def test_what_the_bank_tells_comes_through_the_real_door(town: Town) -> None:
    town.pay(ONCE)
    assert carrier.carry(town.house) == 3
    assert heard() == town.kinds()
    assert {one["pending_webhooks"] for one in town.giving.things("event")} == {0}
    assert carrier.carry(town.house) == 0, "nothing is brought again"
    town.giving.work()
    [gift] = town.giving.gifts()
    assert town.giving.said(gift).state == "settled"
    assert town.giving.wrong() == []


def test_out_of_order_is_the_last_first(town: Town) -> None:
    town.pay(SHUFFLED)
    carrier.carry(town.house)
    assert heard() == town.kinds()[::-1]
    town.giving.work()
    assert town.giving.wrong() == []


def test_twice_is_sent_twice_and_kept_once(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    answers: list[int] = []
    send = carrier.post

    def counted(house: House, text: str) -> int:
        answers.append(send(house, text))
        return answers[-1]

    monkeypatch.setattr(carrier, "post", counted)
    town.pay(TWICE)
    carrier.carry(town.house)
    assert answers == [200] * 6
    assert len(heard()) == 3


def test_what_is_lost_is_never_sent_and_found_by_asking(town: Town) -> None:
    town.pay(LOST)
    with clock.frozen(clock.now() + timedelta(hours=2)):
        assert carrier.carry(town.house) == 0
    assert heard() == []
    town.giving.poll()
    [gift] = town.giving.gifts()
    assert town.giving.said(gift).state == "settled"
    assert len(heard()) == 3


def test_two_carriers_bring_each_event_once(town: Town) -> None:
    for _gift in range(3):
        town.pay(ONCE)
    brought: list[int] = []
    carriers = [
        threading.Thread(target=lambda: brought.append(carrier.carry(town.house)))
        for _one in range(4)
    ]
    for one in carriers:
        one.start()
    for one in carriers:
        one.join()
    assert sum(brought) == len(heard()) == 9


def test_where_nobody_listens_everything_waits_and_comes_later(shut: Town) -> None:
    shut.pay(ONCE)
    assert carrier.carry(shut.house) == 0
    assert carrier.carry(shut.house) == 0, "not asked again at once"
    assert {(one.times, one.tries) for one in shut.parcels()} == {(1, 0)}
    with listening(shut.giving.app, shut.house) as opened, clock.frozen(later(seconds=6)):
        assert carrier.carry(opened) == 3


def test_an_answer_that_is_no_yes_is_tried_ever_more_seldom_for_three_days(town: Town) -> None:
    """Let our door know another secret than the bank: each event is refused, and nothing is kept."""
    account = replace(town.house.account, webhook_secret="whsec_of_somebody_else_12")
    stranger = replace(town.house, account=account)
    town.pay(ONCE)
    times = [0, 6, 17, 38]
    for turn, seconds in enumerate(times):
        with clock.frozen(later(seconds=seconds)):
            assert carrier.carry(stranger) == 0
            assert {one.tries for one in town.parcels()} == {turn + 1}
        with clock.frozen(later(seconds=seconds + 1)):
            carrier.carry(stranger)
            assert {one.tries for one in town.parcels()} == {turn + 1}, "too early"
    assert heard() == []
    refused = select(func.sum(SignalRefused.n))
    assert session.scalar(refused) == 3 * len(times)
    with clock.frozen(later(days=4)):
        carrier.carry(stranger)
    assert {one.times for one in town.parcels()} == {0}, "after three days it is given up"


def test_a_parcel_of_a_carrier_that_died_is_brought_by_the_next(town: Town) -> None:
    town.pay(ONCE)
    with town.house.vault.open_() as desk:
        at = int(clock.now().timestamp())
        assert len(desk.take_due(at, at + carrier.LEASE, carrier.MOST)) == 3
    assert carrier.carry(town.house) == 0, "somebody has it"
    with clock.frozen(later(seconds=carrier.LEASE + 1)):
        assert carrier.carry(town.house) == 3


def test_the_worker_goes_the_round(town: Town, app: Flask) -> None:
    """Nobody listens at the address of this app, and that stops nothing of the worker's."""
    town.pay(ONCE)
    worker.Metronome().step()
    assert {one.times for one in town.parcels()} == {1}


def test_a_refund_about_which_nobody_decides_arrives_by_itself(town: Town, app: Flask) -> None:
    town.pay(ONCE)
    with town.house.vault.open_() as desk:
        bank = Bank(desk)
        charge = desk.every("charge")[0]["id"]
        waits, comes_back = (
            bank.refund({"charge": charge, "amount": 100})["id"] for _again in "ab"
        )
        bank.end_refund(comes_back, well=False)
    with app.app_context():
        carrier.carry_all()
        assert town.states("refund") == {waits: "pending", comes_back: "failed"}
        with clock.frozen(later(seconds=ARRIVES_AFTER + 1)):
            carrier.carry_all()
    assert town.states("refund") == {waits: "succeeded", comes_back: "failed"}


def test_a_hundred_deliveries_at_once_are_one_posting_one_receipt_one_letter(town: Town) -> None:
    town.pay(LOST)
    last = town.giving.things("event")[-1]
    text = carrier.written(last, town.house)
    answers: list[int] = []
    threads = [
        threading.Thread(target=lambda: answers.append(carrier.post(town.house, text)))
        for _one in range(MANY)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert answers == [200] * MANY
    assert heard() == [last["type"]]
    town.giving.work()
    [gift] = town.giving.gifts()
    said = town.giving.said(gift)
    assert (said.state, said.receipts, said.letters) == ("settled", [20000], 1)
    assert town.giving.wrong() == []


def later(**more: float) -> datetime:
    return clock.now() + timedelta(**more)
