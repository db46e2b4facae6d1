"""The second person from outside: a link by mail to somebody whom the administrator named, without an account.

Whoever asks for a refund never sees the link, and cannot choose where it goes: the mailboxes stand in
PAYMENTS_FILE. Only a hash of it is with us; it opens for seven days, or until somebody decided.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from campaign_app.accounts.queries import hash_of
from campaign_app.audit.services import record
from campaign_app.core import clock
from campaign_app.core.db import session
from campaign_app.core.i18n import day, pick, spoken
from campaign_app.core.settings import settings
from campaign_app.outbox import services as outbox
from campaign_app.payments import refunding, states, steps
from campaign_app.payments.taking_models import Refund
from campaign_app.payments.ways import Outsider, of_the_app

GOOD_FOR: Final = timedelta(days=7)
MAIL: Final = "payments/look_at_refund"


@dataclass(frozen=True, slots=True)
class Sent:
    """A link in its letter, closed and ready to be posted."""

    name: str
    token_hash: bytes
    letter: outbox.Letter


def known(entity: str) -> Sequence[Outsider]:
    """List who outside may look at the refunds of an entity."""
    found = of_the_app().entities.get(entity)
    return found.outsiders if found else ()


def write(row: Refund, to: Outsider) -> Sent:
    """Draw a link and close the letter that carries it; writes nothing."""
    token = secrets.token_urlsafe(32)
    language = to.language if to.language in settings().languages else settings().languages[0]
    link = f"{settings().public_url}/refunds/{token}?lang={language}"
    context = facts(row, language) | {"name": to.name, "link": link, "days": GOOD_FOR.days}
    letter = outbox.seal_letter(to=to.mail, template=MAIL, language=language, context=context)
    return Sent(to.name, hash_of(token), letter)


def facts(row: Refund, language: str) -> dict[str, Any]:
    """Say what a second person must know: amount, day, whose money, why; nothing of the donor."""
    entity = of_the_app().entities.get(row.of_entity)
    with spoken(language):
        return {
            "amount": row.money.written(language),
            "day": day(row.created_at),
            "entity": pick(dict(entity.names)) if entity else row.of_entity,
            "reason": row.reason,
        }


def post(refund_id: UUID, sent: Sent, person_id: int) -> None:
    """Let the link count from now on, and send its letter; an older link ends."""
    row = refunding.waiting(refund_id)
    row.outside, row.link_hash = sent.name, sent.token_hash
    row.link_until = clock.now() + GOOD_FOR
    outbox.cancel(_ref(row))
    outbox.post(sent.letter, ref=_ref(row))
    steps.note(row.name, steps.ASKED_OUTSIDE, by=person_id, detail=sent.name)
    record("refund.asked_outside", row.name, to=sent.name)


def _ref(row: Refund) -> str:
    return f"{row.name}:outside"


def find(token: str) -> Refund | None:
    """Find what a link is about, while it opens."""
    row = session.scalar(select(Refund).where(Refund.link_hash == hash_of(token)))
    if row is None or row.link_until is None or row.link_until <= clock.now():
        return None
    return row if row.state == states.ASKED else None


def decide(token: str, *, allowed: bool) -> Refund | None:
    """Do what the holder of a link decided, in the caller's transaction; None where it opens nothing."""
    found = find(token)
    return refunding.decide_outside(found.id, allowed=allowed) if found else None
