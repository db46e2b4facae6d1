"""What happens to an event: each step counts once, is written down whole, and keeps what was said."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import Any, Final

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from campaign_app.audit.models import AuditEntry
from campaign_app.core import clock
from campaign_app.core.db import session, transact
from campaign_app.core.errors import DomainError
from campaign_app.events import changing, services
from campaign_app.events.changing import Elsewhere, NotNow, PermitsMissing, Said
from campaign_app.events.facts import EventFacts
from campaign_app.events.models import GATES, Event, EventChange, Location
from campaign_app.outbox.models import OutboxRow
from tests.concurrency.test_races import all_at_once
from tests.events.planned import SATURDAY, changes_of, exit_of, gated, nations, stall

DURING: Final = SATURDAY + timedelta(hours=5)
AFTER: Final = SATURDAY + timedelta(hours=9)
Step = Callable[[int], Event]


@pytest.fixture(autouse=True)
def inside(app: Flask) -> Iterator[None]:
    with app.app_context(), clock.frozen(SATURDAY):
        yield


@pytest.fixture
def exit_1() -> Location:
    return exit_of("1")


@pytest.fixture
def announced(exit_1: Location) -> Event:
    made = stall(exit_1)
    gated(made)
    return done(made, changing.confirm)


def done(event: Event, step: Callable[..., Event], *more: Any) -> Event:
    return transact(lambda: step(event.id, *more))


def found(event: Event) -> Event:
    session.rollback()
    session.expire_all()
    return session.get_one(Event, event.id)


def jobs() -> int:
    session.rollback()
    return len(session.scalars(select(OutboxRow).where(OutboxRow.topic == changing.CHANGED)).all())


def test_a_draft_whose_permits_wait_is_not_announced(exit_1: Location) -> None:
    draft = stall(exit_1)
    with pytest.raises(PermitsMissing) as refused:
        done(draft, changing.confirm)
    assert "permits" in str(refused.value.shown)
    assert (found(draft).state, changes_of(draft), jobs()) == ("draft", [], 0)


def test_the_database_itself_keeps_the_gate_shut(exit_1: Location) -> None:
    draft = stall(exit_1)
    forced = update(Event).where(Event.id == draft.id).values(state="confirmed")
    with pytest.raises(IntegrityError):
        transact(lambda: session.execute(forced))
    assert found(draft).state == "draft"


@pytest.mark.parametrize("gate", [gate for gate in GATES if gate != "waiting"])
def test_any_word_on_the_permits_opens_the_gate(exit_1: Location, gate: str) -> None:
    draft = stall(exit_1)
    gated(draft, gate)
    assert done(draft, changing.confirm).state == "confirmed"


def test_a_step_is_told_everywhere_at_once_and_once(announced: Event) -> None:
    why = Said(reason="rain", words={"en": "Stay dry."}, alias="Jun")
    for _again in range(3):
        done(announced, changing.postpone, why)
    event, [confirmed, postponed] = found(announced), changes_of(announced)
    assert (event.sequence, event.state, event.changed_at) == (2, "postponed", SATURDAY)
    assert (confirmed.sequence, confirmed.kind) == (1, "confirmed")
    assert (postponed.sequence, postponed.kind) == (2, "postponed")
    assert (postponed.before["state"], postponed.after["state"]) == ("confirmed", "postponed")
    assert (postponed.reason, postponed.alias) == ("rain", "Jun")
    assert jobs() == 2
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert (entry.action, entry.detail) == ("event.postponed", {"by": "Jun", "reason": "rain"})


def test_what_was_announced_first_stays_known_over_every_move(announced: Event) -> None:
    first = announced.starts_at
    for number in ("8", "3"):
        done(announced, changing.move, Elsewhere(location_id=exit_of(number).id))
    done(announced, changing.move, Elsewhere(starts_local="2026-11-14T15:00"))
    event = found(announced)
    assert event.previous_location is not None
    assert (event.previous_location.exit_number, event.location.exit_number) == ("1", "3")
    assert (event.previous_starts_at, event.starts_at) == (first, first + timedelta(hours=1))
    assert event.ends_at - event.starts_at == timedelta(hours=4)
    assert (event.state, event.sequence) == ("moved", 4)


def test_a_draft_moves_without_a_word_to_anybody(exit_1: Location) -> None:
    draft = stall(exit_1)
    done(draft, changing.move, Elsewhere(location_id=exit_of("8").id))
    event = found(draft)
    assert (event.state, event.previous_location_id) == ("draft", None)


def test_a_move_to_where_it_is_changes_nothing(announced: Event) -> None:
    done(announced, changing.move, Elsewhere(location_id=announced.location_id))
    assert (found(announced).state, found(announced).sequence) == ("confirmed", 1)


def test_a_move_over_zones_keeps_the_local_hour(announced: Event) -> None:
    done(announced, changing.move, Elsewhere(location_id=nations().id))
    event = found(announced)
    assert (event.starts_local, event.zone) == ("2026-11-14T14:00", "Europe/Zurich")
    assert event.starts_at == datetime(2026, 11, 14, 13, tzinfo=UTC)


def test_cancelled_takes_place_after_all_as_it_stood(announced: Event) -> None:
    done(announced, changing.cancel)
    assert done(announced, changing.resume).state == "confirmed"
    done(announced, changing.move, Elsewhere(location_id=exit_of("8").id))
    done(announced, changing.cancel)
    assert done(announced, changing.resume).state == "moved"
    assert [one.kind for one in changes_of(announced)] == [
        "confirmed", "cancelled", "resumed", "moved", "cancelled", "resumed",
    ]  # fmt: skip


def test_permits_taken_back_do_not_keep_what_happens_from_being_said(announced: Event) -> None:
    done(announced, changing.postpone)
    gated(announced, "waiting")
    with pytest.raises(PermitsMissing):
        done(announced, changing.confirm)
    assert done(announced, changing.resume).state == "moved"
    assert done(announced, changing.cancel).state == "cancelled"


def test_late_begins_later_and_ends_as_announced(announced: Event) -> None:
    event = done(announced, changing.late, "2026-11-14T14:45")
    assert (event.starts_local, event.ends_local) == ("2026-11-14T14:45", "2026-11-14T18:00")
    assert (event.state, event.sequence) == ("confirmed", 2)
    assert event.previous_starts_at == datetime(2026, 11, 14, 5, tzinfo=UTC)
    with pytest.raises(changing.NotLater):
        done(announced, changing.late, "2026-11-14T14:30")
    with pytest.raises(changing.EndsBeforeStart):
        done(announced, changing.late, "2026-11-14T18:00")


def test_an_event_is_stopped_while_it_runs_and_ends_then(announced: Event) -> None:
    with pytest.raises(NotNow):
        done(announced, changing.stop)
    with clock.frozen(DURING):
        event = done(announced, changing.stop, Said(reason="police"))
    assert (event.state, event.ends_local) == ("done", "2026-11-14T15:30")
    with clock.frozen(AFTER):
        assert done(announced, changing.resume).state == "confirmed"
        assert done(announced, changing.stop).ends_local == "2026-11-14T15:30"


def test_a_zone_put_right_keeps_the_hour_and_says_so(announced: Event) -> None:
    event = done(announced, changing.follow, "Europe/Zurich")
    assert (event.starts_local, event.sequence) == ("2026-11-14T14:00", 2)
    assert event.starts_at == datetime(2026, 11, 14, 13, tzinfo=UTC)


REFUSED: Final = {
    "draft": {"postpone", "cancel", "resume", "finish", "stop", "late"},
    "confirmed": {"resume", "stop"},
    "moved": {"resume", "stop"},
    "postponed": {"finish", "stop", "late"},
    "cancelled": {"confirm", "postpone", "finish", "stop", "late", "move"},
    "done": {"confirm", "postpone", "cancel", "stop", "late", "move"},
}
STEPS: Final[dict[str, Step]] = {
    "confirm": changing.confirm,
    "postpone": changing.postpone,
    "cancel": changing.cancel,
    "resume": changing.resume,
    "finish": changing.finish,
    "stop": changing.stop,
    "late": lambda row: changing.late(row, "2026-11-14T15:00"),
    "move": lambda row: changing.move(row, Elsewhere(starts_local="2026-11-15T14:00")),
}


@pytest.mark.parametrize("state", REFUSED)
def test_from_each_state_lead_the_steps_that_make_sense(exit_1: Location, state: str) -> None:
    refused = set()
    for name, step in STEPS.items():
        event = stall(exit_1)
        values = {"state": state, "permit_gate": "granted"}
        forced = update(Event).where(Event.id == event.id).values(**values)
        transact(partial(session.execute, forced))
        try:
            done(event, step)
        except NotNow:
            refused.add(name)
            assert changes_of(event) == []
    assert refused == REFUSED[state]


def test_nobody_changes_an_event_that_is_not_there() -> None:
    for step in STEPS.values():
        with pytest.raises(changing.NoSuchEvent):
            transact(lambda: step(999))  # noqa: B023 -- runs at once
    with pytest.raises(changing.NoSuchPlace):
        done(stall(exit_of("1")), changing.move, Elsewhere(location_id=999))


def test_a_crash_between_leaves_nothing(announced: Event) -> None:
    def crash() -> None:
        changing.cancel(announced.id)
        raise KeyError

    with pytest.raises(KeyError):
        transact(crash)
    assert (found(announced).state, found(announced).sequence, jobs()) == ("confirmed", 1, 1)
    assert len(changes_of(announced)) == 1
    assert session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()[-1] == (
        "event.confirmed"
    )


def test_many_people_at_once_take_turns(app: Flask, announced: Event) -> None:
    steps: list[Step] = [changing.cancel, changing.resume, changing.postpone, STEPS["move"]]

    def act(number: int) -> int:
        with app.app_context(), clock.frozen(SATURDAY):
            try:
                transact(lambda: steps[number % 4](announced.id))
            except DomainError:
                return 0
            return 1

    session.rollback()
    assert sum(all_at_once(act, 12)) >= 2
    told = changes_of(announced)
    assert [one.sequence for one in told] == list(range(1, len(told) + 1))
    for one, following in pairwise(told):
        assert following.before == one.after
    event = found(announced)
    assert (event.sequence, event.state) == (len(told), told[-1].after["state"])
    assert jobs() == len(told)


@pytest.mark.parametrize(("fold", "hour"), [(0, 0), (1, 1)])
def test_of_an_hour_shown_twice_the_chosen_one_is_kept(fold: int, hour: int) -> None:
    square = nations()
    night = stall(square, "2026-10-25T02:30", "2026-10-25T05:00", starts_fold=fold)
    assert night.starts_at == datetime(2026, 10, 25, hour, 30, tzinfo=UTC)
    elsewhere = nations(names={"fr": "Plainpalais"})
    moved = done(night, changing.move, Elsewhere(location_id=elsewhere.id))
    assert moved.starts_at == datetime(2026, 10, 25, hour, 30, tzinfo=UTC)
    facts = EventFacts(
        location_id=elsewhere.id,
        kind="street_campaign",
        titles={"en": "Night"},
        starts_local="2026-10-25T02:30",
        ends_local="2026-10-25T05:00",
        starts_fold=1 - fold,
    )
    other = transact(lambda: services.change_event(night.id, facts))
    assert other.starts_at == datetime(2026, 10, 25, 1 - hour, 30, tzinfo=UTC)


def test_what_happened_is_never_written_over(announced: Event) -> None:
    done(announced, changing.cancel)
    twice = EventChange(
        event_id=announced.id, sequence=2, at=SATURDAY, kind="moved", before={}, after={}
    )
    with pytest.raises(IntegrityError):
        transact(lambda: session.add(twice))
