"""PINs of four digits: which are worth something, and how a tablet checks one without a network."""

import hashlib
import secrets
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _l

PIN_DIGITS: Final = 4
#: WebCrypto on the tablet counts the same (PBKDF2-HMAC-SHA256).
ITERATIONS: Final = 600_000
_SALT: Final = 16


class WeakPin(DomainError):
    """A PIN that is none, or that everybody would try first."""

    status = 400
    text = _l("Choose four digits that are not all the same and not in a row.")


@dataclass(frozen=True, slots=True)
class OfflinePin:
    """A PIN as it lies on a tablet: salted and hashed so slowly that trying takes time."""

    salt: bytes = field(repr=False)
    hash: bytes = field(repr=False)


def is_pin(pin: str) -> bool:
    """Tell four digits that are worth something: not 1111, not 1234, not 4321."""
    if len(pin) != PIN_DIGITS or not (pin.isascii() and pin.isdigit()):
        return False
    steps = {int(after) - int(before) for before, after in pairwise(pin)}
    return steps not in ({0}, {1}, {-1})


def offline(pin: str) -> OfflinePin:
    """Hash a PIN for a tablet; takes a good part of a second and asks no database."""
    if not is_pin(pin):
        raise WeakPin
    salt = secrets.token_bytes(_SALT)
    return OfflinePin(salt, hashlib.pbkdf2_hmac("sha256", pin.encode(), salt, ITERATIONS))
