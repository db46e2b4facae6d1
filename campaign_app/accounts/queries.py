"""Questions about people."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from flask import has_request_context
from flask import session as browser
from flask_login import current_user
from sqlalchemy import exists, func, inspect, select
from sqlalchemy.orm import selectinload

from campaign_app.accounts.models import (
    LinkKind,
    Person,
    PersonLink,
    PersonRole,
    Role,
    RoleName,
    WebSession,
    roles_that_grant,
)
from campaign_app.core import clock
from campaign_app.core.access import Permission
from campaign_app.core.db import db, session
from campaign_app.core.settings import settings

#: What nobody does in production by a password alone.
GUARDED: Final = frozenset({Permission.ADMINISTER, Permission.FINANCE})
#: Where a session notes that its person gave a code (or made the factor here).
SECOND: Final = "second_factor"


def current_person() -> Person | None:
    """Tell who is signed in; nobody ever is on a public page."""
    found = _whoever()
    return found if found and not _owes_a_code(found) else None


def person_at_the_door() -> Person | None:
    """Tell who gave the right password and still owes the code of the second factor."""
    found = _whoever()
    return found if found and _owes_a_code(found) else None


def owes_second_factor(found: Person) -> bool:
    """Tell whether somebody must set a second factor up before anything else."""
    return (
        settings().is_production
        and not found.has_second_factor
        and not GUARDED.isdisjoint(found.permissions)
    )


def without_second_factor() -> int:
    """Count those who could be in by a password alone, though they administer or handle money.

    Who is only invited has no password yet, and meets the gate when they come. None where the
    database has no tables yet. Asks over a connection of its own, since it is asked at the start.
    """
    if not inspect(db.engine).has_table(Person.__tablename__):
        return 0
    roles = [name for guarded in GUARDED for name in roles_that_grant(guarded)]
    weak = (
        select(func.count(Person.id.distinct()))
        .join(PersonRole, PersonRole.person_id == Person.id)
        .join(Role, Role.id == PersonRole.role_id)
        .where(Role.name.in_(roles), Person.active, Person.password != "")
        .where(Person.totp_secret.is_(None))
    )
    with db.engine.connect() as connection:
        return connection.scalar(weak) or 0


def _whoever() -> Person | None:
    if not has_request_context():
        return None
    found = current_user._get_current_object()
    return found if isinstance(found, Person) else None


def _owes_a_code(found: Person) -> bool:
    return found.has_second_factor and not browser.get(SECOND)


def people() -> Sequence[Person]:
    """List everybody, those who may sign in first."""
    query = select(Person).order_by(Person.active.desc(), Person.name, Person.id)
    return session.scalars(query.options(selectinload(Person.roles))).all()


def person(person_id: int) -> Person | None:
    """Find one person by number."""
    return session.get(Person, person_id)


def person_of(email: str) -> Person | None:
    """Find one person by e-mail address, however it is written."""
    return session.scalar(select(Person).where(Person.email == tidy_email(email)))


def tidy_email(email: str | None) -> str:
    """Write an e-mail address as we keep it."""
    return (email or "").strip().lower()


def other_reviewers(person_id: int) -> bool:
    """Tell whether somebody else could look at what this person wrote."""
    return _others(person_id, roles_that_grant(Permission.ORGANISE))


def others_in_finance(person_id: int) -> bool:
    """Tell whether somebody else could look at money that leaves."""
    return _others(person_id, roles_that_grant(Permission.FINANCE))


def other_administrators(person_id: int) -> bool:
    """Tell whether somebody else could let people in again."""
    return _others(person_id, [RoleName.ADMINISTRATOR])


def _others(person_id: int, roles: Sequence[str]) -> bool:
    held = (
        exists()
        .where(Person.id != person_id, Person.active, Person.password != "")
        .where(Role.name.in_(roles))
        .where(PersonRole.person_id == Person.id, PersonRole.role_id == Role.id)
    )
    return bool(session.scalar(select(held)))


def hash_of(token: str) -> bytes:
    """Hash what a link or a cookie holds, as the database keeps it."""
    return hashlib.sha256(token.encode()).digest()


def open_link(token: str) -> PersonLink | None:
    """Find a link that still lets its person choose a password."""
    link = session.get(PersonLink, hash_of(token))
    if link is None or link.ended_at or link.expires_at <= clock.now():
        return None
    found = person(link.person_id)
    return link if found and found.active else None


def links_still_open() -> Mapping[int, PersonLink]:
    """List who could choose a password now, by a link that was sent."""
    query = select(PersonLink).where(
        PersonLink.ended_at.is_(None), PersonLink.expires_at > clock.now()
    )
    return {link.person_id: link for link in session.scalars(query)}


def asked_lately(person_id: int) -> int:
    """Count the mails that a person's own asking brought in a day."""
    query = (
        select(func.count())
        .select_from(PersonLink)
        .where(PersonLink.person_id == person_id, PersonLink.kind == LinkKind.FORGOTTEN)
        .where(PersonLink.created_at > clock.now() - timedelta(days=1))
    )
    return session.scalar(query) or 0


def browsers_of(person_id: int) -> Sequence[WebSession]:
    """List where a person is signed in, the latest first."""
    query = (
        select(WebSession)
        .where(WebSession.person_id == person_id, WebSession.expires_at > clock.now())
        .order_by(WebSession.created_at.desc())
    )
    return session.scalars(query).all()
