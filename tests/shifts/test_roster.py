"""Who comes: no seat is given twice, nobody is at two places, a stranger learns nothing."""

import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from campaign_app.core import clock, db
from campaign_app.core.db import session
from campaign_app.core.errors import DomainError
from campaign_app.events import changing
from campaign_app.events.changing import Elsewhere
from campaign_app.outbox.models import OutboxRow
from campaign_app.shifts import queries, services
from campaign_app.shifts import seats as seating
from campaign_app.shifts.hours import span
from campaign_app.shifts.models import Shift, SignUp, Volunteer
from campaign_app.shifts.seats import Changed, Full, NoSuchShift, NotOpen, NotYet, TwoAtOnce
from campaign_app.shifts.services import ShiftPlan
from campaign_app.shifts.volunteers import How
from tests.shifts import crewing
from tests.shifts.crewing import Stall, asked, confirmed, newcomer, seats, state, whose

pytestmark = pytest.mark.usefixtures("inside")


def do(work: Callable[..., Any], *args: Any, **said: Any) -> Any:
    """Do a deed as a page does it."""
    return db.transact(lambda: work(*args, **said))


def test_whoever_asks_holds_a_seat_until_somebody_says_no(stall: Stall) -> None:
    mina = asked(stall.tablet, "Mina")
    assert (state(mina), seats(stall.tablet)) == ("asked", 1)
    with pytest.raises(Full):
        asked(stall.tablet, "Jun")
    do(services.decline, mina)
    assert (state(mina), seats(stall.tablet)) == ("declined", 0)
    assert state(confirmed(stall.tablet, "Jun")) == "confirmed"
    # Nothing of somebody who found no seat is kept.
    assert session.scalar(select(func.count()).select_from(Volunteer)) == 2


def test_saying_yes_or_no_twice_changes_nothing_more(stall: Stall) -> None:
    mina = confirmed(stall.board, "Mina")
    do(services.confirm, mina)
    assert seats(stall.board) == 1
    for _twice in range(2):
        do(services.decline, mina)
        assert seats(stall.board) == 0
    with pytest.raises(Changed):
        do(services.confirm, mina)


def test_the_last_seat_goes_to_one_of_twelve_who_ask_at_once(app: Flask, stall: Stall) -> None:
    gate = threading.Barrier(12)

    def ask(number: int) -> bool:
        with app.app_context(), clock.frozen(crewing.NOW):
            closed = newcomer(f"Volunteer{number}")
            gate.wait()
            try:
                do(services.sign_up, stall.lead, closed)
            except Full:
                return False
            finally:
                session.remove()
            return True

    with ThreadPoolExecutor(12) as pool:
        got = list(pool.map(ask, range(12)))
    assert got.count(True) == 1
    assert seats(stall.lead) == 1


def test_one_mailbox_asking_twelve_times_at_once_is_one_person(app: Flask, stall: Stall) -> None:
    gate = threading.Barrier(12)

    def ask(number: int) -> How:
        with app.app_context(), clock.frozen(crewing.NOW):
            closed = newcomer("Mina", email=["mina@example.org", "Mina@Example.org"][number % 2])
            gate.wait()
            try:
                how: How = do(services.sign_up, stall.board, closed).how
                return how
            except Full:  # others of the twelve held both seats for a moment: never kept
                raise AssertionError("one person took two seats") from None
            finally:
                session.remove()

    with ThreadPoolExecutor(12) as pool:
        hows = list(pool.map(ask, range(12)))
    assert sorted(hows) == [*[How.MAILBOX] * 11, How.NEW]
    assert seats(stall.board) == 1


def test_the_database_refuses_a_seat_too_many_whoever_asks_it(stall: Stall) -> None:
    with pytest.raises(IntegrityError):
        do(lambda: session.execute(update(Shift).where(Shift.id == stall.lead).values(taken=2)))
    mina = confirmed(stall.board, "Mina")
    twice = {"shift_id": stall.board, "volunteer_id": whose(mina), "id": uuid4()}
    with pytest.raises(IntegrityError):
        do(lambda: session.execute(db.insert(SignUp).values(state="asked", **twice)))


def test_nobody_is_at_two_shifts_at_once(app: Flask, stall: Stall) -> None:
    near = crewing.stall(app, "hongdae", hours=3)
    later = crewing.stall(app, "gangnam", hours=4)
    mina = whose(confirmed(stall.board, "Mina"))
    for shift in (stall.lead, near.board):
        with pytest.raises(TwoAtOnce):
            do(services.join, shift, mina)
    assert do(services.join, later.board, mina).state == "asked"
    do(services.cancel, queries.sign_ups_of(mina)[1].id, mina)
    do(changing.cancel, stall.event)
    assert do(services.join, near.lead, mina).state == "asked"


def test_one_person_joining_two_shifts_at_once_gets_one(app: Flask, stall: Stall) -> None:
    near = crewing.stall(app, "hongdae", hours=1)
    mina = whose(confirmed(crewing.stall(app, "gangnam", days=7).board, "Mina"))
    gate = threading.Barrier(2)

    def join(shift: int) -> str:
        with app.app_context(), clock.frozen(crewing.NOW):
            gate.wait()
            try:
                do(services.join, shift, mina)
            except TwoAtOnce:
                return "two at once"
            finally:
                session.remove()
            return "joined"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(join, (stall.board, near.board))) == ["joined", "two at once"]


def test_a_number_of_two_volunteers_is_noticed_when_one_says_yes(app: Flask, stall: Stall) -> None:
    near = crewing.stall(app, "hongdae", hours=1)
    confirmed(stall.board, "Mina", phone="010-1234-5678")
    again = asked(near.board, "Minha", phone="+82 10 1234 5678")
    with pytest.raises(TwoAtOnce):
        do(services.confirm, again)
    assert state(again) == "asked"


def test_a_page_sent_twice_makes_one_volunteer(stall: Stall) -> None:
    key = uuid4()
    first = do(services.sign_up, stall.tablet, newcomer("Mina", phone="01012345678", form_key=key))
    again = do(services.sign_up, stall.tablet, newcomer("Mina", phone="01012345678", form_key=key))
    assert (first.how, again.how) == (How.NEW, How.AGAIN)
    assert first.sign_up.id == again.sign_up.id
    assert seats(stall.tablet) == 1


def test_a_known_mailbox_gets_one_mail_a_day_and_whoever_typed_it_learns_nothing(
    stall: Stall,
) -> None:
    confirmed(stall.board, "Mina", email="mina@example.org")

    def jobs() -> int:
        session.rollback()
        rows = select(func.count()).select_from(OutboxRow)
        return session.scalar(rows.where(OutboxRow.topic == seating.TELL)) or 0

    before = jobs()
    for _time in range(3):
        stranger = newcomer("Somebody", email="MINA@example.org")
        answer = do(services.sign_up, stall.tablet, stranger)
        assert (answer.how, answer.sign_up) == (How.MAILBOX, None)
    assert jobs() == before + 1
    assert seats(stall.tablet) == 0
    assert session.get_one(Volunteer, answer.volunteer.id).alias == "Mina"


def test_a_volunteer_takes_back_only_what_is_theirs(stall: Stall) -> None:
    mina, jun = confirmed(stall.board, "Mina"), confirmed(stall.board, "Jun")
    with pytest.raises(NoSuchShift):
        do(services.cancel, jun, whose(mina))
    with pytest.raises(NoSuchShift):
        do(services.offer, jun, whose(mina), offered=True)
    with pytest.raises(NoSuchShift):
        do(services.cancel, uuid4(), whose(mina))
    do(services.cancel, mina, whose(mina))
    do(services.cancel, mina, whose(mina))
    assert (state(mina), state(jun), seats(stall.board)) == ("cancelled", "confirmed", 1)


def test_what_one_offers_another_takes_and_no_third(app: Flask, stall: Stall) -> None:
    mina = confirmed(stall.tablet, "Mina")
    other = crewing.stall(app, "hongdae", days=7)
    takers = [whose(confirmed(other.board, name)) for name in ("Jun", "Sol")]
    with pytest.raises(Changed):
        do(services.take, mina, takers[0])
    do(services.offer, mina, whose(mina), offered=True)
    assert [one.id for one in queries.offered_to(takers[0])] == [mina]
    assert queries.offered_to(whose(mina)) == []
    gate = threading.Barrier(2)

    def take(taker: object) -> str:
        with app.app_context(), clock.frozen(crewing.NOW):
            gate.wait()
            try:
                do(services.take, mina, taker)
            except Changed:
                return "too late"
            finally:
                session.remove()
            return "taken"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(take, takers)) == ["taken", "too late"]
    assert (state(mina), seats(stall.tablet)) == ("swapped", 1)


def test_what_was_offered_and_is_over_is_offered_to_nobody(app: Flask, stall: Stall) -> None:
    mina = confirmed(stall.tablet, "Mina")
    jun = whose(confirmed(crewing.stall(app, "hongdae", days=7).board, "Jun"))
    do(services.offer, mina, whose(mina), offered=True)
    assert [one.id for one in queries.offered_to(jun)] == [mina]
    with clock.frozen(crewing.ENDS):
        assert queries.offered_to(jun) == []
        with pytest.raises(Changed):
            do(services.take, mina, jun)
    do(changing.cancel, stall.event)
    assert queries.offered_to(jun) == []
    with pytest.raises(Changed):
        do(services.take, mina, jun)


def test_a_stranger_with_the_link_of_a_chat_takes_no_seat_from_others(stall: Stall) -> None:
    mina = confirmed(stall.tablet, "Mina")
    do(services.offer, mina, whose(mina), offered=True)
    stranger = whose(asked(stall.board, "Stranger"))
    with pytest.raises(NoSuchShift):
        do(services.take, mina, stranger)
    assert state(mina) == "confirmed"


def test_a_seat_that_is_kept_after_all_cannot_be_taken(app: Flask, stall: Stall) -> None:
    mina = confirmed(stall.tablet, "Mina")
    jun = whose(confirmed(crewing.stall(app, "hongdae", days=7).board, "Jun"))
    for offered in (True, False):
        do(services.offer, mina, whose(mina), offered=offered)
    with pytest.raises(Changed):
        do(services.take, mina, jun)


def test_nobody_signs_up_for_what_is_over_or_called_off(app: Flask, stall: Stall) -> None:
    with clock.frozen(crewing.ENDS), pytest.raises(NotOpen):
        asked(stall.board, "Mina")
    do(changing.cancel, stall.event)
    with pytest.raises(NotOpen):
        asked(stall.board, "Mina")
    with pytest.raises(NoSuchShift):
        asked(999, "Mina")


# On the day


def test_hours_are_confirmed_of_what_has_begun(stall: Stall) -> None:
    mina = confirmed(stall.board, "Mina")
    with pytest.raises(NotYet):
        do(services.confirm_hours, mina, by="Sol")
    with clock.frozen(crewing.STARTS + timedelta(hours=5)):
        do(services.confirm_hours, mina, by="Sol")
        [row] = queries.on_shift(stall.event)
        assert (row.alias, row.came, row.minutes) == ("Mina", True, 240)
        do(services.confirm_hours, mina, 90, by="Sol")
        assert queries.minutes_of(stall.event) == 90
        do(services.mark, mina, came=False, by="Sol")
        [row] = queries.on_shift(stall.event)
        assert (row.came, row.minutes) == (False, None)
        assert queries.minutes_of(stall.event) == 0
        do(services.mark, mina, came=None)
        assert session.get_one(SignUp, mina).came is None


def test_whoever_only_asked_and_came_is_on_the_roster(stall: Stall) -> None:
    mina = asked(stall.board, "Mina")
    with clock.frozen(crewing.STARTS):
        do(services.confirm_hours, mina, 60)
    assert (state(mina), seats(stall.board)) == ("confirmed", 1)


def test_no_more_hours_than_a_day_has_are_kept(stall: Stall) -> None:
    mina = confirmed(stall.board, "Mina")
    with clock.frozen(crewing.STARTS):
        do(services.confirm_hours, mina, 10**9)
        assert queries.minutes_of(stall.event) == 24 * 60


def test_the_lead_hands_over_and_takes_the_others_place(stall: Stall) -> None:
    sol, mina = confirmed(stall.lead, "Sol"), confirmed(stall.board, "Mina")
    do(services.hand_over, stall.event, mina, by="Sol")
    roles = {row.alias: row.role for row in queries.on_shift(stall.event)}
    assert roles == {"Sol": "board", "Mina": "lead"}
    do(services.hand_over, stall.event, mina, by="Sol")
    assert {row.alias: row.role for row in queries.on_shift(stall.event)} == roles
    assert (seats(stall.lead), seats(stall.board)) == (1, 1)
    assert state(sol) == "confirmed"


def test_handing_over_to_two_at_once_leaves_one_lead(app: Flask, stall: Stall) -> None:
    confirmed(stall.lead, "Sol")
    others = [confirmed(stall.board, "Mina"), confirmed(stall.tablet, "Jun")]
    gate = threading.Barrier(2)

    def hand_over(number: object) -> None:
        with app.app_context(), clock.frozen(crewing.NOW):
            gate.wait()
            do(services.hand_over, stall.event, number)
            session.remove()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(hand_over, others))
    assert [seats(shift) for shift in (stall.lead, stall.board, stall.tablet)] == [1, 1, 1]


def test_without_a_lead_somebody_becomes_it(app: Flask, stall: Stall) -> None:
    mina = confirmed(stall.board, "Mina")
    do(services.hand_over, stall.event, mina)
    assert (seats(stall.lead), seats(stall.board)) == (1, 0)
    elsewhere = confirmed(crewing.stall(app, "hongdae", days=7).board, "Jun")
    with pytest.raises(NoSuchShift):
        do(services.hand_over, stall.event, elsewhere)


# When


def own_hours(stall: Stall) -> int:
    plan = ShiftPlan(
        role="board",
        least=1,
        most=2,
        starts_local="2026-11-21T16:00",
        ends_local="2026-11-21T18:00",
    )
    number: int = do(services.add_shift, stall.event, plan).id
    return number


def hours(shift: int) -> tuple[float, float]:
    """Tell when a shift is, in hours after the first beginning of its event."""
    session.rollback()
    at = span(session.get_one(Shift, shift))
    return tuple((moment - crewing.STARTS).total_seconds() / 3600 for moment in at)  # type: ignore[return-value]  # two of them


def test_shifts_go_along_when_their_event_moves(stall: Stall) -> None:
    second = own_hours(stall)
    assert (hours(stall.board), hours(second)) == ((0, 4), (2, 4))
    there = Elsewhere(starts_local="2026-11-28T15:00")
    do(changing.move, stall.event, there)
    assert (hours(stall.board), hours(second)) == ((169, 173), (171, 173))


def test_a_late_beginning_leaves_the_second_shift_alone(stall: Stall) -> None:
    second = own_hours(stall)
    do(changing.late, stall.event, "2026-11-21T15:30")
    assert (hours(stall.board), hours(second)) == ((1.5, 4), (2, 4))
    do(changing.late, stall.event, "2026-11-21T16:30")
    assert (hours(stall.board), hours(second)) == ((2.5, 4), (2.5, 4))


def test_an_early_end_cuts_what_is_left(stall: Stall) -> None:
    second = own_hours(stall)
    with clock.frozen(crewing.STARTS + timedelta(hours=3)):
        do(changing.stop, stall.event)
    assert (hours(stall.board), hours(second)) == ((0, 3), (2, 3))


def test_after_any_history_the_seats_are_those_who_hold_one(app: Flask, stall: Stall) -> None:
    dice = random.Random(4)
    other = crewing.stall(app, "hongdae", hours=2)
    shifts = [stall.lead, stall.board, stall.tablet, other.lead, other.board, other.tablet]
    people = [whose(asked(shift, f"V{shift}")) for shift in shifts]
    for _step in range(120):
        rows = list(session.scalars(select(SignUp.id)))
        one, who, shift = dice.choice(rows), dice.choice(people), dice.choice(shifts)
        owner = session.get_one(SignUp, one).volunteer_id
        deeds: list[Callable[[], object]] = [
            partial(services.join, shift, who),
            partial(services.confirm, one),
            partial(services.decline, one),
            partial(services.cancel, one, owner),
            partial(services.offer, one, owner, offered=True),
            partial(services.take, one, who),
            partial(services.hand_over, dice.choice((stall.event, other.event)), one),
        ]
        try:
            db.transact(dice.choice(deeds))
        except DomainError:
            session.rollback()
    assert [seats(shift) <= session.get_one(Shift, shift).most for shift in shifts] == [True] * 6
