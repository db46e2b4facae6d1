"""Entering a bank's list: each row of money that came in once, however many lists show it.

A row that an earlier list showed has its mark and is passed over. A bank that words its rows anew, or a
person who saved the list with a spreadsheet, gives the same row another mark; such a row stands in the list
while one we know of the same day and amount does not. It is kept as doubtful, and a person says what it is.
"""

import dataclasses
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from sqlalchemy import select

from campaign_app.audit.services import record
from campaign_app.core import clock
from campaign_app.core.db import insert, session
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

#: One upload is one transaction; a year of a large charity is more than one upload.
MOST_ROWS: Final = 5_000
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


def enter(found: Read, person_id: int | None) -> tuple[BankStatement, bool]:
    """Enter a list, in the caller's transaction; a file that was read before gives its statement, and False."""
    made = _statement(found, person_id)
    if made is None:
        query = select(BankStatement).filter_by(
            book=found.book, bank=found.bank.key, file=found.file
        )
        return session.scalars(query).one(), False
    known = _known(found)
    missing = _missing(found, known)
    marks = {one.mark for one in known}
    for one in found.credits:
        if one.mark in marks:
            continue
        key = (one.on, one.money.minor)
        missing[key] -= 1
        state = states.DOUBTFUL if missing[key] >= 0 else states.UNASSIGNED
        counted = _add(found, made.id, one, state)
        made.doubtful += counted and state == states.DOUBTFUL
        made.fresh += counted and state == states.UNASSIGNED
    made.known = len(found.credits) - made.fresh - made.doubtful
    record(
        "bank_statement.entered",
        f"bank_statement:{made.id}",
        account=made.bank,
        new=made.fresh,
        known=made.known,
        doubtful=made.doubtful,
    )
    return made, True


def _statement(found: Read, person_id: int | None) -> BankStatement | None:
    """Write down that a file came; None if it came before. Of two at once the second waits here."""
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
    once = row.on_conflict_do_nothing(index_elements=["book", "bank", "file"])
    number = session.scalar(once.returning(BankStatement.id))
    return session.get_one(BankStatement, number) if number is not None else None


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
