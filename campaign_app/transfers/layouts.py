"""How a bank's list is read: as a person has said for this bank, as long as its head says the same.

found = fitting(rows, queries.layout("seoul"))     # None: somebody must look
"""

import codecs
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, Final

from campaign_app.audit.services import record
from campaign_app.core import clock
from campaign_app.core.db import session
from campaign_app.payments import bank_csv
from campaign_app.payments.bank_csv import Layout
from campaign_app.transfers.models import BankLayout

Rows = Sequence[Sequence[str]]
#: How Excel's files begin: new ones, old ones, and the web page with a table that banks call .xls.
_WORKBOOKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"<", b"\xef\xbb\xbf<")


def as_text(raw: bytes) -> bytes:
    """Write a file in UTF-8 whose first bytes say that it is in the other order of UTF-16."""
    if raw[:2] != codecs.BOM_UTF16_BE:
        return raw
    return raw.decode("utf-16", "replace").encode("utf-8", "replace")


def rows_of(raw: bytes) -> list[list[str]]:
    """Read a file as rows of cells; a DomainError says that it is none."""
    begins = raw[:200].lstrip()
    if begins.startswith(_WORKBOOKS):
        raise bank_csv.AWorkbook
    if begins.startswith(b"%PDF"):
        raise bank_csv.NotAStatement
    return bank_csv.lines(raw)


def fitting(rows: Rows, kept: BankLayout | None) -> Layout | None:
    """Take the kept layout if the table's head is the one it was made for, wherever it stands now."""
    if kept is None:
        return None
    for number, row in enumerate(rows[: bank_csv.DEEPEST_HEAD]):
        if words_of(row) == kept.head:
            return replace(_read(kept.layout), head=number)
    return None


def suggested(raw: bytes, kept: BankLayout | None, currency: str) -> Layout | None:
    """Begin with the kept layout if this list can be read by it, else with what its head says."""
    rows = rows_of(raw)
    layout = fitting(rows, kept)
    try:
        if layout is not None and bank_csv.incoming(raw, layout, currency):
            return layout
    except bank_csv.RowUnreadable:
        pass
    return bank_csv.guess(rows)


def words_of(row: Sequence[str]) -> list[str]:
    """Write a head so that it can be compared with another day's."""
    words = ["".join(cell.split()).lower() for cell in row]
    while words and not words[-1]:
        words.pop()
    return words


def keep(bank: str, rows: Rows, layout: Layout, person_id: int | None) -> None:
    """Keep how a bank writes its lists, in the caller's transaction; it replaces what was kept."""
    kept = session.get(BankLayout, bank) or BankLayout(bank=bank)
    kept.head = words_of(rows[layout.head])
    kept.layout = asdict(layout)
    kept.kept_by, kept.kept_at = person_id, clock.now()
    session.add(kept)
    record("bank_statement.laid_out", f"bank:{bank}")


def _read(told: Mapping[str, Any]) -> Layout:
    return Layout(**(dict(told) | {"memos": tuple(told["memos"])}))
