"""What a bank's list tells of the people who sent money: closed at rest, and the marks of rows and files.

row.told = telling.close(row.bank, row.mark, Told(name="김미나", memo="K7QX"))
"""

import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Final

from campaign_app.core import at_rest
from campaign_app.core.keyring import Keyring
from campaign_app.core.settings import settings
from campaign_app.transfers.models import BankRow

ROOM: Final = "transfers"
#: Marks are drawn under a key of their own, so that nothing is told by one of them that opens the other.
MARKS: Final = "transfers-marks"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Who sent money, and what they wrote beside it, as the bank tells it."""

    name: str = ""
    memo: str = ""

    def __bool__(self) -> bool:
        return bool(self.name or self.memo)

    def __repr__(self) -> str:
        return "Told(…)"  # a traceback must not tell it


def close(bank: str, mark: str, told: Told) -> bytes:
    """Close what a row tells."""
    plain = json.dumps([told.name, told.memo], ensure_ascii=False).encode()
    return at_rest.close(ROOM, f"row:{bank}:{mark}", plain)


def open_(row: BankRow) -> Told:
    """Open what a row tells; nothing once that is forgotten."""
    if row.told is None:
        return Told()
    name, memo = json.loads(at_rest.open_(ROOM, f"row:{row.bank}:{row.mark}", row.told))
    return Told(name=name, memo=memo)


def mark(bank: str, what: str, text: bytes) -> str:
    """Tell the same row or file again without keeping a word of it: a keyed hash, per bank account."""
    key = Keyring(settings().key_dir).room_key(MARKS)
    return hmac.new(key, f"{bank}|{what}|".encode() + text, hashlib.sha256).hexdigest()
