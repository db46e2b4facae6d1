"""Codes and what they stand for."""

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import func, select

from campaign_app.audit.models import AuditEntry
from campaign_app.core import clock, ids
from campaign_app.core.db import session, transact
from campaign_app.qr import queries, services
from campaign_app.qr.models import Code, Placement
from tests.qr.conftest import KIND, Stall

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def inside(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def actions(code_id: int) -> list[str]:
    found = select(AuditEntry.action).where(AuditEntry.subject == f"code:{code_id}")
    return list(session.scalars(found.order_by(AuditEntry.id)))


def test_a_code_has_eight_letters_that_nobody_confuses(stall: Stall) -> None:
    letters = [
        transact(lambda: services.create_code(stall.stands_for())).code.letters for _ in range(50)
    ]
    assert len(set(letters)) == 50
    assert all(re.fullmatch(f"[{ids.READABLE}]{{8}}", one) for one in letters)
    assert not set(ids.READABLE) & set("0o1il2z5s8b6uvw")


def test_letters_already_taken_are_drawn_again(
    stall: Stall, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = iter([stall.board.code.letters, stall.board.code.letters, "3479acde"])
    monkeypatch.setattr(services, "readable", lambda length: next(drawn))
    made = transact(lambda: services.create_code(stall.stands_for()))
    assert made.code.letters == "3479acde"


def test_a_board_without_a_place_of_its_own_stands_at_the_place_of_its_event(stall: Stall) -> None:
    assert stall.board.location_id == stall.exit_1
    made = transact(lambda: services.create_code(stall.stands_for(location_id=stall.exit_8)))
    assert (made.event_id, made.location_id) == (stall.event, stall.exit_8)


def test_re_pointing_ends_one_placement_and_begins_another(stall: Stall) -> None:
    code = stall.board.code_id
    later = clock.now() + MINUTE
    with clock.frozen(later):
        new = transact(lambda: services.re_point(code, stall.stands_for(target_id=2)))
    old = session.get_one(Placement, stall.board.id)
    assert (old.target_id, new.target_id) == (1, 2)
    assert old.ends_at == new.starts_at == later
    assert queries.standing(code) == new
    assert actions(code) == ["code.created", "code.re_pointed"]


def test_pointing_a_code_where_it_points_already_changes_nothing(stall: Stall) -> None:
    same = transact(lambda: services.re_point(stall.board.code_id, stall.stands_for()))
    assert same.id == stall.board.id
    assert len(queries.history(stall.board.code_id)) == 1


def test_a_clock_that_goes_back_never_ends_a_placement_before_it_began(stall: Stall) -> None:
    with clock.frozen(stall.board.starts_at - MINUTE):
        transact(lambda: services.put_away(stall.board.code_id))
    ended = session.get_one(Placement, stall.board.id)
    assert ended.ends_at == ended.starts_at


def test_a_board_that_is_put_away_stands_nowhere(stall: Stall) -> None:
    code = stall.board.code_id
    transact(lambda: services.put_away(code))
    assert queries.standing(code) is None
    newest = queries.newest(code)
    assert newest is not None
    assert newest.id == stall.board.id
    transact(lambda: services.put_away(code))
    assert actions(code) == ["code.created", "code.put_away"]


def test_a_code_put_away_can_stand_again(stall: Stall) -> None:
    code = stall.board.code_id
    transact(lambda: services.put_away(code))
    again = transact(lambda: services.re_point(code, stall.stands_for()))
    assert again.id != stall.board.id
    assert queries.standing(code) == again


def test_revoking_keeps_the_first_reason_and_ends_the_placement(stall: Stall) -> None:
    code = stall.board.code_id
    transact(lambda: services.revoke(code, "The board was stolen."))
    transact(lambda: services.revoke(code, "Another reason."))
    found = session.get_one(Code, code)
    assert found.revoked_reason == "The board was stolen."
    assert queries.standing(code) is None
    assert actions(code) == ["code.created", "code.revoked"]


def test_a_revoked_code_stays_revoked(stall: Stall) -> None:
    code = stall.board.code_id
    transact(lambda: services.revoke(code, "Stolen."))
    with pytest.raises(services.CodeRevoked):
        transact(lambda: services.re_point(code, stall.stands_for(target_id=2)))
    with pytest.raises(services.CodeRevoked):
        transact(lambda: services.put_away(code))


def test_a_code_that_never_was_cannot_be_moved(stall: Stall) -> None:
    with pytest.raises(services.NoSuchCode):
        transact(lambda: services.re_point(999_999, stall.stands_for()))


def test_two_who_move_a_board_at_once_leave_it_in_one_place(app: Flask, stall: Stall) -> None:
    code = stall.board.code_id
    boards = [stall.stands_for(board=f"Board {n}") for n in range(8)]
    moves = [partial(services.re_point, code, board) for board in boards]
    failures = at_once(app, moves)
    assert failures == []
    standing = select(func.count()).where(Placement.code_id == code, Placement.ends_at.is_(None))
    assert session.scalar(standing) == 1
    assert len(queries.history(code)) == 9


def at_once(app: Flask, deeds: Sequence[Callable[[], object]]) -> list[Exception]:
    """Do several things in as many threads, and say what went wrong."""
    start, failures = threading.Barrier(len(deeds)), list[Exception]()

    def run(deed: Callable[[], object]) -> None:
        with app.app_context():
            start.wait()
            try:
                transact(deed)
            except Exception as error:  # noqa: BLE001 -- the test shows whatever it was
                failures.append(error)

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


def test_the_list_shows_what_a_code_stands_for_now_else_stood_for_last(stall: Stall) -> None:
    code = stall.board.code_id
    transact(lambda: services.re_point(code, stall.stands_for(board="Table")))
    transact(lambda: services.put_away(code))
    line = queries.codes(queries.Filters())[0]
    assert (line.placement.board, line.state) == ("Table", "resting")


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (queries.Filters(target=KIND, target_id=1), True),
        (queries.Filters(target=KIND, target_id=2), False),
        (queries.Filters(state="standing"), True),
        (queries.Filters(state="resting"), False),
        (queries.Filters(state="revoked"), False),
        (queries.Filters(text="THE MAP"), True),
        (queries.Filters(text="%"), False),
        (queries.Filters(event_id=999), False),
        (queries.Filters(page=2), False),
    ],
)
def test_the_list_narrows_to_what_is_asked(
    stall: Stall, filters: queries.Filters, *, found: bool
) -> None:
    assert bool(queries.codes(filters)) is found


def test_the_list_finds_a_code_by_its_letters_as_printed(stall: Stall) -> None:
    printed = ids.in_groups(stall.board.code.letters).upper()
    assert [line.code.id for line in queries.codes(queries.Filters(text=printed))] == [
        stall.board.code_id
    ]
