"""Boxes go to a stall sealed and empty, and come back sealed: each step is a line of the log."""

from dataclasses import dataclass

from sqlalchemy import select

from campaign_app.audit.services import acting, record
from campaign_app.cash import states
from campaign_app.cash.models import BoxOpening, CashBox
from campaign_app.cash.wrong import InUse, NobodyReceives, NoSuchOpening, NotNow
from campaign_app.core import clock
from campaign_app.core.db import insert, session
from campaign_app.events.models import Event
from campaign_app.payments import ways
from campaign_app.payments.opening import till
from campaign_app.payments.ways import Entity


def add(number: str, label: str) -> CashBox:
    """Write a box down; the same number is the same box."""
    row = insert(CashBox).values(number=number, label=label, created_at=clock.now())
    added = session.scalar(
        row.on_conflict_do_nothing(index_elements=["number"]).returning(CashBox.id)
    )
    if added is None:
        raise InUse
    record("cash.box_added", f"cash_box:{number}")
    return session.get_one(CashBox, added)


def rest(box_id: int, *, rests: bool) -> None:
    """Take an empty box out of service, or into service again."""
    box = _held_box(box_id)
    if rests and _in_use(box_id):
        raise InUse
    box.rests_at = clock.now() if rests else None
    record("cash.box_rests" if rests else "cash.box_taken_up", f"cash_box:{box.number}")


def open_at(event_id: int, box_id: int, seal: str) -> BoxOpening:
    """Put a box at a stall: it was shown to be empty, and this seal is on it."""
    box, event = _held_box(box_id), session.get(Event, event_id)
    if event is None:
        raise NoSuchOpening
    if box.rests_at is not None or _in_use(box_id):
        raise InUse
    opening = BoxOpening(
        box_id=box.id,
        event_id=event_id,
        state=states.OPEN,
        book=till().book,
        entity=receiver(event).key,
        opened_at=clock.hour_of(clock.now()),
        opened_by=acting.get().name,
        opening_seal=seal,
    )
    session.add(opening)
    session.flush()
    record("cash.box_opened", f"cash_box:{box.number}", event=event_id)
    return opening


def receiver(event: Event) -> Entity:
    """Tell which legal body takes what is given at an event: that of the country, else the first."""
    found = ways.of_the_app().entities
    key = receiver_of(event)
    if key is None:
        raise NobodyReceives
    return found[key]


def receiver_of(event: Event) -> str | None:
    """Name that body by its key; none where the settings name no body at all."""
    found = list(ways.of_the_app().entities.values())
    here = [one for one in found if one.country == event.location.country]
    return (here or found)[0].key if found else None


@dataclass(frozen=True, slots=True)
class Closing:
    """What is said when a box leaves the stall."""

    seal: str
    #: How many wanted no receipt.
    declined: int


def close(opening_id: int, said: Closing) -> None:
    """Seal a box again and take it away."""
    opening = held(opening_id)
    if opening.state != states.OPEN:
        raise NotNow
    opening.state = states.CLOSED
    opening.closed_at = clock.hour_of(clock.now())
    opening.closed_by = acting.get().name
    opening.closing_seal, opening.declined = said.seal, said.declined
    record("cash.box_closed", f"cash_box:{opening.box.number}", event=opening.event_id)


def held(opening_id: int) -> BoxOpening:
    """Find an opening and keep everybody else from changing it until this transaction ends."""
    query = select(BoxOpening).where(BoxOpening.id == opening_id)
    locked = query.with_for_update(of=BoxOpening).execution_options(populate_existing=True)
    found = session.scalar(locked)
    if found is None:
        raise NoSuchOpening
    return found


def _held_box(box_id: int) -> CashBox:
    found = session.get(CashBox, box_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NoSuchOpening
    return found


def _in_use(box_id: int) -> bool:
    query = select(BoxOpening.id).where(
        BoxOpening.box_id == box_id, BoxOpening.counted_at.is_(None)
    )
    return session.scalar(query) is not None
