"""Rules and clocks: each date where a calendar on the wall has it, at the hour that was planned."""

import calendar
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign_app.core import wall_clock
from campaign_app.events import public_holidays, recurrence
from campaign_app.events.recurrence import DAY, NTHS, WEEKDAYS, WEEKS, NoRule, Recurring, Rule

ZONES: Final = ("Asia/Seoul", "Europe/Zurich", "America/New_York", "UTC", "Asia/Kathmandu")
RULES: Final = st.one_of(
    st.builds(Rule, st.sampled_from((*WEEKS, *NTHS)), st.sampled_from(WEEKDAYS)),
    st.builds(Rule, st.just(DAY), st.integers(1, 31).map(str)),
)
LOCALS: Final = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(  # noqa: DTZ001
    lambda at: at.strftime(wall_clock.FORMAT)
)


@st.composite
def plans(draw: st.DrawFn) -> Recurring:
    return Recurring(
        rule=draw(RULES),
        starts_local=draw(LOCALS),
        minutes=draw(st.integers(1, 600)),
        zone=draw(st.sampled_from(ZONES)),
        ends_on=draw(st.sampled_from(("", "2027-06-30"))),
    )


def fits(rule: Rule, day: date, begins: date) -> bool:
    """Ask a calendar on the wall whether a day belongs to a rule."""
    if rule.often == DAY:
        return day.day == int(rule.on)
    if WEEKDAYS[day.weekday()] != rule.on:
        return False
    if rule.often in WEEKS:
        # Every so many weeks counts from the week in which the rule begins.
        monday = begins - timedelta(days=begins.weekday())
        return (day - monday).days // 7 % int(rule.often[1:]) == 0
    if rule.often == "-1":
        return day.day + 7 > calendar.monthrange(day.year, day.month)[1]
    return (day.day - 1) // 7 + 1 == int(rule.often)


@settings(max_examples=150, deadline=None)
@given(plans())
def test_dates_are_those_that_a_wall_calendar_has(plan: Recurring) -> None:
    begins = datetime.fromisoformat(plan.starts_local)
    until = begins + timedelta(days=400)
    found = [one.key for one in recurrence.expand(plan, begins, until)]
    last = min(until, datetime.fromisoformat(f"{plan.ends_on or '9999-01-01'}T23:59"))
    days = (begins + timedelta(days=number) for number in range(401))
    meant = [at for at in days if at <= last and fits(plan.rule, at.date(), begins.date())]
    assert found == [at.strftime(wall_clock.FORMAT) for at in meant]


@settings(max_examples=100, deadline=None)
@given(plans())
def test_every_moment_is_the_planned_hour_on_the_clock_there(plan: Recurring) -> None:
    begins = datetime.fromisoformat(plan.starts_local)
    for one in recurrence.expand(plan, begins, begins + timedelta(days=500)):
        shown = datetime.fromisoformat(one.key)
        if one.starts_at is None:
            there = shown.replace(tzinfo=ZoneInfo(plan.zone)).astimezone(UTC)
            assert there.astimezone(ZoneInfo(plan.zone)).replace(tzinfo=None) != shown
            continue
        assert wall_clock.show(one.starts_at, plan.zone) == one.key
        end = recurrence.ends_at(one.starts_at, plan.minutes)
        assert end - one.starts_at == timedelta(minutes=plan.minutes)


@settings(max_examples=60, deadline=None)
@given(plans(), st.integers(1, 12))
def test_a_rule_survives_being_written_and_gives_one_date_a_period(
    plan: Recurring, number: int
) -> None:
    assert Rule.read(plan.rule.text) == plan.rule
    found = recurrence.upcoming(plan, datetime.fromisoformat(plan.starts_local), number)
    assert len({plan.rule.period(one.key) for one in found}) == len(found) <= number
    for one in found:
        assert recurrence.period_begins(plan.rule, one.key) <= one.day


@pytest.mark.parametrize(
    ("zone", "year", "gap", "back"),
    [
        ("Europe/Zurich", 2026, date(2026, 3, 29), date(2026, 10, 25)),
        ("Europe/Zurich", 2027, date(2027, 3, 28), date(2027, 10, 31)),
        ("America/New_York", 2026, date(2026, 3, 8), date(2026, 11, 1)),
        ("America/New_York", 2027, date(2027, 3, 14), date(2027, 11, 7)),
    ],
)
def test_the_days_on_which_clocks_change_are_right(
    zone: str, year: int, gap: date, back: date
) -> None:
    hour = "02:30" if zone == "Europe/Zurich" else "01:30"
    night = Recurring(
        rule=Rule("w1", "SU"), starts_local=f"{year}-01-01T02:30", minutes=60, zone=zone
    )
    begins, end = datetime(year, 1, 1), datetime(year, 12, 31)  # noqa: DTZ001
    none = [one.day for one in recurrence.expand(night, begins, end) if one.starts_at is None]
    assert none == [gap]
    twice = Recurring(
        rule=Rule("w1", "SU"), starts_local=f"{year}-01-01T{hour}", minutes=60, zone=zone
    )
    found = [one for one in recurrence.expand(twice, begins, end) if one.twice]
    assert [one.day for one in found] == [back]
    summer = found[0].starts_at
    assert summer is not None
    assert summer.astimezone(ZoneInfo(zone)).dst() == timedelta(hours=1)
    noon = Recurring(
        rule=Rule("w1", "SU"), starts_local=f"{year}-01-01T14:00", minutes=60, zone=zone
    )
    moments = {one.day: one.starts_at for one in recurrence.expand(noon, begins, end)}
    for changed, hours in ((gap, 7 * 24 - 1), (back, 7 * 24 + 1)):
        before = moments[changed - timedelta(days=7)]
        after = moments[changed]
        assert before is not None
        assert after is not None
        assert after - before == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("rule", "missing"),
    [
        (Rule("5", "SA"), ["2026-11", "2026-12", "2027-02", "2027-03", "2027-04"]),
        (Rule(DAY, "31"), ["2026-11", "2027-02", "2027-04"]),
        (Rule(DAY, "30"), ["2027-02"]),
        (Rule("2", "SA"), []),  # November's has been; no month is without one
        (Rule("-1", "FR"), []),
        (Rule("w3", "MO"), []),
    ],
)
def test_months_without_a_date_are_named(rule: Rule, missing: list[str]) -> None:
    plan = Recurring(rule=rule, starts_local="2026-11-22T14:00", minutes=60, zone="Asia/Seoul")
    found = recurrence.expand(plan, datetime(2026, 11, 22), datetime(2027, 5, 31, 23))  # noqa: DTZ001
    assert [f"{month:%Y-%m}" for month in recurrence.skipped_months(plan, found)] == missing


@pytest.mark.parametrize(
    ("often", "on"),
    [("w5", "SA"), ("6", "SA"), ("day", "SA"), ("1", "31"), ("day", "32"), ("", "")],
)
def test_what_is_no_rule_is_refused(often: str, on: str) -> None:
    with pytest.raises(NoRule):
        Rule(often, on)


@pytest.mark.parametrize(
    ("country", "day", "language", "name"),
    [
        ("KR", date(2026, 9, 25), "ko", "추석"),
        ("KR", date(2026, 9, 25), "fr", "Chuseok"),
        ("CH", date(2026, 9, 10), "fr", "Jeûne genevois"),
        ("US", date(2026, 11, 26), "ko", "Thanksgiving Day"),
        ("KR", date(2026, 11, 21), "ko", ""),
        ("AQ", date(2026, 1, 1), "en", ""),
    ],
)
def test_public_holidays_are_named(country: str, day: date, language: str, name: str) -> None:
    assert public_holidays.name(country, day, language) == name
