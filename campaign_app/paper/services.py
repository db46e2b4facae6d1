"""What happens to batches and sheets: they are made, printed, collected, put to an end."""

from collections import Counter
from collections.abc import Collection, Sequence
from zoneinfo import ZoneInfo

from sqlalchemy import select, update

from campaign_app.audit.services import acting, record
from campaign_app.core import clock
from campaign_app.core.db import insert_many, session, table_of
from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _, _l
from campaign_app.core.ids import CODE_LENGTH, readable
from campaign_app.paper import comparing, numbers, queries, states
from campaign_app.paper.facts import New
from campaign_app.paper.models import PaperBatch, PaperLine, PaperPart, PaperSheet, PaperStep
from campaign_app.qr.facts import StandsFor
from campaign_app.qr.models import PAPER
from campaign_app.qr.services import create_code


class NoSuchBatch(DomainError):
    """The batch was never there."""

    status = 404
    text = _l("There is no such batch of paper.")


class WrongOrder(DomainError):
    """A sheet cannot come to this state from the one it is in."""


class IsClosed(DomainError):
    """A closed batch stays as it is."""

    text = _l("This batch is closed. Nothing of it can change any more.")


class SignedTooLate(DomainError):
    """Nobody signs a petition that has ended."""

    text = _l("The petition ended before this day. Choose the day on which people signed.")


class NotAccounted(DomainError):
    """A batch was about to be closed while some of its sheets are somewhere."""


def create(new: New) -> PaperBatch:
    """Number a batch of sheets; where their signatures count is settled with it."""
    ended = new.desk.ended_at()
    if ended is not None and new.signed_on > ended.astimezone(ZoneInfo(new.zone)).date():
        raise SignedTooLate
    batch = PaperBatch(
        petition_id=new.desk.id,
        event_id=new.event_id,
        placement_id=_placement(new),
        kind=new.kind,
        label=new.label,
        language=new.language,
        country=new.country,
        text_id=new.desk.texts[new.language].id,
        sheets=new.sheets,
        signed_on=new.signed_on,
        zone=new.zone,
    )
    session.add(batch)
    session.flush()
    comparing.make_key(batch)
    for part in new.desk.parts_for(new.language, new.country):
        session.add(PaperPart(batch_id=batch.id, part_id=part.id))
    _number(batch)
    _note(batch, "paper.made", count=new.sheets, kind=new.kind, event=new.event_id)
    return batch


def _placement(new: New) -> int:
    stands_for = StandsFor(
        target="petition",
        target_id=new.desk.id,
        event_id=new.event_id,
        location_id=new.location_id,
        board=new.label,
        language=new.language,
    )
    return create_code(stands_for, PAPER).id


def _number(batch: PaperBatch) -> None:
    letters = _new_letters(batch.sheets)
    rows = [
        {"batch_id": batch.id, "number": number, "letters": code, "state": states.PRINTED}
        for number, code in enumerate(letters, start=1)
    ]
    insert_many(table_of(PaperSheet), rows)
    made = session.scalars(select(PaperSheet.id).where(PaperSheet.batch_id == batch.id)).all()
    _step(made, states.PRINTED, "")


def _new_letters(count: int) -> list[str]:
    """Draw codes that stand on no other sheet."""
    drawn: set[str] = set()
    while len(drawn) < count:
        drawn.add(readable(CODE_LENGTH))
    taken = session.scalars(select(PaperSheet.letters).where(PaperSheet.letters.in_(drawn))).all()
    return _new_letters(count) if taken else sorted(drawn)


def _step(sheet_ids: Collection[int], state: str, words: str) -> None:
    said = {
        "state": state,
        "at": clock.hour_of(clock.now()),
        "person_id": acting.get().person_id,
        "words": words,
    }
    if sheet_ids:
        insert_many(table_of(PaperStep), [said | {"sheet_id": one} for one in sorted(sheet_ids)])


def _note(batch: PaperBatch, action: str, **detail: object) -> None:
    record(action, f"paper:{batch.id}", **detail)


def locked(batch_id: int) -> PaperBatch:
    """Hold an open batch, so that what is decided of it as a whole is decided once."""
    held = select(PaperBatch).where(PaperBatch.id == batch_id).with_for_update(of=PaperBatch)
    found = session.scalar(held.execution_options(populate_existing=True))
    if found is None:
        raise NoSuchBatch
    if found.closed_at is not None:
        raise IsClosed
    return found


def locked_for_typing(batch_id: int) -> None:
    """Keep a batch from being closed while a line is written; others may type at once."""
    held = select(PaperBatch.closed_at).where(PaperBatch.id == batch_id)
    found = session.execute(held.with_for_update(read=True, of=PaperBatch)).first()
    if found is None:
        raise NoSuchBatch
    if found.closed_at is not None:
        raise IsClosed


def note_printing(batch_id: int) -> PaperBatch:
    """Note that a batch was printed, and how often."""
    batch = locked(batch_id)
    batch.printed_at = batch.printed_at or clock.now()
    batch.printings += 1
    _note(batch, "paper.printed", count=batch.sheets, times=batch.printings)
    return batch


def say(batch_id: int, which: Sequence[int], state: str, words: str = "") -> int:
    """Say what became of sheets, by their numbers; all of them or none."""
    batch = locked(batch_id)
    moved = move(batch, which, state, words)
    if state == states.COLLECTED:
        for sheet in moved:  # one that was lost may have been typed before
            settle(sheet)
    _note(batch, f"paper.{state}", count=len(moved), sheets=numbers.written(which), reason=words)
    return len(moved)


def move(
    batch: PaperBatch, which: Sequence[int], state: str, words: str = ""
) -> Sequence[PaperSheet]:
    """Bring sheets to a state, if each may come to it from where it is."""
    rows = held(batch.id, which)
    allowed = states.FROM[state]
    wrong = [row.number for row in rows if row.state not in allowed or _has_lines(row, state)]
    if wrong or len(rows) != len(which):
        raise WrongOrder(
            _(
                "This cannot be said of these sheets as they are now: %(numbers)s. "
                "Nothing was changed.",
                numbers=numbers.written(wrong or set(which) - {row.number for row in rows}),
            )
        )
    ids = [row.id for row in rows]
    session.execute(update(PaperSheet).where(PaperSheet.id.in_(ids)).values(state=state))
    for row in rows:
        row.state = state
    _step(ids, state, words)
    return rows


def held(batch_id: int, which: Sequence[int]) -> Sequence[PaperSheet]:
    """Hold sheets in one order, so that two who type and say at once come one after the other."""
    query = (
        select(PaperSheet)
        .where(PaperSheet.batch_id == batch_id, PaperSheet.number.in_(which))
        .order_by(PaperSheet.id)
        .with_for_update(of=PaperSheet)
    )
    return session.scalars(query.execution_options(populate_existing=True)).all()


def _has_lines(sheet: PaperSheet, state: str) -> bool:
    """Keep a sheet from being called unused while something was typed from it."""
    return state == states.UNUSED and bool(queries.lines(sheet.id))


def settle(sheet: PaperSheet) -> bool:
    """Call a sheet entered once each of its lines was typed; it must be held."""
    typed = [row for row in queries.lines(sheet.id).values() if row.outcome != states.AGAIN]
    full = len(typed) == states.LINES[sheet.batch.kind]
    if sheet.state not in states.FROM[states.ENTERED] or not full:
        return False
    move(sheet.batch, [sheet.number], states.ENTERED)
    return True


def close(batch_id: int) -> None:
    """Close a batch of which each sheet came to an end; its key and what it compared go."""
    batch = locked(batch_id)
    out = [
        number
        for state, found in queries.numbers(batch_id).items()
        if state not in states.ENDED
        for number in found
    ]
    if out:
        raise NotAccounted(
            _("These sheets have come to no end yet: %(numbers)s.", numbers=numbers.written(out))
        )
    comparing.destroy_key(batch)
    ids = select(PaperSheet.id).where(PaperSheet.batch_id == batch_id)
    session.execute(
        update(PaperLine).where(PaperLine.sheet_id.in_(ids.scalar_subquery())).values(digest=None)
    )
    batch.closed_at = clock.now()
    ended = Counter(sheet.state for sheet in queries.sheets(batch_id))
    _note(batch, "paper.closed", **dict(ended))
