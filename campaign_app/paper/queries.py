"""What we ask of batches, sheets and lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import exists, func, select

from campaign_app.core.db import session
from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _l
from campaign_app.core.ids import CODE_LENGTH, as_typed
from campaign_app.paper import states
from campaign_app.paper.models import PaperBatch, PaperLine, PaperPart, PaperSheet, PaperStep
from campaign_app.petitions import states as signing
from campaign_app.petitions.desk import PartNow, part_now
from campaign_app.petitions.models import ConsentPart
from campaign_app.petitions.signing_models import Signature


class NoSuchSheet(DomainError):
    """A number or a code that stands on no sheet of ours."""

    status = 404
    text = _l("There is no such sheet.")


def batches(event_id: int | None = None) -> Sequence[PaperBatch]:
    """List batches, the newest first; those of an event if one is named."""
    query = select(PaperBatch).order_by(PaperBatch.id.desc())
    if event_id is not None:
        query = query.where(PaperBatch.event_id == event_id)
    return session.scalars(query).all()


def batch(batch_id: int) -> PaperBatch | None:
    """Find a batch."""
    return session.get(PaperBatch, batch_id)


def awaited(petition_id: int) -> bool:
    """Tell whether paper of a petition may still be typed or checked (see keeping.AWAITED)."""
    is_open = exists().where(PaperBatch.petition_id == petition_id, PaperBatch.closed_at.is_(None))
    return bool(session.scalar(select(is_open)))


def sheet_of(code: str) -> PaperSheet | None:
    """Find a sheet by the letters on it, as typed or scanned."""
    letters = as_typed(code.rstrip("/").rpartition("/")[2])
    if len(letters) != CODE_LENGTH:
        return None
    return session.scalar(select(PaperSheet).where(PaperSheet.letters == letters))


def sheet_numbered(batch_id: int, number: int) -> PaperSheet | None:
    """Find a sheet of a batch by its number."""
    query = select(PaperSheet).where(PaperSheet.batch_id == batch_id, PaperSheet.number == number)
    return session.scalar(query)


def sheets(batch_id: int) -> Sequence[PaperSheet]:
    """List the sheets of a batch in their order."""
    query = select(PaperSheet).where(PaperSheet.batch_id == batch_id).order_by(PaperSheet.number)
    return session.scalars(query).all()


def numbers(batch_id: int) -> Mapping[str, Sequence[int]]:
    """Tell which sheets of a batch are in which state."""
    query = (
        select(PaperSheet.state, PaperSheet.number)
        .where(PaperSheet.batch_id == batch_id)
        .order_by(PaperSheet.number)
    )
    found: dict[str, list[int]] = {state: [] for state in states.SHEET}
    for state, number in session.execute(query):
        found[state].append(number)
    return found


def steps(sheet_id: int) -> Sequence[PaperStep]:
    """Tell what became of a sheet, in order."""
    query = select(PaperStep).where(PaperStep.sheet_id == sheet_id).order_by(PaperStep.id)
    return session.scalars(query).all()


def steps_to(batch_id: int, state: str) -> Sequence[PaperStep]:
    """List the steps by which sheets of a batch came to a state."""
    query = (
        select(PaperStep)
        .join(PaperSheet, PaperSheet.id == PaperStep.sheet_id)
        .where(PaperSheet.batch_id == batch_id, PaperStep.state == state, PaperSheet.state == state)
        .order_by(PaperStep.id)
    )
    return session.scalars(query).all()


def lines(sheet_id: int) -> Mapping[int, PaperLine]:
    """Tell what came of the lines of a sheet that were typed."""
    query = select(PaperLine).where(PaperLine.sheet_id == sheet_id).order_by(PaperLine.line)
    fresh = query.execution_options(populate_existing=True)  # lines are written around the ORM
    return {row.line: row for row in session.scalars(fresh)}


def line(sheet_id: int, number: int) -> PaperLine | None:
    """Find what came of a line; None if nobody typed it."""
    return session.get(PaperLine, (sheet_id, number))


def parts(batch_id: int) -> Sequence[PartNow]:
    """List the consent parts that are printed on a batch, as they were then."""
    query = (
        select(ConsentPart)
        .join(PaperPart, PaperPart.part_id == ConsentPart.id)
        .where(PaperPart.batch_id == batch_id)
        .order_by(ConsentPart.position)
    )
    return [part_now(row) for row in session.scalars(query)]


def outcomes(batch_id: int) -> Mapping[str, int]:
    """Count lines of a batch by what came of them."""
    query = (
        select(PaperLine.outcome, func.count().label("n"))
        .join(PaperSheet, PaperSheet.id == PaperLine.sheet_id)
        .where(PaperSheet.batch_id == batch_id)
        .group_by(PaperLine.outcome)
    )
    return {row.outcome: int(row.n) for row in session.execute(query)}


def counted(batch_id: int) -> int:
    """Count the signatures of a batch that the tally holds now: some may have been withdrawn since."""
    query = (
        select(func.count())
        .select_from(PaperLine)
        .join(PaperSheet, PaperSheet.id == PaperLine.sheet_id)
        .join(PaperBatch, PaperBatch.id == PaperSheet.batch_id)
        .join(
            Signature,
            (Signature.petition_id == PaperBatch.petition_id)
            & (Signature.id == PaperLine.signature_id),
        )
        .where(PaperSheet.batch_id == batch_id, Signature.state == signing.CONFIRMED)
    )
    return session.scalar(query) or 0


def next_sheet(sheet: PaperSheet, state: str) -> PaperSheet | None:
    """Find the next sheet of a batch in a state; after the last comes the first."""
    query = (
        select(PaperSheet)
        .where(
            PaperSheet.batch_id == sheet.batch_id,
            PaperSheet.state == state,
            PaperSheet.id != sheet.id,
        )
        .order_by(PaperSheet.number <= sheet.number, PaperSheet.number)
        .limit(1)
    )
    return session.scalar(query)


@dataclass(frozen=True, slots=True)
class Sample:
    """How the sample of a batch stands."""

    drawn: int
    due: Sequence[PaperLine]
    agreed: int
    differed: int
    #: Lines that were checked by whoever typed them.
    alone: int
    #: Lines of which a second person could say something.
    lines: int

    @property
    def checked(self) -> int:
        """Tell how many were typed a second time."""
        return self.agreed + self.differed

    @property
    def errors(self) -> float | None:
        """Tell which share differed; None before any was checked."""
        return self.differed / self.checked if self.checked else None


def sample(batch_id: int) -> Sample:
    """Tell how the sample of a batch stands; what is on a lost sheet cannot be checked."""
    query = (
        select(PaperLine)
        .join(PaperSheet, PaperSheet.id == PaperLine.sheet_id)
        .where(PaperSheet.batch_id == batch_id)
        .order_by(PaperSheet.number, PaperLine.line)
    )
    rows = session.scalars(query).all()
    drawn = [row for row in rows if row.sample != states.NOT_DRAWN]
    return Sample(
        drawn=len(drawn),
        due=[row for row in drawn if row.sample == states.DUE and is_checkable(row)],
        agreed=sum(row.sample == states.AGREED for row in drawn),
        differed=sum(row.sample == states.DIFFERED for row in drawn),
        alone=sum(row.sample == states.AGREED and row.checked_by == row.person_id for row in drawn),
        lines=sum(is_checkable(row) for row in rows),
    )


def is_checkable(row: PaperLine) -> bool:
    """Tell whether a second person could say something of a line: its paper is here."""
    return row.outcome in states.CHECKABLE and row.sheet.state in {states.ENTERED, states.CHECKED}
