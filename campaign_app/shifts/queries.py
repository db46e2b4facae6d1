"""What we ask about volunteers, shifts and kit.

For the lead's page there are `on_shift` and `kit_of`: aliases and times, never a way to reach
somebody. What opens a box is in volunteers.py, and only the organisers' pages ask for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final
from uuid import UUID

from sqlalchemy import func, select

from campaign_app.core import clock
from campaign_app.core.db import session
from campaign_app.events.models import CANCELLED as CALLED_OFF
from campaign_app.events.models import DONE, DRAFT, POSTPONED, Event
from campaign_app.shifts.hours import Span, span
from campaign_app.shifts.models import (
    ASKED,
    CONFIRMED,
    LIVE,
    ROLES,
    Crew,
    KitItem,
    Shift,
    SignUp,
    Template,
    Volunteer,
)

#: How far ahead somebody who helps already is shown what else needs hands.
AHEAD: Final = timedelta(days=62)
MOST_SHOWN: Final = 30


@dataclass(frozen=True, slots=True)
class OnShift:
    """One person on a shift as the lead sees them: an alias, no more."""

    sign_up: UUID
    alias: str
    speaks: Sequence[str]
    role: str
    span: Span
    state: str
    came: bool | None
    minutes: int | None
    offered: bool


@dataclass(frozen=True, slots=True)
class Manned:
    """A shift, when it is now, and who is on it."""

    shift: Shift
    span: Span
    people: Sequence[SignUp]

    @property
    def free(self) -> int:
        """Count the seats that are left."""
        return max(self.shift.most - self.shift.taken, 0)

    @property
    def confirmed(self) -> int:
        """Count who is confirmed."""
        return sum(one.state == CONFIRMED for one in self.people)

    @property
    def lacks(self) -> int:
        """Count how many are missing until it is enough."""
        return max(self.shift.least - self.confirmed, 0)


@dataclass(frozen=True, slots=True)
class Known:
    """A volunteer in the overview."""

    volunteer: Volunteer
    next: SignUp | None
    minutes: int
    asks: int


# Of one event


def shift(shift_id: int) -> Shift | None:
    """Find a shift."""
    return session.get(Shift, shift_id)


def sign_up(number: UUID) -> SignUp | None:
    """Find a sign-up."""
    return session.get(SignUp, number)


def manned(event_id: int) -> Sequence[Manned]:
    """List an event's shifts as the day goes, each with those who hold a seat or came."""
    shifts = session.scalars(select(Shift).where(Shift.event_id == event_id)).all()
    query = select(SignUp).join(Shift, Shift.id == SignUp.shift_id)
    there = query.where(Shift.event_id == event_id, SignUp.state.in_(LIVE))
    people: dict[int, list[SignUp]] = {}
    for one in sorted(session.scalars(there), key=_as_read):
        people.setdefault(one.shift_id, []).append(one)
    rows = [Manned(one, span(one), people.get(one.id, [])) for one in shifts]
    return sorted(rows, key=lambda row: (row.span, ROLES.index(row.shift.role), row.shift.id))


def _as_read(one: SignUp) -> tuple[bool, str, UUID]:
    return one.state != CONFIRMED, one.volunteer.alias.casefold(), one.id


def on_shift(event_id: int) -> Sequence[OnShift]:
    """List who comes to an event, by alias: for the lead's page."""
    return [_by_alias(one) for row in manned(event_id) for one in row.people]


def of_event(event_id: int, number: UUID) -> OnShift | None:
    """Find one of them; None if they belong to another event."""
    one = session.get(SignUp, number)
    return _by_alias(one) if one and one.shift.event_id == event_id else None


def _by_alias(one: SignUp) -> OnShift:
    return OnShift(
        sign_up=one.id,
        alias=one.volunteer.alias,
        speaks=one.volunteer.speaks,
        role=one.shift.role,
        span=span(one.shift),
        state=one.state,
        came=one.came,
        minutes=one.minutes,
        offered=one.offered,
    )


def minutes_of(event_id: int) -> int:
    """Sum the hours that were confirmed for an event, in minutes: for its results."""
    query = select(func.coalesce(func.sum(SignUp.minutes), 0))
    query = query.join(Shift, Shift.id == SignUp.shift_id).where(Shift.event_id == event_id)
    return int(session.scalar(query) or 0)


def kit_of(event_id: int) -> Sequence[KitItem]:
    """List what an event needs."""
    query = select(KitItem).where(KitItem.event_id == event_id)
    return session.scalars(query.order_by(KitItem.position, KitItem.id)).all()


def crew(event_id: int) -> Crew | None:
    """Find an event's sign-up link, if it ever had one."""
    return session.get(Crew, event_id)


def worth_helping(event: Event) -> bool:
    """Tell whether an event still needs anybody."""
    return event.state not in {CALLED_OFF, DONE} and event.ends_at > clock.now()


# Of one volunteer


def volunteer(number: UUID) -> Volunteer | None:
    """Find a volunteer."""
    return session.get(Volunteer, number)


def sign_ups_of(volunteer_id: UUID) -> Sequence[SignUp]:
    """List all that somebody signed up for, the first to come first."""
    query = select(SignUp).where(SignUp.volunteer_id == volunteer_id)
    return sorted(session.scalars(query), key=lambda one: (span(one.shift), one.id))


def done_by(volunteer_id: UUID) -> Sequence[SignUp]:
    """List what somebody has confirmed hours for."""
    return [one for one in sign_ups_of(volunteer_id) if one.minutes]


def offered_to(volunteer_id: UUID) -> Sequence[SignUp]:
    """List the seats that others offer, the next first."""
    query = select(SignUp).join(Shift, Shift.id == SignUp.shift_id)
    query = query.join(Event, Event.id == Shift.event_id).where(
        SignUp.offered,
        SignUp.state == CONFIRMED,
        SignUp.volunteer_id != volunteer_id,
        Event.state.not_in((CALLED_OFF, DONE)),
        Event.ends_at > clock.now(),
    )
    coming = [one for one in session.scalars(query) if span(one.shift).ends_at > clock.now()]
    return sorted(coming, key=lambda one: (span(one.shift), one.id))[:MOST_SHOWN]


def open_for(volunteer_id: UUID) -> Sequence[Manned]:
    """List shifts with a free seat that somebody could have, of events with a sign-up link."""
    now = clock.now()
    query = select(Shift).join(Event, Event.id == Shift.event_id)
    query = query.join(Crew, Crew.event_id == Event.id).where(
        Crew.link_hash.is_not(None),
        Event.state.not_in((DRAFT, CALLED_OFF, DONE, POSTPONED)),
        Event.ends_at > now,
        Event.starts_at < now + AHEAD,
        Shift.taken < Shift.most,
    )
    mine = [span(one.shift) for one in sign_ups_of(volunteer_id) if one.state in LIVE]
    found = [Manned(one, span(one), []) for one in session.scalars(query)]
    fits = [row for row in found if not any(row.span.meets(one) for one in mine)]
    fits = [row for row in fits if row.span.ends_at > now]
    return sorted(fits, key=lambda row: (row.span, row.shift.id))[:MOST_SHOWN]


# Of all


def overview() -> Sequence[Known]:
    """List the volunteers, those who come next first."""
    everybody = session.scalars(select(Volunteer)).all()
    done = _minutes()
    coming = _coming()
    rows = [_known(one, coming.get(one.id, []), done.get(one.id, 0)) for one in everybody]
    return sorted(rows, key=_by_next)


def _known(one: Volunteer, coming: Sequence[SignUp], minutes: int) -> Known:
    sure = [each for each in coming if each.state == CONFIRMED]
    return Known(one, next(iter(sure), None), minutes, len(coming) - len(sure))


def _by_next(row: Known) -> tuple[bool, datetime, str, UUID]:
    first = span(row.next.shift).starts_at if row.next else clock.now()
    return row.next is None, first, row.volunteer.alias.casefold(), row.volunteer.id


def _minutes() -> Mapping[UUID, int]:
    query = select(SignUp.volunteer_id, func.sum(SignUp.minutes)).where(SignUp.minutes > 0)
    return {
        number: int(total or 0)
        for number, total in session.execute(query.group_by(SignUp.volunteer_id))
    }


def _coming() -> Mapping[UUID, list[SignUp]]:
    query = select(SignUp).join(Shift, Shift.id == SignUp.shift_id)
    query = query.join(Event, Event.id == Shift.event_id)
    live = query.where(SignUp.state.in_(LIVE), Event.ends_at > clock.now())
    found = sorted(session.scalars(live), key=lambda one: (one.volunteer_id, span(one.shift)))
    return {key: list(group) for key, group in groupby(found, lambda one: one.volunteer_id)}


def asking(event_id: int) -> int:
    """Count who waits for an answer."""
    query = select(func.count()).select_from(SignUp).join(Shift, Shift.id == SignUp.shift_id)
    query = query.where(Shift.event_id == event_id, SignUp.state == ASKED)
    return session.scalar(query) or 0


def with_hours(first: datetime, last: datetime) -> Sequence[SignUp]:
    """List the confirmed hours of events that began between two moments."""
    query = select(SignUp).join(Shift, Shift.id == SignUp.shift_id)
    query = query.join(Event, Event.id == Shift.event_id).where(SignUp.minutes > 0)
    found = session.scalars(query.where(Event.starts_at >= first, Event.starts_at < last))
    return sorted(found, key=lambda one: (span(one.shift), one.volunteer.alias, one.id))


def templates(
    kind: str, campaign_id: int | None = None, *, all_: bool = False
) -> Sequence[Template]:
    """List the templates: those of a campaign and those of all."""
    query = select(Template).where(Template.kind == kind)
    if not all_:
        general = Template.campaign_id.is_(None)
        query = query.where(
            general | (Template.campaign_id == campaign_id) if campaign_id else general
        )
    return session.scalars(query.order_by(Template.name)).all()


def template(number: int) -> Template | None:
    """Find a template."""
    return session.get(Template, number)
