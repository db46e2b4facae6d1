"""Passwords: hashed a few at a time, and guessed slowly.

Argon2id takes 64 MiB and a tenth of a second for each password, so a crowd at the door could take
all memory: only a few are worked on at once, the others wait a moment or are asked to come back.

Guesses are counted per account, never per address: a whole office shares one. The count lives in
memory and not in a table, so that a flood of wrong passwords writes nothing and nothing is kept of
who tried. With several processes somebody gets that many times the tries, which changes nothing
for a password of twelve characters. A browser that signed in here before has a count of its own:
strangers cannot lock a colleague out by failing on purpose.
"""

import hmac
import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

from flask import current_app
from flask_security import hash_password
from passlib.context import CryptContext  # type: ignore[import-untyped]  # libpass

from campaign_app.core import clock
from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _l

SHORTEST: Final = 12
LONGEST: Final = 128
AT_ONCE: Final = 2
PATIENCE: Final = 5.0

FREE_TRIES: Final = 5
LONGEST_WAIT: Final = timedelta(minutes=5)
FORGET_AFTER: Final = timedelta(days=1)
MOST_COUNTS: Final = 10_000
GUESSES: Final = "lantern_guesses"


class TooBusy(DomainError):
    """More people are at the door than we can check at once."""

    status: ClassVar[int] = 503
    text: ClassVar[str] = _l(
        "Many people are signing in at this moment. Please try again in a minute."
    )


class WeakPassword(DomainError):
    """A password that can be guessed."""

    status: ClassVar[int] = 400
    text: ClassVar[str] = _l("A password has 12 to 128 characters.")


class FewAtOnce(CryptContext):  # type: ignore[misc]  # libpass ships no types
    """Hashes and checks passwords, a few at a time."""

    slots: Final = threading.BoundedSemaphore(AT_ONCE)

    def hash(self, *args: Any, **kwargs: Any) -> str:
        """Hash a password when there is room."""
        with _Slot(self.slots):
            return str(super().hash(*args, **kwargs))

    def verify(self, *args: Any, **kwargs: Any) -> bool:
        """Check a password when there is room."""
        with _Slot(self.slots):
            return bool(super().verify(*args, **kwargs))


@dataclass(frozen=True, slots=True)
class _Slot:
    slots: threading.BoundedSemaphore

    def __enter__(self) -> None:
        if not self.slots.acquire(timeout=PATIENCE):
            raise TooBusy

    def __exit__(self, *error: object) -> None:
        self.slots.release()


def hashed(password: str) -> str:
    """Hash a new password, outside of any transaction; refuse one that can be guessed."""
    plain: str = current_app.extensions["security"].password_util.normalize(password)
    if not SHORTEST <= len(plain) <= LONGEST:
        raise WeakPassword
    return hash_password(plain)


@dataclass(frozen=True, slots=True)
class _Count:
    tries: int
    last: datetime
    next: datetime


class Guesses:
    """Counts the tries of each account, and makes the next one wait ever longer."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
        self._counts: OrderedDict[bytes, _Count] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, *account: str) -> timedelta:
        """Count one try before it is made; a wait above zero says that it must not be made."""
        now, key = clock.now(), self._key(account)
        with self._lock:
            count = self._counts.pop(key, None)
            if count is None or now - count.last > FORGET_AFTER:
                count = _Count(0, now, now)
            waiting = count.next - now
            self._counts[key] = count if waiting > timedelta(0) else _one_more(count, now)
            while len(self._counts) > MOST_COUNTS:
                self._counts.popitem(last=False)
        return max(waiting, timedelta(0))

    def forgive(self, *account: str) -> None:
        """Forget the tries of somebody who knew the password."""
        with self._lock:
            self._counts.pop(self._key(account), None)

    def _key(self, account: tuple[str, ...]) -> bytes:
        return hmac.digest(self._secret, "\0".join(account).encode(), "sha256")


def _one_more(count: _Count, now: datetime) -> _Count:
    """Five tries are free; then it takes 1, 2, 4, 8 … seconds, at most five minutes."""
    tries = count.tries + 1
    beyond = min(tries - FREE_TRIES, 16)
    wait = timedelta(seconds=2**beyond) if beyond >= 0 else timedelta(0)
    return _Count(tries, now, now + min(wait, LONGEST_WAIT))


def guesses() -> Guesses:
    """Give this process's counts."""
    found: Guesses = current_app.extensions[GUESSES]
    return found
