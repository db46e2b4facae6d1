"""What people's doings bring about a moment later."""

from functools import partial
from typing import Any

from campaign_app.accounts import invitations, queries
from campaign_app.core import db
from campaign_app.outbox.services import on


def register() -> None:
    """Hand our jobs to whoever runs them."""
    on(invitations.FORGOTTEN, send_forgotten)


def send_forgotten(asked: dict[str, Any]) -> None:
    """Send a link to whoever forgot the password, if there is such a person.

    The page that was asked only wrote this job, the same for every address: its answer, and the
    time it takes, tell nobody who signs in here.
    """
    person = queries.person(asked["person"])
    if person is None or not person.active:
        return
    sent = invitations.letter_for(person, asked["language"])
    db.transact(partial(invitations.send_forgotten, person.id, sent))
