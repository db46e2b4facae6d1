"""From where somebody gives: a board's code, a campaign's page, or the organisation's."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from flask import url_for

from campaign_app.core.i18n import pick
from campaign_app.donations.services import Where
from campaign_app.events import queries as events
from campaign_app.events.models import Campaign
from campaign_app.qr import queries as qr
from campaign_app.qr.models import Placement
from campaign_app.qr.target import Pointed

#: Stands for a code that asks for the organisation as a whole.
ORGANISATION = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where a page to give on was opened; the form comes back to the same address."""

    campaign: Campaign | None = None
    #: Of a code; empty for a page of the site.
    letters: str = ""
    placement_id: int | None = None
    event_id: int | None = None
    location_id: int | None = None
    country: str = ""
    #: Language → place; and what stands on the board.
    place: Mapping[str, str] = field(default_factory=dict)
    board: str = ""

    @property
    def where(self) -> Where:
        """Say where a gift from here was given."""
        return Where(
            campaign_id=self.campaign.id if self.campaign else None,
            placement_id=self.placement_id,
            event_id=self.event_id,
            location_id=self.location_id,
        )

    def stands_at(self, language: str) -> str:
        """Name the place and the board, where there are any."""
        return " · ".join(part for part in (pick(self.place, language), self.board) if part)

    def address(self, language: str, **asked: str) -> str:
        """Address this page in a language; what is asked says currency and amount."""
        if self.letters:
            return f"/q/{self.letters}?{urlencode({'lang': language} | asked)}"
        if self.campaign is not None:
            own = url_for("donations.give_for", lang=language, slug=self.campaign.slug)
        else:
            own = url_for("donations.give", lang=language)
        return f"{own}?{urlencode(asked)}" if asked else own


def of_code(pointed: Pointed) -> Spot:
    """Say where a code stands."""
    placement = qr.placement(pointed.placement_id) if pointed.placement_id else None
    return Spot(
        campaign=events.campaign(pointed.target_id) if pointed.target_id else None,
        letters=pointed.letters,
        placement_id=pointed.placement_id,
        event_id=pointed.event_id,
        location_id=placement.location_id if placement else None,
        country=pointed.country or "",
        place=pointed.place,
        board=pointed.board,
    )


def of_slug(slug: str) -> Spot | None:
    """Find the page of a campaign."""
    found = next((one for one in events.campaigns() if one.slug == slug), None)
    return Spot(campaign=found) if found else None


def of_placement(placement: Placement | None, campaign: Campaign | None) -> Spot:
    """Find back to where a gift was begun; a code that is revoked leads nowhere any more."""
    if placement is None or placement.code.revoked_at is not None:
        return Spot(campaign=campaign)
    return Spot(campaign=campaign, letters=placement.code.letters)
