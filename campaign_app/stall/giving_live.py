"""What is given at a stall, while it runs: numbers that are never added together."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from campaign_app.cash import boxes
from campaign_app.cash import queries as cash
from campaign_app.core.db import session
from campaign_app.core.i18n import _l, current_language
from campaign_app.core.money import Money
from campaign_app.donations import queries as gifts
from campaign_app.donations import states
from campaign_app.events.models import Event
from campaign_app.payments.opening import till
from campaign_app.qr.models import BOARD, Placement
from campaign_app.receipts import registrations
from campaign_app.receipts.registrations import Standing

#: What a code for giving stands for.
GIFT: Final = "gift"
#: Name on the page → how it is called, and which gifts it sums up.
LINES: Final[Mapping[str, tuple[str, str, tuple[str, ...]]]] = {
    "card": (_l("By card, settled"), states.CARD, (states.SETTLED,)),
    "pending": (_l("By card, on its way"), states.CARD, (states.PENDING,)),
    "promised": (_l("By transfer, promised"), states.TRANSFER, (states.BEGUN, states.PENDING)),
    "transferred": (_l("By transfer, arrived"), states.TRANSFER, (states.SETTLED,)),
}
CASH: Final = "cash"


@dataclass(frozen=True, slots=True)
class Number:
    """One of the numbers: its name on the page, its words, and what it says now."""

    name: str
    label: str
    said: str


def numbers(event_id: int) -> Sequence[Number]:
    """Read every number of a stall, as the page shows it."""
    live = gifts.live_at(event_id)
    found = [
        Number(name, label, _written(x.amount for x in live if x.way == way and x.state in those))
        for name, (label, way, those) in LINES.items()
    ]
    counted = cash.of_event(event_id).counted.values()
    return [*found, Number(CASH, _l("Cash, counted"), _written(counted))]


def _written(amounts: Iterable[Money]) -> str:
    """Write amounts side by side, each currency for itself."""
    sums = cash.summed(amounts)
    language = current_language()
    return " · ".join(money.written(language) for money in sums.values()) or "–"


def tents(event: Event) -> Sequence[Placement]:
    """List the codes for giving that stand at the stall now."""
    query = select(Placement).where(
        Placement.event_id == event.id,
        Placement.target == GIFT,
        Placement.kind == BOARD,
        Placement.ends_at.is_(None),
    )
    return session.scalars(query.order_by(Placement.board, Placement.id)).all()


def standings(event: Event) -> Sequence[Standing]:
    """Tell how far the leave to collect is used up of whoever takes what is given at an event."""
    body = boxes.receiver_of(event)
    return registrations.standing(body, till().book) if body else ()
