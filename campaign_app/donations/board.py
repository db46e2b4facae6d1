"""What a code opens when it stands for giving."""

from collections.abc import Mapping, Sequence
from typing import Final

from flask import Response, request

from campaign_app.core.i18n import _, current_language, pick, spoken, wished
from campaign_app.core.settings import settings
from campaign_app.donations import menu, views
from campaign_app.donations.spots import ORGANISATION, of_code
from campaign_app.events import queries as events
from campaign_app.qr.target import Pointed

KIND: Final = "gift"


class GiftTarget:
    """Fills qr.TARGET for gifts: the page, the post, and titles for the console."""

    def show(self, pointed: Pointed) -> Response:
        """Answer a scan with the page to give on itself."""
        return views.answer(of_code(pointed), _language(pointed))

    def take(self, pointed: Pointed) -> Response:
        """Take a gift on a code's page."""
        return views.answer(of_code(pointed), _language(pointed))

    def choices(self) -> Sequence[tuple[int, str]]:
        """List for what a code may ask: the organisation, or a campaign."""
        if not menu.currencies():
            return []
        named = [(one.id, _titled(pick(one.names))) for one in events.campaigns()]
        return [(ORGANISATION, _titled("")), *named]

    def titles(self, target_id: int) -> Mapping[str, str]:
        """Name what is given for, in each of our languages."""
        campaign = events.campaign(target_id) if target_id else None
        found = {}
        for language in settings().languages:
            with spoken(language):
                found[language] = _titled(pick(campaign.names, language) if campaign else "")
        return found


def _titled(name: str) -> str:
    return _("Giving: %(campaign)s", campaign=name) if name else _("Giving")


def _language(pointed: Pointed) -> str:
    """Choose the page's language: asked by ?lang, else by the browser, else the place's."""
    offered = settings().languages
    asked = request.args.get("lang", "")
    if asked in offered:
        return asked
    return wished(offered) or (
        pointed.language if pointed.language in offered else current_language()
    )


TARGET: Final = GiftTarget()
