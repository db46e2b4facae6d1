"""An event at Sinchon with three shifts, and people who want to come."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import func, select

from campaign_app.core import db
from campaign_app.core.db import session
from campaign_app.events import changing
from campaign_app.events import services as events
from campaign_app.events.facts import EventFacts
from campaign_app.events.models import NOT_NEEDED, Event
from campaign_app.shifts import services, volunteers
from campaign_app.shifts.models import LIVE, Shift, SignUp, Volunteer
from campaign_app.shifts.services import ShiftPlan
from campaign_app.shifts.volunteers import Contact, Newcomer
from tests import given

#: A Saturday at noon in Seoul, a week before the event.
NOW: Final = datetime(2026, 11, 14, 3, tzinfo=UTC)
STARTS: Final = datetime(2026, 11, 21, 5, tzinfo=UTC)
ENDS: Final = STARTS + timedelta(hours=4)
TITLES: Final = {"ko": "토요일 연세대", "en": "Saturday at Yonsei", "fr": "Samedi à Yonsei"}


@dataclass
class Stall:
    """What a test may want to name."""

    event: int
    letters: str
    #: Letters of the sign-up link.
    link: str
    lead: int
    board: int
    tablet: int


def event(slug: str = "sinchon", *, days: int = 0, hours: int = 0) -> Event:
    """Announce an event of four hours."""
    where = given.location(slug)
    starts = datetime(2026, 11, 21, 14) + timedelta(days=days, hours=hours)  # noqa: DTZ001 -- local
    facts = EventFacts(
        location_id=where.id,
        kind="street_campaign",
        titles=TITLES,
        starts_local=starts.isoformat(timespec="minutes"),
        ends_local=(starts + timedelta(hours=4)).isoformat(timespec="minutes"),
    )
    made = events.add_event(facts)
    made.permit_gate = NOT_NEEDED
    session.flush()
    return changing.confirm(made.id)


def stall(app: Flask, slug: str = "sinchon", *, days: int = 0, hours: int = 0) -> Stall:
    """Build an announced event with a lead, two at the board and one at the tablet."""
    with app.app_context():
        return db.transact(lambda: _stall(event(slug, days=days, hours=hours)))


def _stall(made: Event) -> Stall:
    plans = [ShiftPlan(role="lead", least=1, most=1), ShiftPlan(role="board", least=1, most=2)]
    plans.append(ShiftPlan(role="tablet", least=1, most=1))
    lead, board, tablet = (services.add_shift(made.id, plan).id for plan in plans)
    link = services.open_link(made.id)
    return Stall(made.id, made.letters, link, lead, board, tablet)


def newcomer(alias: str, **said: object) -> volunteers.Closed:
    """Close what somebody says of themselves."""
    contact = {name: str(said.pop(name)) for name in ("email", "phone") if name in said}
    if not contact:
        contact = {"email": f"{alias.lower()}@example.org"}
    facts: dict[str, object] = {"language": "en", "speaks": ["en"], "form_key": uuid4()}
    facts |= said
    return volunteers.close(Newcomer(alias=alias, contact=Contact(**contact), **facts))  # type: ignore[arg-type]  # written by the tests


def asked(shift: int, alias: str, **said: object) -> UUID:
    """Let somebody ask for a seat."""
    closed = newcomer(alias, **said)
    welcome = db.transact(lambda: services.sign_up(shift, closed))
    assert welcome.sign_up is not None
    return welcome.sign_up.id


def confirmed(shift: int, alias: str, **said: object) -> UUID:
    """Let somebody ask, and say yes."""
    number = asked(shift, alias, **said)
    db.transact(lambda: services.confirm(number))
    return number


def whose(number: UUID) -> UUID:
    """Tell whose sign-up it is."""
    return session.get_one(SignUp, number).volunteer_id


def token(number: UUID) -> str:
    """Open the personal link of who signed up."""
    return volunteers.token_of(session.get_one(Volunteer, whose(number)))


def seats(shift: int) -> int:
    """Read how many seats are taken; the counter must agree with the rows."""
    session.rollback()
    rows = select(func.count()).select_from(SignUp)
    counted = session.scalar(rows.where(SignUp.shift_id == shift, SignUp.state.in_(LIVE)))
    taken = session.get_one(Shift, shift).taken
    assert taken == counted
    return taken


def state(number: UUID) -> str:
    """Read where a sign-up stands."""
    session.rollback()
    return session.get_one(SignUp, number).state
