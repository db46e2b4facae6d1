"""Events that somebody has to be asked about."""

from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from campaign_app.audit.models import AuditEntry
from campaign_app.core import clock
from campaign_app.core.db import session, transact
from campaign_app.events import changing, services
from campaign_app.events.facts import EventFacts
from campaign_app.events.models import Event, Location, Series
from campaign_app.permits import queries
from campaign_app.permits import services as permits
from campaign_app.permits.facts import Stands
from campaign_app.permits.models import Permit
from tests import given

NOTICE = "kr-assembly-notice"
STATION = "station-operator"


def station(slug: str = "yongsan-1", **changes: Any) -> Location:
    """Add an exit of Yongsan station."""
    facts: dict[str, Any] = {
        "kind": "station",
        "names": {"ko": "용산역", "en": "Yongsan station", "fr": "Gare de Yongsan"},
        "stations": {"ko": "용산역", "en": "Yongsan"},
        "exit_number": "1",
    }
    return given.location(slug, **(facts | changes))


def event(place: Location, starts: str = "2026-12-12T14:00", **changes: Any) -> Event:
    """Plan four hours at a place."""
    begins = datetime.fromisoformat(starts)
    facts: dict[str, Any] = {
        "location_id": place.id,
        "kind": "street_campaign",
        "titles": {"en": "Saturday at Yongsan", "ko": "용산의 토요일"},
        "starts_local": begins,
        "ends_local": begins + timedelta(hours=4),
    }
    return services.add_event(EventFacts(**(facts | changes)))


def series(place: Location, *days: str) -> list[Event]:
    """Plan a date on several days, all of one series."""
    rule = Series(
        location_id=place.id,
        kind="street_campaign",
        titles={"en": "Saturdays"},
        rule="FREQ=MONTHLY;BYDAY=2SA",
        starts_local=f"{days[0]}T14:00",
        minutes=240,
        zone=place.zone,
        created_at=clock.now(),
    )
    session.add(rule)
    session.flush()
    made = [event(place, f"{day}T14:00") for day in days]
    for one in made:
        one.series_id, one.recurrence_key = rule.id, one.starts_local
    session.flush()
    return made


def planned(app: Flask, **changes: Any) -> int:
    """Plan an event at Yongsan station."""
    with app.app_context():
        return transact(lambda: event(station(), **changes)).id


def asked(event_id: int, *rules: str) -> list[Permit]:
    """Put rules on an event's list."""
    transact(lambda: permits.add(event_id, rules or (NOTICE,)))
    return list(queries.of_event(event_id))


def says(state: str, **changes: str) -> Stands:
    """Say how a permit stands, with all that it takes."""
    facts = {"on": "2026-11-14", "by": "Mina", "reason": "The lawyer says so"}
    if state in {"filed", "granted"}:
        facts = {"on": "2026-11-14", "reference": "2026-77"}
    return Stands(state=state, **(facts | changes))


def stands(permit: Permit, state: str, **changes: str) -> permits.Outcome:
    """Record how a permit stands."""
    return transact(lambda: permits.stand(permit.id, says(state, **changes)))


def confirmed(app: Flask, **changes: Any) -> int:
    """Announce an event whose notice is filed."""
    number = planned(app, **changes)
    with app.app_context():
        stands(asked(number)[0], "filed")
        transact(lambda: changing.confirm(number))
    return number


def gate_of(event_id: int) -> str:
    """Read the gate as it is now."""
    session.rollback()
    return session.scalars(select(Event.permit_gate).where(Event.id == event_id)).one()


def trail(action: str) -> list[AuditEntry]:
    """Read what the trail says of a kind of deed."""
    session.rollback()
    return list(session.scalars(select(AuditEntry).where(AuditEntry.action == action)))
