"""Taking what a tablet sends: stored as it is, before anybody looks into it.

Nothing here opens an envelope or can refuse one for what is in it. The transaction commits before
the tablet hears of it; whatever happened to the answer, the same bytes again are `replayed`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from sqlalchemy import case, select, update

from campaign_app.core import clock
from campaign_app.core.db import insert, session, table_of
from campaign_app.core.wall_clock import this_hour
from campaign_app.events.models import Event
from campaign_app.kiosk import states
from campaign_app.kiosk.batches import HIGHEST, Batch, Envelope, Report, ShiftSaid
from campaign_app.kiosk.models import GapReport, Install, Intake, Tablet, TabletShift
from campaign_app.outbox import services as outbox

STORED: Final = "stored"
REPLAYED: Final = "replayed"
CONFLICT: Final = "conflict"
REFUSED: Final = "refused"

OPEN_JOB: Final = "kiosk.open"


class Closed(Exception):
    """The tablet was closed a moment ago."""


def take(install_id: int, batch: Batch) -> dict[str, str]:
    """Write a batch down, in the caller's transaction; give each item's result."""
    heard: dict[str, Any] = {"heard_at": clock.now(), "clock_offset": _ahead(batch.sent_at)}
    _hear(install_id, heard | {"battery": batch.battery, "shell": batch.shell})
    state = _state_of(install_id)
    if state == states.CLOSED:
        raise Closed
    events = _numbers_of(batch.events)
    sender = _Sender(install_id, state == states.LOST, events)
    closed = sender.report(batch.reports, batch.envelopes, heard)
    sender.note_shifts(batch.shifts)
    return dict.fromkeys(batch.refused, REFUSED) | sender.store(batch.envelopes, closed)


def take_file(
    install_id: int, reports: Sequence[Report], envelopes: Sequence[Envelope]
) -> dict[str, str]:
    """Write down what a file brought; nobody's token came with it, so it is no sign of life."""
    spoken_of = {report.event for report in reports} | {one.event for one in envelopes}
    events = _numbers_of(spoken_of)
    state = _state_of(install_id)
    sender = _Sender(install_id, state in (states.LOST, states.CLOSED), events)
    return sender.store(envelopes, sender.report(reports, envelopes, {}))


def _hear(install_id: int, values: Mapping[str, Any]) -> None:
    """Note that it lives; this also lets two batches of one install come one after the other."""
    session.execute(update(Install).where(Install.id == install_id).values(**values))


def _state_of(install_id: int) -> str:
    query = select(Tablet.state).join(Install, Install.tablet_id == Tablet.id)
    return session.scalars(query.where(Install.id == install_id)).one()


def _ahead(sent_at: datetime | None) -> int | None:
    """Tell by how many seconds a tablet's clock is ahead of ours."""
    if sent_at is None:
        return None
    return max(-HIGHEST, min(HIGHEST, round((sent_at - clock.now()).total_seconds())))


def _numbers_of(uids: Iterable[str]) -> dict[str, int]:
    query = select(Event.uid, Event.id).where(Event.uid.in_(sorted(uids)))
    return dict(session.execute(query).all())


@dataclass(frozen=True, slots=True)
class _Sender:
    """An install that speaks, and the events of which it speaks."""

    install_id: int
    #: What it brings waits for an organiser.
    suspect: bool
    events: Mapping[str, int]

    def report(
        self, said: Sequence[Report], envelopes: Sequence[Envelope], heard: Mapping[str, Any]
    ) -> set[int]:
        """Keep what it says of its numbers; give the events whose gap report is closed already."""
        reports = {one.event: one for one in said}
        closed = set()
        for uid, number in sorted(self.events.items()):
            seqs = [one.seq for one in envelopes if one.event == uid]
            if uid not in reports and not seqs:
                continue
            values = _values(reports.get(uid), max(seqs, default=0) + 1) | dict(heard)
            if not _raised(self.install_id, number, values):
                closed.add(number)
        return closed

    def store(self, envelopes: Sequence[Envelope], closed: set[int]) -> dict[str, str]:
        """Store envelopes, each once; give their results by their names in hex."""
        known = [one for one in envelopes if one.event in self.events]
        results = {one.id.hex: REFUSED for one in envelopes if one.event not in self.events}
        rows = [self._row(one, closed) for one in known]
        fresh = _inserted(rows)
        older = [row for row in rows if row["id"] not in fresh]
        results |= {name.hex: STORED for name in fresh} | _compared(older)
        # The same name twice in one batch, with other bytes: one was kept, the tablet keeps both.
        first = {one.id: one for one in reversed(known)}
        results |= {one.id.hex: CONFLICT for one in known if one != first[one.id]}
        _ask_for_opening({row["event_id"] for row in rows if row["id"] in fresh})
        self._note_conflicts({one.id: one for one in known if results[one.id.hex] == CONFLICT})
        return results

    def _note_conflicts(self, found: Mapping[UUID, Envelope]) -> None:
        """Let the gap report know of what the tablet cannot deliver: its number seems to be here."""
        for uid in {one.event for one in found.values()}:
            count = sum(one.event == uid for one in found.values())
            session.execute(
                update(GapReport)
                .where(
                    GapReport.install_id == self.install_id,
                    GapReport.event_id == self.events[uid],
                    GapReport.conflicts < count,
                    GapReport.closed_at.is_(None),
                )
                .values(conflicts=count)
            )

    def _row(self, one: Envelope, closed: set[int]) -> dict[str, Any]:
        event_id = self.events[one.event]
        late = states.AFTER_CLOSING if event_id in closed else ""
        reason = states.FROM_LOST if self.suspect else late
        return {
            "id": one.id,
            "install_id": self.install_id,
            "event_id": event_id,
            "seq": one.seq,
            "key_id": one.kid,
            "sha256": sha256(one.sealed).digest(),
            "sealed": one.sealed,
            "state": states.QUARANTINED if reason else states.NEW,
            "reason": reason,
            "hour": this_hour(),
        }

    def note_shifts(self, shifts: Sequence[ShiftSaid]) -> None:
        """Write shifts down, each once; a later report of one says how it ended."""
        for one in shifts:
            if one.event in self.events:
                _note_shift(self.install_id, one, self.events[one.event])


def _values(report: Report | None, at_least: int) -> dict[str, Any]:
    if report is None:
        return {"next_seq": at_least}
    held = {"runs": [list(run) for run in report.held]}
    return {"next_seq": max(at_least, report.next_seq), "held": held}


def _raised(install_id: int, event_id: int, values: dict[str, Any]) -> bool:
    """Raise the next number, never lower it; False if the gap report is closed."""
    row = {"held": {"runs": []}} | values | {"install_id": install_id, "event_id": event_id}
    statement = insert(GapReport).values(row)
    higher = (GapReport.next_seq < values["next_seq"], values["next_seq"])
    changed = values | {"next_seq": case(higher, else_=GapReport.next_seq)}
    statement = statement.on_conflict_do_update(
        index_elements=["install_id", "event_id"],
        set_=changed,
        where=GapReport.closed_at.is_(None),
    )
    return session.scalar(statement.returning(GapReport.event_id)) is not None


def _ask_for_opening(event_ids: set[int]) -> None:
    for event_id in sorted(event_ids):
        outbox.enqueue_job(OPEN_JOB, {"event": event_id}, dedupe=f"{OPEN_JOB}:{event_id}")


def _inserted(rows: Sequence[dict[str, Any]]) -> set[UUID]:
    """Write what is new in one statement, and tell what that was."""
    if not rows:
        return set()
    statement = insert(table_of(Intake)).on_conflict_do_nothing().returning(table_of(Intake).c.id)
    return set(session.connection().execute(statement, list(rows)).scalars())


#: What must agree for an envelope to be the one that was there.
_SAME: Final = (Intake.id, Intake.install_id, Intake.event_id, Intake.seq, Intake.sha256)


def _compared(rows: Sequence[dict[str, Any]]) -> dict[str, str]:
    """Tell a repetition, byte for byte, from another envelope of the same name or number."""
    if not rows:
        return {}
    query = select(*_SAME).where(Intake.id.in_([row["id"] for row in rows]))
    there = {tuple(found) for found in session.execute(query)}
    columns = [column.key for column in _SAME]
    return {
        row["id"].hex: REPLAYED if tuple(row[name] for name in columns) in there else CONFLICT
        for row in rows
    }


def _note_shift(install_id: int, said: ShiftSaid, event_id: int) -> None:
    """Write a shift once; a later report of it says how it ended."""
    ending = {
        "ended_at": said.ended_at,
        "collected": said.collected,
        "held": said.held,
        "battery": said.battery,
        "handed_over": said.handed_over,
    }
    row = insert(TabletShift).values(
        id=said.id,
        install_id=install_id,
        event_id=event_id,
        alias=said.alias,
        started_at=said.started_at,
        **ending,
    )
    session.execute(
        row.on_conflict_do_update(
            index_elements=["id"], set_=ending, where=TabletShift.install_id == install_id
        )
    )
