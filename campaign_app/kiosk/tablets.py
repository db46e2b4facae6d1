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
from campaign_app.kiosk import asking, enrolling, keys, standing, states
from campaign_app.kiosk.models import Tablet

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
        _prepare(event_id)
    if tablet.event_id == event_id and tablet.state != states.DRAIN_ONLY:
        standing.place(tablet)
        return tablet
    tablet.event_id = event_id
    if event_id is not None and tablet.state == states.DRAIN_ONLY:
        _into(tablet, states.ACTIVE)
    session.flush()
    session.refresh(tablet, ["event"])
    standing.place(tablet)
    record("tablet.assigned", f"tablet:{tablet_id}", event=event_id)
    return tablet


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
    """Let a tablet that is lost or out of service be enrolled by no code."""
    enrolling.drop_codes(tablet.id)


def held(tablet_id: int) -> Tablet:
    """Hold a tablet, so that two deeds come one after the other."""
    query = select(Tablet).where(Tablet.id == tablet_id).with_for_update(of=Tablet)
    tablet = session.scalar(query.execution_options(populate_existing=True))
    if tablet is None:
        raise NoSuchTablet
    return tablet
