"""Telling people by mail what was done to their account, since whoever did it may be a thief."""

from enum import StrEnum
from typing import Final

from campaign_app.accounts.models import Person
from campaign_app.core.settings import settings
from campaign_app.outbox import services as outbox
from campaign_app.outbox.services import Letter

FACTOR_REMOVED: Final = "accounts/factor_removed"


class Way(StrEnum):
    """How a second factor went."""

    OWN = "own"
    ADMINISTRATOR = "administrator"
    SERVER = "server"


def factor_removed(person: Person, way: Way, *, language: str, by: str = "") -> Letter | None:
    """Close the mail that tells a person of it; None if there is no factor to remove."""
    if not person.has_second_factor:
        return None
    return outbox.seal_letter(
        to=person.email,
        template=FACTOR_REMOVED,
        language=person.language or language,
        context={
            "name": person.name,
            "way": str(way),
            "by": by,
            "link": f"{settings().public_url}/console/account/second-factor",
        },
    )


def post(letter: Letter | None) -> None:
    """Send it, in the transaction of the deed."""
    if letter is not None:
        outbox.post(letter)
