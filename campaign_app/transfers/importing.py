"""Entering a bank's list: each row of money that came in once, however many lists show it.

A row that an earlier list showed has its mark and is passed over. A bank that words its rows anew, or a
person who saved the list with a spreadsheet, gives the same row another mark; such a row stands in the list
while one we know of the same day and amount does not. It is kept as doubtful, and a person says what it is.
"""

import dataclasses
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from sqlalchemy import select, update

from campaign_app.audit.services import record
from campaign_app.core import clock
from campaign_app.core.db import changed_one, insert, session
from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _l
from campaign_app.payments import ledger
from campaign_app.payments.accounts import BANK, UNASSIGNED
from campaign_app.payments.bank_csv import Credit
from campaign_app.payments.ledger import Account, Entry, Leg
from campaign_app.payments.ways import BankAccount
from campaign_app.transfers import states, telling
from campaign_app.transfers.models import BankRow, BankStatement
from campaign_app.transfers.telling import Told

#: Some seconds of work; a year of a large charity is more than one upload.
MOST_ROWS: Final = 2_000
#: How many rows one transaction enters.
AT_ONCE: Final = 50
_LONGEST: Final = 200


class NothingCameIn(DomainError):
    """A list in which nothing came in, or read by the wrong columns."""

    status = 400
    text = _l(
        "No money came in by the columns that were chosen. Choose the column of incoming amounts, "
        "or a list of other days."
    )


class TooManyRows(DomainError):
    """More than one upload can carry."""

    status = 400
    text = _l("This list has too many rows. Please export a shorter time.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A list as it was read: nothing of it is in the database yet."""

    bank: BankAccount
    book: str
    file: str
    credits: Sequence[Credit]

    def __post_init__(self) -> None:
        if not self.credits:
            raise NothingCameIn
        if len(self.credits) > MOST_ROWS:
            raise TooManyRows


class _Known(NamedTuple):
    """A row that stands there."""

    mark: str
    on: date
    minor: int
    state: str

    @property
    def is_own(self) -> bool:
        """Tell whether it is money, rather than another telling of it."""
        return self.state not in (states.DOUBTFUL, states.KNOWN)


def read(bank: BankAccount, book: str, raw: bytes, came: Sequence[Credit]) -> Read:
    """Mark a file and its rows, before any transaction."""
    marked = [
        dataclasses.replace(one, mark=telling.mark(bank.key, "row", one.mark.encode()))
        for one in came
    ]
    return Read(bank=bank, book=book, file=telling.mark(bank.key, "file", raw), credits=marked)


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A list whose rows are still to be entered, a part at a time."""

    statement_id: int
    #: What is not known yet, and what it is entered as.
    rows: Sequence[tuple[Credit, str]]
    #: The same file was entered to its end before.
    is_known: bool = False

    @property
    def parts(self) -> Iterator[Sequence[tuple[Credit, str]]]:
        """Cut the rows: whoever signs on the street meanwhile must not wait for a year of transfers."""
        return (self.rows[at : at + AT_ONCE] for at in range(0, len(self.rows), AT_ONCE))


def begin(found: Read, person_id: int | None) -> Begun:
    """Write down that a list came, in the caller's transaction; one that was cut short goes on."""
    made = _statement(found, person_id)
    if made.finished_at is not None:
        return Begun(statement_id=made.id, rows=(), is_known=True)
    known = _known(found)
    missing = _missing(found, known)
    marks = {one.mark for one in known}
    fresh = [one for one in found.credits if one.mark not in marks]
    return Begun(statement_id=made.id, rows=[(one, _state(one, missing)) for one in fresh])


def _state(one: Credit, missing: Counter[tuple[date, int]]) -> str:
    key = (one.on, one.money.minor)
    missing[key] -= 1
    return states.DOUBTFUL if missing[key] >= 0 else states.UNASSIGNED


def add(found: Read, statement_id: int, part: Sequence[tuple[Credit, str]]) -> None:
    """Enter a part of a list, in the caller's transaction."""
    counted = Counter(state for one, state in part if _add(found, statement_id, one, state))
    session.execute(
        update(BankStatement)
        .where(BankStatement.id == statement_id)
        .values(
            fresh=BankStatement.fresh + counted[states.UNASSIGNED],
            doubtful=BankStatement.doubtful + counted[states.DOUBTFUL],
        )
    )


def finish(found: Read, statement_id: int) -> BankStatement:
    """Say that a list is entered to its end, in the caller's transaction."""
    first = changed_one(
        update(BankStatement)
        .where(BankStatement.id == statement_id, BankStatement.finished_at.is_(None))
        .values(
            finished_at=clock.now(),
            known=len(found.credits) - BankStatement.fresh - BankStatement.doubtful,
        )
    )
    made = session.get_one(BankStatement, statement_id, populate_existing=True)
    if first:
        told = {"new": made.fresh, "known": made.known, "doubtful": made.doubtful}
        record("bank_statement.entered", f"bank_statement:{made.id}", account=made.bank, **told)
    return made


def _statement(found: Read, person_id: int | None) -> BankStatement:
    """Write down that a file came, or find that it came before."""
    days = [one.on for one in found.credits]
    row = insert(BankStatement).values(
        book=found.book,
        bank=found.bank.key,
        file=found.file,
        uploaded_by=person_id,
        uploaded_at=clock.now(),
        first_on=min(days),
        last_on=max(days),
        fresh=0,
        known=0,
        doubtful=0,
    )
    session.execute(row.on_conflict_do_nothing(index_elements=["book", "bank", "file"]))
    mine = select(BankStatement).filter_by(book=found.book, bank=found.bank.key, file=found.file)
    return session.scalars(mine.execution_options(populate_existing=True)).one()


def _known(found: Read) -> list[_Known]:
    """List the rows of these days that stand there."""
    days = [one.on for one in found.credits]
    query = select(BankRow.mark, BankRow.came_on, BankRow.minor, BankRow.state).where(
        BankRow.book == found.book,
        BankRow.bank == found.bank.key,
        BankRow.came_on.between(min(days), max(days)),
    )
    return [_Known(*row) for row in session.execute(query)]


def _missing(found: Read, known: Sequence[_Known]) -> Counter[tuple[date, int]]:
    """Count per day and amount the rows that we know and that this list does not show.

    One that it shows in other words, as somebody has said or is still to say, is not missing.
    """
    shown = {one.mark for one in found.credits}
    missing = Counter((one.on, one.minor) for one in known if one.is_own and one.mark not in shown)
    missing.subtract((one.on, one.minor) for one in known if not one.is_own and one.mark in shown)
    return missing


def _add(found: Read, statement_id: int, one: Credit, state: str) -> bool:
    """Write a row down, and enter it unless it is doubtful; False if another list was quicker."""
    told = Told(name=one.name[:_LONGEST], memo=one.memo[:_LONGEST])
    values = {
        "statement_id": statement_id,
        "book": found.book,
        "bank": found.bank.key,
        "entity": found.bank.entity,
        "mark": one.mark,
        "came_on": one.on,
        "currency": one.money.currency,
        "minor": one.money.minor,
        "told": telling.close(found.bank.key, one.mark, told) if told else None,
        "state": state,
    }
    row = insert(BankRow).values(**values)
    once = row.on_conflict_do_nothing(index_elements=["book", "bank", "mark"])
    number = session.scalar(once.returning(BankRow.id))
    if number is not None and state == states.UNASSIGNED:
        arrive(session.get_one(BankRow, number))
    return number is not None


def arrive(row: BankRow) -> None:
    """Enter a row into the ledger: it is at the bank, and nobody knows yet what for."""
    ledger.post(
        Entry(
            book=row.book,
            entity=row.entity,
            source=row.source,
            kind="transfer_arrived",
            on=row.came_on,
            legs=[Leg(Account(BANK, row.bank), Account(UNASSIGNED), row.money)],
        )
    )
