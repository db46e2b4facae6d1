"""What does not fit between an event and its permits, in sentences for organisers and leads.

Nothing here forbids anything: a stall that was moved stands where it stands. But whoever stands
there should know that the paper in their hand names another exit.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from campaign_app.core.i18n import _, moment, pick
from campaign_app.events.models import CONFIRMED, DRAFT, MOVED, POSTPONED, Event
from campaign_app.permits import deadlines, words
from campaign_app.permits.models import FILED, GRANTED, REFUSED, TO_FILE, Permit

#: What still comes; nobody needs a warning about what is over or called off.
AHEAD = frozenset({DRAFT, CONFIRMED, MOVED})


def named_by(event: Event) -> dict[str, Any]:
    """Keep what a permit that is filed now names: which place, and when."""
    return {
        "location_id": event.location_id,
        "place": dict(event.location.names),
        "exit": event.location.exit_number,
        "starts_local": event.starts_local,
        "ends_local": event.ends_local,
    }


def of_event(event: Event, permits: Sequence[Permit]) -> list[str]:
    """Say all that does not fit, what presses most first."""
    if event.state not in AHEAD:
        return []
    return [said for permit in permits for said in _of(event, permit)]


def named_otherwise(event: Event, permits: Sequence[Permit]) -> list[str]:
    """Say which permits name another place or time than the event has now."""
    if event.state not in AHEAD:
        return []
    return [said for permit in permits for said in _moved(event, permit)]


def names_something_else(permit: Permit) -> bool:
    """Tell whether the event is no longer where and when the permit says."""
    return permit.event.state in AHEAD and any(_moved(permit.event, permit))


def _of(event: Event, permit: Permit) -> Iterator[str]:
    yield from _moved(event, permit)
    if event.state == DRAFT:
        return
    if permit.state == REFUSED:
        yield _(
            "“%(permit)s” was refused, and this event is announced. Call it off, or say who decided "
            "that it goes ahead without.",
            permit=words.title(permit),
        )
    elif permit.state == TO_FILE:
        yield from _late(permit)


def _late(permit: Permit) -> Iterator[str]:
    window = deadlines.of(permit)
    if window.closes and window.is_over:
        yield _(
            "“%(permit)s” was to be filed by %(when)s, and this event is announced.",
            permit=words.title(permit),
            when=moment(window.closes, permit.event.zone, "short"),
        )


def _moved(event: Event, permit: Permit) -> Iterator[str]:
    named = permit.named
    if permit.state not in {FILED, GRANTED} or not named or event.state == POSTPONED:
        return
    if named["location_id"] != event.location_id:
        yield _(
            "“%(permit)s” names %(named)s; the event is now at %(now)s. Tell whoever was asked.",
            permit=words.title(permit),
            named=_place(named["place"], named["exit"]),
            now=_place(event.location.names, event.location.exit_number),
        )
    if (named["starts_local"], named["ends_local"]) != (event.starts_local, event.ends_local):
        yield _(
            "“%(permit)s” names %(named)s; the event is now from %(now)s on. Tell whoever was asked.",
            permit=words.title(permit),
            named=_when(named["starts_local"], event.zone),
            now=_when(event.starts_local, event.zone),
        )


def _place(names: dict[str, str], exit_number: str) -> str:
    """Name a place with its exit, if its name does not say it already."""
    name = pick(names)
    if not exit_number or exit_number in name:
        return name
    return _("%(place)s, exit %(number)s", place=name, number=exit_number)


def _when(local: str, zone: str) -> str:
    return moment(deadlines.on_the_clock(datetime.fromisoformat(local), zone), zone, "short")
