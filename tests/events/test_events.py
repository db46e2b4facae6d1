"""Places and dates: what the clock at the place shows is the truth."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select

from campaign_app.audit.models import AuditEntry
from campaign_app.core import clock, wall_clock
from campaign_app.core.db import session, transact
from campaign_app.events import kinds, models, queries, services
from campaign_app.events.facts import EventFacts, LocationFacts

NOON = datetime(2026, 11, 14, 3, tzinfo=UTC)


@pytest.fixture(autouse=True)
def inside(app: Flask) -> Iterator[None]:
    with app.app_context(), clock.frozen(NOON):
        yield


def place(**changes: object) -> LocationFacts:
    said: dict[str, object] = {
        "kind": "square",
        "names": {"fr": "Place des Nations", "en": "Place des Nations"},
        "cities": {"fr": "Genève"},
        "country": "CH",
        "zone": "Europe/Zurich",
        "language": "fr",
    }
    return LocationFacts(**(said | changes))  # type: ignore[arg-type]  # written by the tests


def event(location: models.Location, starts: str, ends: str, **changes: object) -> EventFacts:
    said: dict[str, object] = {
        "location_id": location.id,
        "kind": "street_campaign",
        "titles": {"en": "Stall"},
        "starts_local": starts,
        "ends_local": ends,
    }
    return EventFacts(**(said | changes))  # type: ignore[arg-type]  # written by the tests


@pytest.fixture
def nations() -> models.Location:
    return transact(lambda: services.add_location(place()))


def test_an_event_keeps_the_local_time_the_zone_and_the_moment(nations: models.Location) -> None:
    said = event(nations, "2026-12-05T14:00", "2026-12-05T18:30")
    made = transact(lambda: services.add_event(said))
    assert (made.starts_local, made.ends_local) == ("2026-12-05T14:00", "2026-12-05T18:30")
    assert made.zone == "Europe/Zurich"
    assert made.starts_at == datetime(2026, 12, 5, 13, tzinfo=UTC)
    assert made.location.slug == "place-des-nations"


@pytest.mark.parametrize(
    ("local", "zone"),
    [("2026-03-29T02:30", "Europe/Zurich"), ("2026-03-08T02:00", "America/New_York")],
)
def test_a_time_that_the_clock_skips_is_refused_with_a_sentence(local: str, zone: str) -> None:
    with pytest.raises(wall_clock.NotOnTheClock) as refused:
        wall_clock.read(local, zone)
    assert zone in str(refused.value.shown)
    assert local[-5:] in str(refused.value.shown)


@pytest.mark.parametrize(
    ("local", "zone", "first"),
    [
        ("2026-10-25T02:30", "Europe/Zurich", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("2026-11-01T01:30", "America/New_York", datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),
    ],
)
def test_of_a_time_shown_twice_the_first_is_meant(local: str, zone: str, first: datetime) -> None:
    assert wall_clock.read(local, zone) == wall_clock.Reading(first, twice=True)


@pytest.mark.parametrize("local", ["2026-03-29T01:59", "2026-03-29T03:00", "2026-10-25T03:00"])
def test_times_beside_a_change_of_the_clocks_are_plain(local: str) -> None:
    reading = wall_clock.read(local, "Europe/Zurich")
    assert not reading.twice
    assert wall_clock.show(reading.moment, "Europe/Zurich") == local


@pytest.mark.parametrize("local", ["0001-01-01T00:00", "9999-12-31T23:59", "1969-12-31T23:59"])
def test_years_far_away_are_refused(local: str) -> None:
    with pytest.raises(wall_clock.NotOnTheClock):
        wall_clock.read(local, "Asia/Seoul")


def test_hours_are_counted_from_1970() -> None:
    assert wall_clock.hour_number(datetime(1970, 1, 2, 1, 59, tzinfo=UTC)) == 25
    assert wall_clock.start_of(25) == datetime(1970, 1, 2, 1, tzinfo=UTC)
    assert wall_clock.start_of(wall_clock.this_hour()) == NOON


def test_an_event_must_end_after_it_starts(nations: models.Location) -> None:
    wrong = event(nations, "2026-12-05T14:00", "2026-12-05T14:00")
    with pytest.raises(services.EndsBeforeStart):
        transact(lambda: services.add_event(wrong))


def test_an_event_needs_a_place_that_exists(nations: models.Location) -> None:
    wrong = event(nations, "2026-12-05T14:00", "2026-12-05T15:00", location_id=999)
    with pytest.raises(services.NoSuchPlace):
        transact(lambda: services.add_event(wrong))
    with pytest.raises(services.NoSuchEvent):
        transact(lambda: services.change_event(999, wrong))
    with pytest.raises(services.NoSuchPlace):
        transact(lambda: services.change_location(999, place()))


def test_changing_an_event_moves_its_moment(nations: models.Location) -> None:
    made = transact(
        lambda: services.add_event(event(nations, "2026-12-05T14:00", "2026-12-05T15:00"))
    )
    seoul = transact(lambda: services.add_location(place(zone="Asia/Seoul", country="KR")))
    moved = event(seoul, "2026-12-05T14:00", "2026-12-05T15:00")
    changed = transact(lambda: services.change_event(made.id, moved))
    assert changed.starts_at == datetime(2026, 12, 5, 5, tzinfo=UTC)
    assert changed.location.id == seoul.id


def test_events_follow_when_the_zone_of_their_place_is_put_right(nations: models.Location) -> None:
    made = transact(
        lambda: services.add_event(event(nations, "2026-12-05T14:00", "2026-12-05T15:00"))
    )
    transact(lambda: services.change_location(nations.id, place(zone="Asia/Seoul")))
    session.refresh(made)
    assert (made.starts_local, made.zone) == ("2026-12-05T14:00", "Asia/Seoul")
    assert made.starts_at == datetime(2026, 12, 5, 5, tzinfo=UTC)


def test_what_runs_is_upcoming_until_it_ends(nations: models.Location) -> None:
    for day in ("2026-11-12", "2026-11-14", "2026-12-05"):
        said = event(nations, f"{day}T03:00", f"{day}T06:00", titles={"en": day})
        transact(partial(services.add_event, said))
    assert [one.titles["en"] for one in queries.upcoming()] == ["2026-11-14", "2026-12-05"]
    assert [one.titles["en"] for one in queries.past()] == ["2026-11-12"]
    assert [one.titles["en"] for one in queries.near()] == [
        "2026-11-14",
        "2026-12-05",
        "2026-11-12",
    ]
    with clock.frozen(NOON + timedelta(days=100)):
        assert queries.near() == []


def test_places_of_the_same_name_get_addresses_of_their_own(nations: models.Location) -> None:
    second = transact(lambda: services.add_location(place()))
    assert second.slug != nations.slug
    assert second.slug.startswith("place-des-nations-")


def test_a_name_without_latin_letters_gets_an_address_too() -> None:
    made = transact(lambda: services.add_location(place(names={"ko": "용산역"})))
    assert made.slug.isalnum()


def test_texts_in_languages_not_offered_now_are_kept(nations: models.Location) -> None:
    session.rollback()

    def with_japanese() -> None:
        found = session.get_one(models.Location, nations.id)
        found.names = {**found.names, "ja": "国連広場"}

    transact(with_japanese)
    changed = transact(lambda: services.change_location(nations.id, place(names={"en": "Nations"})))
    assert changed.names == {"en": "Nations", "ja": "国連広場"}


def test_every_deed_is_in_the_trail(nations: models.Location) -> None:
    transact(lambda: services.add_campaign({"en": "Home"}, slug="home"))
    made = transact(
        lambda: services.add_event(event(nations, "2026-12-05T14:00", "2026-12-05T15:00"))
    )
    moved = event(nations, "2026-12-05T14:00", "2026-12-05T16:00")
    transact(lambda: services.change_event(made.id, moved))
    trail = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [one.action for one in trail] == [
        "location.added",
        "campaign.added",
        "event.added",
        "event.changed",
    ]
    assert trail[-1].detail == {"fields": ["ends_at", "ends_local"]} or set(
        trail[-1].detail["fields"]
    ) == {"ends_at", "ends_local"}


def test_every_kind_has_words() -> None:
    assert tuple(kinds.OF_LOCATION) == models.LOCATION_KINDS
    assert tuple(kinds.OF_EVENT) == models.EVENT_KINDS
