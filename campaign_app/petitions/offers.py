"""What is open, and what was handed over: for the front page, for visitors who came in vain."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for
from markupsafe import Markup

from campaign_app.core import clock, web
from campaign_app.core.i18n import FALLBACK, current_language
from campaign_app.events.models import Event
from campaign_app.petitions import handed, handing, queries, tally
from campaign_app.petitions.desk import Desk
from campaign_app.petitions.pages import alternates, desks
from campaign_app.petitions.public_total import Tallied, tallied
from campaign_app.qr import queries as qr


@dataclass(frozen=True, slots=True)
class Offer:
    """A petition to sign."""

    id: int
    language: str
    title: str
    summary: str
    addressee: str
    url: str
    accepts: bool
    count: Tallied


def offered(language: str, besides: int | None = None) -> Sequence[Offer]:
    """List the petitions that take signatures, newest first, in a language where there is one."""
    listed = (_offer(petition.id, language) for petition in queries.shown())
    return [offer for offer in listed if offer and offer.accepts and offer.id != besides]


def at_event(event: Event) -> Markup:
    """Write what can be signed at an event, for its page: by its boards, else all that is open."""
    led_to = qr.targets_at(queries.TARGET, event.id)
    open_now = offered(current_language())
    here = [offer for offer in open_now if offer.id in led_to] or open_now
    return web.fragment("petitions/at_event.html", offers=here) if here else Markup()


def readable() -> list[list[tuple[str, str]]]:
    """Address every petition that the public may read: (language, address) of each version."""
    found = (desks().desk.get(petition.id) for petition in queries.shown())
    return [alternates(desk) for desk in found if desk and desk.languages()]


def _offer(petition_id: int, language: str) -> Offer | None:
    desk = desks().desk.get(petition_id)
    if desk is None or not desk.languages():
        return None
    spoken = _spoken(desk, language)
    text = desk.texts[spoken]
    return Offer(
        id=desk.id,
        language=spoken,
        title=text.title,
        summary=text.summary,
        addressee=text.addressee,
        url=url_for("petitions.sign", lang=spoken, slug=desk.slug),
        accepts=desk.accepts(clock.now()),
        count=tallied(tally.total(desk.id), desk.goal),
    )


def _spoken(desk: Desk, language: str) -> str:
    offered_in = desk.languages()
    return next((code for code in (language, FALLBACK) if code in offered_in), offered_in[0])


@dataclass(frozen=True, slots=True)
class Delivered:
    """A petition that was handed over, for the list of petitions."""

    language: str
    title: str
    url: str
    handed: Sequence[handed.Handed]


def delivered(language: str) -> list[Delivered]:
    """List petitions that were handed over, the last one first."""
    found = (desks().desk.get(number) for number in handing.delivered())
    return [_delivered(desk, language) for desk in found if desk and desk.languages()]


def _delivered(desk: Desk, language: str) -> Delivered:
    spoken = _spoken(desk, language)
    return Delivered(
        language=spoken,
        title=desk.texts[spoken].title,
        url=url_for("petitions.sign", lang=spoken, slug=desk.slug),
        handed=handed.shown(desk.id, language),
    )
