"""Keeping what a proof of the books found, so that a page shows it without adding everything up again."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, Protocol

from flask import current_app
from sqlalchemy import select

from campaign_app.core.db import session, transact
from campaign_app.payments.proof_models import LEDGER, RECEIPTS, BookProof

#: Of more flaws than these nobody reads the names.
MOST_NAMED: Final = 100


class Named(Protocol):
    """A flaw of the ledger, or of the receipts."""

    @property
    def what(self) -> str:
        """Say what cannot be."""

    @property
    def where(self) -> str:
        """Say where it is."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What was proven."""

    book: str
    #: ledger or receipts
    what: str


def keep(subject: Subject, rows: int, flaws: Sequence[Named]) -> BookProof:
    """Write down what a proof found; a flaw is also told to whoever reads the log."""
    proof = BookProof(
        book=subject.book,
        what=subject.what,
        rows=rows,
        flaws=len(flaws),
        named={"flaws": [[one.what, one.where] for one in flaws[:MOST_NAMED]]},
    )
    transact(partial(session.add, proof))
    if flaws:
        current_app.logger.error("%d flaws in the %s", len(flaws), subject.what)
    return proof


def newest(subject: Subject) -> BookProof | None:
    """Give the last proof of something."""
    query = select(BookProof).where(BookProof.book == subject.book, BookProof.what == subject.what)
    return session.scalar(query.order_by(BookProof.id.desc()).limit(1))


def of_ledger(book: str) -> BookProof | None:
    """Give the last proof of the ledger by itself."""
    return newest(Subject(book, LEDGER))


def of_receipts(book: str) -> BookProof | None:
    """Give the last proof of the receipts."""
    return newest(Subject(book, RECEIPTS))
