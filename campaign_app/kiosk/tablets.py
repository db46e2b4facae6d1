"""What happens to tablets: they are made, sent to an event, named, lost, found, put out of service."""

from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import select

from campaign_app.audit.services import record
from campaign_app.core import clock
from campaign_app.core.db import session
from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _l
from campaign_app.core.pins import OfflinePin
from campaign_app.events.changing import NoSuchEvent
from campaign_app.events.models import Event
from campaign_app.kiosk import asking, enrolling, expecting, keys, standing, states
from campaign_app.kiosk.models import Tablet
from campaign_app.petitions import stall_code

#: What the trail says of a tablet that comes into a state.
DEEDS: Final = {
    states.ACTIVE: "tablet.taken_up",
    states.DRAIN_ONLY: "tablet.drained",
    states.LOST: "tablet.lost",
    states.CLOSED: "tablet.closed",
}


class NoSuchTablet(DomainError):
    """The tablet is not there."""

    status = 404
    text = _l("There is no such tablet.")


class OutOfService(DomainError):
    """A lost or closed tablet is sent nowhere."""

    text = _l("This tablet is lost or closed. Let it collect again first.")


class NothingToSign(DomainError):
    """An event at which nothing is asked."""

    text = _l("This event asks nothing to sign yet. Choose its petitions first.")


@dataclass(frozen=True, slots=True, kw_only=True)
class New:
    """A tablet to be made."""

    name: str
    language: str
    pin: OfflinePin = field(repr=False)
    event_id: int | None = None


def create(new: New) -> Tablet:
    """Make a tablet; it collects once it is enrolled."""
    tablet = Tablet(
        name=new.name, language=new.language, pin_salt=new.pin.salt, pin_hash=new.pin.hash
    )
    session.add(tablet)
    session.flush()
    record("tablet.added", f"tablet:{tablet.id}", name=new.name)
    if new.event_id is not None:
        assign(tablet.id, new.event_id)
    return tablet


def assign(tablet_id: int, event_id: int | None) -> Tablet:
    """Send a tablet to an event, or let it rest: it hears of it when it next has a network."""
    tablet = held(tablet_id)
    if event_id is not None:
        _refuse_out_of_service(tablet)
        _prepare(event_id)
    _send(tablet, event_id)
    standing.place(tablet)
    return tablet


def _refuse_out_of_service(tablet: Tablet) -> None:
    if tablet.state in (states.LOST, states.CLOSED):
        raise OutOfService


def _send(tablet: Tablet, event_id: int | None) -> None:
    """Let it collect there; one that only delivered what it held collects again."""
    if tablet.event_id == event_id:
        return
    tablet.event_id = event_id
    if event_id is not None and tablet.state == states.DRAIN_ONLY:
        _into(tablet, states.ACTIVE)
    session.flush()
    session.refresh(tablet, ["event"])
    expecting.note_all(tablet)
    record("tablet.assigned", f"tablet:{tablet.id}", event=event_id)


def _prepare(event_id: int) -> None:
    """Give the event its key before a tablet asks for it."""
    if session.get(Event, event_id) is None:
        raise NoSuchEvent
    if not asking.of_event(event_id):
        raise NothingToSign
    keys.of_event(event_id)


def choose_petitions(event_id: int, petition_ids: list[int]) -> None:
    """Set what the tablets of an event ask; those that are there count for it from now on."""
    asking.choose(event_id, petition_ids)
    standing.place_all(event_id)


def rename(tablet_id: int, name: str, language: str) -> None:
    """Call a tablet otherwise from now on, and let its first page speak a language."""
    tablet = held(tablet_id)
    if (tablet.name, tablet.language) == (name, language):
        return
    tablet.name, tablet.language = name, language
    standing.place(tablet)
    record("tablet.renamed", f"tablet:{tablet_id}", name=name, language=language)


def set_pin(tablet_id: int, pin: OfflinePin) -> None:
    """Give a tablet another PIN; it has it with its next pack."""
    tablet = held(tablet_id)
    tablet.pin_salt, tablet.pin_hash = pin.salt, pin.hash
    record("tablet.pin_set", f"tablet:{tablet_id}")


def put_into(tablet_id: int, state: str) -> Tablet:
    """Bring a tablet into a state: collecting, only delivering, lost, out of service."""
    tablet = held(tablet_id)
    if tablet.state != state:
        _into(tablet, state)
        if state in (states.LOST, states.CLOSED):
            _let_go(tablet)
        record(DEEDS[state], f"tablet:{tablet_id}", event=tablet.event_id)
    return tablet


def _into(tablet: Tablet, state: str) -> None:
    tablet.state, tablet.state_changed_at = state, clock.now()


def _let_go(tablet: Tablet) -> None:
    """Let nobody collect with it: no code enrols it, and if it is found it is enrolled anew.

    Whoever has a lost one sees the event's stall codes; the event gets others.
    """
    enrolling.drop_codes(tablet.id)
    enrolling.end_installs(tablet.id)
    if tablet.state == states.LOST and tablet.event_id is not None:
        stall_code.rotate(tablet.event_id)


def held(tablet_id: int) -> Tablet:
    """Hold a tablet, so that two deeds come one after the other."""
    query = select(Tablet).where(Tablet.id == tablet_id).with_for_update(of=Tablet)
    tablet = session.scalar(query.execution_options(populate_existing=True))
    if tablet is None:
        raise NoSuchTablet
    return tablet
