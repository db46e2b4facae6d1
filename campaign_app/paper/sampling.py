"""The sample of a batch that a second person types again, without seeing what the first one typed.

The server draws the lines, once; nobody chooses them. What differs twice is taken back and typed anew.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from math import ceil
from random import SystemRandom
from typing import Final

from sqlalchemy import select

from campaign_app.accounts import queries as people
from campaign_app.audit.services import record
from campaign_app.core import clock, wall_clock
from campaign_app.core.db import session
from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _, _l
from campaign_app.paper import entering, numbers, queries, services, states
from campaign_app.paper.models import PaperBatch, PaperLine, PaperSheet

SHARE: Final = 10
FEWEST: Final = 5
ANSWER_WITHIN: Final = timedelta(hours=24)
#: From here on a batch is full of mistakes, and its page says so.
TOO_MANY: Final = 0.05


class TooEarly(DomainError):
    """A sample can be drawn once it is known what there is to draw from."""


class NotDrawn(DomainError):
    """A line that nobody has to check, or that is checked already."""

    text = _l("This line is not among those to be checked, or somebody has checked it already.")


class SecondPersonNeeded(DomainError):
    """Somebody tried to check what they typed themselves while another person could."""

    text = _l(
        "Somebody else must check what you typed yourself. If nobody does within 24 hours after "
        "the sample was drawn, you may do it alone and give a reason."
    )


class NotChecked(DomainError):
    """Sheets were about to be called checked while some of their lines are not."""

    text = _l("Some lines wait to be checked or to be typed again.")


class Verdict(StrEnum):
    """What came of typing a line a second time."""

    AGREED = states.AGREED
    #: Say so before it counts as an error: the second person may have mistyped, too.
    LOOK_CLOSELY = "look closely"
    DIFFERED = states.DIFFERED


def size(lines: int) -> int:
    """Tell how many of so many lines are checked: one in ten, five at least."""
    return min(lines, max(FEWEST, ceil(lines / SHARE)))


def draw(batch_id: int) -> int:
    """Draw the sample of a batch, or add to it what is missing; tell how many were drawn now."""
    batch = services.locked(batch_id)
    out = queries.numbers(batch_id)
    missing = [*out[states.PRINTED], *out[states.COLLECTED]]
    if missing:
        raise TooEarly(
            _(
                "Before a sample is drawn, say of each sheet what became of it. Still open: "
                "%(numbers)s.",
                numbers=numbers.written(missing),
            )
        )
    drawn = _drawn_now(batch_id)
    batch.drawn_at = batch.drawn_at or clock.now()
    record("paper.sample_drawn", f"paper:{batch_id}", count=len(drawn))
    return len(drawn)


def _drawn_now(batch_id: int) -> list[PaperLine]:
    rows = [row for row in _lines(batch_id) if queries.is_checkable(row)]
    free = [row for row in rows if row.sample == states.NOT_DRAWN]
    wanted = size(len(rows)) - (len(rows) - len(free))
    drawn = SystemRandom().sample(free, max(0, min(wanted, len(free))))
    for row in drawn:
        row.sample = states.DUE
    return drawn


def _lines(batch_id: int) -> list[PaperLine]:
    query = (
        select(PaperLine)
        .join(PaperSheet, PaperSheet.id == PaperLine.sheet_id)
        .where(PaperSheet.batch_id == batch_id)
        .order_by(PaperSheet.number, PaperLine.line)
    )
    return list(session.scalars(query))


def must_wait(batch: PaperBatch, person_id: int) -> bool:
    """Tell whether somebody must let others check first: for a day, if there is anybody."""
    since = batch.drawn_at or clock.now()
    return people.other_reviewers(person_id) and clock.now() - since < ANSWER_WITHIN


def go_alone(batch_id: int, person_id: int, reason: str) -> None:
    """Let one person check what they typed themselves, and say why."""
    batch = services.locked(batch_id)
    if batch.drawn_at is None or must_wait(batch, person_id) or not reason.strip():
        raise SecondPersonNeeded
    batch.alone_reason, batch.alone_id = reason.strip(), person_id
    record("paper.checked_alone", f"paper:{batch_id}", reason=batch.alone_reason)


def may_check(row: PaperLine, person_id: int) -> bool:
    """Tell whether this person may check this line: not what they typed, unless they do it alone."""
    return row.person_id != person_id or row.sheet.batch.alone_id == person_id


def waits(row: PaperLine, person_id: int) -> bool:
    """Tell whether a line waits for this person: drawn, or checked by one person alone."""
    if not queries.is_checkable(row):
        return False
    alone = row.sample == states.AGREED and row.checked_by == row.person_id
    return row.sample == states.DUE or (alone and person_id != row.person_id)


def waiting(batch_id: int, person_id: int) -> list[PaperLine]:
    """List the lines of a batch that this person may check now."""
    return [row for row in _lines(batch_id) if waits(row, person_id) and may_check(row, person_id)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Second:
    """What a second person read on a line."""

    sheet_id: int
    batch_id: int
    number: int
    line: int
    outcome: str
    digest: bytes | None
    #: They looked at the paper once more and stand by it.
    sure: bool


def check(second: Second, person_id: int) -> Verdict:
    """Compare what two people read; what differs is taken back, so that it is typed anew."""
    services.locked_for_typing(second.batch_id)
    services.held(second.batch_id, [second.number])
    row = queries.lines(second.sheet_id).get(second.line)
    if row is None or not waits(row, person_id):
        raise NotDrawn
    if not may_check(row, person_id):
        raise SecondPersonNeeded
    if not _agree(row, second) and not second.sure:
        return Verdict.LOOK_CLOSELY
    return _settled(row, person_id, agreed=_agree(row, second))


def _agree(row: PaperLine, second: Second) -> bool:
    said = states.SIGNED if row.outcome in states.READ else row.outcome
    return said == second.outcome and row.digest == second.digest


def _settled(row: PaperLine, person_id: int, *, agreed: bool) -> Verdict:
    row.sample = states.AGREED if agreed else states.DIFFERED
    row.checked_by, row.checked_hour = person_id, wall_clock.this_hour()
    if not agreed:
        entering.reopen(row, states.AGAIN)
        record(
            "paper.line_differed",
            f"paper:{row.sheet.batch_id}",
            sheet=row.sheet.number,
            line=row.line,
        )
    session.flush()
    return Verdict(row.sample)


def finish(batch_id: int) -> int:
    """Call all entered sheets of a batch checked, if its sample is; tell how many they are."""
    batch = services.locked(batch_id)
    entered = queries.numbers(batch_id)[states.ENTERED]
    if not entered or not is_done(batch):
        raise NotChecked
    services.move(batch, entered, states.CHECKED)
    record("paper.checked", f"paper:{batch_id}", count=len(entered))
    return len(entered)


def is_done(batch: PaperBatch) -> bool:
    """Tell whether the sample is drawn in full, checked, and nothing waits to be typed again."""
    again = queries.outcomes(batch.id).get(states.AGAIN, 0)
    known = queries.sample(batch.id)
    out = queries.numbers(batch.id)
    waiting = known.due or again or out[states.PRINTED] or out[states.COLLECTED]
    return batch.drawn_at is not None and not waiting and known.drawn >= size(known.lines)


def next_step(batch: PaperBatch, person_id: int) -> str:
    """Name what this person would best do next with a batch; "" if it is for somebody else."""
    out, known = queries.numbers(batch.id), queries.sample(batch.id)
    steps = (
        ("", batch.closed_at is not None),
        ("print", not batch.printings and len(out[states.PRINTED]) == batch.sheets),
        ("type", bool(out[states.PRINTED] or out[states.COLLECTED])),
        ("check", bool(waiting(batch.id, person_id))),
        ("", bool(known.due)),
        ("finish", bool(out[states.ENTERED]) and is_done(batch)),
        ("draw", bool(out[states.ENTERED])),
        ("say", bool(out[states.CHECKED])),
        ("close", True),
    )
    return next(step for step, it_is_time in steps if it_is_time)
