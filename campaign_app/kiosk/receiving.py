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


@dataclass(frozen=True, slots=True)
class _Sender:
    install_id: int
    tablet_state: str


def take(install_id: int, batch: Batch) -> dict[str, str]:
    """Write a batch down, in the caller's transaction; give each item's result."""
    sender = _heard(install_id, batch)
    events = _numbers_of(batch.events)
    closed = _report(sender, batch, events)
    _note_shifts(sender, batch.shifts, events)
    results = dict.fromkeys(batch.refused, REFUSED)
    return results | store(sender.install_id, batch.envelopes, events, _reasons(sender, closed))


def _heard(install_id: int, batch: Batch) -> _Sender:
    """Note that it lives; this also lets two batches of one install come one after the other."""
    session.execute(
        update(Install)
        .where(Install.id == install_id)
        .values(
            heard_at=clock.now(),
            clock_offset=_ahead(batch.sent_at),
            battery=batch.battery,
            shell=batch.shell,
        )
    )
    query = select(Tablet.state).join(Install, Install.tablet_id == Tablet.id)
    state = session.scalars(query.where(Install.id == install_id)).one()
    if state == states.CLOSED:
        raise Closed
    return _Sender(install_id, state)


def _ahead(sent_at: datetime | None) -> int | None:
    """Tell by how many seconds a tablet's clock is ahead of ours."""
    if sent_at is None:
        return None
    return max(-HIGHEST, min(HIGHEST, round((sent_at - clock.now()).total_seconds())))


def _numbers_of(uids: Iterable[str]) -> dict[str, int]:
    query = select(Event.uid, Event.id).where(Event.uid.in_(sorted(uids)))
    return dict(session.execute(query).all())


# What it says of its numbers


def _report(sender: _Sender, batch: Batch, events: Mapping[str, int]) -> set[int]:
    """Keep what it says of its numbers; give the events whose gap report is closed already."""
    said = {one.event: one for one in batch.reports}
    closed = set()
    for uid, number in sorted(events.items()):
        seqs = [one.seq for one in batch.envelopes if one.event == uid]
        heard = _Heard(sender.install_id, number, batch.sent_at)
        if (uid in said or seqs) and not heard.note(said.get(uid), max(seqs, default=0) + 1):
            closed.add(number)
    return closed


@dataclass(frozen=True, slots=True)
class _Heard:
    install_id: int
    event_id: int
    sent_at: datetime | None

    def note(self, report: Report | None, at_least: int) -> bool:
        """Raise the next number, never lower it; False if the gap report is closed."""
        next_seq = max(at_least, report.next_seq if report else 1)
        values: dict[str, Any] = {
            "next_seq": next_seq,
            "heard_at": clock.now(),
            "clock_offset": _ahead(self.sent_at),
        }
        if report is not None:
            values["held"] = {"runs": [list(run) for run in report.held]}
        return _raised(self.install_id, self.event_id, values)


def _raised(install_id: int, event_id: int, values: dict[str, Any]) -> bool:
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


# Envelopes


def _reasons(sender: _Sender, closed: set[int]) -> dict[int | None, str]:
    """Tell what waits in quarantine from the start: by event, or (None) all of it."""
    late: dict[int | None, str] = dict.fromkeys(closed, states.AFTER_CLOSING)
    return late | ({None: states.FROM_LOST} if sender.tablet_state == states.LOST else {})


def store(
    install_id: int,
    envelopes: Sequence[Envelope],
    events: Mapping[str, int],
    reasons: Mapping[int | None, str],
) -> dict[str, str]:
    """Store envelopes, each once; give their results by their names in hex."""
    known = [one for one in envelopes if one.event in events]
    results = {one.id.hex: REFUSED for one in envelopes if one.event not in events}
    rows = [_row(install_id, one, events[one.event], reasons) for one in known]
    fresh = _inserted(rows)
    older = [row for row in rows if row["id"] not in fresh]
    results |= {name.hex: STORED for name in fresh} | _compared(older)
    # The same name twice in one batch, with other bytes: whatever was kept, the tablet keeps both.
    first = {one.id: one for one in reversed(known)}
    results |= {one.id.hex: CONFLICT for one in known if one != first[one.id]}
    for event_id in sorted({row["event_id"] for row in rows if row["id"] in fresh}):
        outbox.enqueue_job(OPEN_JOB, {"event": event_id}, dedupe=f"{OPEN_JOB}:{event_id}")
    return results


def _row(
    install_id: int, one: Envelope, event_id: int, reasons: Mapping[int | None, str]
) -> dict[str, Any]:
    reason = reasons.get(None) or reasons.get(event_id, "")
    return {
        "id": one.id,
        "install_id": install_id,
        "event_id": event_id,
        "seq": one.seq,
        "key_id": one.kid,
        "sha256": sha256(one.sealed).digest(),
        "sealed": one.sealed,
        "state": states.QUARANTINED if reason else states.NEW,
        "reason": reason,
        "hour": this_hour(),
    }


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


# Shifts


def _note_shifts(sender: _Sender, shifts: Sequence[ShiftSaid], events: Mapping[str, int]) -> None:
    for one in shifts:
        if one.event in events:
            _note_shift(sender.install_id, one, events[one.event])


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
