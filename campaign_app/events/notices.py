"""What changed, in one sentence for the public: where to go now, and why.

Sentences are whole, one per kind of change; times are those of the place. Nothing here says who
told us: an alias stays in the row.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import select

from campaign_app.core import clock, wall_clock
from campaign_app.core.db import session
from campaign_app.core.i18n import _, _l, day, pick, spoken, time_of_day
from campaign_app.core.settings import settings
from campaign_app.core.wall_clock import today_in
from campaign_app.events.models import CANCELLED, DRAFT, POSTPONED, Event, EventChange, Location

#: Steps that concern whoever planned to come.
NEWS: Final = (
    "moved", "late", "postponed", "cancelled", "resumed", "stopped", "confirmed", "changed",
)  # fmt: skip
#: How long before an event the page behind a code says what changed.
AHEAD: Final = timedelta(hours=24)
#: Why, where a reason belongs to what happened.
WHY: Final[Mapping[str, str]] = {
    "rain": _l("The rain is too heavy."),
    "heat": _l("It is too hot."),
    "dust": _l("There is too much fine dust in the air."),
    "police": _l("The police asked us to."),
    "station": _l("The station asked us to."),
}
REASONED: Final = frozenset({"moved", "late", "postponed", "cancelled", "stopped"})


def latest(event: Event) -> EventChange | None:
    """Find the last step that people who planned to come must know of."""
    return latest_of([event.id]).get(event.id)


def latest_of(ids: Collection[int]) -> Mapping[int, EventChange]:
    """Find the last news of several events at once."""
    told = select(EventChange).where(EventChange.event_id.in_(ids), EventChange.kind.in_(NEWS))
    oldest_first = session.scalars(told.order_by(EventChange.event_id, EventChange.sequence))
    return {change.event_id: change for change in oldest_first if is_news(change)}


def is_news(change: EventChange) -> bool:
    """Tell a change of what was announced from the announcement."""
    return change.kind in NEWS and change.before["state"] != DRAFT


def notice(event: Event, change: EventChange, language: str) -> str:
    """Say what changed, and why, in sentences for everybody."""
    return notices([(event, change)], language)[event.id]


def notices(told: Sequence[tuple[Event, EventChange]], language: str) -> Mapping[int, str]:
    """Say the news of several events, event id → sentences, with as many questions as for one."""
    places = _places_of(told)
    with spoken(language):
        return {event.id: _said(event, change, places, language) for event, change in told}


def _said(event: Event, change: EventChange, places: Mapping[int, Location], language: str) -> str:
    told = _Told(event, change, places)
    why = str(WHY.get(change.reason, "")) if change.kind in REASONED else ""
    parts = (told.fact(), told.elsewhere(), why, change.words.get(language, "").strip())
    return " ".join(part for part in parts if part)


def _places_of(told: Sequence[tuple[Event, EventChange]]) -> Mapping[int, Location]:
    """Fetch the places that changed; who stays where it was needs none."""
    known = {event.location_id: event.location for event, _change in told}
    ids = {event.previous_location_id for event, _change in told}
    ids |= {state["location_id"] for _e, one in told for state in (one.before, one.after)}
    missing = ids - set(known) - {None}
    if missing:
        found = session.scalars(select(Location).where(Location.id.in_(missing)))
        known |= {place.id: place for place in found}
    return known


def near(event_id: int) -> tuple[Event, EventChange] | None:
    """Find the news that a visitor at a board of this event must read now; one question."""
    both = select(Event, EventChange).join(EventChange, EventChange.event_id == Event.id)
    told = both.where(Event.id == event_id, EventChange.kind.in_(NEWS))
    for event, change in session.execute(told.order_by(EventChange.sequence.desc())):
        if is_news(change):
            return (event, change) if _is_near(event, change) else None
    return None


def chat_text(event: Event, language: str) -> str:
    """Write what to paste into the volunteers' chat: what, what changed, when, where, the page."""
    change = latest(event)
    with spoken(language):
        when = _when(event.starts_at, event.ends_at, event.zone)
        lines = [pick(event.titles), _place(event.location)]
    if event.state not in {CANCELLED, POSTPONED}:
        lines.insert(1, when)
    if change is not None:
        lines.insert(1, notice(event, change, language))
    return "\n".join([*lines, address(event, language)])


def address(event: Event, language: str) -> str:
    """Write the public address of an event, also where no request runs."""
    return f"{settings().public_url}/{language}/events/{event.letters}"


@dataclass(frozen=True, slots=True)
class _Times:
    """When something was to be, on the clock of its place."""

    starts: datetime
    ends: datetime
    zone: str

    @property
    def date(self) -> datetime:
        return self.starts.astimezone(ZoneInfo(self.zone))

    @property
    def is_today(self) -> bool:
        return today_in(self.zone) == self.date.date()


class _Told:
    """One change and its event, in the current language."""

    def __init__(self, event: Event, change: EventChange, places: Mapping[int, Location]) -> None:
        self._known: Final = places
        self._event: Final = event
        self._change: Final = change
        self._old: Final = _times(change.before)
        self._new: Final = _times(change.after)
        self._facts: Final = {
            "day": day(self._new.date, "full"),
            "starts": time_of_day(self._new.starts, self._new.zone),
            "ends": time_of_day(self._new.ends, self._new.zone),
            "old_day": day(self._old.date, "full"),
        }

    def fact(self) -> str:
        """Say what happened."""
        say = {
            "moved": self._moved,
            "changed": self._times_changed,
            "late": self._late,
            "postponed": self._postponed,
            "cancelled": self._cancelled,
            "stopped": self._stopped,
            "resumed": self._resumed,
        }
        return say.get(self._change.kind, self._takes_place)()

    def elsewhere(self) -> str:
        """Repeat where it is now, if an earlier step moved it and this one says nothing of it."""
        announced = self._event.previous_location_id
        here = self._change.after["location_id"]
        silent = self._change.kind in {"late", "resumed", "confirmed"} or self._moved_in_time_only
        if announced is None or announced == here or not silent:
            return ""
        places = self._places(announced, here)
        return _("The place is %(place)s, not %(old_place)s.", **places)

    @property
    def _moved_in_time_only(self) -> bool:
        return self._change.kind == "moved" and not self._is_elsewhere

    @property
    def _is_elsewhere(self) -> bool:
        return bool(self._change.before["location_id"] != self._change.after["location_id"])

    def _moved(self) -> str:
        if not self._is_elsewhere:
            return self._times_changed()
        return (
            self._place_changed() if self._old.starts == self._new.starts else self._all_changed()
        )

    def _place_changed(self) -> str:
        old, here = self._change.before["location_id"], self._change.after["location_id"]
        places = self._places(old, here)
        if self._new.is_today:
            return _("Today at %(place)s, not %(old_place)s.", **places)
        return _("On %(day)s at %(place)s, not %(old_place)s.", day=self._facts["day"], **places)

    def _all_changed(self) -> str:
        old, here = self._change.before["location_id"], self._change.after["location_id"]
        return _(
            "Now on %(day)s from %(starts)s to %(ends)s, at %(place)s. "
            "Before, it was on %(old_day)s at %(old_place)s.",
            **self._facts,
            **self._places(old, here, alone=True),
        )

    def _times_changed(self) -> str:
        if self._change.before["state"] == POSTPONED:
            return _("The new date: %(day)s, from %(starts)s to %(ends)s.", **self._facts)
        if self._old.date.date() != self._new.date.date():
            return _(
                "Now on %(day)s from %(starts)s to %(ends)s, no longer on %(old_day)s.",
                **self._facts,
            )
        if self._new.is_today:
            return _("Today from %(starts)s to %(ends)s: the time has changed.", **self._facts)
        return _("On %(day)s from %(starts)s to %(ends)s: the time has changed.", **self._facts)

    def _late(self) -> str:
        if self._new.is_today:
            return _("Today we begin later, at %(starts)s.", **self._facts)
        return _("On %(day)s we begin later, at %(starts)s.", **self._facts)

    def _postponed(self) -> str:
        if self._old.is_today:
            return _("Not today: it is postponed. The new date is not known yet.")
        return _(
            "Not on %(old_day)s: it is postponed. The new date is not known yet.", **self._facts
        )

    def _cancelled(self) -> str:
        if self._old.is_today:
            return _("Today’s event is cancelled.")
        return _("The event on %(old_day)s is cancelled.", **self._facts)

    def _stopped(self) -> str:
        if self._new.is_today:
            return _("Today we ended early, at %(ends)s.", **self._facts)
        return _("On %(day)s we ended early, at %(ends)s.", **self._facts)

    def _resumed(self) -> str:
        if self._new.is_today:
            return _("It takes place after all: today from %(starts)s to %(ends)s.", **self._facts)
        return _("It takes place after all: on %(day)s from %(starts)s to %(ends)s.", **self._facts)

    def _takes_place(self) -> str:
        if self._new.is_today:
            return _("It takes place: today from %(starts)s to %(ends)s.", **self._facts)
        return _("It takes place: on %(day)s from %(starts)s to %(ends)s.", **self._facts)

    def _places(self, old: int, here: int, *, alone: bool = False) -> dict[str, str]:
        """Name two places: by their exits alone, where both are of one station."""
        was, now = self._known[old], self._known[here]
        if not alone and was.exit_number and now.exit_number and _one_station(was, now):
            return {"place": _exit(now), "old_place": _exit(was)}
        return {"place": _place(now), "old_place": _place(was)}


def _is_near(event: Event, change: EventChange) -> bool:
    """Whoever comes at the old time must read it as well as whoever comes at the new one."""
    old = _times(change.before)
    begins, ends = min(old.starts, event.starts_at), max(old.ends, event.ends_at)
    return begins - AHEAD <= clock.now() < ends


def _times(state: Mapping[str, Any]) -> _Times:
    """Read the times of a step; of a time shown twice the first will do for a sentence."""
    zone = str(state["zone"])
    starts, ends = (
        wall_clock.read(str(state[name]), zone).moment for name in ("starts_local", "ends_local")
    )
    return _Times(starts, ends, zone)


def _one_station(one: Location, other: Location) -> bool:
    return bool(one.stations) and one.stations == other.stations and one.cities == other.cities


def _exit(place: Location) -> str:
    return _("exit %(number)s", number=place.exit_number)


def _place(place: Location) -> str:
    return pick(place.names)


def _when(starts: datetime, ends: datetime, zone: str) -> str:
    there = starts.astimezone(ZoneInfo(zone))
    return _(
        "%(day)s, %(starts)s to %(ends)s",
        day=day(there, "full"),
        starts=time_of_day(starts, zone),
        ends=time_of_day(ends, zone),
    )
