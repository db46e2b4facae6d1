""" "This board stood at exit 8 from 14:00": corrections by whole hours."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from campaign_app.core import clock
from campaign_app.core.db import session, transact
from campaign_app.core.wall_clock import hour_number, start_of
from campaign_app.qr import queries, services, visits
from campaign_app.qr.facts import Elsewhere
from campaign_app.qr.models import Placement
from campaign_app.qr.moves import Move, counted_at, shown_at
from campaign_app.qr.services import FOR_EVER
from tests.qr.conftest import KIND, Stall

NOON = datetime(2026, 11, 14, 12, tzinfo=UTC)
H12 = hour_number(NOON)


@pytest.fixture(autouse=True)
def inside(app: Flask) -> Iterator[None]:
    with app.app_context(), clock.frozen(NOON + timedelta(hours=4, minutes=20)):
        yield


@pytest.fixture
def board(stall: Stall) -> Placement:
    """A board that stands at exit 1 since noon; it is 16:20 now."""
    with clock.frozen(NOON):
        return transact(lambda: services.create_code(stall.stands_for(board="Table")))


def elsewhere(stall: Stall, start: int, end: int | None = None, **changes: object) -> Elsewhere:
    said: dict[str, object] = {
        "from_hour": start,
        "to_hour": end,
        "event_id": stall.event,
        "location_id": stall.exit_8,
        "board": "Table",
        "reason": "The police asked us to move.",
    }
    return Elsewhere(**(said | changes))  # type: ignore[arg-type]  # written by the tests


def counted(placement: Placement) -> list[int]:
    """Tell where the hours from 12 to 17 count that were written for a placement."""
    moves = queries.resolution(KIND, 1)
    return [counted_at(moves, placement.id, H12 + n) for n in range(6)]


def test_hours_count_where_the_board_stood(stall: Stall, board: Placement) -> None:
    right = transact(lambda: services.correct(board.id, elsewhere(stall, H12 + 2)))
    assert counted(board) == [board.id] * 2 + [right.id] * 4
    assert (right.location_id, right.board, right.target_id) == (stall.exit_8, "Table", 1)


def test_a_board_that_still_stands_there_is_re_pointed_from_now_on(
    stall: Stall, board: Placement
) -> None:
    right = transact(lambda: services.correct(board.id, elsewhere(stall, H12 + 2)))
    assert queries.standing(board.code_id) == right
    assert session.get_one(Placement, board.id).ends_at == clock.now()
    assert right.starts_at == start_of(H12 + 2)


def test_what_arrives_late_under_the_old_placement_is_moved_too(
    stall: Stall, board: Placement
) -> None:
    transact(lambda: services.correct(board.id, elsewhere(stall, H12 + 2)))
    assert queries.resolution(KIND, 1)[0].to_hour == FOR_EVER


def test_a_board_that_came_back_stays_where_it_is(stall: Stall, board: Placement) -> None:
    away = transact(lambda: services.correct(board.id, elsewhere(stall, H12 + 1, H12 + 3)))
    assert counted(board) == [board.id, away.id, away.id, board.id, board.id, board.id]
    standing = queries.standing(board.code_id)
    assert standing is not None
    assert standing.id == board.id
    assert away.ends_at == start_of(H12 + 3)


def test_an_ended_placement_can_be_corrected_without_moving_the_board(
    stall: Stall, board: Placement
) -> None:
    now = transact(lambda: services.re_point(board.code_id, stall.stands_for(target_id=2)))
    right = transact(lambda: services.correct(board.id, elsewhere(stall, H12)))
    assert queries.standing(board.code_id) == now
    assert right.ends_at == session.get_one(Placement, board.id).ends_at
    assert counted(board) == [right.id] * 6


def test_a_revoked_code_can_be_corrected(stall: Stall, board: Placement) -> None:
    transact(lambda: services.revoke(board.code_id, "Stolen."))
    right = transact(lambda: services.correct(board.id, elsewhere(stall, H12)))
    assert counted(board) == [right.id] * 6
    assert queries.standing(board.code_id) is None


def test_a_correction_of_a_correction_is_followed_in_one_look(
    stall: Stall, board: Placement
) -> None:
    first = transact(lambda: services.correct(board.id, elsewhere(stall, H12 + 1, H12 + 4)))
    second = transact(lambda: services.correct(first.id, elsewhere(stall, H12 + 2, H12 + 3)))
    assert counted(board) == [board.id, first.id, second.id, first.id, board.id, board.id]


def test_a_chain_through_the_standing_placement_moves_its_own_hours_and_the_others(
    stall: Stall, board: Placement
) -> None:
    first = transact(lambda: services.correct(board.id, elsewhere(stall, H12 + 1)))
    second = transact(lambda: services.correct(first.id, elsewhere(stall, H12 + 3)))
    assert counted(board) == [board.id, first.id, first.id] + [second.id] * 3
    assert counted(first) == [first.id] * 3 + [second.id] * 3
    assert queries.standing(board.code_id) == second


def test_the_newest_correction_of_a_placement_wins(stall: Stall, board: Placement) -> None:
    wrong = transact(lambda: services.correct(board.id, elsewhere(stall, H12 + 1, H12 + 4)))
    undone = transact(
        lambda: services.correct(
            board.id, elsewhere(stall, H12 + 2, H12 + 4, location_id=stall.exit_1)
        )
    )
    assert counted(board) == [board.id, wrong.id, undone.id, undone.id, board.id, board.id]


def test_hours_moved_away_again_are_left_alone(stall: Stall, board: Placement) -> None:
    first = transact(lambda: services.correct(board.id, elsewhere(stall, H12, H12 + 3)))
    other = transact(lambda: services.correct(board.id, elsewhere(stall, H12 + 1, H12 + 2)))
    third = transact(lambda: services.correct(first.id, elsewhere(stall, H12, H12 + 3)))
    assert counted(board)[:3] == [third.id, other.id, third.id]


@pytest.mark.parametrize(("start", "end"), [(-1, None), (5, None), (2, 2), (2, 1), (2, 6)], ids=str)
def test_a_correction_reaches_back_never_ahead(
    stall: Stall, board: Placement, start: int, end: int | None
) -> None:
    wrong = elsewhere(stall, H12 + start, None if end is None else H12 + end)
    with pytest.raises(services.WrongHours):
        transact(lambda: services.correct(board.id, wrong))
    assert queries.resolution(KIND, 1) == []


def test_the_hour_that_runs_may_be_corrected(stall: Stall, board: Placement) -> None:
    right = transact(lambda: services.correct(board.id, elsewhere(stall, H12 + 4, H12 + 5)))
    assert counted(board)[4:] == [right.id, board.id]


def test_a_placement_that_never_was_cannot_be_corrected(stall: Stall) -> None:
    with pytest.raises(services.NoSuchCode):
        transact(lambda: services.correct(999_999, elsewhere(stall, H12)))


def test_visits_follow_the_corrections(stall: Stall, board: Placement) -> None:
    for hours in range(4):
        with clock.frozen(NOON + timedelta(hours=hours)):
            found = queries.pointed(board.code.letters)
            assert found is not None
            visits.count(found)
    visits.counter.flush()
    right = transact(lambda: services.correct(board.id, elsewhere(stall, H12 + 1, H12 + 3)))
    expected = {board.id: 2, right.id: 2}
    assert {k: n for k, n in queries.visits(KIND, 1).items() if n} == expected
    assert {k: n for k, n in queries.visits_of(board.code_id).items() if n} == expected


PLACES = st.integers(1, 4)
HOURS = st.integers(0, 12)
MOVES = st.lists(st.tuples(PLACES, PLACES, HOURS, st.integers(1, 6)), max_size=8)


@given(MOVES, PLACES)
def test_what_is_shown_at_a_placement_is_what_every_hour_says(
    drawn: list[tuple[int, int, int, int]], place: int
) -> None:
    moves = [
        Move(source, to, start, start + length, order)
        for order, (source, to, start, length) in enumerate(drawn, 1)
    ]
    shown = shown_at(moves, place)
    for source in {1, 2, 3, 4} - {place}:
        spans = shown.get(source, [])
        hours = {hour for start, end in spans for hour in range(start, end)}
        assert hours == {hour for hour in range(20) if counted_at(moves, source, hour) == place}
