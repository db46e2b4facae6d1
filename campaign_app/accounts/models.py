"""The people who run petitions: who they are, what they may do, where they are signed in."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from flask_security import RoleMixin, UserMixin
from sqlalchemy import ForeignKey, LargeBinary, String
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
    VIEWER = "viewer"


#: What each role may do. Who keeps the keys need not be who writes the petitions.
GRANTS: Final[Mapping[str, frozenset[Permission]]] = {
    RoleName.ADMINISTRATOR: frozenset({Permission.READ, Permission.ADMINISTER}),
    RoleName.ORGANISER: frozenset({Permission.READ, Permission.ORGANISE}),
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
    #: Argon2id.
    password: Mapped[str] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)
    #: Names the person in sessions; a new one ends them all.
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    roles: Mapped[list[Role]] = relationship(secondary="person_role", order_by=Role.id)

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
    #: What the browser calls itself, cut short, so that people recognise their own.
    agent: Mapped[str] = mapped_column(String(80), default="")
