"""The second factor: a code from an app on the phone, or one of ten recovery codes, each once.

Flask-Security draws, encrypts and checks both. Their keys come from SECRET_KEY, so that a stolen
database alone gives no code. Each try is counted before it is checked, per person and in the
database: neither another address nor a restart gives fresh tries.
"""

import base64
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import Flask, current_app
from flask_security import MfRecoveryCodesUtil, Totp
from sqlalchemy import or_, select, update

from campaign_app.accounts.models import Person
from campaign_app.core import clock, ids
from campaign_app.core.db import changed_one, session
from config import Config

FACTOR: Final = "lantern_second_factor"
DIGITS: Final = 6
RECOVERY_LENGTH: Final = 12
RECOVERY_CODES: Final = 10
#: A clock may be off by half a minute, and typing takes a while.
WINDOW: Final = 30
FREE_TRIES: Final = 5
LONGEST_WAIT: Final = timedelta(minutes=15)


@dataclass(slots=True)
class _Match:
    """What Flask-Security asks and tells about the last code that counted."""

    last: int | None
    now: int | None = None


class HouseTotp(Totp):
    """Codes by the house's clock, none of them twice."""

    def __init__(self, secrets: dict[str, str], issuer: str) -> None:
        super().__init__(secrets, issuer)
        self._totp = self._totp.using(now=lambda: clock.now().timestamp())

    def get_last_counter(self, user: Any) -> int | None:
        """Tell the half minute of the last code that was taken."""
        match: _Match = user
        return match.last

    def set_last_counter(self, user: Any, tmatch: Any) -> None:
        """Note the half minute of this code."""
        user.now = tmatch.counter


@dataclass(frozen=True, slots=True)
class Factor:
    """Flask-Security's two tools, set up for this house."""

    totp: HouseTotp
    recovery: MfRecoveryCodesUtil


def init_app(app: Flask, config: Config, security: Any) -> None:
    """Give Flask-Security its keys; its own pages for this are never registered."""
    host = urlsplit(config.public_url).hostname
    totp = HouseTotp({"1": _key(config, b"totp").hex()}, f"Lantern {host}")
    recovery = MfRecoveryCodesUtil(app)
    recovery.setup_cryptor([base64.urlsafe_b64encode(_key(config, b"recovery"))])
    security._totp_factory = totp  # recovery codes are drawn by it; set only with their own pages
    app.config["SECURITY_MULTI_FACTOR_RECOVERY_CODES_N"] = RECOVERY_CODES
    app.extensions[FACTOR] = Factor(totp, recovery)


def _key(config: Config, purpose: bytes) -> bytes:
    info = b"lantern/second-factor/v1|" + purpose
    return HKDF(hashes.SHA256(), 32, None, info).derive(config.secret_key.encode())


def factor() -> Factor:
    """Give this app's tools."""
    found: Factor = current_app.extensions[FACTOR]
    return found


def matching(secret: str, last: int | None, typed: str) -> int | None:
    """Tell the half minute to which a code belongs; None if it is wrong or was used."""
    match = _Match(last)
    user: Any = match
    return match.now if factor().totp.verify_totp(typed, secret, user, WINDOW) else None


@dataclass(frozen=True, slots=True)
class Try:
    """A try that was counted: what the code is held against, or how long to wait."""

    waiting: timedelta
    secret: str = ""
    last: int | None = None
    recovery: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Proof:
    """A right code: what must still be so when it is taken."""

    secret: str
    counter: int | None = None
    recovery: str = ""


def begin_try(person_id: int) -> Try:
    """Count one try before it is made; a wait above zero says that it must not be made."""
    person, now = _locked(person_id), clock.now()
    waiting = (person.totp_next_at or now) - now
    if waiting > timedelta(0) or person.totp_secret is None:
        return Try(max(waiting, timedelta(0)))
    person.totp_tries += 1
    person.totp_next_at = _next(person.totp_tries, now)
    codes = tuple(person.mf_recovery_codes)
    return Try(timedelta(0), person.totp_secret, person.totp_counter, codes)


def _next(tries: int, now: datetime) -> datetime | None:
    """Five tries are free; then it takes 2, 4, 8 … seconds, at most a quarter of an hour."""
    beyond = min(tries - FREE_TRIES, 16)
    return now + min(timedelta(seconds=2**beyond), LONGEST_WAIT) if beyond > 0 else None


def prove(made: Try, typed: str) -> Proof | None:
    """Check what was typed; outside of any transaction, since it takes a while."""
    code = ids.as_typed(typed)
    if not made.secret or not code.isascii():
        return None
    if len(code) == DIGITS and code.isdigit():
        counter = matching(made.secret, made.last, code)
        return None if counter is None else Proof(made.secret, counter=counter)
    return _recovered(made, ids.in_groups(code)) if len(code) == RECOVERY_LENGTH else None


def _recovered(made: Try, code: str) -> Proof | None:
    for kept in made.recovery:
        if factor().recovery._decrypt_codes([kept]) == [code]:
            return Proof(made.secret, recovery=kept)
    return None


def take(person_id: int, proof: Proof) -> bool:
    """Take a right code, unless somebody used it in this very moment."""
    person = _locked(person_id)
    if person.totp_secret != proof.secret:
        return False
    if proof.recovery:
        return _take_recovery(person, proof.recovery)
    return changed_one(
        update(Person)
        .where(Person.id == person_id)
        .where(or_(Person.totp_counter.is_(None), Person.totp_counter < proof.counter))
        .values(totp_counter=proof.counter, totp_tries=0, totp_next_at=None)
    )


def _take_recovery(person: Person, code: str) -> bool:
    if code not in person.mf_recovery_codes:
        return False
    person.mf_recovery_codes = [kept for kept in person.mf_recovery_codes if kept != code]
    person.totp_tries, person.totp_next_at = 0, None
    return True


def give(person_id: int, secret: str, counter: int) -> None:
    """Give a person a factor; the code that proved it is used up."""
    person = _locked(person_id)
    person.totp_secret, person.totp_counter = secret, counter
    person.totp_tries, person.totp_next_at = 0, None


def draw_recovery_codes(person_id: int) -> list[str]:
    """Give a person new recovery codes; the old ones count no more. Shown once, never again."""
    person: Any = _locked(person_id)  # their UserMixin is annotated without Mapped[]
    return factor().recovery.create_recovery_codes(person)


def take_away(person: Person) -> None:
    """Let the password alone count again."""
    person.totp_secret = person.totp_counter = person.totp_next_at = None
    person.totp_tries, person.mf_recovery_codes = 0, []


def _locked(person_id: int) -> Person:
    query = select(Person).where(Person.id == person_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()
