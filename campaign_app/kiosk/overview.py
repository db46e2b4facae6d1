"""How tablets are: what they collected, what is safe, what they still hold, when they were last heard."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from campaign_app.core import clock
from campaign_app.core.db import session
from campaign_app.kiosk import gaps, states
from campaign_app.kiosk.gaps import Gap
from campaign_app.kiosk.models import Install, Tablet

#: A clock that is further off is named; the tablet corrects it, people should set it.
CLOCK_OFF: Final = 120
#: At a stall a tablet that was silent for so long is looked after.
SILENT: Final = timedelta(minutes=30)
LOW: Final = 20


@dataclass(frozen=True, slots=True)
class Numbers:
    """What a tablet says it took at its event, and what of it came."""

    collected: int = 0
    safe: int = 0
    held: int = 0
    #: Neither came nor is on the tablet.
    missing: int = 0

    def __add__(self, other: "Numbers") -> "Numbers":
        """Add the installs of one tablet up."""
        return Numbers(
            self.collected + other.collected,
            self.safe + other.safe,
            self.held + other.held,
            self.missing + other.missing,
        )


@dataclass(frozen=True, slots=True)
class Line:
    """A tablet as lists show it."""

    tablet: Tablet
    #: Under which it collects; None before it is enrolled, and when it is out of service.
    install: Install | None
    numbers: Numbers
    heard_at: datetime | None

    @property
    def silent(self) -> bool:
        """Tell whether it should have been heard of by now."""
        event = self.tablet.event
        runs = event is not None and event.starts_at <= clock.now() <= event.ends_at
        if not runs or self.tablet.state != states.ACTIVE:
            return False
        return self.heard_at is None or clock.now() - self.heard_at > SILENT

    @property
    def clock_off(self) -> int:
        """Tell by how many minutes its clock is off, if that is much; before the time is less than 0."""
        off = self.install.clock_offset if self.install else None
        return round(off / 60) if off is not None and abs(off) > CLOCK_OFF else 0

    @property
    def low(self) -> bool:
        """Tell whether its battery is nearly empty."""
        level = self.install.battery if self.install else None
        return level is not None and level < LOW


def lines() -> Sequence[Line]:
    """List all tablets, by name; those out of service last."""
    found = session.scalars(select(Tablet).order_by(Tablet.name, Tablet.id)).all()
    return _lines(sorted(found, key=lambda one: one.state == states.CLOSED))


def tablets_at(event_id: int) -> Sequence[Tablet]:
    """List the tablets of one event, by name."""
    query = select(Tablet).where(Tablet.event_id == event_id)
    return session.scalars(query.order_by(Tablet.name, Tablet.id)).all()


def at_event(event_id: int) -> Sequence[Line]:
    """Describe the tablets of one event, by name."""
    return _lines(tablets_at(event_id))


def line(tablet_id: int) -> Line | None:
    """Describe one tablet."""
    found = session.get(Tablet, tablet_id)
    return _lines([found])[0] if found is not None else None


def _lines(found: Sequence[Tablet]) -> Sequence[Line]:
    ids = [tablet.id for tablet in found]
    installs = session.scalars(
        select(Install).where(Install.tablet_id.in_(ids)).order_by(Install.id)
    ).all()
    numbers = _numbers(found)
    return [_line(tablet, installs, numbers.get(tablet.id, Numbers())) for tablet in found]


def _line(tablet: Tablet, installs: Sequence[Install], numbers: Numbers) -> Line:
    own = [one for one in installs if one.tablet_id == tablet.id]
    current = next((one for one in own if one.ended_at is None), None)
    heard = [one.heard_at for one in own if one.heard_at is not None]
    return Line(tablet, current, numbers, max(heard, default=None))


def _numbers(found: Sequence[Tablet]) -> Mapping[int, Numbers]:
    """Add up each tablet's numbers at the event for which it collects, as its gap reports say."""
    at = {tablet.id: tablet.event_id for tablet in found}
    total: dict[int, Numbers] = {}
    for event_id in {one for one in at.values() if one is not None}:
        for gap in gaps.of_event(event_id):
            tablet_id = gap.report.install.tablet_id
            if at.get(tablet_id) == event_id:
                total[tablet_id] = total.get(tablet_id, Numbers()) + _of_gap(gap)
    return total


def _of_gap(gap: Gap) -> Numbers:
    """Count what was signed: a void has a number of its own in the report, and nobody signed it."""
    voids = gap.fates.get(states.VOID, 0)
    return Numbers(gap.collected - voids, gap.received - voids, gap.still_there, gap.lost)
