"""What we ask of bank transfers."""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload

from campaign_app.core.db import session
from campaign_app.core.money import Money
from campaign_app.payments import ledger
from campaign_app.payments.accounts import UNASSIGNED
from campaign_app.payments.opening import till
from campaign_app.transfers import states
from campaign_app.transfers.models import (
    BankLayout,
    BankRow,
    BankStatement,
    BankUpload,
)

#: How many rows stand on a page.
PAGE: Final = 100


def unassigned(book: str) -> Mapping[str, Money]:
    """Sum per currency what arrived and nobody has said what for, as the ledger knows it."""
    found: dict[str, Money] = {}
    for (_entity, currency), money in unassigned_of(book).items():
        found[currency] = found.get(currency, Money.none(currency)) + money
    return found


def unassigned_of(book: str) -> Mapping[tuple[str, str], Money]:
    """Sum the same per entity and currency; what is nothing is left out."""
    return {
        (where.entity, where.currency): -money
        for where, money in ledger.balances(book, kinds=(UNASSIGNED,)).items()
        if money
    }


def waiting() -> int:
    """Count the rows of which somebody must still say what they are."""
    return int(session.scalar(select(func.count()).where(*_open())) or 0)


def open_rows(state: str) -> Sequence[BankRow]:
    """List the rows that wait, the oldest first."""
    query = select(BankRow).where(*_open(), BankRow.state == state)
    return session.scalars(query.order_by(BankRow.came_on, BankRow.id).limit(PAGE)).all()


def _open() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return BankRow.book == till().book, BankRow.state.in_(states.OPEN)


def decided(before: int = 0) -> Sequence[BankRow]:
    """List the rows of which something was decided, the newest first."""
    query = select(BankRow).where(BankRow.book == till().book, BankRow.state.not_in(states.OPEN))
    query = query.options(joinedload(BankRow.gift))
    if before:
        query = query.where(BankRow.id < before)
    return session.scalars(query.order_by(BankRow.id.desc()).limit(PAGE)).all()


def row(number: int) -> BankRow | None:
    """Find one row of the book that we write now."""
    found = session.get(BankRow, number)
    return found if found and found.book == till().book else None


def statements() -> Sequence[BankStatement]:
    """List what was uploaded, the newest first."""
    query = select(BankStatement).where(BankStatement.book == till().book)
    return session.scalars(query.order_by(BankStatement.id.desc()).limit(PAGE)).all()


def layout(bank: str) -> BankLayout | None:
    """Find how a bank writes its lists, if somebody said so."""
    return session.get(BankLayout, bank)


def upload(number: UUID) -> BankUpload | None:
    """Find a list that waits to be laid out."""
    return session.get(BankUpload, number)
