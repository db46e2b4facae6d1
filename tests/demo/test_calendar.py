"""The demo's calendar: on whatever day it is loaded, each board stands at one place at a time."""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from campaign_app.demo.calendar import Stand, dated, day_of, monday_of, stands
from campaign_app.demo.content import EventPlan, SessionPlan, content


def plan(weekday: str, nth: int, month: int) -> EventPlan:
    """Write a rule."""
    return EventPlan(
        slug="one",
        place="itaewon-station",
        kind="street_campaign",
        month=month,
        weekday=weekday,
        nth=nth,
        starts="10:00",
        ends="11:00",
        signatures=1,
        boards=[],
        titles={},
    )


@pytest.mark.parametrize(
    ("choose", "today", "monday"),
    [
        ("next", date(2026, 11, 22), date(2027, 3, 8)),
        ("next", date(2027, 3, 12), date(2027, 3, 8)),  # Friday of that week: it still runs
        ("next", date(2027, 3, 13), date(2027, 10, 25)),
        ("nearest", date(2026, 11, 22), date(2026, 10, 26)),
        ("nearest", date(2027, 1, 20), date(2027, 3, 8)),
        ("nearest", date(2026, 12, 20), date(2027, 3, 8)),  # the last one is long over
    ],
)
def test_the_week_of_a_session_is_found(choose: str, today: date, monday: date) -> None:
    session = SessionPlan(slug="one", choose=choose, mondays=[(3, 2), (10, 4)])

    assert monday_of(session, today) == monday


@pytest.mark.parametrize(
    ("weekday", "nth", "month", "day"),
    [
        ("sunday", 1, 0, date(2026, 11, 1)),
        ("saturday", 3, 0, date(2026, 11, 21)),
        ("friday", -1, 0, date(2026, 11, 27)),
        ("monday", -1, 0, date(2026, 11, 30)),
        ("thursday", 2, -1, date(2026, 10, 8)),
        ("saturday", -1, -1, date(2026, 10, 31)),
    ],
)
def test_a_rule_names_a_day(weekday: str, nth: int, month: int, day: date) -> None:
    assert day_of(plan(weekday, nth, month), date(2026, 11, 15)) == day


def test_last_month_of_january_is_december() -> None:
    assert day_of(plan("friday", -1, -1), date(2027, 1, 31)) == date(2026, 12, 25)


def every_six_hours() -> list[datetime]:
    first = datetime(2026, 9, 1, 0, 5, tzinfo=UTC)
    return [first + timedelta(hours=6 * number) for number in range(4 * 400)]


def by_board(found: list[Stand]) -> dict[str, list[Stand]]:
    boards: dict[str, list[Stand]] = defaultdict(list)
    for stand in found:
        boards[stand.board.slug].append(stand)
    return boards


def test_on_any_day_boards_stand_at_one_place_at_a_time() -> None:
    for now in every_six_hours():
        found = by_board(stands(content(), dated(content(), now), now))
        for board in found.values():
            for one, following in pairwise(board):
                assert one.ends is not None
                assert one.begins <= one.ends <= following.begins
            assert board[-1].begins <= now
            assert board[-1].ends is None or board[-1].ends <= now


def test_on_any_day_three_boards_stand_where_they_are_promised() -> None:
    for now in every_six_hours():
        found = by_board(stands(content(), dated(content(), now), now))
        for promised in content().standing:
            last = found[promised.board][-1]
            assert (last.place, last.ends) == (promised.place, None)


def test_every_past_event_has_its_boards() -> None:
    now = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)

    found = stands(content(), dated(content(), now), now)

    told = {(s.event.plan.slug, s.board.slug) for s in found if s.event and s.ends}
    over = [one.plan for one in dated(content(), now) if one.ends_at < now]
    assert told == {(event.slug, board) for event in over for board in event.boards}
    assert len(over) > 10
