"""Where a tablet's signatures count: a code for each petition, never printed, placed as boards are."""

from sqlalchemy import select

from campaign_app.core import clock
from campaign_app.core.db import session
from campaign_app.core.wall_clock import hour_number
from campaign_app.events.models import Event
from campaign_app.kiosk import asking
from campaign_app.kiosk.models import Tablet, TabletCode
from campaign_app.petitions import queries as petitions
from campaign_app.qr import services as codes
from campaign_app.qr.facts import StandsFor
from campaign_app.qr.models import TABLET, Placement


def place(tablet: Tablet) -> None:
    """Let a tablet's codes stand for what its event asks, and for nothing else."""
    asked = asking.of_event(tablet.event_id) if tablet.event_id is not None else []
    own = _codes(tablet.id)
    for petition_id in asked:
        _stand(tablet, petition_id, own.get(petition_id))
    for petition_id, code_id in own.items():
        if petition_id not in asked:
            codes.put_away(code_id)


def place_all(event_id: int) -> None:
    """Do so for all tablets of an event, since what it asks has changed."""
    there = select(Tablet).where(Tablet.event_id == event_id).order_by(Tablet.id)
    for tablet in session.scalars(there.with_for_update(of=Tablet)).all():
        place(tablet)


def _codes(tablet_id: int) -> dict[int, int]:
    query = select(TabletCode.petition_id, TabletCode.code_id)
    rows = session.execute(query.where(TabletCode.tablet_id == tablet_id)).all()
    return dict(rows)


def _stand(tablet: Tablet, petition_id: int, code_id: int | None) -> Placement:
    stands_for = _stands_for(tablet, petition_id, tablet.event_id)
    if code_id is not None:
        return codes.re_point(code_id, stands_for)
    placement = codes.create_code(stands_for, TABLET)
    session.add(TabletCode(tablet_id=tablet.id, petition_id=petition_id, code_id=placement.code_id))
    session.flush()
    return placement


def _stands_for(tablet: Tablet, petition_id: int, event_id: int | None) -> StandsFor:
    return StandsFor(
        target=petitions.TARGET,
        target_id=petition_id,
        event_id=event_id,
        location_id=None,
        board=tablet.name,
        language=tablet.language,
    )


def placement_for(tablet_id: int, petition_id: int, event_id: int, hour: int) -> int:
    """Find where a signature counts that a tablet took at an event in an hour; made if need be."""
    held = select(Tablet).where(Tablet.id == tablet_id).with_for_update(of=Tablet)
    tablet = session.scalars(held).one()
    code_id = _codes(tablet_id).get(petition_id)
    stood = _stood(code_id, event_id) if code_id is not None else []
    if not stood:
        return _late(tablet, petition_id, event_id, code_id).id
    began = [one for one in stood if hour_number(one.starts_at) <= hour]
    return (began[-1] if began else stood[0]).id


def _stood(code_id: int, event_id: int) -> list[Placement]:
    query = select(Placement).where(Placement.code_id == code_id, Placement.event_id == event_id)
    return list(session.scalars(query.order_by(Placement.starts_at, Placement.id)))


def _late(tablet: Tablet, petition_id: int, event_id: int, code_id: int | None) -> Placement:
    """Place what nobody placed: a petition that the event asks no more, when a tablet delivers late."""
    if tablet.event_id == event_id and petition_id in asking.of_event(event_id):
        return _stand(tablet, petition_id, code_id)
    event = session.get_one(Event, event_id)
    if code_id is None:
        placement = codes.create_code(_stands_for(tablet, petition_id, event_id), TABLET)
        row = TabletCode(tablet_id=tablet.id, petition_id=petition_id, code_id=placement.code_id)
        session.add(row)
    else:
        placement = _ended(tablet, petition_id, event, code_id)
    placement.starts_at = min(event.starts_at, clock.now())
    placement.ends_at = max(placement.starts_at, min(event.ends_at, clock.now()))
    session.flush()
    return placement


def _ended(tablet: Tablet, petition_id: int, event: Event, code_id: int) -> Placement:
    said = _stands_for(tablet, petition_id, event.id)
    placement = Placement(
        code_id=code_id,
        kind=TABLET,
        target=said.target,
        target_id=petition_id,
        event_id=event.id,
        location_id=event.location_id,
        board=said.board,
        language=said.language,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
    )
    session.add(placement)
    return placement
