"""What can be done with people. The caller opens the transaction, and hashes before it."""

import uuid
from collections.abc import Iterable
from typing import ClassVar

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from campaign_app.accounts import links, second_factor, telling
from campaign_app.accounts.models import Person, Role, RoleName, WebSession
from campaign_app.accounts.queries import other_administrators, tidy_email
from campaign_app.audit.services import record
from campaign_app.core.db import changed_one, insert, session
from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _l
from campaign_app.outbox.services import Letter


class EmailTaken(DomainError):
    """Two people cannot share a mailbox."""

    text: ClassVar[str] = _l("Somebody already signs in with this e-mail address.")


class LastAdministrator(DomainError):
    """Nobody would be left to let people in."""

    text: ClassVar[str] = _l("This is the last administrator. Give somebody else this role first.")


class UnknownRole(DomainError):
    """A role that we do not have."""

    status: ClassVar[int] = 400
    text: ClassVar[str] = _l("There is no such role.")


def create_person(
    name: str,
    email: str,
    password_hash: str,
    roles: Iterable[str],
    *,
    language: str = "",
    demo: bool = False,
) -> Person:
    """Let somebody in, with the roles they need; who is only invited has no password yet."""
    if session.scalar(select(Person.id).where(Person.email == tidy_email(email))):
        raise EmailTaken
    person = Person(
        name=name.strip(),
        email=tidy_email(email),
        password=password_hash,
        fs_uniquifier=uuid.uuid4().hex,
        roles=_role_rows(roles),
        language=language,
        demo=demo,
    )
    session.add(person)
    try:
        session.flush()
    except IntegrityError:  # somebody else invited the same mailbox in this moment
        raise EmailTaken from None
    record("person.created", f"person:{person.id}", roles=_names(person))
    return person


def set_roles(person: Person, roles: Iterable[str]) -> None:
    """Give a person these roles and no others; the last administrator stays one."""
    wanted = _role_rows(roles)
    before = _names(person)
    if RoleName.ADMINISTRATOR not in {role.name for role in wanted}:
        _keep_an_administrator(person)
    person.roles = wanted
    if before != _names(person):
        record("person.roles_set", f"person:{person.id}", before=before, after=_names(person))


def deactivate(person: Person) -> None:
    """Let somebody in no more, and sign them out everywhere."""
    _keep_an_administrator(person)
    person.active = False
    links.end(person.id)
    sign_out_everywhere(person)
    record("person.deactivated", f"person:{person.id}")


def reactivate(person: Person) -> None:
    """Let somebody in again."""
    person.active = True
    record("person.reactivated", f"person:{person.id}")


def set_password(person: Person, password_hash: str) -> None:
    """Give a person a new password, and sign them out everywhere."""
    person.password = password_hash
    links.end(person.id)
    sign_out_everywhere(person)
    record("person.password_set", f"person:{person.id}")


def remove_second_factor(person: Person, letter: Letter | None) -> None:
    """Let the password alone count again, for somebody who lost phone and recovery codes."""
    second_factor.take_away(person)
    sign_out_everywhere(person)
    telling.post(letter)
    record("person.second_factor_removed", f"person:{person.id}")


def end_sessions(person: Person) -> None:
    """Sign somebody out everywhere, as an administrator may."""
    sign_out_everywhere(person)
    record("person.signed_out", f"person:{person.id}")


def end_browser(person_id: int, token_hash: bytes) -> bool:
    """Sign a person out in one browser; tell whether they were signed in there."""
    return changed_one(
        delete(WebSession)
        .where(WebSession.person_id == person_id)
        .where(WebSession.token_hash == token_hash)
    )


def end_other_browsers(person_id: int, kept: bytes) -> None:
    """Sign a person out in all browsers but this one."""
    session.execute(
        delete(WebSession)
        .where(WebSession.person_id == person_id)
        .where(WebSession.token_hash != kept)
    )
    record("person.signed_out_elsewhere", f"person:{person_id}")


def sign_out_everywhere(person: Person) -> None:
    """End all sessions of a person; even a copied one opens nothing any more."""
    person.fs_uniquifier = uuid.uuid4().hex
    sign_out_of_all_browsers(person.id)


def sign_out_of_all_browsers(person_id: int) -> None:
    """Delete the sessions of a person."""
    session.execute(delete(WebSession).where(WebSession.person_id == person_id))


def _keep_an_administrator(person: Person) -> None:
    """Refuse to lose the last one, also when two are removed in the same moment.

    Whoever is invited and has not come is none yet: nobody can say that they ever will.
    """
    if not (person.active and person.came and person.holds(RoleName.ADMINISTRATOR)):
        return
    name = RoleName.ADMINISTRATOR
    session.execute(select(Role.id).where(Role.name == name).with_for_update())
    if not other_administrators(person.id):
        raise LastAdministrator


def _role_rows(roles: Iterable[str]) -> list[Role]:
    """Find the rows of these roles; the first to hold a role brings its row."""
    names = sorted(set(roles))
    if any(name not in set(RoleName) for name in names):
        raise UnknownRole
    for name in names:
        session.execute(insert(Role).values(name=name).on_conflict_do_nothing())
    return list(session.scalars(select(Role).where(Role.name.in_(names)).order_by(Role.id)))


def _names(person: Person) -> list[str]:
    return sorted(role.name for role in person.roles)
