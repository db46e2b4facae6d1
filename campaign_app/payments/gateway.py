"""What every way to pay by card answers, whoever moves the money.

One implementation speaks to Stripe (stripe_gateway.py); in `local` mode the same one speaks to a bank of our
own that lives in this process (local/), so that what runs in the demo is what runs with real money.
Amounts are Money, times are aware, ids are the gateway's. Errors are the three below and no others.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Protocol

from campaign_app.core.money import Money
from campaign_app.payments.methods import Rhythm


class GatewayUnreachable(Exception):
    """No answer, or none in time: nobody knows what happened; ask again with the same key."""


class GatewayRefused(Exception):
    """The gateway understood and said no; `code` is its word for why, without anybody's data."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code: Final = code


class BadSignal(Exception):
    """A webhook that the gateway did not send, or not now, or not to us; `why` is counted."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why: Final = why


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What the gateway is told of a gift: an amount and an opaque reference, nothing of why or where."""

    reference: str
    #: Repeats of one attempt carry one key, so that the gateway makes one session of them.
    key: str
    amount: Money
    methods: Sequence[str]
    rhythm: Rhythm
    language: str
    #: What stands beside the amount: a neutral word in the donor's language.
    label: str
    success_url: str
    cancel_url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A page at the gateway on which somebody can pay."""

    id: str
    reference: str
    url: str
    amount: Money
    live: bool
    #: open, complete, expired
    state: str
    paid: bool
    intent_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What became of the money of a session."""

    id: str
    amount: Money
    received: Money
    live: bool
    #: processing, succeeded, canceled, failed, waiting
    state: str
    method: str = ""
    charge_id: str = ""
    #: The line of the gateway's own books, once there is one.
    line_id: str = ""
    #: The gateway's word for why it failed.
    trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refunded:
    """What became of money on its way back."""

    id: str
    reference: str
    charge_id: str
    amount: Money
    #: pending, requires_action, succeeded, failed, canceled
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Disputed:
    """A donor's bank wants the money back."""

    id: str
    charge_id: str
    amount: Money
    #: The gateway's word: needs_response, under_review, won, lost, …
    state: str
    reason: str
    opened_at: datetime
    answer_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """A card's bank says that the card may be stolen."""

    id: str
    charge_id: str
    live: bool
    #: Giving back still helps: the money is neither back nor disputed.
    actionable: bool
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of the gateway's own books: what changed our balance there, by how much, at which fee."""

    id: str
    #: charge, refund, dispute, dispute_reversal, payout, payout_failure, fee, other
    kind: str
    #: The object it is about.
    source_id: str
    amount: Money
    fee: Money
    net: Money
    at: datetime
    available_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """A pointer to something that changed: never a fact by itself."""

    id: str
    kind: str
    object_id: str
    live: bool
    version: str
    at: datetime


class Gateway(Protocol):
    """One account at a gateway."""

    def open_session(self, ask: Ask) -> Session:
        """Make a page to pay on; the same key gives the same page."""

    def session(self, session_id: str) -> Session:
        """Look a session up."""

    def sessions_since(self, at: datetime) -> Iterator[Session]:
        """List sessions made since a moment, newest first; a crash may have lost one of them."""

    def expire(self, session_id: str) -> Session:
        """Close a page on which nobody shall pay any more."""

    def intent(self, intent_id: str) -> Intent:
        """Look up what became of the money."""

    def refund(self, *, reference: str, charge_id: str, amount: Money) -> Refunded:
        """Send money back; the same reference sends it once."""

    def refunded(self, refund_id: str) -> Refunded:
        """Look a refund up."""

    def refunds_since(self, at: datetime) -> Iterator[Refunded]:
        """List refunds made since a moment."""

    def dispute(self, dispute_id: str) -> Disputed:
        """Look a dispute up."""

    def warning(self, warning_id: str) -> Warned:
        """Look a warning of a stolen card up."""

    def line(self, line_id: str) -> Line:
        """Look a line of the gateway's books up."""

    def lines_since(self, at: datetime) -> Iterator[Line]:
        """List the lines of the gateway's books since a moment, newest first."""

    def balance(self) -> Mapping[str, Money]:
        """Tell what is there per currency, available or not yet."""

    def signals_since(self, at: datetime) -> Iterator[Signal]:
        """List what the gateway would have told us since a moment, newest first."""

    def heard(self, body: bytes, signature: str) -> Signal:
        """Read a webhook's raw bytes, or raise BadSignal."""
