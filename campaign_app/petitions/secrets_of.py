"""The three secrets of an attempt, and what of them the database may keep.

handle   on the answer page: 32 random bytes, the row's id and 16 more
code     six digits in the mail; proves the mailbox together with the handle
link     in the mail: petition, the row's id and 16 random bytes; proves the mailbox alone; in the
         mail of a witnessed signature it looks alike, and says "this was not me"

The database keeps SHA-256 of link secret, and of handle and code. Nobody who reads it can confirm.
"""

import base64
import binascii
import hashlib
import secrets
import unicodedata
from dataclasses import dataclass
from typing import Final, Self
from uuid import UUID

from campaign_app.core import ids

SECRET_BYTES: Final = 16
CODE_DIGITS: Final = 6
_LINK_BYTES: Final = 4 + 16 + SECRET_BYTES


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str, length: int) -> bytes | None:
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if len(raw) == length else None


@dataclass(frozen=True, slots=True)
class Handle:
    """What the answer page carries; it proves nothing alone."""

    row: UUID
    secret: bytes

    @classmethod
    def new(cls, row: UUID) -> Self:
        """Draw a handle for a row."""
        return cls(row, secrets.token_bytes(SECRET_BYTES))

    @classmethod
    def read(cls, text: str) -> Self | None:
        """Read a handle; None if it is none."""
        raw = _bytes(text, 16 + SECRET_BYTES)
        return None if raw is None else cls(UUID(bytes=raw[:16]), raw[16:])

    def __str__(self) -> str:
        return _text(self.row.bytes + self.secret)

    def code_hash(self, code: str) -> bytes:
        """Hash handle and code, so that the digits cannot be found from the database."""
        return hashlib.sha256(b"lantern/code/v1|" + self.secret + code.encode()).digest()

    def receipt(self, code: str) -> str:
        """Derive the receipt code of whoever typed the right digits."""
        return _receipt(b"code|" + self.secret + code.encode())


@dataclass(frozen=True, slots=True)
class Link:
    """What the mail's link carries."""

    petition: int
    row: UUID
    secret: bytes

    @classmethod
    def new(cls, petition: int, row: UUID) -> Self:
        """Draw a link for a row."""
        return cls(petition, row, secrets.token_bytes(SECRET_BYTES))

    @classmethod
    def read(cls, text: str) -> Self | None:
        """Read a link's last part; None if it is none."""
        raw = _bytes(text, _LINK_BYTES)
        if raw is None:
            return None
        return cls(int.from_bytes(raw[:4], "big"), UUID(bytes=raw[4:20]), raw[20:])

    def __str__(self) -> str:
        return _text(self.petition.to_bytes(4, "big") + self.row.bytes + self.secret)

    @property
    def secret_hash(self) -> bytes:
        """Hash the secret as the database keeps it."""
        return hashlib.sha256(b"lantern/link/v1|" + self.secret).digest()

    @property
    def not_me_hash(self) -> bytes:
        """Hash the secret of a link that says "this was not me": one can never be the other."""
        return hashlib.sha256(b"lantern/not-me/v1|" + self.secret).digest()

    @property
    def receipt(self) -> str:
        """Derive the receipt code of whoever opened the mail."""
        return _receipt(b"link|" + self.secret)


def _receipt(material: bytes) -> str:
    digest = hashlib.sha256(b"lantern/receipt/v1|" + material).digest()
    return ids.readable_from(digest, ids.RECEIPT_LENGTH)


def new_receipt() -> str:
    """Draw a further receipt code, for one that is mailed again."""
    return ids.readable(ids.RECEIPT_LENGTH)


def receipt_hash(code: str) -> bytes:
    """Hash a receipt as typed; capitals and hyphens do not matter."""
    return hashlib.sha256(b"lantern/receipt-hash/v1|" + ids.as_typed(code).encode()).digest()


def new_code() -> str:
    """Draw six digits."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"


def typed_code(text: str) -> str:
    """Read digits as people type them: full-width, spaced, hyphened."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(str(unicodedata.digit(c)) for c in plain if c.isdigit())


def blank_handle() -> str:
    """Draw a handle that belongs to nothing, for answers that must look alike."""
    return _text(secrets.token_bytes(16 + SECRET_BYTES))
