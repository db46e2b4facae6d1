"""Gap reports: what each tablet says it collected at an event, against what came of it.

Each number from 1 to the last one given is in exactly one place: it came (and counted, or why not),
the tablet says that it still holds it, or it is missing. So "nothing is lost" can be added up.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, exists, func, or_, select

from campaign_app.core import clock
from campaign_app.core.db import session
from campaign_app.events.models import Event
from campaign_app.kiosk import runs, states
from campaign_app.kiosk.models import GapReport, Install, Intake, StallPetition
from campaign_app.kiosk.runs import Run
from campaign_app.petitions import queries as petitions
from campaign_app.qr.models import TABLET, Placement

#: What can become of an envelope that came; of those that are new nobody knows yet.
FATES: Final = (
    states.COUNTED, states.DUPLICATE, states.VOIDED, states.VOID, states.NEW, states.QUARANTINED,
    states.DISCARDED,
)  # fmt: skip
#: What a closed report keeps.
KEPT: Final = (
    "collected", "received", "held", "missing", "counted", "duplicate", "voided", "void",
    "quarantined", "discarded",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Gap:
    """The gap report of one install at one event."""

    report: GapReport
    #: Fate → how many.
    fates: Mapping[str, int]
    collected: int
    #: On the tablet, and nowhere: the numbers.
    held: Sequence[Run] = field(default=())
    missing: Sequence[Run] = field(default=())
    #: Of a closed report, what came after it was closed.
    late: int = 0

    @property
    def received(self) -> int:
        """Count what came."""
        return sum(self.fates.values())

    @property
    def still_there(self) -> int:
        """Count what is still on the tablet."""
        return runs.size(self.held)

    @property
    def lost(self) -> int:
        """Count what neither came nor is held."""
        return runs.size(self.missing)

    @property
    def waiting(self) -> int:
        """Count what nobody decided yet: new, or in quarantine."""
        return self.fates.get(states.NEW, 0) + self.fates.get(states.QUARANTINED, 0)

    @property
    def name(self) -> str:
        """Name the tablet as people call it."""
        return self.report.install.tablet.name

    @property
    def is_closed(self) -> bool:
        """Tell whether its numbers are frozen."""
        return self.report.closed_at is not None

    @property
    def unheard(self) -> bool:
        """Tell whether the tablet never said anything of this event, not even that it has nothing."""
        heard = self.report.install.heard_at
        said_later = heard is not None and heard >= self.report.event.ends_at
        return self.report.heard_at is None and not said_later

    @property
    def is_whole(self) -> bool:
        """Tell whether nothing is missing, held or undecided."""
        outside = self.lost or self.still_there or self.report.conflicts
        return not (outside or self.waiting or self.unheard)

    def numbers(self) -> dict[str, Any]:
        """Write what a closed report keeps: no numbering but what is missing."""
        fates = {fate: self.fates.get(fate, 0) for fate in FATES if fate != states.NEW}
        return fates | {
            "collected": self.collected,
            "received": self.received,
            "held": self.still_there,
            "missing": self.lost,
            "numbers": [list(run) for run in self.missing],
            "unheard": self.unheard,
            "conflicts": self.report.conflicts,
        }


def of_event(event_id: int) -> Sequence[Gap]:
    """Write the gap reports of an event, by the tablets' names."""
    reports = session.scalars(select(GapReport).where(GapReport.event_id == event_id)).all()
    ordered = sorted(reports, key=lambda one: (one.install.tablet.name, one.install_id))
    came = _came(Intake.event_id == event_id)
    return [_gap(report, came.get(report.install_id, {})) for report in ordered]


def of_install(install_id: int, event_id: int) -> Gap | None:
    """Write one gap report."""
    report = session.get(GapReport, (install_id, event_id))
    if report is None:
        return None
    came = _came(Intake.event_id == event_id, Intake.install_id == install_id)
    return _gap(report, came.get(install_id, {}))


Came = dict[int, dict[str, list[int]]]


def _came(*which: ColumnElement[bool]) -> Came:
    """List the numbers that came: by install, and by what became of them."""
    found: Came = {}
    query = select(Intake.install_id, Intake.state, Intake.seq).where(*which)
    for install_id, state, seq in session.execute(query):
        found.setdefault(install_id, {}).setdefault(state, []).append(seq)
    return found


def _gap(report: GapReport, came: Mapping[str, Sequence[int]]) -> Gap:
    if report.numbers is not None:
        return _frozen(report, report.numbers, sum(map(len, came.values())))
    received = runs.of(seq for seqs in came.values() for seq in seqs)
    every: list[Run] = [(1, report.next_seq - 1)] if report.next_seq > 1 else []
    held = runs.without(runs.read(report.held.get("runs")), received)
    held = runs.without(held, [(report.next_seq, 2**31)])
    return Gap(
        report=report,
        fates={state: len(seqs) for state, seqs in came.items()},
        collected=runs.size(every),
        held=held,
        missing=runs.without(every, [*received, *held]),
    )


def _frozen(report: GapReport, numbers: Mapping[str, Any], late: int) -> Gap:
    return Gap(
        report=report,
        fates={fate: int(numbers.get(fate, 0)) for fate in FATES},
        collected=int(numbers["collected"]),
        missing=runs.read(numbers["numbers"]),
        held=[(1, int(numbers["held"]))] if numbers["held"] else [],
        late=late,
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """An event whose tablets are not done, or were closed with numbers missing."""

    event: Event
    gaps: Sequence[Gap]

    @property
    def open(self) -> int:
        """Count the open reports."""
        return sum(not gap.is_closed for gap in self.gaps)


def unfinished() -> Sequence[Standing]:
    """List the events with open reports or late envelopes, the oldest first."""
    waits = exists().where(Intake.event_id == Event.id)
    still = exists().where(GapReport.event_id == Event.id, GapReport.closed_at.is_(None))
    began = Event.starts_at <= clock.now()
    query = select(Event).where(began, or_(waits, still)).order_by(Event.starts_at, Event.id)
    return [Standing(event, of_event(event.id)) for event in session.scalars(query)]


def is_awaited(petition_id: int) -> bool:
    """Tell whether signatures of a petition may still come from a tablet (see keeping.AWAITED)."""
    asked = select(StallPetition.event_id).where(StallPetition.petition_id == petition_id)
    stood = select(Placement.event_id).where(
        Placement.target == petitions.TARGET,
        Placement.target_id == petition_id,
        Placement.kind == TABLET,
    )
    there = or_(GapReport.event_id.in_(asked), GapReport.event_id.in_(stood))
    still = select(GapReport.event_id).where(there, GapReport.closed_at.is_(None)).exists()
    late = select(Intake.id).where(
        or_(Intake.event_id.in_(asked), Intake.event_id.in_(stood)),
        Intake.state.in_((states.NEW, states.QUARANTINED)),
    )
    return bool(session.scalar(select(or_(still, late.exists()))))


def heard_long_ago(gap: Gap) -> bool:
    """Tell whether a tablet was heard last before its event was over."""
    heard: datetime | None = gap.report.heard_at
    return gap.report.event.ends_at < clock.now() and (
        heard is None or heard < gap.report.event.ends_at
    )


def waiting_by_reason(event_id: int) -> Sequence[tuple[int, str, int]]:
    """Count what waits in quarantine: by install and reason."""
    query = (
        select(Intake.install_id, Intake.reason, func.count())
        .where(Intake.event_id == event_id, Intake.state == states.QUARANTINED)
        .group_by(Intake.install_id, Intake.reason)
        .order_by(Intake.install_id, Intake.reason)
    )
    return [(install, reason, count) for install, reason, count in session.execute(query)]


def names_of(installs: Sequence[int]) -> Mapping[int, str]:
    """Name the tablets behind installs."""
    rows = session.scalars(select(Install).where(Install.id.in_(installs)))
    return {row.id: row.tablet.name for row in rows}
