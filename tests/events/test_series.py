"""Series: written out again and again, each date is there once, as people left it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any, Final

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from campaign_app.core import clock
from campaign_app.core.db import session, transact
from campaign_app.events import changing, jobs, resting, series, services
from campaign_app.events.changing import Elsewhere
from campaign_app.events.facts import EventFacts, LocationFacts, SeriesFacts
from campaign_app.events.models import Event, Location, Series
from campaign_app.events.recurrence import NTHS, WEEKDAYS, WEEKS, Rule
from tests.concurrency.test_races import all_at_once
from tests.events.planned import SATURDAY, exit_of, gated, nations

#: What the second Saturdays are from 14 November 2026 on, for six months.
SECOND_SATURDAYS: Final = [
    "2026-11-14", "2026-12-12", "2027-01-09", "2027-02-13", "2027-03-13", "2027-04-10", "2027-05-08",
]  # fmt: skip


@pytest.fixture(autouse=True)
def inside(app: Flask) -> Iterator[None]:
    with app.app_context(), clock.frozen(SATURDAY):
        yield


@pytest.fixture
def exit_1() -> Location:
    return exit_of("1")


def facts(place: Location, rule: str = "FREQ=MONTHLY;BYDAY=2SA", **changes: Any) -> SeriesFacts:
    said: dict[str, Any] = {
        "location_id": place.id,
        "kind": "street_campaign",
        "titles": {"en": "Saturday stall"},
        "rule": rule,
        "starts_local": "2026-11-14T14:00",
        "minutes": 240,
    }
    return SeriesFacts(**(said | changes))


def begun(place: Location, rule: str = "FREQ=MONTHLY;BYDAY=2SA", **changes: Any) -> Series:
    return transact(lambda: series.add(facts(place, rule, **changes)))


def events() -> list[Event]:
    session.rollback()
    session.expire_all()
    return list(session.scalars(select(Event).order_by(Event.starts_at, Event.id)))


def days() -> list[str]:
    return [event.starts_local[:10] for event in events()]


def rows() -> list[tuple[Any, ...]]:
    session.rollback()
    return [tuple(row) for row in session.execute(select(Event.__table__).order_by(Event.id))]


def changed(one: Series, key: str, new: SeriesFacts) -> series.Changed:
    return transact(lambda: series.change_from(one.id, key, new))


def test_a_series_is_written_out_for_six_months(exit_1: Location) -> None:
    begun(exit_1)
    assert days() == SECOND_SATURDAYS
    for event in events():
        assert (event.state, event.permit_gate, event.sequence) == ("draft", "waiting", 0)
        assert event.recurrence_key == event.starts_local
        assert event.ends_at - event.starts_at == timedelta(hours=4)
    assert len({event.uid for event in events()} | {event.letters for event in events()}) == 14


RULES: Final = st.builds(
    lambda often, on: Rule(often, on).text,
    st.sampled_from((*WEEKS, *NTHS)),
    st.sampled_from(WEEKDAYS),
)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    rule=RULES,
    starts=st.sampled_from(("2026-11-14T14:00", "2027-03-01T02:30", "2026-01-05T23:30")),
    zone=st.sampled_from(("Asia/Seoul", "Europe/Zurich", "America/New_York")),
    rests=st.lists(st.integers(0, 180), max_size=3),
    later=st.integers(0, 100),
)
def test_writing_out_again_gives_identical_rows(
    app: Flask, rule: str, starts: str, zone: str, rests: list[int], later: int
) -> None:
    off = {(date(2026, 11, 14) + timedelta(days=n)).isoformat(): "Exam" for n in rests}
    with app.app_context(), clock.frozen(SATURDAY):
        place = nations(zone=zone)
        made = begun(place, rule, starts_local=starts, rests=off)
        first = rows()
        assert not {row.starts_local[:10] for row in events() if row.series_id == made.id} & set(
            off
        )
        for _again in range(3):
            assert transact(lambda: series.write_out(made.id)) == 0
        assert rows() == first
    with app.app_context(), clock.frozen(SATURDAY + timedelta(days=later)):
        transact(lambda: series.write_out(made.id))
        assert rows()[: len(first)] == first
        assert transact(lambda: series.write_out(made.id)) == 0


def test_a_moved_or_cancelled_date_never_comes_back(exit_1: Location) -> None:
    made = begun(exit_1)
    november, december, january = events()[:3]
    gated(december)
    transact(lambda: changing.move(november.id, Elsewhere(starts_local="2026-11-15T14:00")))
    transact(lambda: changing.confirm(december.id))
    transact(lambda: changing.cancel(december.id))
    assert transact(lambda: series.rest(made.id, date(2027, 1, 9), "Exam")) is False
    for _again in range(2):
        transact(lambda: series.write_out(made.id))
    assert days() == ["2026-11-15", *SECOND_SATURDAYS[1:2], *SECOND_SATURDAYS[3:]]
    assert january.id not in {event.id for event in events()}
    assert resting.rests(made.id) == {"2027-01-09": "Exam"}


def test_an_announced_date_stays_when_the_series_rests(exit_1: Location) -> None:
    made = begun(exit_1)
    december = events()[1]
    gated(december)
    transact(lambda: changing.confirm(december.id))
    assert transact(lambda: series.rest(made.id, date(2026, 12, 12), "Exam")) is True
    assert days() == SECOND_SATURDAYS


def test_the_horizon_rolls_on_by_itself(exit_1: Location) -> None:
    begun(exit_1)
    begun(exit_1, ends_on="2026-12-31")
    with clock.frozen(SATURDAY + timedelta(days=31)):
        jobs.write_out()
        jobs.write_out()
    assert days() == sorted([*SECOND_SATURDAYS, "2026-11-14", "2026-12-12", "2027-06-12"])


def test_what_is_past_is_never_added(exit_1: Location) -> None:
    begun(exit_1, starts_local="2026-06-01T09:00")
    assert days() == SECOND_SATURDAYS[1:]  # at 09:00 this morning's has begun


def test_an_hour_that_the_clock_skips_has_no_event() -> None:
    begun(nations(), "FREQ=WEEKLY;BYDAY=SU", starts_local="2027-03-01T02:30", ends_on="2027-04-11")
    assert days() == ["2027-03-07", "2027-03-14", "2027-03-21", "2027-04-04", "2027-04-11"]


def test_a_rule_without_a_date_is_refused(exit_1: Location) -> None:
    with pytest.raises(series.NoDates):
        begun(exit_1, "FREQ=MONTHLY;BYMONTHDAY=31", ends_on="2026-11-30")
    with pytest.raises(series.NoSuchSeries):
        transact(lambda: series.write_out(999))
    with pytest.raises(changing.NoSuchPlace):
        transact(lambda: series.add(facts(exit_1, location_id=999)))


def test_a_change_of_all_reaches_what_comes_and_no_override(exit_1: Location) -> None:
    made = begun(exit_1)
    november, december, january, *_rest = events()
    about = {"en": "What it is about"}
    written = update(Event).where(Event.id == december.id).values(summaries=about)
    transact(lambda: session.execute(written))
    uids = [event.uid for event in events()]
    own = EventFacts(
        location_id=exit_1.id,
        kind="street_campaign",
        titles={"en": "New Year stall"},
        starts_local="2027-01-09T14:00",
        ends_local="2027-01-09T18:00",
    )
    transact(lambda: services.change_event(january.id, own))
    transact(lambda: changing.move(december.id, Elsewhere(starts_local="2026-12-13T11:00")))
    new = facts(exit_of("8"), starts_local="2026-11-14T15:00", titles={"en": "Stall"}, minutes=60)
    result = changed(made, november.recurrence_key or "", new)
    assert (result.series.id, result.left) == (made.id, [])
    by_day = {event.starts_local: event for event in events()}
    assert [event.uid for event in events()] == uids
    assert by_day["2026-12-13T11:00"].titles == {"en": "Stall"}
    assert by_day["2026-12-13T11:00"].summaries == about
    assert by_day["2027-01-09T15:00"].titles == {"en": "New Year stall"}
    assert {event.location.exit_number for event in events()} == {"8"}
    assert transact(lambda: series.write_out(made.id)) == 0


def test_this_and_the_following_leaves_what_was_before(exit_1: Location) -> None:
    made = begun(exit_1, rests={"2027-04-10": "Exam"})
    uids = {event.starts_local[:10]: event.uid for event in events()}
    february = events()[3]
    new = facts(exit_1, "FREQ=MONTHLY;BYDAY=3SA", starts_local="2027-02-01T14:00")
    result = changed(made, february.recurrence_key or "", new)
    assert result.series.id != made.id
    assert days() == [*SECOND_SATURDAYS[:3], "2027-02-20", "2027-03-20", "2027-04-17"]
    found = {event.starts_local[:10]: event for event in events()}
    assert found["2027-02-20"].uid == uids["2027-02-13"]
    assert found["2027-01-09"].series_id == made.id
    assert found["2027-02-20"].series_id == result.series.id
    assert session.get_one(Series, made.id).ends_on == "2027-02-12"
    assert resting.rests(result.series.id) == {"2027-04-10": "Exam"}
    jobs.write_out()
    with clock.frozen(SATURDAY + timedelta(days=7)):
        jobs.write_out()
    assert days()[:6] == [*SECOND_SATURDAYS[:3], "2027-02-20", "2027-03-20", "2027-04-17"]


def test_announced_dates_are_told_as_moved_when_their_series_moves(exit_1: Location) -> None:
    made = begun(exit_1)
    december, january, february = events()[1:4]
    for event in (december, january, february):
        gated(event)
        transact(partial(changing.confirm, event.id))
    transact(lambda: changing.cancel(january.id))
    transact(lambda: changing.postpone(february.id))
    new = facts(exit_1, starts_local="2026-11-14T16:00")
    changed(made, december.recurrence_key or "", new)
    found = {event.id: event for event in events()}
    assert found[december.id].state == "moved"
    assert found[december.id].previous_starts_at == datetime(2026, 12, 12, 5, tzinfo=UTC)
    assert (found[january.id].state, found[january.id].starts_local[-5:]) == ("cancelled", "14:00")
    assert (found[february.id].state, found[february.id].starts_local[-5:]) == (
        "postponed",
        "14:00",
    )
    assert len(found) == len(SECOND_SATURDAYS)


def test_dates_that_the_rule_names_no_more_are_said_if_they_were_announced(
    exit_1: Location,
) -> None:
    made = begun(exit_1, "FREQ=WEEKLY;BYDAY=SA", ends_on="2026-12-31")
    announced = events()[2]
    gated(announced)
    transact(lambda: changing.confirm(announced.id))
    new = facts(exit_1, "FREQ=WEEKLY;INTERVAL=2;BYDAY=SA", starts_local="2026-11-21T14:00")
    result = changed(made, "2026-11-21T14:00", new)
    assert [event.id for event in result.left] == [announced.id]
    assert days()[:4] == ["2026-11-14", "2026-11-21", "2026-11-28", "2026-12-05"]
    assert "2026-12-12" not in days()
    assert transact(lambda: series.write_out(result.series.id)) == 0


def test_from_weeks_to_months_only_the_same_days_stay(exit_1: Location) -> None:
    made = begun(exit_1, "FREQ=WEEKLY;BYDAY=SA", ends_on="2027-01-31")
    uids = {event.starts_local[:10]: event.uid for event in events()}
    result = changed(made, "2026-12-05T14:00", facts(exit_1, ends_on="2027-01-31"))
    assert days() == ["2026-11-14", "2026-11-21", "2026-11-28", "2026-12-12", "2027-01-09"]
    assert {event.starts_local[:10]: event.uid for event in events()}.items() <= uids.items()
    back = facts(exit_1, "FREQ=WEEKLY;BYDAY=SU", ends_on="2026-12-31")
    changed(result.series, "2026-12-12T14:00", back)
    assert days()[3:] == ["2026-12-06", "2026-12-13", "2026-12-20", "2026-12-27"]


def test_past_events_never_change(exit_1: Location) -> None:
    made = begun(exit_1)
    before = rows()[0]
    with clock.frozen(SATURDAY + timedelta(days=3)):
        changed(made, "2026-12-12T14:00", facts(exit_1, titles={"en": "Winter stall"}))
    assert rows()[0] == before
    assert {event.titles["en"] for event in events()[1:]} == {"Winter stall"}


def test_writing_out_in_many_places_at_once_gives_each_date_once(
    app: Flask, exit_1: Location
) -> None:
    made = begun(exit_1, "FREQ=WEEKLY;BYDAY=SA", ends_on="2026-12-31")

    def write(number: int) -> int:
        with app.app_context(), clock.frozen(SATURDAY + timedelta(days=40 + number % 2)):
            return transact(lambda: series.write_out(made.id))

    session.rollback()
    all_at_once(write, 8)
    assert len(days()) == len(set(days())) == 7


def test_a_button_pressed_many_times_begins_one_series(app: Flask, exit_1: Location) -> None:
    said = facts(exit_1)

    def press(_number: int) -> int:
        with app.app_context(), clock.frozen(SATURDAY):
            return transact(lambda: series.add(said)).id

    session.rollback()
    assert len(set(all_at_once(press, 8))) == 1
    assert days() == SECOND_SATURDAYS
    with clock.frozen(SATURDAY + timedelta(minutes=5)):
        assert begun(exit_1).id != 1
    assert begun(exit_1, titles={"en": "Another"}).id not in {1, 2}


def test_a_series_follows_when_the_zone_of_its_place_is_put_right(exit_1: Location) -> None:
    made = begun(exit_1)
    place = LocationFacts(
        kind="station", names=exit_1.names, cities=exit_1.cities, country="JP",
        zone="America/New_York", language="ko",
    )  # fmt: skip
    transact(lambda: services.change_location(exit_1.id, place))
    transact(lambda: series.write_out(made.id))
    assert session.get_one(Series, made.id).zone == "America/New_York"
    assert days() == SECOND_SATURDAYS
