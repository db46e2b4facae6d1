"""A counter's link as it is shown once: as a picture to scan, and as an address to copy."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for
from markupsafe import Markup

from campaign_app.cash.counters import Link
from campaign_app.core.i18n import _, current_language
from campaign_app.core.settings import settings
from campaign_app.qr import drawing


@dataclass(frozen=True, slots=True)
class Shown:
    """Whose link, where it leads, and its picture."""

    alias: str
    address: str
    picture: Markup


def shown(links: Sequence[Link]) -> Sequence[Shown]:
    """Draw links."""
    return [_shown(one) for one in links]


def _shown(link: Link) -> Shown:
    path = url_for("cash.count", lang=current_language(), token=link.token)
    address = f"{settings().public_url}{path}"
    alt = _("QR code with the link of %(name)s", name=link.alias)
    return Shown(link.alias, address, drawing.svg(address, alt))
