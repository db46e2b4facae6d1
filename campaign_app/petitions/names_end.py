"""Telling organisers, 14 days before and once, that names will be deleted."""

from functools import partial

from campaign_app.accounts import queries as accounts
from campaign_app.core import clock, db
from campaign_app.core.access import Permission
from campaign_app.core.settings import settings
from campaign_app.outbox import services as outbox
from campaign_app.petitions import forgetting, queries, wording
from campaign_app.petitions.forgetting import Ahead

MAIL = "petitions/names_end"


def warn() -> None:
    """Write to those who organise, for each day of which nobody was told yet."""
    for one in forgetting.ahead(clock.today()):
        letters = _letters(one)
        db.transact(partial(_send, one, letters))


def _send(one: Ahead, letters: list[outbox.Letter]) -> None:
    if forgetting.note_warning(one) and letters:
        outbox.post_all([(letter, f"names_end:{one.petition.id}") for letter in letters])


def _letters(one: Ahead) -> list[outbox.Letter]:
    language = one.petition.source_language
    return [
        outbox.seal_letter(
            to=person.email,
            template=MAIL,
            language=language,
            context={
                "title": queries.title(one.petition, language),
                "day": wording.long_date(one.goes_on, language),
                "names": one.names,
                "link": f"{settings().public_url}/console/petitions/{one.petition.id}",
            },
        )
        for person in accounts.people()
        if person.active and person.may(Permission.ORGANISE)
    ]
