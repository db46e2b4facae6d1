"""Series: a rule that writes out events, and never writes the same date twice.

Each date is an event of its own, named within its series by the local time that the rule first gave
it. That name stays when the event moves or is cancelled, so writing the series out again finds it
there and leaves it alone. Past events never change, and an event keeps its name in calendars.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, update

from campaign_app.audit.services import record
from campaign_app.core import clock, wall_clock
from campaign_app.core.db import insert, session
from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _l
from campaign_app.events import changing, recurrence, resting
from campaign_app.events.changing import Elsewhere, NoSuchEvent, NoSuchPlace, NotNow
from campaign_app.events.facts import SeriesFacts
from campaign_app.events.models import (
    CONFIRMED,
    DRAFT,
    MOVED,
    Event,
    Location,
    Series,
    SeriesException,
)
from campaign_app.events.recurrence import Occurrence, Recurring, Rule

#: What a series says of its events besides time and place.
SAID: Final = ("titles", "kind", "campaign_id", "summaries")
#: Of that, what its events follow; what they are about has a form of its own (see about).
FOLLOWED: Final = ("titles", "kind", "campaign_id")
#: What makes two series one, if they come at once.
RULED: Final = ("location_id", "rule", "starts_local", "minutes", "ends_on", "kind")
ONE_BREATH: Final = timedelta(minutes=2)


class NoSuchSeries(DomainError):
    """The series was never there."""

    status = 404
    text = _l("There is no such series.")


class NoDates(DomainError):
    """A rule without a single date."""

    status = 400
    text = _l("This gives no date at all. Look at the first and the last day again.")


@dataclass(frozen=True, slots=True)
class Changed:
    """A series after a change, and the announced events that its rule names no more."""

    series: Series
    left: Sequence[Event]


def plan_of(series: Series) -> Recurring:
    """Give the rule of a series to those who count dates."""
    return Recurring(
        rule=Rule.read(series.rule),
        starts_local=series.starts_local,
        minutes=series.minutes,
        zone=series.zone,
        ends_on=series.ends_on,
    )


def add(facts: SeriesFacts) -> Series:
    """Begin a series, and write its first dates out; the same one sent twice is one."""
    columns = _columns(facts)
    twin = _just_added(columns)
    if twin is not None:
        return twin
    series = Series(created_at=clock.now(), **columns)
    session.add(series)
    session.flush()
    resting.note(series.id, facts.rests)
    record("series.added", f"series:{series.id}", location=series.location_id, rule=series.rule)
    write_out(series.id)
    return series


def _just_added(columns: Mapping[str, Any]) -> Series | None:
    """Find what a second press of the button would add again; presses at one place take turns."""
    place = select(Location.id).where(Location.id == columns["location_id"])
    session.execute(place.with_for_update())
    same = select(Series).where(
        *(getattr(Series, name) == columns[name] for name in RULED),
        Series.created_at > clock.now() - ONE_BREATH,
    )
    found = session.scalars(same.order_by(Series.id))
    return next((one for one in found if one.titles == columns["titles"]), None)


def write_out(series_id: int) -> int:
    """Add the dates of the next months that are not there yet; tell how many were new."""
    series = _locked(series_id)
    return sum(_write(series, one) for one in _dates(series, clock.now()))


def rest(series_id: int, day: date, reason: str) -> bool:
    """Let a series rest on a day; tell whether an event stays there all the same, as announced."""
    series = _locked(series_id)
    resting.note(series.id, {day.isoformat(): reason})
    record("series.rests", f"series:{series.id}", on=day.isoformat(), reason=reason)
    here = _named(series.id, day.isoformat(), before=f"{day}T99")
    return bool([event for event in here if not resting.drop(event)])


def stand_again(series_id: int, day: date) -> None:
    """Take a day of rest back; its date is written out anew."""
    series = _locked(series_id)
    if resting.forget(series.id, day):
        record("series.stands_again", f"series:{series.id}", on=day.isoformat())
        write_out(series.id)


def take_off(event_id: int, reason: str) -> bool:
    """Take a draft off the calendar, and let its series rest on that day; tell whether it is gone."""
    event = session.get(Event, event_id)
    if event is None:
        raise NoSuchEvent
    if event.state != DRAFT:
        raise NotNow
    day, number = (event.recurrence_key or "")[:10], event.series_id
    if not resting.drop(event):
        return False
    record("event.taken_off", f"event:{event_id}", at=day, reason=reason)
    if number is not None:
        rest(number, date.fromisoformat(day), reason)
    return True


def change_from(series_id: int, key: str, facts: SeriesFacts) -> Changed:
    """Change a series from one of its dates on; what was before it stays as it was."""
    old = _locked(series_id)
    own, was = _named(old.id, key), Rule.read(old.rule)
    series = _part_from(old, key) if _has_before(old.id, key) else old
    # From the month or week of that date on, in which nothing else of it can be.
    begins = f"{recurrence.period_begins(was, key)}{facts.starts_local[10:]}"
    facts = replace(facts, starts_local=max(facts.starts_local, begins))
    for name, value in _columns(replace(facts, summaries=series.summaries)).items():
        setattr(series, name, value)
    resting.note(series.id, facts.rests)
    session.flush()
    left = _follow(series, own, was)
    record("series.changed", f"series:{series.id}", rule=series.rule, at=series.starts_local)
    write_out(series.id)
    return Changed(series, left)


def _locked(series_id: int) -> Series:
    """Hold a series, so that it is changed and written out by one at a time."""
    held = select(Series).where(Series.id == series_id).with_for_update(of=Series)
    found = session.scalar(held.execution_options(populate_existing=True))
    if found is None:
        raise NoSuchSeries
    return found


def _columns(facts: SeriesFacts) -> dict[str, Any]:
    place = session.get(Location, facts.location_id)
    if place is None:
        raise NoSuchPlace
    plan = Recurring(
        rule=Rule.read(facts.rule),
        starts_local=facts.starts_local,
        minutes=facts.minutes,
        zone=place.zone,
        ends_on=facts.ends_on,
    )
    begins = recurrence.first(plan)
    if begins is None:
        raise NoDates
    return {
        "location_id": place.id,
        "rule": plan.rule.text,
        # The first date itself: every second week counts from it.
        "starts_local": begins,
        "minutes": facts.minutes,
        "zone": place.zone,
        "ends_on": facts.ends_on,
        **{name: getattr(facts, name) for name in SAID},
    }


def _dates(series: Series, since: datetime) -> list[Occurrence]:
    """List the dates to come that are to be written out: what is past is never added."""
    there = since.astimezone(ZoneInfo(series.zone)).replace(tzinfo=None)
    found = recurrence.expand(plan_of(series), there, recurrence.horizon(there))
    return recurrence.without(found, resting.rests(series.id))


def _write(series: Series, one: Occurrence) -> int:
    if one.starts_at is None or one.starts_at <= clock.now():
        return 0
    row = insert(Event).values(
        series_id=series.id,
        recurrence_key=one.key,
        location_id=series.location_id,
        zone=series.zone,
        changed_at=clock.now(),
        **_when(series, one),
        **{name: getattr(series, name) for name in SAID},
    )
    known = ["series_id", "recurrence_key"]
    new = row.on_conflict_do_nothing(index_elements=known).returning(Event.id)
    return int(session.scalar(new) is not None)


def _when(series: Series, one: Occurrence) -> dict[str, Any]:
    assert one.starts_at is not None  # noqa: S101 -- recurrence.without left the others out
    ends = recurrence.ends_at(one.starts_at, series.minutes)
    values = changing.times(one.starts_at, ends, series.zone)
    return {name: value for name, value in values.items() if name != "zone"}


def _named(series_id: int, key: str, before: str = "~") -> list[Event]:
    """List events by the dates that the rule gave them first, from one on."""
    found = select(Event).where(
        Event.series_id == series_id,
        Event.recurrence_key >= key,
        Event.recurrence_key < before,
    )
    fresh = found.order_by(Event.recurrence_key).execution_options(populate_existing=True)
    return list(session.scalars(fresh))


def _has_before(series_id: int, key: str) -> bool:
    """Tell whether there are events that a change from this date on must leave alone."""
    of_it = select(func.count()).where(Event.series_id == series_id)
    now = clock.now()
    return bool(
        session.scalar(of_it.where((Event.recurrence_key < key) | (Event.starts_at <= now)))
    )


def _part_from(old: Series, key: str) -> Series:
    """End a series before a date, and begin another one there with its days of rest."""
    day = date.fromisoformat(key[:10])
    names = (*SAID, "location_id", "rule", "starts_local", "minutes", "zone", "ends_on")
    new = Series(created_at=clock.now(), **{name: getattr(old, name) for name in names})
    old.ends_on = (day - timedelta(days=1)).isoformat()
    session.add(new)
    session.flush()
    later = (SeriesException.series_id == old.id, SeriesException.day >= day.isoformat())
    session.execute(update(SeriesException).where(*later).values(series_id=new.id))
    return new


def _follow(series: Series, own: Sequence[Event], was: Rule) -> list[Event]:
    """Let events take the dates that their month or week has now; give those that have none."""
    rule = Rule.read(series.rule)
    # Between weeks and months only the day itself can be the same.
    meet = rule.period if rule.by_month == was.by_month else _day_of
    free = {meet(one.key): one for one in _dates(series, clock.now())}
    paired = [(event, free.pop(meet(event.recurrence_key or ""), None)) for event in own]
    _rename([(event, one.key) for event, one in paired if one], series)
    coming = [(event, one) for event, one in paired if event.starts_at > clock.now()]
    for event, one in coming:
        if one is not None:
            _set(series, event, one)
    return [event for event, one in coming if one is None and not resting.drop(event)]


def _day_of(key: str) -> str:
    return key[:10]


def _rename(named: Iterable[tuple[Event, str]], series: Series) -> None:
    """Give events their new keys, by way of keys that no other one has meanwhile."""
    for event, _key in (pairs := list(named)):
        event.recurrence_key = f"~{event.id}"
    session.flush()
    for event, key in pairs:
        event.series_id, event.recurrence_key = series.id, key
    session.flush()


def _set(series: Series, event: Event, one: Occurrence) -> None:
    """Give an event what its series says now, but for what was changed on it alone."""
    own = list(event.overridden)
    for name in FOLLOWED:
        if name not in own:
            setattr(event, name, getattr(series, name))
    if session.is_modified(event):
        event.changed_at = clock.now()  # calendars that have it already learn of the new words
    session.flush()
    to = Elsewhere() if "times" in own else _times_of(series, one)
    if "location_id" not in own:
        to = replace(to, location_id=series.location_id)
    if event.state in {DRAFT, CONFIRMED, MOVED}:
        changing.move(event.id, to)
        event.overridden = own


def _times_of(series: Series, one: Occurrence) -> Elsewhere:
    when = _when(series, one)
    return Elsewhere(
        starts_local=one.key,
        ends_local=when["ends_local"],
        ends_fold=wall_clock.fold_of(when["ends_local"], series.zone, when["ends_at"]),
    )
