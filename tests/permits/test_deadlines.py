"""Until when somebody must be asked, on the clock of the place, also where the clocks change."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType, SimpleNamespace
from typing import cast

import pytest
from hypothesis import given as cases
from hypothesis import settings
from hypothesis import strategies as st

from campaign_app.core import clock, wall_clock
from campaign_app.events.models import EVENT_KINDS, LOCATION_KINDS, Event, Location
from campaign_app.permits import deadlines, rules
from campaign_app.permits.deadlines import Window
from campaign_app.permits.models import Permit

RULES = rules.all_of_them()


def at(
    starts_local: str,
    zone: str,
    kind: str = "street_campaign",
    place: Mapping[str, object] = MappingProxyType({}),
) -> Event:
    """Make an event that no database knows."""
    there: dict[str, object] = {"kind": "square", "country": "", "cities": {}, "indoor": None}
    return cast(
        "Event",
        SimpleNamespace(
            starts_local=starts_local,
            starts_at=wall_clock.read(starts_local, zone).moment,
            zone=zone,
            kind=kind,
            location=cast("Location", SimpleNamespace(**(there | dict(place)))),
        ),
    )


def test_seoul_takes_a_notice_between_720_and_48_hours_before() -> None:
    window = deadlines.of_rule(RULES["kr-assembly-notice"], at("2026-12-12T14:00", "Asia/Seoul"))
    assert window.opens == datetime(2026, 11, 12, 5, tzinfo=UTC)
    assert window.closes == datetime(2026, 12, 10, 5, tzinfo=UTC)
    assert window.exception is None


def test_geneva_wants_thirty_days_and_in_exceptional_cases_48_hours() -> None:
    window = deadlines.of_rule(
        RULES["ch-ge-demonstration"], at("2026-09-30T12:00", "Europe/Zurich")
    )
    assert window.opens is None
    assert window.closes == datetime(2026, 8, 31, 10, tzinfo=UTC)
    assert window.exception == datetime(2026, 9, 28, 10, tzinfo=UTC)


def test_new_york_wants_five_days() -> None:
    window = deadlines.of_rule(RULES["us-ny-sound"], at("2026-10-20T12:00", "America/New_York"))
    assert window.closes == datetime(2026, 10, 15, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("starts", "zone", "rule", "closes"),
    [
        # The clocks change between deadline and start: the same time on the clock, another moment.
        ("2026-04-10T14:00", "Europe/Zurich", "ch-ge-demonstration", "2026-03-11T13:00+00:00"),
        ("2026-11-10T14:00", "Europe/Zurich", "ch-ge-demonstration", "2026-10-11T12:00+00:00"),
        ("2027-04-10T14:00", "Europe/Zurich", "ch-ge-demonstration", "2027-03-11T13:00+00:00"),
        ("2026-03-10T14:00", "America/New_York", "us-ny-sound", "2026-03-05T19:00+00:00"),
        ("2026-11-03T14:00", "America/New_York", "us-ny-sound", "2026-10-29T18:00+00:00"),
        # The deadline itself falls into the hour that never comes, or comes twice: the earlier.
        ("2026-04-28T02:30", "Europe/Zurich", "ch-ge-demonstration", "2026-03-29T00:30+00:00"),
        ("2026-11-24T02:30", "Europe/Zurich", "ch-ge-demonstration", "2026-10-25T00:30+00:00"),
        ("2026-03-13T02:30", "America/New_York", "us-ny-sound", "2026-03-08T06:30+00:00"),
        ("2026-11-06T01:30", "America/New_York", "us-ny-sound", "2026-11-01T05:30+00:00"),
    ],
)
def test_days_go_by_the_clock_at_the_place(starts: str, zone: str, rule: str, closes: str) -> None:
    window = deadlines.of_rule(RULES[rule], at(starts, zone))
    assert window.closes == datetime.fromisoformat(closes)


def test_hours_are_hours_also_over_a_change_of_the_clocks() -> None:
    """48 hours before noon on the day after the change is not noon."""
    event = at("2026-03-30T12:00", "Europe/Zurich")
    window = deadlines.of_rule(RULES["ch-ge-demonstration"], event)
    assert window.exception == event.starts_at - timedelta(hours=48)
    assert wall_clock.show(window.exception, "Europe/Zurich") == "2026-03-28T11:00"


@settings(max_examples=200, deadline=None)
@cases(
    st.datetimes(datetime.fromisoformat("2026-01-01"), datetime.fromisoformat("2030-01-01")),
    st.sampled_from(("Asia/Seoul", "Europe/Zurich", "America/New_York")),
    st.sampled_from(sorted(RULES)),
)
def test_a_deadline_is_never_later_than_the_law_says(shown: datetime, zone: str, key: str) -> None:
    try:
        event = at(f"{shown:%Y-%m-%dT%H:%M}", zone)
    except wall_clock.NotOnTheClock:
        return  # no event begins then
    window = deadlines.of_rule(RULES[key], event)
    for span, moment in (
        (RULES[key].latest, window.closes),
        (RULES[key].exception, window.exception),
        (RULES[key].earliest, window.opens),
    ):
        assert (span is None) == (moment is None)
        if span is None or moment is None:
            continue
        passed = event.starts_at - moment
        meant = timedelta(hours=span.hours, days=span.days)
        assert passed == meant if span.hours else abs(passed - meant) <= timedelta(hours=1)
        if span.days:  # the clock at the place shows the same time, or one just before a gap
            there = datetime.fromisoformat(wall_clock.show(moment, zone))
            wanted = datetime.fromisoformat(event.starts_local) - meant
            assert timedelta(0) <= wanted - there <= timedelta(hours=1)


def test_a_deadline_of_our_own_goes_before_that_of_the_rule() -> None:
    event = at("2026-12-12T14:00", "Asia/Seoul")
    said = {"rule": "kr-assembly-notice", "due_local": "2026-12-01T18:00", "event": event}
    window = deadlines.of(cast("Permit", SimpleNamespace(**said)))
    assert window.closes == datetime(2026, 12, 1, 9, tzinfo=UTC)
    assert window.opens == datetime(2026, 11, 12, 5, tzinfo=UTC)


def test_a_window_knows_whether_it_is_open_and_over() -> None:
    now = datetime(2026, 11, 14, 3, tzinfo=UTC)
    hour = timedelta(hours=1)
    with clock.frozen(now):
        assert not Window().is_over
        assert Window().is_open
        assert not Window(opens=now + hour, closes=now + 2 * hour).is_open
        assert Window(opens=now, closes=now).is_open
        assert not Window(closes=now).is_over
        assert Window(closes=now - hour).is_over


# Which rules are proposed


def place(**said: object) -> dict[str, object]:
    return {"kind": "square", "country": "KR", "cities": {"en": "Seoul"}, "indoor": None} | said


@pytest.mark.parametrize(
    ("where", "kind", "keys"),
    [
        (place(), "street_campaign", {"kr-assembly-notice", "kr-district-office"}),
        (
            place(kind="station"),
            "street_campaign",
            {"kr-assembly-notice", "kr-district-office", "station-operator"},
        ),
        (place(kind="station", indoor=True), "street_campaign", {"station-operator"}),
        (place(kind="university"), "street_campaign", {"kr-assembly-notice", "university"}),
        (place(kind="venue"), "concert", {"venue"}),
        (place(), "meeting", set()),
        (place(kind="online"), "online", set()),
        (
            place(country="CH", cities={"en": "Geneva", "fr": "Genève"}),
            "street_campaign",
            {"ch-ge-demonstration", "ch-ge-stand"},
        ),
        (place(country="CH", cities={"en": "Zurich"}), "street_campaign", set()),
        (
            place(country="US", cities={"en": "New York"}),
            "street_campaign",
            {"us-ny-sound", "us-ny-plaza-or-park"},
        ),
        (
            place(country="US", kind="street", cities={"en": "New York"}),
            "concert",
            {"us-ny-sound"},
        ),
    ],
)
def test_rules_are_proposed_by_country_city_and_kind(
    where: dict[str, object], kind: str, keys: set[str]
) -> None:
    event = at("2026-12-12T14:00", "Asia/Seoul", kind, where)
    found = rules.proposed(event)
    assert {rule.key for rule in found} == keys
    dated = [rule.latest is not None for rule in found]
    assert dated == sorted(dated, reverse=True)


def test_each_rule_is_said_in_each_language_and_one_with_a_deadline_has_a_source() -> None:
    for rule in RULES.values():
        for texts in (rule.what, rule.whom, rule.note):
            assert set(texts) == {"ko", "en", "fr"}
        if rule.latest:
            assert rule.source_title
            assert rule.source_url.startswith("https://")
            assert rule.checked_on is not None
        assert set(rule.places) <= set(LOCATION_KINDS)
        assert set(rule.events) <= set(EVENT_KINDS)
