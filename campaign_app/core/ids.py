"""Names for rows: what may be read aloud, what may be guessed by nobody."""

import secrets
import unicodedata
import uuid
from typing import Final

# No 0/o, 1/i/l, 2/z, 5/s, 8/b, u/v or w: a code is read from a wet board and typed on a phone.
READABLE: Final = "3479acdefghjkmnpqrtxy"
CODE_LENGTH: Final = 8
RECEIPT_LENGTH: Final = 24


def readable(length: int) -> str:
    """Draw letters that nobody confuses."""
    return "".join(secrets.choice(READABLE) for _ in range(length))


def readable_from(digest: bytes, length: int) -> str:
    """Write a digest in letters that nobody confuses; the same digest gives the same letters."""
    number = int.from_bytes(digest, "big")
    letters = []
    for _ in range(length):
        number, rest = divmod(number, len(READABLE))
        letters.append(READABLE[rest])
    return "".join(letters)


def as_typed(code: str) -> str:
    """Undo what people do to a code: capitals, full-width letters, spaces, hyphens."""
    plain = unicodedata.normalize("NFKC", code).lower()
    return "".join(letter for letter in plain if letter.isalnum())


def in_groups(code: str, size: int = 4) -> str:
    """Write a code so that it can be copied by hand."""
    return "-".join(code[start : start + size] for start in range(0, len(code), size))


def random_uuid() -> uuid.UUID:
    """Name a signer's row; it says nothing, not even when."""
    return uuid.uuid4()
