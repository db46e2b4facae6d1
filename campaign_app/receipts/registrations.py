"""Leave to collect money in public: which one is in force, and how much of it is used up.

Counted from the ledger: all that an entity was given in the currency of the leave, in its period, by any
way, less what went back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from campaign_app.core.money import Money
from campaign_app.core.wall_clock import day_in, today_in
from campaign_app.payments import flows, ways
from campaign_app.payments.accounts import DISPUTE, DONATION, REFUND
from campaign_app.payments.flows import Purse, Span
from campaign_app.payments.ways import Registration
from campaign_app.receipts.wording import registration_on

#: From this share on somebody should ask for more, or stop.
WARN_AT: Final = 80
RAISED_BY: Final = (DONATION, REFUND, DISPUTE)


@dataclass(frozen=True, slots=True)
class Standing:
    """A leave to collect, and how far it is used up."""

    entity: str
    registration: Registration
    raised: Money
    today: date

    @property
    def share(self) -> int:
        """Tell it in whole per cent, never rounded up."""
        return max(0, self.raised.minor) * 100 // self.registration.amount.minor

    @property
    def warns(self) -> bool:
        """Tell whether it is time to ask for more."""
        return self.share >= WARN_AT

    @property
    def over(self) -> bool:
        """Tell whether more was taken than allowed."""
        return self.raised.minor > self.registration.amount.minor

    @property
    def in_force(self) -> bool:
        """Tell whether it allows anything today."""
        return self.registration.begins <= self.today <= self.registration.ends

    @property
    def key(self) -> str:
        """Name it."""
        return f"{self.entity}:{self.registration.number}"


def standing(entity_key: str, book: str) -> Sequence[Standing]:
    """Tell of each leave of an entity how far it is used up."""
    entity = ways.of_the_app().entities.get(entity_key)
    if entity is None:
        return []
    return [
        Standing(entity_key, one, _raised(entity_key, book, one), today_in(entity.zone))
        for one in entity.registrations
    ]


def warnings(book: str) -> Sequence[Standing]:
    """List all leaves in force of which most is used up."""
    found = [one for key in ways.of_the_app().entities for one in standing(key, book)]
    return [one for one in found if one.warns and one.in_force]


def in_force(entity_key: str) -> Registration | None:
    """Find the leave under which an entity collects today; what stands at the stall."""
    entity = ways.of_the_app().entities.get(entity_key)
    return registration_on(entity, today_in(entity.zone)) if entity else None


def on(entity_key: str, moment: datetime) -> Registration | None:
    """Find the leave under which an entity collected at a moment, by its own calendar."""
    entity = ways.of_the_app().entities.get(entity_key)
    if entity is None:
        return None
    return registration_on(entity, day_in(moment, entity.zone))


def _raised(entity: str, book: str, leave: Registration) -> Money:
    """Take what income accounts say (credits are negative), less what went back."""
    purse = Purse(entity, leave.amount.currency)
    return -flows.into(book, purse, RAISED_BY, Span(leave.begins, leave.ends))
