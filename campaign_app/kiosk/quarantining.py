"""Deciding about what waits: it is opened again, or let go. Nobody sees a name for that."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, select, update

from campaign_app.audit.services import record
from campaign_app.core.db import session
from campaign_app.kiosk import gaps, states
from campaign_app.kiosk.models import GapReport, Intake

MOST_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class Group:
    """What waits from one tablet for one reason."""

    event_id: int
    install_id: int
    reason: str

    @property
    def which(self) -> tuple[Any, ...]:
        """Describe its envelopes."""
        return (
            Intake.event_id == self.event_id,
            Intake.install_id == self.install_id,
            Intake.state == states.QUARANTINED,
            Intake.reason == self.reason,
        )


def of_group(group: Group) -> Sequence[Intake]:
    """List what waits, by number, 200 at once."""
    query = select(Intake).where(*group.which).order_by(Intake.seq).limit(MOST_SHOWN)
    return session.scalars(query).all()


def ids_of(group: Group) -> Sequence[UUID]:
    """Name all that waits in a group."""
    return session.scalars(select(Intake.id).where(*group.which).order_by(Intake.seq)).all()


def note_again(group: Group, ids: Sequence[UUID], why: str) -> None:
    """Note that somebody lets envelopes be opened again."""
    _note("kiosk.opened_again", group, len(ids), why)


def discard(group: Group, ids: Sequence[UUID], why: str) -> int:
    """Let envelopes go, for a reason; what is in them is deleted. Tell how many."""
    gone = 0
    for start in range(0, len(ids), MOST_SHOWN):
        these = Intake.id.in_(ids[start : start + MOST_SHOWN])
        emptied = update(Intake).where(*group.which, these)
        emptied = emptied.values(state=states.DISCARDED, sealed=None)
        gone += len(session.scalars(emptied.returning(Intake.id)).all())
    _note("kiosk.discarded", group, gone, why)
    return gone


def _note(deed: str, group: Group, count: int, why: str) -> None:
    record(
        deed,
        f"event:{group.event_id}",
        board=gaps.names_of([group.install_id]).get(group.install_id, ""),
        kind=group.reason,
        count=count,
        reason=why,
    )


def forget_decided(event_id: int) -> None:
    """Forget the numbers of what came after its report was closed, once it is decided."""
    closed = select(GapReport).where(
        GapReport.event_id == event_id, GapReport.closed_at.is_not(None)
    )
    for report in session.scalars(closed.with_for_update(of=GapReport)):
        gone = delete(Intake).where(
            Intake.install_id == report.install_id,
            Intake.event_id == event_id,
            Intake.state.not_in((states.NEW, states.QUARANTINED)),
        )
        late = session.scalars(gone.returning(Intake.state)).all()
        if late and report.numbers is not None:
            told = {f"late_{state}": 0 for state in late} | report.numbers
            for state in late:
                told[f"late_{state}"] += 1
            report.numbers = told
