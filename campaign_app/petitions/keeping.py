"""What is let go in time: attempts nobody confirmed, keys of petitions that ended."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import delete, select, update

from campaign_app.audit import services as audit
from campaign_app.core import clock
from campaign_app.core.db import changed_one, session, table_of
from campaign_app.core.withdrawn_log import Deed
from campaign_app.outbox import services as outbox
from campaign_app.petitions import states
from campaign_app.petitions.models import Petition
from campaign_app.petitions.services import REOPEN_WITHIN
from campaign_app.petitions.signing import (
    delta_values,
    keyring,
    reference,
    this_hour,
    withdrawn_log,
)
from campaign_app.petitions.signing_models import Mailbox, Signature, TallyDelta

UNCONFIRMED_FOR: Final = timedelta(days=21)
MOST_AT_ONCE: Final = 200

_COLUMNS: Final = (
    Signature.petition_id,
    Signature.id,
    Signature.placement_id,
    Signature.hour,
    Signature.language,
    Signature.country,
    Signature.evidence,
    Signature.blind_index,
    Signature.leads,
)


def let_go_unconfirmed() -> int:
    """Delete attempts that nobody confirmed in 21 days; tell how many (at most 200 at once)."""
    before = this_hour() - int(UNCONFIRMED_FOR.total_seconds() // 3600)
    old = _awaiting(Signature.hour < before, most=MOST_AT_ONCE)
    let_go(old)
    _forget_mailboxes(before)
    return len(old)


def let_go(rows: Sequence[Any]) -> None:
    """Delete attempts that nobody confirmed, and write down that they must stay deleted."""
    for petition_id in sorted({row["petition_id"] for row in rows}):
        of_it = [row["id"] for row in rows if row["petition_id"] == petition_id]
        withdrawn_log().append(Deed.LET_GO, petition_id, of_it)
    for row in rows:
        delete_attempt(row)


def _awaiting(*conditions: Any, most: int) -> Sequence[Any]:
    query = (
        select(*_COLUMNS)
        .where(Signature.state == states.AWAITING, *conditions)
        .order_by(Signature.hour)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    return session.execute(query).mappings().all()


def delete_attempt(row: Any) -> None:
    """Delete one attempt with its mail; a younger one of its mailbox takes its place."""
    gone = changed_one(
        delete(Signature).where(
            Signature.petition_id == row["petition_id"],
            Signature.id == row["id"],
            Signature.state == states.AWAITING,
        )
    )
    if not gone:
        return
    outbox.cancel(reference(row["petition_id"], row["id"]))
    if row["leads"]:
        session.execute(table_of(TallyDelta).insert(), [delta_values(row, -1)])
        _promote(row)


def _promote(row: Any) -> None:
    """Let a younger attempt of the same mailbox stand for it."""
    same = (
        Signature.petition_id == row["petition_id"],
        Signature.blind_index == row["blind_index"],
    )
    for heir in _awaiting(*same, most=1):
        session.execute(
            update(Signature)
            .where(Signature.petition_id == heir["petition_id"], Signature.id == heir["id"])
            .values(leads=True)
        )
        session.execute(table_of(TallyDelta).insert(), [delta_values(heir, 1)])


def _forget_mailboxes(before: int) -> None:
    """Forget mailboxes that tried, never signed, and have nothing waiting."""
    session.execute(delete(Mailbox).where(Mailbox.signed.is_(False), Mailbox.hour < before))


def close_due() -> int:
    """Close petitions whose time is over; tell how many."""
    due = session.scalars(
        select(Petition).where(
            Petition.state.in_((states.OPEN, states.PAUSED)),
            Petition.closes_at.is_not(None),
            Petition.closes_at <= clock.now(),
        )
    ).all()
    for petition in due:
        petition.state, petition.closed_at = states.CLOSED, petition.closes_at
        audit.record("petition.closed", f"petition:{petition.id}", by="the closing time")
    return len(due)


#: Rooms above say here (name → question) whether signatures of a petition may still arrive: a gap
#: report or a batch of paper is open. Until none says so, its index key is kept.
AWAITED: Final[dict[str, Callable[[int], bool]]] = {}


def ended_for_good() -> list[Petition]:
    """List petitions that closed 30 days ago, await nothing, and still have their index key."""
    query = select(Petition).where(
        Petition.state.in_(states.ENDED),
        Petition.index_key_destroyed_at.is_(None),
        Petition.closed_at < clock.now() - REOPEN_WITHIN,
    )
    return [petition for petition in session.scalars(query) if not _is_awaited(petition.id)]


def _is_awaited(petition_id: int) -> bool:
    return any(awaited(petition_id) for awaited in AWAITED.values())


def destroy_index_key(petition: Petition) -> None:
    """Destroy a petition's index key: from then on no mailbox can be tested against it.

    The file goes first: if what follows fails, the next run finds the petition again.
    """
    keyring().destroy_index_key(petition.uid)
    session.execute(delete(Mailbox).where(Mailbox.petition_id == petition.id))
    petition.index_key_destroyed_at = clock.now()
    audit.record("petition.index_key_destroyed", f"petition:{petition.id}")
