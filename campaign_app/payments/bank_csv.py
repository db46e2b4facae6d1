"""What a bank writes into its CSV: who sent how much when, whichever words head its columns.

Banks differ in encoding (Korean ones write CP949), in the rows above the table, in how they write days and
amounts, and each differs from itself a year later. So a file is read by a `Layout`, which is guessed from the
words of its head and kept per bank once a person has looked at it. Pure: asks no database, knows no setting.

    layout = guess(lines(raw))         # None: nobody can tell, a person must map the columns
    for credit in incoming(raw, layout, "KRW"): …
"""

import csv
import hashlib
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _l
from campaign_app.core.ids import READABLE
from campaign_app.core.money import Money
from campaign_app.payments import bank_signs
from campaign_app.payments.bank_days import day_in, likeliest, looks_like_one

ENCODINGS: Final = ("utf-8-sig", "cp949", "utf-16", "iso-8859-1")
#: No table of a bank begins further down.
DEEPEST_HEAD: Final = 30
LARGEST: Final = 4 * 1024 * 1024
REFERENCE: Final = 4

#: What columns are called, in small letters without spaces; the first that is found counts.
NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "day": (
        "거래일시", "거래일자", "거래일", "일자", "날짜", "date", "bookingdate", "valuedate",
        "dated'opération", "datecomptable", "buchungstag", "buchungsdatum",
    ),
    "time": ("거래시간", "시간", "time", "heure"),
    "credit": (
        "입금액", "입금금액", "입금", "맡기신금액", "credit", "paidin", "moneyin", "crédit", "gutschrift",
    ),
    "amount": ("거래금액", "금액", "amount", "montant", "betrag"),
    "name": (
        "보낸분/받는분", "보낸분", "의뢰인/수취인", "의뢰인", "입금자명", "기재내용", "거래내용", "내용", "counterparty",
        "payer", "name", "donneurd'ordre", "libellé", "auftraggeber",
    ),
    "memo": ("적요", "메모", "송금메모", "통장메모", "memo", "description", "reference", "référence", "motif",
             "verwendungszweck"),
    "balance": ("잔액", "거래후잔액", "balance", "solde", "saldo"),
}  # fmt: skip
_DIGITS: Final = re.compile(r"\d")
#: What spreadsheets put around a text that they shall not calculate with: ="0001".
_KEPT_AS_TEXT: Final = re.compile(r'^="(.*)"$')
_WORD: Final = re.compile(
    rf"(?<![0-9A-Za-z])[{READABLE}{READABLE.upper()}]{{{REFERENCE}}}(?![0-9A-Za-z])"
)


class NotAStatement(DomainError):
    """The file is no table that a bank wrote, or none that we can read."""

    status = 400
    text = _l(
        "This file cannot be read as a bank's CSV. Export the transactions from the bank as CSV "
        "(not Excel or PDF) and upload that file unchanged."
    )


class AWorkbook(NotAStatement):
    """What banks and people take for a list: a workbook of Excel."""

    text = _l(
        "This is an Excel file. Open it, choose “Save as” and there “CSV UTF-8”, and upload that file. "
        "If the bank offers CSV itself, take that."
    )


class RowUnreadable(DomainError):
    """A row has no day or no amount where the layout looks for it."""

    status = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where a bank writes what: columns by number from 0, the row of the head, how days are written."""

    head: int
    day: int
    #: The column of what came in; or of both directions, where what goes out is negative.
    credit: int
    name: int | None = None
    #: Everything else that somebody may have written a reference into.
    memos: tuple[int, ...] = ()
    time: int | None = None
    balance: int | None = None
    day_format: str = "%Y-%m-%d"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """Money that came in: a row of the bank's list."""

    on: date
    money: Money
    name: str
    memo: str
    #: The same row of the same account has the same mark in every file that lists it.
    mark: str

    @property
    def references(self) -> tuple[str, ...]:
        """List the four-letter words that may be a donor's reference, in small letters."""
        found = _WORD.findall(f"{self.name} {self.memo}")
        return tuple(dict.fromkeys(word.lower() for word in found))


def lines(raw: bytes) -> list[list[str]]:
    """Read a file as rows of cells; a DomainError says that it is none."""
    if len(raw) > LARGEST or (
        b"\0" in raw[:2000].replace(b"\xff\xfe", b"") and raw[:2] != b"\xff\xfe"
    ):
        raise NotAStatement
    text = _text(raw)
    first = next((line for line in text.splitlines() if line.strip()), "")
    mark = max(",;\t|", key=lambda one: _marks(text, one))
    if mark not in text or not first:
        raise NotAStatement
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=mark))
    except csv.Error:
        raise NotAStatement from None
    return [[_KEPT_AS_TEXT.sub(r"\1", cell.strip()) for cell in row] for row in rows]


def _marks(text: str, mark: str) -> int:
    """Count in how many rows a mark parts the cells."""
    return sum(mark in line for line in text.splitlines()[: DEEPEST_HEAD * 2])


def _text(raw: bytes) -> str:
    for encoding in ENCODINGS:
        if encoding == "utf-16" and raw[:2] not in (b"\xff\xfe", b"\xfe\xff"):
            continue
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NotAStatement


def guess(rows: Sequence[Sequence[str]]) -> Layout | None:
    """Find the head of the table by its words; None if no row has a day and an amount."""
    for number, row in enumerate(rows[:DEEPEST_HEAD]):
        found = _columns(row)
        amount = found.get("credit", found.get("amount"))
        if "day" in found and amount is not None:
            return Layout(
                head=number,
                day=found["day"],
                credit=amount,
                name=found.get("name"),
                memos=_memos(row, found),
                time=found.get("time"),
                balance=found.get("balance"),
                day_format=_day_format(rows[number + 1 :], found["day"]),
            )
    return None


def _columns(row: Sequence[str]) -> dict[str, int]:
    """Tell which column is what; a column is one thing only."""
    heads = [_plain(cell) for cell in row]
    found: dict[str, int] = {}
    for what, words in NAMES.items():
        for word in words:
            places = [
                at for at, head in enumerate(heads) if head == word and at not in found.values()
            ]
            if places:
                found[what] = places[0]
                break
    return found


def _memos(row: Sequence[str], found: Mapping[str, int]) -> tuple[int, ...]:
    heads = [_plain(cell) for cell in row]
    own = set(found.values()) - {found.get("memo")}
    return tuple(at for at, head in enumerate(heads) if head in NAMES["memo"] and at not in own)


def _plain(cell: str) -> str:
    """Write a head without spaces, units and capitals: "입금액(원)" is "입금액"."""
    whole = unicodedata.normalize("NFC", cell)
    return re.sub(r"\s|\(.*?\)|\[.*?\]", "", whole).lower()


def _day_format(rows: Sequence[Sequence[str]], column: int) -> str:
    """Choose the way in which most days of the column can be read."""
    return likeliest([row[column] for row in rows if _DIGITS.search(_cell(row, column))][:50])


def incoming(raw: bytes, layout: Layout, currency: str) -> list[Credit]:
    """List what came in, in the order of the file; rows that go out or carry no day are left."""
    return list(_credits(lines(raw)[layout.head + 1 :], layout, currency))


def _credits(rows: Sequence[Sequence[str]], layout: Layout, currency: str) -> Iterator[Credit]:
    seen: Counter[str] = Counter()
    dated = [row for row in rows if day_in(_cell(row, layout.day), layout.day_format)]
    direction = bank_signs.direction(dated)
    for number, row in enumerate(rows, layout.head + 2):
        written = _cell(row, layout.credit)
        on = _day(row, layout, number) if _DIGITS.search(written) else None
        if on is None or bank_signs.went_out(row, direction):
            continue  # a total, a note below the table, a page number, money that went out
        money = _came_in(written, currency, number)
        if money.minor <= 0:
            continue
        told = [on.isoformat(), money.plain, *(_cell(row, at) for at in _telling(layout))]
        same = "|".join(told)
        seen[same] += 1
        mark = hashlib.sha256(f"{currency}|{same}|{seen[same]}".encode()).hexdigest()
        memo = " ".join(filter(None, (_cell(row, at) for at in layout.memos)))
        yield Credit(on=on, money=money, name=_cell(row, layout.name), memo=memo, mark=mark)


def _telling(layout: Layout) -> list[int | None]:
    return [layout.time, layout.name, *layout.memos, layout.balance]


def _came_in(written: str, currency: str, number: int) -> Money:
    """Read an amount; what goes out, in a column of both, is nothing to us."""
    if bank_signs.is_negative(written):
        return Money.none(currency)
    try:
        return Money.parse(written.removeprefix("+"), currency)
    except DomainError:
        raise RowUnreadable(
            _l(
                "Row %(row)s has no amount in %(currency)s in the column that was chosen for it. "
                "Choose another column, or the account that this list is of.",
                row=number,
                currency=currency,
            )
        ) from None


def _cell(row: Sequence[str], column: int | None) -> str:
    return row[column] if column is not None and len(row) > column else ""


def _day(row: Sequence[str], layout: Layout, number: int) -> date | None:
    """Read a row's day; one in another order than the others is not passed over in silence."""
    written = _cell(row, layout.day)
    on = day_in(written, layout.day_format)
    if on is None and looks_like_one(written):
        raise RowUnreadable(
            _l(
                "The day in row %(row)s is written otherwise than in the other rows, or than was chosen. "
                "Choose how days are written.",
                row=number,
            )
        )
    return on
