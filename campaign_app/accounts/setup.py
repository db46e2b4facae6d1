"""The first opening of a house: a code that only its server's keeper reads, and the first person.

The code is nowhere: each process works it out from SECRET_KEY and a number in the database, so that
all of them show and take the same one, and a thief of the database alone has none. It opens nothing
once there is a person, however that person came in.
"""

import hmac
import secrets
from datetime import datetime
from typing import Final

from flask import current_app
from sqlalchemy import CheckConstraint, LargeBinary, select, update
from sqlalchemy.orm import Mapped, mapped_column

from campaign_app.accounts import services
from campaign_app.accounts.models import Person, RoleName
from campaign_app.accounts.passwords import guesses
from campaign_app.audit.services import Actor
from campaign_app.core import clock, ids
from campaign_app.core.db import Base, Number, insert, session
from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _l
from campaign_app.core.settings import settings

LENGTH: Final = 16
THE_ROW: Final = 1
#: In whose name a house is set up, while nobody is signed in.
SETTING_UP: Final = Actor("setup")
#: A small organisation's first person does everything; roles can be shared out later.
FIRST_ROLES: Final = (RoleName.ADMINISTRATOR, RoleName.ORGANISER)


class Setup(Base):
    """How far the setting up has come; there is one row, or none yet."""

    __tablename__ = "setup"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(Number, primary_key=True, autoincrement=False)
    #: What the code is worked out from; no secret by itself.
    nonce: Mapped[bytes] = mapped_column(LargeBinary)
    #: When a mail server first took a test mail.
    mail_answered_at: Mapped[datetime | None]


class SetUpMeanwhile(DomainError):
    """Two people set the house up in the same moment; the other one was first."""

    status = 404
    text = _l("Somebody else has set this up in the meantime. Sign in, or ask that person.")


def is_open() -> bool:
    """Tell whether this house still waits for its first person; a demo never does."""
    return settings().environment != "demo" and _nobody()


def _nobody() -> bool:
    return session.scalar(select(Person.id).limit(1)) is None


def prepare(*, anew: bool = False) -> None:
    """Draw the number behind the code, if there is none; or another one, which voids the code."""
    drawn = secrets.token_bytes(16)
    session.execute(insert(Setup).values(id=THE_ROW, nonce=drawn).on_conflict_do_nothing())
    if anew:
        session.execute(update(Setup).values(nonce=drawn))


def code() -> str:
    """Work the code out; "" before anybody prepared it."""
    nonce = _nonce()
    return ids.in_groups(_code_of(nonce)) if nonce else ""


def admits(typed: str) -> bool:
    """Tell whether a code opens this house now; wrong ones make the next try wait ever longer.

    What has not the shape of a code is no try: scanners ask every new server for /setup/….
    """
    letters = ids.as_typed(typed)
    nonce = _nonce() if len(letters) == LENGTH and is_open() else None
    if nonce is None or guesses().wait("setup", nonce.hex()):
        return False
    right = hmac.compare_digest(_code_of(nonce).encode(), letters.encode())
    if right:
        guesses().forgive("setup", nonce.hex())
    return right


def _nonce() -> bytes | None:
    return session.scalar(select(Setup.nonce))


def _code_of(nonce: bytes) -> str:
    key = str(current_app.secret_key).encode()
    return ids.readable_from(hmac.digest(key, b"setup\0" + nonce, "sha256"), LENGTH)


def let_first_in(name: str, email: str, password_hash: str) -> Person:
    """Let the first person in; of several who try in the same moment, one."""
    session.execute(select(Setup.id).with_for_update())
    if not _nobody():
        raise SetUpMeanwhile
    return services.create_person(name, email, password_hash, FIRST_ROLES)


def note_answered_mail() -> None:
    """Note that a mail server took a mail of ours."""
    prepare()
    first = update(Setup).where(Setup.mail_answered_at.is_(None))
    session.execute(first.values(mail_answered_at=clock.now()))


def mail_was_answered() -> bool:
    """Tell whether a mail server ever took a test mail."""
    return session.scalar(select(Setup.mail_answered_at)) is not None
