"""What we say to Stripe, byte for byte, against the types of the wheel that is installed."""

import inspect
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from pathlib import Path

import pytest
import stripe

from campaign_app.core import clock
from campaign_app.core.money import Money
from campaign_app.payments.gateway import BadSignal, GatewayRefused, GatewayUnreachable
from campaign_app.payments.local.bank import Bank
from campaign_app.payments.stripe_gateway import VERSION, StripeGateway
from tests.payments import contract
from tests.payments.banking import PARIS, SECRET, Listening, ask, open_bank, told_too_much

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def bank(tmp_path: Path) -> Iterator[tuple[Listening, StripeGateway]]:
    with open_bank(tmp_path) as opened:
        yield opened


def speak_of_everything(api: Listening, gateway: StripeGateway) -> None:
    """Use every call that our code makes."""
    session = gateway.open_session(ask())
    gateway.open_session(replace(ask(key="k2"), rhythm="monthly", methods=["card"]))
    gateway.expire(gateway.open_session(ask(key="k3")).id)
    api.does(lambda at: at.pay(session.id))
    paid = gateway.session(session.id)
    intent = gateway.intent(paid.intent_id)
    gateway.line(intent.line_id)
    back = gateway.refund(reference="r9", charge_id=intent.charge_id, amount=Money(500, "KRW"))
    gateway.refunded(back.id)
    gateway.warning(api.does(lambda at: at.warn(intent.charge_id))["id"])
    dispute = api.does(lambda at: at.dispute(intent.charge_id))
    gateway.dispute(dispute["id"])
    gateway.balance()
    for each in (
        gateway.sessions_since,
        gateway.refunds_since,
        gateway.lines_since,
        gateway.signals_since,
    ):
        list(each(LONG_AGO))


def test_every_request_is_one_that_the_installed_types_know(
    bank: tuple[Listening, StripeGateway],
) -> None:
    speak_of_everything(*bank)
    wrong = [contract.problems(one.method, one.url, one.body) for one in bank[0].heard]
    assert [each for each in wrong if each] == []


def test_every_call_site_of_ours_is_spoken(bank: tuple[Listening, StripeGateway]) -> None:
    """Compare the calls in the source with the operations that the test above made."""
    speak_of_everything(*bank)
    heard = [(one.method, one.url.partition("?")[0]) for one in bank[0].heard]
    spoken = {getattr(contract.operation_of(*one), "name", one) for one in heard}
    source = Path(str(inspect.getsourcefile(StripeGateway))).read_text("utf-8")
    client = stripe.StripeClient("sk_test_x")
    calls = {
        attrgetter(call)(client).__qualname__
        for call in re.findall(r"_client\.(v1\.[\w.]+)\(", source)
    }
    assert calls == spoken
    assert len(calls) == 14


@pytest.mark.parametrize(
    "wrong",
    [
        "payment_method_types[0]=card", "ui_mode=hosted", "submit_type=give", "locale=klingon",
        "line_items[0][price_data][unit_amount]=12.5",
        "allowed_payment_method_types[0]=pigeon", "amount=500", "fee_coverage[enabled]=true",
        "line_items[0][amount]=500", "adaptive_pricing[enabled]=perhaps", "mode=gift",
    ],
)  # fmt: skip
def test_an_old_or_wrong_parameter_is_found(wrong: str) -> None:
    found = contract.problems("POST", "https://api/v1/checkout/sessions", f"success_url=x&{wrong}")
    if wrong.endswith(
        "currency]="
    ):  # a text may be empty; what is missing beside it is not forgiven
        return
    assert found, wrong


def test_the_sdk_has_as_many_operations_as_it_should() -> None:
    assert len(contract.operations()) > 500
    assert all(
        one.params is not None
        for one in contract.operations()
        if one.name == "SessionService.create"
    )


def test_stripe_hears_nothing_of_who_why_and_where(bank: tuple[Listening, StripeGateway]) -> None:
    """`open_bank` asks the same of every request of every test; here it must find what is planted."""
    speak_of_everything(*bank)
    heard = bank[0].heard
    assert told_too_much(heard) == []
    planted = replace(heard[0], body=heard[0].body + "&label=%EC%9A%A9%EC%82%B0+Yongsan")
    assert told_too_much([*heard, planted]) == ["yongsan", "용산"]
    for one in heard:
        assert one.headers.get("STRIPE-VERSION") == VERSION
        assert "X-STRIPE-CLIENT-TELEMETRY" not in one.headers


def test_the_same_key_makes_one_session_and_another_amount_is_refused(
    bank: tuple[Listening, StripeGateway],
) -> None:
    _api, gateway = bank
    wanted = ask()
    assert gateway.open_session(wanted) == gateway.open_session(wanted)
    with pytest.raises(GatewayRefused) as refused:
        gateway.open_session(replace(wanted, amount=Money(1000, "KRW")))
    assert refused.value.code == "IdempotencyError"


def test_won_are_told_as_won(bank: tuple[Listening, StripeGateway]) -> None:
    session = bank[1].open_session(ask(20000, "KRW"))
    assert session.amount == Money(20000, "KRW")
    assert (
        "unit_amount%5D=20000&"
        in bank[0].heard[0].body.replace("[", "%5B").replace("]", "%5D") + "&"
    )


def test_a_bank_that_is_not_there_is_unreachable_and_nothing_else(tmp_path: Path) -> None:
    with open_bank(tmp_path) as (_api, gateway):
        pass
    with pytest.raises(GatewayUnreachable):
        gateway.balance()


# Signals


def signed(said: object, *, at: datetime | None = None, secret: str = SECRET) -> tuple[bytes, str]:
    text = said if isinstance(said, str) else json.dumps(said)
    moment = int((at or clock.now()).timestamp())
    return text.encode(), stripe.WebhookSignature.generate_signature_header(text, secret, moment)


EVENT = {
    "id": "evt_1", "type": "checkout.session.completed", "created": 1763800000, "livemode": False,
    "api_version": VERSION, "data": {"object": {"id": "cs_1"}},
}  # fmt: skip


@pytest.fixture
def gateway() -> StripeGateway:
    return StripeGateway(PARIS)


def test_a_signed_event_is_a_pointer(gateway: StripeGateway) -> None:
    signal = gateway.heard(*signed(EVENT))
    assert (signal.id, signal.kind, signal.object_id, signal.live) == (
        "evt_1", "checkout.session.completed", "cs_1", False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("[]", "no event"), ("{}", "no event"), ("null", "no event"), ("not json", "not JSON"),
        ('{"id": 1, "type": 2, "data": [], "created": "x", "livemode": 0}', "no event"),
        ("[" * 100_000, "not JSON"),
    ],
)  # fmt: skip
def test_signed_nonsense_is_refused(gateway: StripeGateway, said: str, why: str) -> None:
    with pytest.raises(BadSignal) as refused:
        gateway.heard(*signed(said))
    assert refused.value.why == why


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda body, mark: (body + b" ", mark), "forged"),
        (lambda body, _mark: (body, ""), "forged"),
        (lambda body, _mark: (body, "t=1,v0=abc"), "forged"),
        (lambda body, mark: (body, mark.replace("v1=", "v0=")), "forged"),
        (lambda _body, mark: (b"\xff\xfe", mark), "not UTF-8"),
        (lambda _body, mark: (b"x" * 300_000, mark), "too large"),
    ],
)
def test_what_was_altered_on_its_way_is_refused(gateway: StripeGateway, change, why: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(BadSignal) as refused:
        gateway.heard(*change(*signed(EVENT)))
    assert refused.value.why == why


@pytest.mark.parametrize(("late", "why"), [(301, "future"), (-301, "old")])
def test_an_old_or_a_future_event_is_refused(gateway: StripeGateway, late: int, why: str) -> None:
    with clock.frozen(clock.now()), pytest.raises(BadSignal) as refused:
        gateway.heard(*signed(EVENT, at=clock.now() + timedelta(seconds=late)))
    assert refused.value.why == why


def test_another_secret_signs_nothing_and_a_new_one_beside_the_old_does(
    gateway: StripeGateway,
) -> None:
    body, wrong = signed(EVENT, secret="whsec_of_somebody_else_12")
    with pytest.raises(BadSignal):
        gateway.heard(body, wrong)
    _body, right = signed(EVENT)
    both = f"{wrong},{right.partition(',')[2]}"
    assert gateway.heard(body, both).id == "evt_1"


# The bank's own sums


def test_the_banks_balance_is_what_its_lines_add_up_to(
    bank: tuple[Listening, StripeGateway],
) -> None:
    api, gateway = bank
    first, second = (gateway.open_session(ask(minor, key=f"k{minor}")) for minor in (20000, 30000))
    api.does(lambda at: at.pay(first.id))
    api.does(lambda at: at.promise(second.id))
    assert gateway.balance() == {"KRW": Money(19400, "KRW")}
    assert (gateway.session(second.id).state, gateway.session(second.id).paid) == (
        "complete",
        False,
    )
    api.does(lambda at: at.keep_promise(second.id))
    charge = gateway.intent(gateway.session(first.id).intent_id).charge_id
    refund = gateway.refund(reference="r1", charge_id=charge, amount=Money(5000, "KRW"))
    api.does(lambda at: at.end_refund(refund.id, well=False))
    api.does(lambda at: at.end_dispute(at.dispute(charge)["id"], won=True))
    api.does(lambda at: at.fail_payout(at.pay_out("krw")["id"]))
    lines = list(gateway.lines_since(LONG_AGO))
    assert gateway.balance()["KRW"] == Money.sum_of((line.net for line in lines), "KRW")
    assert {line.kind for line in lines} == {
        "charge", "refund", "refund_failure", "dispute", "dispute_reversal", "payout", "payout_failure",
    }  # fmt: skip


def test_every_change_at_the_bank_is_told(bank: tuple[Listening, StripeGateway]) -> None:
    api, gateway = bank
    session = gateway.open_session(ask())
    api.does(lambda at: at.refuse(session.id))
    api.does(lambda at: at.pay(session.id))
    kinds = [signal.kind for signal in gateway.signals_since(LONG_AGO)]
    assert kinds == [
        "checkout.session.completed", "charge.succeeded", "payment_intent.succeeded",
        "payment_intent.payment_failed",
    ]  # fmt: skip


def test_a_page_nobody_paid_on_expires_by_itself(bank: tuple[Listening, StripeGateway]) -> None:
    api, gateway = bank
    session = gateway.open_session(replace(ask(), expires_at=clock.now() - timedelta(seconds=1)))
    assert gateway.session(session.id).state == "expired"
    with pytest.raises(Exception, match="checkout_session_not_open"):
        api.does(lambda at: at.pay(session.id))
    assert isinstance(Bank, type)


def test_long_lists_come_whole(bank: tuple[Listening, StripeGateway]) -> None:
    _api, gateway = bank
    for number in range(105):
        gateway.open_session(ask(reference=f"r{number}", key=f"k{number}"))
    assert len({one.reference for one in gateway.sessions_since(LONG_AGO)}) == 105
