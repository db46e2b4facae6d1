"""What is told and forgotten later: letters to volunteers, reminders, contact data that is old.

Each job may run twice, and a crash may come between any two steps: what was told is written in the
transaction that posts the letter, by an UPDATE that only the first can make.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select, update

from campaign_app.audit.services import JOB, acting
from campaign_app.core import clock, db
from campaign_app.core.db import session
from campaign_app.events import notices
from campaign_app.events import queries as events
from campaign_app.events.changing import CHANGED
from campaign_app.events.models import CONFIRMED as TAKES_PLACE
from campaign_app.events.models import MOVED, Event, EventChange
from campaign_app.outbox import services as outbox
from campaign_app.outbox.services import Letter
from campaign_app.shifts import forgetting, queries, telling
from campaign_app.shifts.hours import span
from campaign_app.shifts.models import CONFIRMED, LIVE, Shift, SignUp
from campaign_app.shifts.seats import TELL

#: A volunteer, and a letter if there is a mailbox to send it to.
Addressed = tuple[UUID, Letter | None]
REMIND: Final = "shifts.remind"
FORGET: Final = "shifts.forget"
#: What happened longer ago than this is no news, as when a server stood still for days.
NEWS_FOR: Final = timedelta(days=2)
#: How long before a shift its reminder is sent.
BEFORE: Final = timedelta(hours=24)


def enter() -> None:
    """Enter the jobs of this room."""
    outbox.on(TELL, tell)
    outbox.on(CHANGED, tell_change)
    outbox.every(minutes=15, name=REMIND)(remind)
    outbox.every(hours=24, name=FORGET)(forget)


def tell(payload: dict[str, Any]) -> None:
    """Write to one volunteer how their sign-up stands, or that it is known already.

    Of a shift that is over by now nobody wants to read that they are on its list.
    """
    if "volunteer" in payload:
        _tell_of_before(UUID(payload["volunteer"]))
        return
    one = queries.sign_up(UUID(payload["sign_up"]))
    if one is None or one.state == one.told_state or one.state not in telling.OF_STATES:
        return
    over = span(one.shift).ends_at <= clock.now()
    letter = None if over else telling.of_state(one)
    db.transact(partial(_post_state, one.id, one.state, letter))


def _tell_of_before(number: UUID) -> None:
    volunteer = queries.volunteer(number)
    letter = telling.of_before(volunteer) if volunteer else None
    if letter is not None:
        db.transact(partial(outbox.post, letter, ref=f"shift-known:{number}"))


def _post_state(number: UUID, state: str, letter: Letter | None) -> None:
    """Post a letter unless it went out or something else is true by now."""
    still = update(SignUp).where(SignUp.id == number, SignUp.state == state)
    if _first(still.where(SignUp.told_state != state).values(told_state=state)):
        _post(letter, f"shift-state:{number}")


def tell_change(payload: dict[str, Any]) -> None:
    """Write the last news of an event to those who come; what waits of older news is taken back."""
    event = events.event(payload["event"])
    change = notices.latest(event) if event else None
    if event is None or change is None or change.at < clock.now() - NEWS_FOR:
        return
    letters = _letters(event, change)
    db.transact(partial(_post_change, event.id, change.sequence, letters))


def _letters(event: Event, change: EventChange) -> Sequence[Addressed]:
    """Write one letter for each person who has not read this; of several shifts the first."""
    query = select(SignUp).join(Shift, Shift.id == SignUp.shift_id)
    query = query.where(Shift.event_id == event.id, SignUp.state.in_(LIVE))
    untold = session.scalars(query.where(SignUp.told_sequence < change.sequence)).all()
    first = {one.volunteer_id: one for one in sorted(untold, key=_latest_first)}
    return [(who, telling.of_change(one, event, change)) for who, one in first.items()]


def _latest_first(one: SignUp) -> tuple[float, UUID]:
    return -span(one.shift).starts_at.timestamp(), one.id


def _post_change(event_id: int, sequence: int, letters: Sequence[Addressed]) -> None:
    here = select(Shift.id).where(Shift.event_id == event_id)
    for volunteer_id, letter in letters:
        mine = update(SignUp).where(
            SignUp.volunteer_id == volunteer_id,
            SignUp.shift_id.in_(here),
            SignUp.told_sequence < sequence,
        )
        if _first(mine.values(told_sequence=sequence)):
            _post(letter, f"shift-change:{event_id}:{volunteer_id}")


def remind() -> None:
    """Write to those whose shift begins within a day, once for each beginning."""
    letters = [(one.id, span(one.shift).starts_at, telling.of_tomorrow(one)) for one in _soon()]
    for number, starts_at, letter in letters:
        db.transact(partial(_post_reminder, number, starts_at, letter))


def _soon() -> Sequence[SignUp]:
    now = clock.now()
    query = select(SignUp).join(Shift, Shift.id == SignUp.shift_id)
    query = query.join(Event, Event.id == Shift.event_id).where(
        SignUp.state == CONFIRMED,
        Event.state.in_((TAKES_PLACE, MOVED)),
        Event.ends_at > now,
        Event.starts_at <= now + BEFORE,
    )
    begins = ((one, span(one.shift).starts_at) for one in session.scalars(query))
    return [one for one, at in begins if now < at <= now + BEFORE and one.reminded_of != at]


def _post_reminder(number: UUID, starts_at: datetime, letter: Letter | None) -> None:
    still = update(SignUp).where(SignUp.id == number, SignUp.state == CONFIRMED)
    new = still.where(SignUp.reminded_of.is_distinct_from(starts_at))
    if _first(new.values(reminded_of=starts_at)):
        _post(letter, f"shift-reminder:{number}")


def _first(statement: Any) -> bool:
    """Tell whether this UPDATE was the one that did it."""
    done = session.execute(statement.execution_options(synchronize_session=False))
    # Several shifts of one person may stand at one event: any of them will do.
    return bool(done.rowcount)  # type: ignore[attr-defined]  # an UPDATE's result has it


def _post(letter: Letter | None, ref: str) -> None:
    outbox.cancel(ref)
    if letter is not None:
        outbox.post(letter, ref=ref)


def forget() -> None:
    """Forget contact data that has been kept long enough."""
    token = acting.set(JOB)
    try:
        while db.transact(forgetting.forget_old) == forgetting.AT_ONCE:
            pass
    finally:
        acting.reset(token)
