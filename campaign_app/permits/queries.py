"""What we ask about permits: those of an event, those of a series, and what is due when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import select

from campaign_app.core import clock
from campaign_app.core.db import session
from campaign_app.core.i18n import _
from campaign_app.events.models import CONFIRMED, DRAFT, MOVED, WAITING, Event
from campaign_app.permits import deadlines, rules, words
from campaign_app.permits.deadlines import Window
from campaign_app.permits.gate import SHUT
from campaign_app.permits.models import FILED, TO_FILE, Permit, PermitPaper

#: Events whose permits can still matter.
AHEAD: Final = (DRAFT, CONFIRMED, MOVED)


def permit(permit_id: int) -> Permit | None:
    """Find one permit with its event."""
    return session.get(Permit, permit_id)


def of_event(event_id: int) -> Sequence[Permit]:
    """List the permits of an event as they were added."""
    found = select(Permit).where(Permit.event_id == event_id)
    return session.scalars(found.order_by(Permit.id)).unique().all()


def papers(permits: Sequence[Permit]) -> Mapping[int, Sequence[PermitPaper]]:
    """List the papers of some permits, permit → papers."""
    ids = [one.id for one in permits]
    found = select(PermitPaper).where(PermitPaper.permit_id.in_(ids)).order_by(PermitPaper.id)
    by_permit: dict[int, list[PermitPaper]] = {number: [] for number in ids}
    for one in session.scalars(found).unique():
        by_permit[one.permit_id].append(one)
    return by_permit


def paper(paper_id: int) -> PermitPaper | None:
    """Find one paper."""
    return session.get(PermitPaper, paper_id)


def proposals(event: Event) -> list[rules.Rule]:
    """List what may have to be asked and is not on the event's list yet."""
    there = set(session.scalars(select(Permit.rule).where(Permit.event_id == event.id)))
    return [rule for rule in rules.proposed(event) if rule.key not in there]


def fallen_short() -> Sequence[int]:
    """List events, no longer confirmed, whose gate says more than their permits do."""
    short = select(Permit.event_id).where(Permit.state.in_(SHUT))
    stale = select(Event.id).where(
        Event.state != CONFIRMED, Event.permit_gate != WAITING, Event.id.in_(short)
    )
    return session.scalars(stale.order_by(Event.id)).all()


# What is due


@dataclass(frozen=True, slots=True)
class Line:
    """Something that somebody must do; without a permit: say which ones the event needs."""

    event: Event
    window: Window
    permit: Permit | None = None

    @property
    def title(self) -> str:
        """Say what it is."""
        return words.title(self.permit) if self.permit else _("Nobody has said what is needed")

    @property
    def whom(self) -> str:
        """Say who is asked."""
        return words.whom(self.permit) if self.permit else ""


@dataclass(frozen=True, slots=True)
class Due:
    """All that is open, by when it is due."""

    overdue: list[Line] = field(default_factory=list)
    this_week: list[Line] = field(default_factory=list)
    later: list[Line] = field(default_factory=list)
    #: Nothing fixes a date, and nobody has set one.
    undated: list[Line] = field(default_factory=list)
    #: Filed, and not answered yet.
    filed: list[Line] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing at all."""
        return not (self.overdue or self.this_week or self.later or self.undated or self.filed)


def due() -> Due:
    """Sort what is open by its deadline, the next first."""
    found = Due()
    for line in sorted(_open(), key=_presses):
        _group(found, line).append(line)
    return found


def overdue() -> int:
    """Count what should have been filed or said already."""
    return len(due().overdue)


def _group(found: Due, line: Line) -> list[Line]:
    if line.permit is not None and line.permit.state == FILED:
        return found.filed
    closes = line.window.closes
    if closes is None:
        return found.undated
    if line.window.is_over:
        return found.overdue
    return found.this_week if closes <= clock.now() + deadlines.A_WEEK else found.later


def _presses(line: Line) -> tuple[datetime, int]:
    return line.window.closes or line.event.starts_at, line.event.id


def _open() -> list[Line]:
    """List the open permits of what comes, and the events of which nobody has said anything."""
    ahead = select(Event).where(Event.state.in_(AHEAD), Event.starts_at > clock.now())
    coming = {event.id: event for event in session.scalars(ahead)}
    asked = select(Permit.id, Permit.event_id).where(
        Permit.event_id.in_(ahead.with_only_columns(Event.id))
    )
    spoken = {event_id for _id, event_id in session.execute(asked)}
    open_ones = (
        select(Permit)
        .join(Event)
        .where(
            Permit.state.in_((TO_FILE, FILED)),
            Event.state.in_(AHEAD),
            Event.starts_at > clock.now(),
        )
    )
    lines = [Line(one.event, deadlines.of(one), one) for one in session.scalars(open_ones).unique()]
    silent = [event for number, event in coming.items() if number not in spoken]
    return lines + [Line(event, _first(event)) for event in silent]


def _first(event: Event) -> Window:
    """Find what presses most of all that may be needed."""
    windows = [deadlines.of_rule(rule, event) for rule in rules.proposed(event)]
    dated = [window for window in windows if window.closes is not None]
    return min(dated, key=lambda window: window.closes or event.starts_at, default=Window())
