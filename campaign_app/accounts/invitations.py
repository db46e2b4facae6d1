"""Ways to a password: an invitation, a reset by an administrator, a forgotten one.

They all end at the same page, behind a link that only the person's mailbox has. The caller opens
the transaction, and closes the letter before it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from sqlalchemy import select

from campaign_app.accounts import links
from campaign_app.accounts.links import Sent
from campaign_app.accounts.models import LinkKind, Person
from campaign_app.accounts.queries import asked_lately, open_link
from campaign_app.accounts.services import create_person, sign_out_everywhere
from campaign_app.audit.services import Actor, acting, record
from campaign_app.core.db import session
from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _l

#: Mails in a day that whoever types somebody's address can bring upon them.
MOST_A_DAY: Final = 3
#: The job that sends them.
FORGOTTEN: Final = "accounts.forgotten"


class NotLetIn(DomainError):
    """Somebody who may not sign in gets no link."""

    text: ClassVar[str] = _l("This person may not sign in. Let them in again first.")


class LinkIsSpent(DomainError):
    """A link that was used, replaced or taken back, or is too old."""

    status: ClassVar[int] = 410
    text: ClassVar[str] = _l("This link does not work any more.")


@dataclass(frozen=True, slots=True)
class Guest:
    """Who is to be let in."""

    name: str
    email: str
    language: str
    roles: Sequence[str]

    def letter(self, by: str) -> Sent:
        """Close the mail that invites them."""
        return links.write(
            LinkKind.INVITED, to=self.email, name=self.name, language=self.language, by=by
        )


def invite(guest: Guest, sent: Sent, *, by_mail: bool = True) -> Person:
    """Let somebody in who chooses the password themselves."""
    made = create_person(guest.name, guest.email, "", guest.roles, language=guest.language)
    links.post(made, sent, by_mail=by_mail)
    record("person.invited", f"person:{made.id}")
    return made


def letter_for(person: Person, language: str, *, by: str = "") -> Sent:
    """Close a mail with a new link: the invitation again, or one for a new password."""
    kind = LinkKind.RESET if person.came else LinkKind.INVITED
    if not by:
        kind = LinkKind.FORGOTTEN
    return links.write(kind, to=person.email, name=person.name, language=language, by=by)


def send(person: Person, sent: Sent) -> None:
    """Send a link that an administrator asked for; links before it end."""
    if not person.active:
        raise NotLetIn
    links.post(person, sent)
    record("person.link_sent", f"person:{person.id}", kind=str(sent.kind))


def send_forgotten(person_id: int, sent: Sent) -> None:
    """Send a link that somebody asked for at the door, a few a day at most."""
    query = select(Person).where(Person.id == person_id).with_for_update()
    person = session.scalars(query).one()
    if person.active and asked_lately(person_id) < MOST_A_DAY:
        links.post(person, sent)


def choose_password(token: str, password_hash: str) -> Person:
    """Take the password that a link's person chose; the link is used up."""
    link = open_link(token)
    if link is None or not links.use(link.token_hash):
        raise LinkIsSpent
    person = session.get_one(Person, link.person_id)
    came_first = not person.came
    links.end(person.id)
    person.password = password_hash
    sign_out_everywhere(person)
    _note(person, "person.came" if came_first else "person.password_chosen")
    return person


def _note(person: Person, deed: str) -> None:
    """Write it down in the name of whom the link was sent to."""
    token = acting.set(Actor(person.name, person.id))
    record(deed, f"person:{person.id}")
    acting.reset(token)
