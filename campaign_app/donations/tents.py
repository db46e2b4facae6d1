"""Table tents: a sheet of A4, folded once, with a code to give by on both sides.

They lie among the sheets of a stall's kit, and on the page of their code.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from campaign_app.accounts.organisation import mark_of
from campaign_app.core import pdf
from campaign_app.core.i18n import _, day, pick, spoken
from campaign_app.core.ids import in_groups
from campaign_app.core.settings import facts, organisation, settings
from campaign_app.donations import states
from campaign_app.donations.board import KIND
from campaign_app.donations.menu import Menu, offered
from campaign_app.events import queries as events
from campaign_app.payments.ways import Registration
from campaign_app.qr import drawing
from campaign_app.qr.models import Placement
from campaign_app.receipts.registrations import in_force

__all__ = ["KIND", "as_pdf", "sheet"]


def as_pdf(placement: Placement, languages: Sequence[str]) -> bytes:
    """Print a tent in each of some languages."""
    with spoken(languages[0]):
        title = _("Table tent")
    made = [sheet(placement, language) for language in languages]
    return pdf.render("kit", {"title": title, "sheets": made}, languages[0])


def sheet(placement: Placement, language: str) -> Mapping[str, Any]:
    """Write one tent in a language."""
    with spoken(language):
        return _sheet(placement, language)


def _sheet(placement: Placement, language: str) -> Mapping[str, Any]:
    letters = placement.code.letters
    address = drawing.address(settings().public_url, letters)
    short = drawing.spoken(settings().public_url, letters)
    alt = _("QR code of %(address)s", address=short)
    country = placement.location.country if placement.location else ""
    menu = offered("", country=country, language=language)
    return {
        "kind": "tent",
        "language": language,
        "organisation": organisation(language),
        "mark": _mark(),
        "sentence": _sentence(placement, language),
        "scan": _("Point your camera at the square. No app, no account."),
        "ways": _ways(menu),
        "qr": pdf.Drawing(drawing.svg(address, alt)),
        "qr_alt": alt,
        "address": short,
        "registered": _registered(menu, language),
        "which": f"{in_groups(letters)} · {pdf.typed(placement.board)}",
    }


def _sentence(placement: Placement, language: str) -> str:
    campaign = events.campaign(placement.target_id) if placement.target_id else None
    if campaign is None:
        return _("Help us speak up for North Korean human rights.")
    return _("Your gift helps: %(campaign)s", campaign=pdf.typed(pick(campaign.names, language)))


def _ways(menu: Menu | None) -> str:
    """Say how one can give here; the box stands on every table."""
    if menu is not None and menu.way(states.CARD) and menu.way(states.TRANSFER):
        return _("By card or phone, by bank transfer, or in cash into the box.")
    if menu is not None and menu.way(states.CARD):
        return _("By card or phone, or in cash into the box.")
    return _("By bank transfer, or in cash into the box.")


def _registered(menu: Menu | None, language: str) -> Sequence[str]:
    """Say under which registrations money is collected: the law wants it to be seen."""
    leaves = [in_force(entity.key) for entity in menu.entities] if menu else []
    return [_line(one, language) for one in leaves if one]


def _line(one: Registration, language: str) -> str:
    return _(
        "Registered to collect donations: no. %(number)s, %(purpose)s, %(begins)s – %(ends)s.",
        number=one.number,
        purpose=pick(one.purpose, language),
        begins=day(one.begins, "medium"),
        ends=day(one.ends, "medium"),
    )


def _mark() -> pdf.Drawing | None:
    version = facts().mark_hash
    content = mark_of(version) if version else None
    return pdf.picture(content, "image/png") if content else None
