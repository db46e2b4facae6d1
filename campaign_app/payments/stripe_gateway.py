"""Speaking to Stripe: hosted Checkout by redirect, objects fetched rather than believed, no word too many.

Every request names our own opaque reference and an amount; no petition, place, cause or person. The SDK is
used through `StripeClient` with its time-outs, retries and API version said outright, because its own
defaults are one attempt, eighty seconds, and a telemetry file in somebody's home.
"""

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, TypeVar, cast

import stripe
from stripe import StripeClient
from stripe.params.checkout import SessionCreateParams

from campaign_app.core import clock
from campaign_app.core.money import Money
from campaign_app.payments.gateway import (
    Ask,
    BadSignal,
    Disputed,
    GatewayRefused,
    GatewayUnreachable,
    Intent,
    Line,
    Refunded,
    Session,
    Signal,
    Warned,
)
from campaign_app.payments.ways import Account

#: What our code was written and tested against; an endpoint that sends another version is told of.
VERSION: Final = "2026-10-28.endive"
CONNECT_SECONDS: Final = 3
READ_SECONDS: Final = 15
RETRIES: Final = 2
TOLERANCE: Final = timedelta(seconds=300)
LARGEST_BODY: Final = 256 * 1024
A_PAGE: Final = 100

T = TypeVar("T")

stripe.enable_telemetry = False  # it writes an identifier into the home folder and sends it along
logging.getLogger("stripe").setLevel(logging.WARNING)  # at INFO it logs request bodies


#: The gateway's words for lines of its books → ours.
LINES: Final[Mapping[str, str]] = {
    "charge": "charge",
    "payment": "charge",
    "refund": "refund",
    "payment_refund": "refund",
    "refund_failure": "refund_failure",
    "payment_failure_refund": "refund",
    "adjustment": "dispute",
    "payout": "payout",
    "payout_failure": "payout_failure",
    "payout_cancel": "payout_failure",
    "stripe_fee": "fee",
}
INTENTS: Final[Mapping[str, str]] = {
    "succeeded": "succeeded",
    "processing": "processing",
    "canceled": "canceled",
}


class StripeGateway:
    """One account at Stripe (or at the bank of the demo, which speaks the same)."""

    def __init__(
        self,
        account: Account,
        *,
        address: str = "",
        http_client: stripe.HTTPClient | None = None,
        retries: int = RETRIES,
    ) -> None:
        self.account: Final = account
        self._client: Final = StripeClient(
            account.secret,
            stripe_version=VERSION,
            max_network_retries=retries,
            http_client=http_client
            or stripe.RequestsClient(timeout=(CONNECT_SECONDS, READ_SECONDS)),
            base_addresses={"api": address} if address else {},
        )

    # Sessions

    def open_session(self, ask: Ask) -> Session:
        """Make a page to pay on; the same key gives the same page."""
        with _translated():
            made = self._client.v1.checkout.sessions.create(
                _wanted(ask), {"idempotency_key": ask.key}
            )
        return _session(made.to_dict())

    def session(self, session_id: str) -> Session:
        """Look a session up."""
        with _translated():
            found = self._client.v1.checkout.sessions.retrieve(session_id)
        return _session(found.to_dict())

    def sessions_since(self, at: datetime) -> Iterator[Session]:
        """List sessions made since a moment, newest first."""
        yield from _each(_session, lambda: self._client.v1.checkout.sessions.list(_since(at)))

    def expire(self, session_id: str) -> Session:
        """Close a page on which nobody shall pay any more; one that is closed already stays so."""
        try:
            with _translated():
                closed = self._client.v1.checkout.sessions.expire(session_id)
        except GatewayRefused:
            return self.session(session_id)
        return _session(closed.to_dict())

    # What became of the money

    def intent(self, intent_id: str) -> Intent:
        """Look up what became of the money."""
        with _translated():
            found = self._client.v1.payment_intents.retrieve(
                intent_id, {"expand": ["latest_charge"]}
            )
        return _intent(found.to_dict())

    def refund(self, *, reference: str, charge_id: str, amount: Money) -> Refunded:
        """Send money back; the same reference sends it once."""
        with _translated():
            made = self._client.v1.refunds.create(
                {
                    "charge": charge_id,
                    "amount": amount.minor,
                    "metadata": {"reference": reference},
                },
                {"idempotency_key": f"refund-{reference}"},
            )
        return _refunded(made.to_dict())

    def refunded(self, refund_id: str) -> Refunded:
        """Look a refund up."""
        with _translated():
            found = self._client.v1.refunds.retrieve(refund_id)
        return _refunded(found.to_dict())

    def refunds_since(self, at: datetime) -> Iterator[Refunded]:
        """List refunds made since a moment."""
        yield from _each(_refunded, lambda: self._client.v1.refunds.list(_since(at)))

    def dispute(self, dispute_id: str) -> Disputed:
        """Look a dispute up."""
        with _translated():
            found = self._client.v1.disputes.retrieve(dispute_id)
        return _disputed(found.to_dict())

    def warning(self, warning_id: str) -> Warned:
        """Look a warning of a stolen card up."""
        with _translated():
            found = self._client.v1.radar.early_fraud_warnings.retrieve(warning_id)
        return _warned(found.to_dict())

    # The gateway's own books

    def line(self, line_id: str) -> Line:
        """Look a line of the gateway's books up."""
        with _translated():
            found = self._client.v1.balance_transactions.retrieve(line_id)
        return _line(found.to_dict())

    def lines_since(self, at: datetime) -> Iterator[Line]:
        """List the lines of the gateway's books since a moment, newest first."""
        yield from _each(_line, lambda: self._client.v1.balance_transactions.list(_since(at)))

    def balance(self) -> Mapping[str, Money]:
        """Tell what is there per currency, available or not yet."""
        with _translated():
            told = self._client.v1.balance.retrieve().to_dict()
        total: dict[str, Money] = {}
        for one in [*told["available"], *told["pending"]]:
            money = _money(one["amount"], one["currency"])
            total[money.currency] = total.get(money.currency, Money.none(money.currency)) + money
        return total

    # Signals

    def signals_since(self, at: datetime) -> Iterator[Signal]:
        """List what the gateway would have told us since a moment, newest first."""
        yield from _each(_signal, lambda: self._client.v1.events.list(_since(at)))

    def heard(self, body: bytes, signature: str) -> Signal:
        """Read a webhook's raw bytes, or raise BadSignal; nothing of it is believed but the pointer."""
        if len(body) > LARGEST_BODY:
            raise BadSignal("too large")
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError:
            raise BadSignal("not UTF-8") from None
        self._check_signature(text, signature)
        return _read_signal(text)

    def _check_signature(self, text: str, signature: str) -> None:
        """Check who signed, and when; the SDK looks back only, so a tomorrow would pass there."""
        try:
            stripe.WebhookSignature.verify_header(text, signature, self.account.webhook_secret)
            signed = next(part[2:] for part in signature.split(",") if part.startswith("t="))
            at = datetime.fromtimestamp(int(signed), UTC)
        except (
            stripe.SignatureVerificationError,
            ValueError,
            StopIteration,
            OverflowError,
            OSError,
        ):
            raise BadSignal("forged") from None
        if abs(clock.now() - at) > TOLERANCE:
            raise BadSignal("old" if at < clock.now() else "future")


def _read_signal(text: str) -> Signal:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        raise BadSignal("not JSON") from None
    try:
        return _signal(said)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise BadSignal("no event") from None


def _wanted(ask: Ask) -> SessionCreateParams:
    """Write what Stripe is told. Nothing of the gift's reason, place or giver stands in it."""
    price: dict[str, Any] = {
        "currency": ask.amount.currency.lower(),
        "unit_amount": ask.amount.minor,
        "product_data": {"name": ask.label},
    }
    said: dict[str, Any] = {
        "mode": "payment",
        "client_reference_id": ask.reference,
        "line_items": [{"quantity": 1, "price_data": price}],
        "allowed_payment_method_types": list(ask.methods),
        "locale": ask.language,
        "success_url": ask.success_url,
        "cancel_url": ask.cancel_url,
        "expires_at": int(ask.expires_at.timestamp()),
        # Else the donor may pay in another currency than they chose, and the books hear of it only.
        "adaptive_pricing": {"enabled": False},
    }
    if ask.rhythm == "monthly":
        price["recurring"] = {"interval": "month"}
        said["mode"] = "subscription"
    else:
        said |= {"submit_type": "donate", "customer_creation": "if_required"}
    return cast(SessionCreateParams, said)


def _since(at: datetime) -> Any:
    return {"created": {"gte": int(at.timestamp())}, "limit": A_PAGE}


def _each(read: Callable[[dict[str, Any]], T], ask: Callable[[], Any]) -> Iterator[T]:
    with _translated():
        found = [one.to_dict() for one in ask().auto_paging_iter()]
    yield from map(read, found)


@contextmanager
def _translated() -> Iterator[None]:
    """Say in our words what went wrong; theirs may carry what somebody typed."""
    try:
        yield
    except (stripe.APIConnectionError, stripe.RateLimitError):
        raise GatewayUnreachable from None
    except stripe.StripeError as error:
        if error.http_status is None or error.http_status >= 500:
            raise GatewayUnreachable from None
        raise GatewayRefused(str(error.code or type(error).__name__)) from None


# Reading what Stripe says. Objects become plain dicts at once: since v15 they are none.


def _money(minor: int, currency: str) -> Money:
    return Money(minor, currency.upper())


def _at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _id_of(said: Any) -> str:
    """Read an id, whether the object was expanded or not."""
    return (said["id"] if isinstance(said, dict) else said) or ""


def _session(said: dict[str, Any]) -> Session:
    return Session(
        id=said["id"],
        reference=said.get("client_reference_id") or "",
        url=said.get("url") or "",
        amount=_money(said["amount_total"], said["currency"]),
        live=said["livemode"],
        state=said["status"],
        paid=said["payment_status"] == "paid",
        intent_id=_id_of(said.get("payment_intent")),
    )


def _intent(said: dict[str, Any]) -> Intent:
    charge = said.get("latest_charge")
    charge = charge if isinstance(charge, dict) else {}
    trouble = said.get("last_payment_error") or {}
    state = INTENTS.get(said["status"], "failed" if trouble else "waiting")
    return Intent(
        id=said["id"],
        amount=_money(said["amount"], said["currency"]),
        received=_money(said.get("amount_received") or 0, said["currency"]),
        live=said["livemode"],
        state=state,
        method=(charge.get("payment_method_details") or {}).get("type", ""),
        charge_id=charge.get("id", ""),
        line_id=_id_of(charge.get("balance_transaction")),
        trouble=trouble.get("code") or "",
    )


def _refunded(said: dict[str, Any]) -> Refunded:
    return Refunded(
        id=said["id"],
        reference=(said.get("metadata") or {}).get("reference", ""),
        charge_id=_id_of(said.get("charge")),
        amount=_money(said["amount"], said["currency"]),
        state=said["status"],
    )


def _disputed(said: dict[str, Any]) -> Disputed:
    until = (said.get("evidence_details") or {}).get("due_by")
    return Disputed(
        id=said["id"],
        charge_id=_id_of(said["charge"]),
        amount=_money(said["amount"], said["currency"]),
        state=said["status"],
        reason=said["reason"],
        opened_at=_at(said["created"]),
        answer_until=_at(until) if until else None,
    )


def _warned(said: dict[str, Any]) -> Warned:
    return Warned(
        id=said["id"],
        charge_id=_id_of(said["charge"]),
        live=said["livemode"],
        actionable=said["actionable"],
        at=_at(said["created"]),
    )


def _line(said: dict[str, Any]) -> Line:
    kind = LINES.get(said["type"], "other")
    if kind == "dispute" and said["amount"] > 0:
        kind = "dispute_reversal"
    return Line(
        id=said["id"],
        kind=kind,
        source_id=_id_of(said.get("source")),
        amount=_money(said["amount"], said["currency"]),
        fee=_money(said["fee"], said["currency"]),
        net=_money(said["net"], said["currency"]),
        at=_at(said["created"]),
        available_on=_day(said["available_on"]),
    )


def _day(seconds: int) -> date:
    return _at(seconds).date()


def _signal(said: dict[str, Any]) -> Signal:
    return Signal(
        id=str(said["id"]),
        kind=str(said["type"]),
        object_id=str(said["data"]["object"]["id"]),
        live=bool(said["livemode"]),
        version=str(said.get("api_version") or ""),
        at=_at(int(said["created"])),
    )
