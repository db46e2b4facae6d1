"""Whom to thank, and where the receipt goes: closed at rest, opened for the finance role and the mail.

row.contact = contacts.close(row.id, Contact(name="Mina", mail="mina@example.org"))
"""

import json
from dataclasses import asdict, dataclass
from uuid import UUID

from campaign_app.core import at_rest

ROOM = "donations"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """What a donor told of themselves; either may be empty."""

    name: str = ""
    mail: str = ""

    def __bool__(self) -> bool:
        return bool(self.name or self.mail)

    def __repr__(self) -> str:
        return "Contact(…)"  # a traceback must not tell it


def close(donation_id: UUID, contact: Contact) -> bytes | None:
    """Close a contact for its row; nothing where there is none."""
    if not contact:
        return None
    plain = json.dumps(asdict(contact), ensure_ascii=False).encode()
    return at_rest.close(ROOM, _row(donation_id), plain)


def open_(donation_id: UUID, closed: bytes | None) -> Contact:
    """Open a contact; an empty one where nothing is kept."""
    if closed is None:
        return Contact()
    return Contact(**json.loads(at_rest.open_(ROOM, _row(donation_id), closed)))


def _row(donation_id: UUID) -> str:
    return f"donation:{donation_id.hex}:contact"
