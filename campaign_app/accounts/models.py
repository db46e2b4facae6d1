"""The people who run petitions: who they are, what they may do, where they are signed in."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from flask_security import RoleMixin, UserMixin
from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign_app.core import clock
from campaign_app.core.access import Permission
from campaign_app.core.db import Base, Number

if TYPE_CHECKING:

    class _SignsIn:
        """What Flask-Security gives a person; its own annotations contradict Mapped[]."""

        is_active: bool
        is_authenticated: bool

    class _Named:
        """What Flask-Security gives a role."""

else:
    _SignsIn, _Named = UserMixin, RoleMixin


class RoleName(StrEnum):
    """What a person is here for; one person may hold several."""

    ADMINISTRATOR = "administrator"
    ORGANISER = "organiser"
    FINANCE = "finance"
    VIEWER = "viewer"


#: What each role may do. Who keeps the keys need not be who writes the petitions.
GRANTS: Final[Mapping[str, frozenset[Permission]]] = {
    RoleName.ADMINISTRATOR: frozenset({
        Permission.READ,
        Permission.ADMINISTER,
        Permission.HOLD_KEYS,
    }),
    RoleName.ORGANISER: frozenset({Permission.READ, Permission.ORGANISE, Permission.HOLD_KEYS}),
    RoleName.FINANCE: frozenset({Permission.READ, Permission.FINANCE}),
    RoleName.VIEWER: frozenset({Permission.READ}),
}


def roles_that_grant(permission: Permission) -> list[str]:
    """List the roles that may do this."""
    return [str(role) for role, granted in GRANTS.items() if permission in granted]


class Role(Base, _Named):
    """A role that somebody holds or held; what it grants stands in GRANTS."""

    __tablename__ = "role"

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)

    @property
    def permissions(self) -> frozenset[Permission]:
        """Tell what this role may do."""
        return GRANTS.get(self.name, frozenset())


class PersonRole(Base):
    """Who holds which role."""

    __tablename__ = "person_role"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    role_id: Mapped[int] = mapped_column(ForeignKey("role.id"), primary_key=True)


class Person(Base, _SignsIn):
    """Somebody of ours who signs in. Never deleted, since the audit trail names them."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    #: In lower case, so that one mailbox is one person.
    email: Mapped[str] = mapped_column(String(320), unique=True)
    #: Argon2id; empty for somebody who is invited and has not come yet.
    password: Mapped[str] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)
    #: Names the person in sessions; a new one ends them all.
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    #: The language of mails to this person; empty where nobody chose one.
    language: Mapped[str] = mapped_column(String(12), default="", server_default="")
    #: What the authenticator app knows, encrypted (see second_factor); none without one.
    totp_secret: Mapped[str | None] = mapped_column(String(400))
    #: The half minute of the last code that was taken: no code counts twice.
    totp_counter: Mapped[int | None] = mapped_column(BigInteger)
    #: Wrong codes in a row, and when the next may be tried.
    totp_tries: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    totp_next_at: Mapped[datetime | None]
    #: Each encrypted; Flask-Security gives the column its name.
    mf_recovery_codes: Mapped[list[str]] = mapped_column(default=list, server_default="[]")

    roles: Mapped[list[Role]] = relationship(secondary="person_role", order_by=Role.id)

    @property
    def came(self) -> bool:
        """Tell whether this person ever chose a password; who is only invited has none."""
        return bool(self.password)

    @property
    def has_second_factor(self) -> bool:
        """Tell whether a password alone lets this person in."""
        return self.totp_secret is not None

    @property
    def permissions(self) -> frozenset[Permission]:
        """Tell what this person may do, by all the roles they hold."""
        return frozenset().union(*(role.permissions for role in self.roles))

    def may(self, permission: Permission) -> bool:
        """Tell whether this person may do this."""
        return permission in self.permissions

    def holds(self, role: str) -> bool:
        """Tell whether this person has a role."""
        return any(held.name == role for held in self.roles)


class WebSession(Base):
    """A browser in which a person is signed in; without this row they are not."""

    __tablename__ = "web_session"

    #: SHA-256 of what the cookie holds, so that the database opens no session.
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    data: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    #: To five minutes; unknown for sessions that are older than this column.
    used_at: Mapped[datetime | None]
    #: Browser and system in two words, so that people recognise their own.
    agent: Mapped[str] = mapped_column(String(80), default="")

    @property
    def handle(self) -> str:
        """Name the row in a form; the start of a hash opens nothing."""
        return self.token_hash[:16].hex()


class LinkKind(StrEnum):
    """Why a person got a link that lets them choose a password."""

    INVITED = "invited"
    RESET = "reset"  # an administrator sent it
    FORGOTTEN = "forgotten"  # the person asked for it


class PersonLink(Base):
    """A link in a mail that lets a person choose a password, once."""

    __tablename__ = "person_link"

    #: SHA-256 of what the link holds, so that the database opens nothing.
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    #: When it was used, replaced or taken back.
    ended_at: Mapped[datetime | None]
