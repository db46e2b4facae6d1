"""Questions about people."""

from collections.abc import Sequence

from flask import has_request_context
from flask_login import current_user
from sqlalchemy import exists, select
from sqlalchemy.orm import selectinload

from campaign_app.accounts.models import Person, PersonRole, Role, RoleName, roles_that_grant
from campaign_app.core.access import Permission
from campaign_app.core.db import session


def current_person() -> Person | None:
    """Tell who is signed in; nobody ever is on a public page."""
    if not has_request_context():
        return None
    found = current_user._get_current_object()
    return found if isinstance(found, Person) else None


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


def other_administrators(person_id: int) -> bool:
    """Tell whether somebody else could let people in again."""
    return _others(person_id, [RoleName.ADMINISTRATOR])


def _others(person_id: int, roles: Sequence[str]) -> bool:
    held = (
        exists()
        .where(Person.id != person_id, Person.active, Role.name.in_(roles))
        .where(PersonRole.person_id == Person.id, PersonRole.role_id == Role.id)
    )
    return bool(session.scalar(select(held)))
