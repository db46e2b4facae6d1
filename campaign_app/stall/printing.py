"""What is printed for a stall, as data for `templates/print`: posters, board sheets, lists, a kit.

A sheet is written in one language throughout, that of its code unless somebody asks for another.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from campaign_app.accounts.organisation import mark_of
from campaign_app.core import clock, pdf
from campaign_app.core.i18n import _, day, pick, spoken, time_of_day
from campaign_app.core.ids import in_groups
from campaign_app.core.settings import facts, organisation, settings
from campaign_app.events.models import CANCELLED, POSTPONED, Event, Location
from campaign_app.petitions import queries as petitions
from campaign_app.petitions import states
from campaign_app.qr import drawing
from campaign_app.qr.models import Placement
from campaign_app.qr.target import TARGET

Sheet = Mapping[str, Any]
POSTER, BOARD = "poster", "board"
#: Of an event that is over for longer a sheet names the place only.
STILL_SAID: Final = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Words:
    """What a code leads to, in one language."""

    language: str
    title: str
    summary: str = ""
    addressee: str = ""


def title_of(placement: Placement, language: str) -> str:
    """Name what a code leads to, in a language where it has one."""
    return _words(placement, language).title


def of_code(kind: str, placement: Placement, event: Event | None, language: str = "") -> Sheet:
    """Write the poster or the board sheet of a code, as it stands at an event."""
    words = _words(placement, language or placement.language)
    with spoken(words.language):
        return _of_code(kind, placement, event, words)


def _of_code(kind: str, placement: Placement, event: Event | None, words: Words) -> Sheet:
    letters = placement.code.letters
    address = drawing.address(settings().public_url, letters)
    short = drawing.spoken(settings().public_url, letters)
    alt = _("QR code of %(address)s", address=short)
    where = event.location if event else placement.location
    return {
        "kind": kind,
        "title": words.title,
        "summary": words.summary,
        "to": _("To: %(addressee)s", addressee=words.addressee) if words.addressee else "",
        "qr": pdf.Drawing(drawing.svg(address, alt)),
        "qr_alt": alt,
        "address": short,
        "which": f"{in_groups(letters)} · {placement.board}",
        "words": _asking(),
        **head(words.language, where, event),
    }


def _asking() -> Mapping[str, Any]:
    return {
        "sign": _("Sign with your phone"),
        "steps": [
            _("Point your camera at the square."),
            _("Read what we ask, and sign."),
            _("No app, no account."),
            _("From the age of %(age)s.", age=settings().smallest_age),
        ],
        "type": _("Or type this address:"),
    }


def head(language: str, where: Location | None, event: Event | None) -> dict[str, Any]:
    """Say who asks, where and when: what every sheet says."""
    return {
        "language": language,
        "organisation": organisation(language),
        "mark": _mark(),
        "place": place(where, language) if where else "",
        "date": date(event) if event else "",
    }


def place(where: Location, language: str) -> str:
    """Name a place and its city."""
    named = pick(where.names, language), pick(where.cities, language)
    return ", ".join(part for part in named if part)


def date(event: Event) -> str:
    """Say when an event is, by the clocks there; nothing where that is open or long over."""
    if event.state in {POSTPONED, CANCELLED} or event.ends_at + STILL_SAID < clock.now():
        return ""
    return _(
        "%(day)s, %(start)s–%(end)s",
        day=day(event.starts_at.astimezone(ZoneInfo(event.zone)), "full"),
        start=time_of_day(event.starts_at, event.zone),
        end=time_of_day(event.ends_at, event.zone),
    )


def _mark() -> pdf.Drawing | None:
    version = facts().mark_hash
    content = mark_of(version) if version else None
    return pdf.picture(content, "image/png") if content else None


def _words(placement: Placement, language: str) -> Words:
    """Take the words of a language; where there are none, those of a language that has some."""
    known = _texts(placement)
    if language in known:
        return known[language]
    titles = {code: words.title for code, words in known.items()}
    chosen = pick(titles, language)
    return next((words for words in known.values() if words.title == chosen), Words(language, ""))


def _texts(placement: Placement) -> Mapping[str, Words]:
    if placement.target == "petition":
        return _of_petition(placement.target_id)
    filler = TARGET.get(placement.target)
    titles = filler.titles(placement.target_id) if filler else {}
    return {language: Words(language, title) for language, title in titles.items()}


def _of_petition(petition_id: int) -> Mapping[str, Words]:
    """Give the approved words; of a draft the newest, so that one can see how it will look."""
    newest = petitions.newest_texts(petition_id)
    live = {code: text for code, text in newest.items() if text.state == states.APPROVED}
    return {
        code: Words(code, text.title, text.summary, text.addressee)
        for code, text in (live or newest).items()
    }
