"""What the organisers' first pages ask; everything here only reads."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import select

from campaign_app.audit import queries as audit
from campaign_app.boards.models import Board
from campaign_app.core import clock
from campaign_app.core.db import session
from campaign_app.core.wall_clock import today_in
from campaign_app.events.models import Event, Location
from campaign_app.outbox import queries as outbox
from campaign_app.permits import queries as permits
from campaign_app.petitions import backing_up, forgetting, states
from campaign_app.petitions import queries as petitions
from campaign_app.petitions.forgetting import Ahead
from campaign_app.petitions.models import Petition, PetitionText
from campaign_app.qr.models import Placement

#: The recount is a nightly one, and notes a difference again as long as there is one.
A_NIGHT: Final = timedelta(hours=30)
NEXT_EVENTS: Final = 6
#: No event lasts longer, so an index finds those of today.
LONGEST_EVENT: Final = timedelta(days=3)


def open_petitions() -> Sequence[Petition]:
    """List the petitions that can be signed now, the one opened last first."""
    query = select(Petition).where(Petition.state == states.OPEN)
    return session.scalars(query.order_by(Petition.opens_at.desc(), Petition.id.desc())).all()


def any_petition() -> bool:
    """Tell whether somebody has begun a petition at all."""
    return session.scalar(select(Petition.id).limit(1)) is not None


def events_of_today_and_next() -> tuple[list[Event], list[Event]]:
    """List the events of this day on their own clocks, and the few that come after them."""
    since = clock.now() - LONGEST_EVENT
    query = select(Event).where(Event.starts_at > since).order_by(Event.starts_at, Event.id)
    found = session.scalars(query.limit(200)).all()
    today = [event for event in found if _is_today(event)]
    later = [event for event in found if event.starts_at > clock.now() and event not in today]
    return today, later[:NEXT_EVENTS]


def _is_today(event: Event) -> bool:
    """Compare days as the clock at the place shows them."""
    today = today_in(event.zone).isoformat()
    return event.starts_local[:10] <= today <= event.ends_local[:10]


def boards_at(events: Iterable[Event]) -> Sequence[Placement]:
    """List what stands or stood at some events."""
    ids = [event.id for event in events]
    here = select(Placement).where(
        Placement.event_id.in_(ids), Placement.target == petitions.TARGET
    )
    return session.scalars(here.order_by(Placement.board, Placement.id)).all() if ids else []


# What is wrong


@dataclass(frozen=True, slots=True)
class Troubles:
    """What an organiser must know before anything else; mostly nothing.

    That mail waits stands on every page already (see outbox.console.warnings).
    """

    keys: int
    failed_jobs: int
    troubled_jobs: int
    #: Petitions whose tally the last recount did not agree with.
    differing: frozenset[int]
    #: Names that will be deleted within 14 days.
    ahead: Sequence[Ahead]
    #: No backup for 8 days, in production; and whether there ever was one.
    backup_overdue: bool
    backed_up: bool
    #: Permits that should have been filed already.
    permits_overdue: int


def troubles() -> Troubles:
    """Look at keys, jobs and the last recount."""
    return Troubles(
        keys=petitions.keys_in_use(),
        failed_jobs=len(outbox.failed_jobs()),
        troubled_jobs=len(outbox.troubled_repeats()),
        differing=_differing(),
        ahead=forgetting.ahead(clock.today()),
        backup_overdue=backing_up.is_overdue(),
        backed_up=backing_up.last() is not None,
        permits_overdue=permits.overdue(),
    )


def _differing() -> frozenset[int]:
    since = clock.now() - A_NIGHT
    found = [entry for entry in audit.entries(action="tally.differs") if entry.at > since]
    numbers = [entry.subject.partition(":")[2] for entry in found]
    return frozenset(int(number) for number in numbers if number.isdigit())


# What can be found by name


@dataclass(frozen=True, slots=True)
class Named:
    """Something with names in several languages."""

    id: int
    names: Collection[str]
    subject: Any


def named_petitions() -> list[Named]:
    """List petitions with all titles they have or had, and their addresses."""
    titles = select(PetitionText.petition_id, PetitionText.title).order_by(PetitionText.id)
    by_petition: dict[int, set[str]] = {}
    for petition_id, title in session.execute(titles):
        by_petition.setdefault(petition_id, set()).add(title)
    return [
        Named(petition.id, {petition.slug, *by_petition.get(petition.id, ())}, petition)
        for petition in petitions.every()
    ]


def named_places() -> list[Named]:
    """List places with their names and cities."""
    places = session.scalars(select(Location).order_by(Location.id)).all()
    return [Named(place.id, {place.slug, *_where(place)}, place) for place in places]


def named_events() -> list[Named]:
    """List events with their titles, places and cities, the last first."""
    events = session.scalars(select(Event).order_by(Event.starts_at.desc(), Event.id.desc())).all()
    return [
        Named(event.id, {*event.titles.values(), *_where(event.location)}, event)
        for event in events
    ]


def named_boards() -> list[Named]:
    """List the information boards with their titles, those at rest, too."""
    boards = session.scalars(select(Board).order_by(Board.id)).all()
    return [Named(board.id, set(board.titles.values()), board) for board in boards]


def _where(place: Location) -> list[str]:
    return [*place.names.values(), *place.cities.values(), *place.stations.values()]
