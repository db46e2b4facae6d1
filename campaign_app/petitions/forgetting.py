"""Deleting names whose time is over: in batches, resumable, with a proof. Never commits.

The tally, what was signed and which parts were agreed to stay; what could name a signer goes: the
sealed record and its copies, the mark of the mailbox, the receipts and the hashes of mail link and
code, waiting mail. Which day it is says keep_until.py.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, exists, func, or_, select, update

from campaign_app.audit import services as audit
from campaign_app.core import clock
from campaign_app.core.db import insert, session
from campaign_app.core.withdrawn_log import Deed
from campaign_app.outbox import services as outbox
from campaign_app.petitions import keep_until, keeping, queries, states, tally
from campaign_app.petitions.desk import Desk
from campaign_app.petitions.keeping_models import NamesDeleted, NamesWarned
from campaign_app.petitions.models import Block, Petition
from campaign_app.petitions.signing import reference, withdrawn_log
from campaign_app.petitions.signing_models import (
    GivenConsent,
    Mailbox,
    Receipt,
    SealedCopy,
    Signature,
)

MOST_AT_ONCE: Final = 200
NOTICE: Final = timedelta(days=14)
#: What stands in place of a hash that is deleted; nothing hashes to it.
NOTHING: Final = b""

COLUMNS: Final = (
    Signature.petition_id,
    Signature.id,
    Signature.state,
    Signature.placement_id,
    Signature.hour,
    Signature.language,
    Signature.country,
    Signature.evidence,
    Signature.blind_index,
    Signature.leads,
    Signature.sealed.is_not(None).label("has_name"),
)


@dataclass(frozen=True, slots=True)
class Round:
    """Names of one petition that go on one day: all, or those under some wordings."""

    petition_id: int
    due_on: date
    #: Wordings that name the day; none means every signature.
    parts: tuple[int, ...] = ()

    @property
    def whole(self) -> bool:
        """Tell whether no name of the petition is left afterwards."""
        return not self.parts

    def signatures(self) -> list[Any]:
        """Describe the signatures whose names are still there."""
        conditions: list[Any] = [Signature.petition_id == self.petition_id, is_there()]
        if self.parts:
            agreed = (
                exists()
                .where(GivenConsent.petition_id == Signature.petition_id)
                .where(GivenConsent.signature_id == Signature.id)
                .where(GivenConsent.part_id.in_(self.parts))
            )
            conditions.append(agreed)
        return conditions


def is_there() -> ColumnElement[bool]:
    """Describe signatures of which anything is left that could name a signer."""
    return or_(
        Signature.sealed.is_not(None),
        Signature.blind_index.is_not(None),
        Signature.link_hash != NOTHING,
    )


def due(on: date) -> list[Round]:
    """List what must go on a day or had to go before."""
    rounds = [found for petition in queries.every() if (found := _due(petition, on))]
    return [one for one in rounds if _something_left(one)]


def _due(petition: Petition, on: date) -> Round | None:
    day = keep_until.of_petition(petition)
    if day is not None and day <= on and _may_go(petition.id, day, on):
        return None if _done(petition) else Round(petition.id, day)
    passed = {part: day for part, day in keep_until.promises(petition).items() if day <= on}
    return Round(petition.id, min(passed.values()), tuple(passed)) if passed else None


def _may_go(petition_id: int, day: date, on: date) -> bool:
    """Tell whether organisers were told 14 days ago, or nothing is left to tell them about."""
    told = session.get(NamesWarned, (petition_id, day))
    if told is None:
        return not _names_left(Round(petition_id, day))
    return told.warned_at.date() + NOTICE <= on


def _done(petition: Petition | Desk) -> bool:
    """Tell whether all went since it ended; one that was opened again has new names."""
    last = last_whole(petition.id)
    ended = petition.closed_at
    return bool(last and last.finished_at and ended and last.finished_at > ended)


def last_whole(petition_id: int) -> NamesDeleted | None:
    """Find the newest proof that all names of a petition were deleted."""
    query = select(NamesDeleted).where(
        NamesDeleted.petition_id == petition_id, NamesDeleted.whole, ~_open()
    )
    return session.scalar(query.order_by(NamesDeleted.id.desc()).limit(1))


def deleted_on(petition: Petition | Desk) -> date | None:
    """Tell since when a petition that ended has no names any more."""
    last = last_whole(petition.id) if petition.state in states.ENDED and _done(petition) else None
    return last.finished_at.date() if last and last.finished_at else None


def proofs() -> Sequence[NamesDeleted]:
    """List what was deleted, newest first."""
    done = select(NamesDeleted).where(~_open())
    return session.scalars(done.order_by(NamesDeleted.id.desc())).all()


def names_left(petition_id: int) -> int:
    """Count the names of a petition that are still there, sealed."""
    query = select(func.count()).select_from(Signature)
    there = Signature.petition_id == petition_id, Signature.sealed.is_not(None)
    return session.scalar(query.where(*there)) or 0


def _open() -> Any:
    return NamesDeleted.finished_at.is_(None)


def _something_left(one: Round) -> bool:
    if one.whole:  # also if nothing is: the proof says that it looked
        any_row: Select[Any] = select(Signature.id).where(Signature.petition_id == one.petition_id)
    else:
        any_row = select(Signature.id).where(*one.signatures())
    return session.execute(any_row.limit(1)).first() is not None


def begin(one: Round, *, agreed: bool) -> int:
    """Write the beginning of the proof, or find the one that a crash has left open."""
    query = select(NamesDeleted).where(
        NamesDeleted.petition_id == one.petition_id, NamesDeleted.whole == one.whole, _open()
    )
    proof = session.scalar(query.limit(1))
    if proof is None:
        proof = NamesDeleted(
            petition_id=one.petition_id,
            whole=one.whole,
            due_on=one.due_on,
            begun_at=clock.now(),
            records=0,
            counted_before=tally.total(one.petition_id).counted,
            agreed_before=agreed,
        )
        session.add(proof)
        session.flush()
    return proof.id


def delete_some(one: Round, proof_id: int, after: UUID | None) -> UUID | None:
    """Delete a batch of names behind a row; give its last row, None when none was left."""
    query = select(*COLUMNS).where(*one.signatures()).order_by(Signature.id).limit(MOST_AT_ONCE)
    rows = session.execute(query.where(Signature.id > after) if after else query).mappings().all()
    if not rows:
        return None
    keeping.let_go([row for row in rows if row["state"] == states.AWAITING])
    forget(one.petition_id, [row for row in rows if row["state"] != states.AWAITING])
    names = sum(row["has_name"] for row in rows)
    session.execute(
        update(NamesDeleted)
        .where(NamesDeleted.id == proof_id)
        .values(records=NamesDeleted.records + names)
    )
    last: UUID = rows[-1]["id"]
    return last


def forget(petition_id: int, rows: Sequence[Any]) -> None:
    """Write down which names go, then delete them."""
    withdrawn_log().append(Deed.FORGOTTEN, petition_id, [row["id"] for row in rows])
    delete_names(petition_id, rows)


def delete_names(petition_id: int, rows: Sequence[Any]) -> None:
    """Leave of these signatures what is counted, and nothing that could name a signer."""
    ids = [row["id"] for row in rows]
    marks = [row["blind_index"] for row in rows if row["blind_index"] is not None]
    # Mailboxes first, as signing and withdrawing meet them.
    session.execute(
        delete(Mailbox).where(Mailbox.petition_id == petition_id, Mailbox.blind_index.in_(marks))
    )
    session.execute(
        update(Signature)
        .where(Signature.petition_id == petition_id, Signature.id.in_(ids))
        .values(
            sealed=None, blind_index=None, link_hash=NOTHING, code_hash=NOTHING, not_me_hash=None
        )
    )
    for table in (SealedCopy, Receipt):
        session.execute(
            delete(table).where(table.petition_id == petition_id, table.signature_id.in_(ids))
        )
    outbox.cancel_all([reference(petition_id, row) for row in ids])


def finish(one: Round, proof_id: int, *, agreed: bool) -> None:
    """Finish the proof; what is left of a mailbox without a signature goes, too."""
    if one.whole:
        for table in (Mailbox, Block, SealedCopy, Receipt):
            session.execute(delete(table).where(table.petition_id == one.petition_id))
    proof = session.get_one(NamesDeleted, proof_id, populate_existing=True)
    proof.finished_at = clock.now()
    proof.counted_after, proof.agreed_after = tally.total(one.petition_id).counted, agreed
    audit.record(
        "names.deleted",
        f"petition:{one.petition_id}",
        records=proof.records,
        all_of_them=one.whole,
        tally=proof.counted_after,
        recount_agrees=proof.agreed_before and agreed,
    )


@dataclass(frozen=True, slots=True)
class Ahead:
    """Names that will go soon enough that organisers must know."""

    petition: Petition
    #: The day that the rule names, under which a warning is noted.
    due_on: date
    #: The day on which they go: never less than 14 days after the warning, unless it was promised.
    goes_on: date
    names: int


def ahead(on: date) -> list[Ahead]:
    """List what goes within 14 days, the first first; each petition's own day and promised ones."""
    found = [one for petition in queries.every() for one in _ahead(petition, on) if one.names]
    return sorted(found, key=lambda one: (one.goes_on, one.petition.id))


def _ahead(petition: Petition, on: date) -> Iterator[Ahead]:
    own, soon = keep_until.of_petition(petition), on + NOTICE
    if own is not None and own <= soon and not _done(petition):
        told = session.get(NamesWarned, (petition.id, own))
        notice = (told.warned_at.date() if told else on) + NOTICE
        yield Ahead(petition, own, max(own, notice), _names_left(Round(petition.id, own)))
    by_day: dict[date, list[int]] = {}
    for part, day in keep_until.promises(petition).items():
        if on < day <= soon and day != own:
            by_day.setdefault(day, []).append(part)
    for day, parts in by_day.items():
        yield Ahead(petition, day, day, _names_left(Round(petition.id, day, tuple(parts))))


def note_warning(one: Ahead) -> bool:
    """Note that organisers are told; False if they were."""
    noted = session.execute(
        insert(NamesWarned)
        .values(petition_id=one.petition.id, due_on=one.due_on, warned_at=clock.now())
        .on_conflict_do_nothing()
        .returning(NamesWarned.due_on)
    )
    return noted.first() is not None


def _names_left(one: Round) -> int:
    query = select(func.count()).select_from(Signature)
    return session.scalar(query.where(*one.signatures(), Signature.sealed.is_not(None))) or 0
