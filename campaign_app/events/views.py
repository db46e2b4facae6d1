"""Public pages: the month, an event, a place; each also at an address without a language."""

from typing import Any

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from campaign_app.core import cards, clock
from campaign_app.core.access import public
from campaign_app.core.i18n import current_language, pick, speak
from campaign_app.core.versions import of_page, shown, speak_as_wished, versions
from campaign_app.events import kinds, locator, notices, showing, slots
from campaign_app.events.cities import City, key_of
from campaign_app.events.models import Event, Location
from campaign_app.events.showing import Month
from campaign_app.events.words import (
    facts_of,
    first_weekday,
    month_name,
    news_of,
    on_the_clock,
    weekdays,
    when,
)

bp = Blueprint("events", __name__)


@bp.get("/events/")
@public
def bare_month() -> ResponseReturnValue:
    """Show a month in the language the browser asks for, else in the city's."""
    found = _month()
    speak_as_wished(found.city.language if found.city else "")
    return _month_page(found, bare=True)


@bp.get("/<language:lang>/events/")
@public
def month(lang: str) -> ResponseReturnValue:
    """Show a month, everywhere or in one city."""
    speak(lang)
    return _month_page(_month(), bare=False)


@bp.get("/events/<letters>")
@public
def bare_event(letters: str) -> ResponseReturnValue:
    """Show an event in the language the browser asks for, else in the place's."""
    found = showing.by_letters(letters)
    speak_as_wished(found.location.language if found else "")
    return _event_page(found, bare=True)


@bp.get("/<language:lang>/events/<letters>")
@public
def event(lang: str, letters: str) -> ResponseReturnValue:
    """Show an event; one that was cancelled stays to say so."""
    speak(lang)
    return _event_page(showing.by_letters(letters), bare=False)


@bp.get("/places/<slug>")
@public
def bare_place(slug: str) -> ResponseReturnValue:
    """Show a place in the language the browser asks for, else in its own."""
    found = showing.place(slug)
    speak_as_wished(found.language if found else "")
    return _place_page(found, bare=True)


@bp.get("/<language:lang>/places/<slug>")
@public
def place(lang: str, slug: str) -> ResponseReturnValue:
    """Show a place with its coming and past events."""
    speak(lang)
    return _place_page(showing.place(slug), bare=False)


@bp.get("/<language:lang>/events/<letters>/card-<version>.png")
@public
def event_card(lang: str, letters: str, version: str) -> ResponseReturnValue:
    """Draw what chats show of an event."""
    speak(lang)
    event = showing.by_letters(letters) or abort(404)
    return cards.answer(_card_of(event), version, _image_of(event))


@bp.get("/<language:lang>/places/<slug>/card-<version>.png")
@public
def place_card(lang: str, slug: str, version: str) -> ResponseReturnValue:
    """Draw what chats show of a place."""
    speak(lang)
    place = showing.place(slug) or abort(404)
    return cards.answer(_card_at(place), version, _image_at(place))


def _card_of(event: Event) -> cards.Card:
    at = when(event)
    below = f"{at.day} · {pick(event.location.names)}, {pick(event.location.cities)}"
    return cards.card(pick(event.titles), below, current_language())


def _image_of(event: Event) -> str:
    values = {"lang": current_language(), "letters": event.letters}
    return cards.address(_card_of(event), "events.event_card", **values)


def _card_at(place: Location) -> cards.Card:
    return cards.card(pick(place.names), pick(place.cities), current_language())


def _image_at(place: Location) -> str:
    values = {"lang": current_language(), "slug": place.slug}
    return cards.address(_card_at(place), "events.place_card", **values)


def _month() -> showing.Calendar:
    """Read what the address asks for; without a month it is this one."""
    asked = request.args.get("month", "")
    wanted = Month.read(asked) if asked else Month.of(clock.now().date())
    found = showing.month(wanted, request.args.get("city", "")) if wanted else None
    if found is None:
        abort(404)
    return found


def _month_page(found: showing.Calendar, *, bare: bool) -> Response:
    asked = _asked(found.month if "month" in request.args else None, found.city)
    html = render_template(
        "events/month.html",
        calendar=found,
        name=month_name(found.month.first),
        weekdays=weekdays(),
        weeks=found.month.weeks(first_weekday()),
        today=clock.now().date(),
        asked=_asked,
        news=news_of(found.events),
        when=when,
        slots=_filled(slots.LIST, found.city.key if found.city else None),
        heads=_heads(found.events),
        **of_page(versions("events.bare_month", "events.month", **asked)),
    )
    return shown(html, bare=bare)


def _asked(month: Month | None, city: City | None) -> dict[str, str]:
    """Name what an address of the calendar asks for."""
    asked = {"month": month.text if month else "", "city": city.key if city else ""}
    return {name: text for name, text in asked.items() if text}


def _event_page(event: Event | None, *, bare: bool) -> Response:
    if event is None:
        abort(404)
    change = notices.latest(event)
    html = render_template(
        "events/event.html",
        event=event,
        card=cards.Preview(
            pick(event.titles), pick(event.summaries) or _card_of(event).below, _image_of(event)
        ),
        kind=kinds.OF_EVENT[event.kind],
        over=event.ends_at <= clock.now(),
        doors=on_the_clock(event, event.doors_local),
        curfew=on_the_clock(event, event.curfew_local),
        when=when(event),
        notice=notices.notice(event, change, current_language()) if change else "",
        slots=_filled(slots.PAGE, event),
        heads=_heads([event]),
        **_of_place(event.location),
        **of_page(versions("events.bare_event", "events.event", letters=event.letters)),
    )
    return shown(html, bare=bare)


def _place_page(place: Location | None, *, bare: bool) -> Response:
    if place is None:
        abort(404)
    coming = showing.coming_at(place.id)
    html = render_template(
        "events/place.html",
        kind=kinds.OF_LOCATION[place.kind],
        card=cards.Preview(
            pick(place.names), pick(place.directions) or pick(place.cities), _image_at(place)
        ),
        coming=coming,
        past=showing.past_at(place.id),
        news=news_of(coming),
        when=when,
        slots=_filled(slots.PLACE, place),
        heads=_heads(coming),
        **_of_place(place),
        **of_page(versions("events.bare_place", "events.place", slug=place.slug)),
    )
    return shown(html, bare=bare)


def _of_place(place: Location) -> dict[str, Any]:
    others = showing.places()
    return {
        "place": place,
        "facts": facts_of(place),
        "drawing": locator.draw(place, others),
        "maps": locator.links(place),
        "geo": locator.geo(place),
        "city": key_of(place),
    }


def _filled(slot: Any, what: Any) -> list[Any]:
    """Let each room above say its part; what has nothing to say leaves no trace."""
    return [said for fill in slot.values() if (said := fill(what))]


def _heads(events: Any) -> list[Any]:
    return _filled(slots.HEAD, events)
