"""Finding gifts: by where they stand, how and where they came, and by any number somebody may hold.

A list shows no donor: whom to thank is opened one by one, on a gift's own page, and each time noted.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select

from campaign_app.core.db import session
from campaign_app.core.money import EXPONENTS
from campaign_app.donations import states
from campaign_app.donations.models import Donation
from campaign_app.finance import period
from campaign_app.finance.period import Period
from campaign_app.payments import states as paying
from campaign_app.payments.taking_models import Dispute, Payment, Refund
from campaign_app.receipts.models import GiftReceipt

PAGE: Final = 50
LAST_PAGE: Final = 10_000
LARGEST_ROW: Final = 2**31 - 1
#: Beside the states of a gift: payments that do not fit what we asked for.
QUARANTINED: Final = paying.QUARANTINED
_RECEIPT: Final = re.compile(
    r"(?:(?P<entity>[a-z][a-z0-9-]*)-)?(?P<year>\d{4})-(?P<number>\d{1,9})"
)
_ROOM: Final = "donation:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody looks for; empty where they did not say."""

    state: str = ""
    way: str = ""
    currency: str = ""
    entity: str = ""
    event_id: int = 0
    location_id: int = 0
    #: None looks at all times.
    period: Period | None = None
    text: str = ""
    page: int = 1

    @property
    def said(self) -> dict[str, str]:
        """Write it as addresses have it, without the page."""
        named = {
            "state": self.state,
            "way": self.way,
            "currency": self.currency,
            "entity": self.entity,
            "event": str(self.event_id or ""),
            "place": str(self.location_id or ""),
            "q": self.text,
            **(self.period.said if self.period else {}),
        }
        return {name: value for name, value in named.items() if value}


def asked(said: Mapping[str, Any]) -> Asked:
    """Read the filters; whatever makes no sense counts as not asked."""
    state, way, currency = (said.get(name, "") for name in ("state", "way", "currency"))
    dated = said.get("from") or said.get("to")
    return Asked(
        state=state if state in (*states.STATES, QUARANTINED) else "",
        way=way if way in states.WAYS else "",
        currency=currency if currency in EXPONENTS else "",
        entity="".join(x for x in said.get("entity", "") if x.isprintable())[:40],
        event_id=_number(said.get("event")),
        location_id=_number(said.get("place")),
        period=period.asked(said) if dated else None,
        text="".join(x for x in said.get("q", "") if x.isprintable()).strip()[:200],
        page=min(max(_number(said.get("page")), 1), LAST_PAGE),
    )


def _number(text: Any) -> int:
    said = str(text or "")
    known = said.isascii() and said.isdigit() and len(said) < 11
    return int(said) if known and int(said) <= LARGEST_ROW else 0


def found(book: str, wish: Asked) -> Sequence[Donation]:
    """List the gifts that fit, newest first, a page at a time, and one more if there are more."""
    query = select(Donation).where(Donation.book == book, *_narrowed(wish))
    if wish.text:
        query = query.where(or_(*_named(book, wish.text)))
    newest = query.order_by(Donation.created_at.desc(), Donation.id)
    return session.scalars(newest.limit(PAGE + 1).offset((wish.page - 1) * PAGE)).all()


def _narrowed(wish: Asked) -> list[ColumnElement[bool]]:
    told = (
        (Donation.way, wish.way),
        (Donation.currency, wish.currency),
        (Donation.entity, wish.entity),
        (Donation.event_id, wish.event_id),
        (Donation.location_id, wish.location_id),
    )
    conditions: list[ColumnElement[bool]] = [column == value for column, value in told if value]
    if wish.state == QUARANTINED:
        conditions.append(Donation.id.in_(_gifts_of(_payments(Payment.state == QUARANTINED))))
    elif wish.state:
        conditions.append(Donation.state == wish.state)
    return conditions + ([_within(wish.period)] if wish.period else [])


def _within(span: Period) -> ColumnElement[bool]:
    """Count a gift by the day it settled; one that did not, by the day it was begun."""
    begins = datetime.combine(span.first, time(), UTC)
    ends = datetime.combine(span.last, time(), UTC) + timedelta(days=1)
    begun = and_(Donation.created_at >= begins, Donation.created_at < ends)
    return or_(
        Donation.settled_on.between(span.first, span.last),
        and_(Donation.settled_on.is_(None), begun),
    )


# What a text may be


def _named(book: str, text: str) -> list[ColumnElement[bool]]:
    """Try a text as everything it could be: a reference, a receipt, a number of the gateway, ours."""
    subjects = [*_of_receipt(book, text), *_of_gateway(text)]
    return [
        Donation.reference == text.lower(),
        Donation.id.in_([*_gifts_of(subjects), *_uuid(text)]),
    ]


def _of_receipt(book: str, text: str) -> Sequence[str]:
    """Find the gift of a receipt: "pscore-kr-2026-000012", "2026-12", with TEST before it or not."""
    match = _RECEIPT.fullmatch(text.lower().removeprefix("test-"))
    if match is None or int(match["year"]) > LARGEST_ROW or int(match["number"]) > LARGEST_ROW:
        return ()
    query = select(GiftReceipt.subject).where(
        GiftReceipt.book == book,
        GiftReceipt.year == int(match["year"]),
        GiftReceipt.number == int(match["number"]),
    )
    if match["entity"]:
        query = query.where(GiftReceipt.entity == match["entity"])
    return session.scalars(query).all()


def _of_gateway(text: str) -> Sequence[str]:
    """Find the gift of a page, a charge, a refund, a dispute: whatever a gateway calls it."""
    of_refund = select(Refund.payment_id).where(Refund.gateway_id == text)
    of_dispute = select(Dispute.payment_id).where(Dispute.id == text)
    mine = [Payment.id == one for one in _uuid(text)]
    return _payments(
        or_(
            Payment.session_id == text,
            Payment.intent_id == text,
            Payment.charge_id == text,
            Payment.id.in_(of_refund),
            Payment.id.in_(of_dispute),
            *mine,
        )
    )


def _payments(condition: ColumnElement[bool]) -> Sequence[str]:
    query: Select[Any] = select(Payment.subject).where(condition)
    return session.scalars(query.limit(LAST_PAGE)).all()


def _gifts_of(subjects: Sequence[str]) -> list[UUID]:
    return [
        row
        for subject in subjects
        if subject.startswith(_ROOM)
        for row in _uuid(subject.removeprefix(_ROOM))
    ]


def _uuid(text: str) -> list[UUID]:
    try:
        return [UUID(hex=text)]
    except ValueError:
        return []
