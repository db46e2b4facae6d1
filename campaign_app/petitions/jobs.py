"""What happens to petitions by itself."""

from collections.abc import Callable
from functools import partial, wraps
from typing import Final
from uuid import UUID

from flask import current_app
from sqlalchemy import update

from campaign_app.audit import services as audit
from campaign_app.core import clock, db
from campaign_app.core.db import changed_one, session
from campaign_app.outbox.services import every, guard
from campaign_app.petitions import (
    copies,
    forgetting,
    keeping,
    names_end,
    names_lists,
    recount,
    stall_code,
    tally,
)
from campaign_app.petitions.signing import MOST_MAILS, REMINDER, referred
from campaign_app.petitions.signing_models import Mailbox, Signature

MOST_ROUNDS: Final = 20


def register() -> None:
    """Hand our jobs to whoever runs them."""
    every(seconds=1, name="petitions.roll", unguarded=True)(roll)
    every(minutes=5, name="petitions.close_due")(as_job(close_due))
    every(hours=1, name="petitions.let_go")(as_job(let_go))
    every(hours=6, name="petitions.destroy_index_keys")(as_job(destroy_index_keys))
    every(hours=6, name="petitions.warn_of_names")(as_job(names_end.warn))
    every(hours=6, name="petitions.forget_names")(as_job(forget_names))
    every(hours=24, name="petitions.recount")(as_job(recount_nightly))
    every(hours=1, name="petitions.remind_lists")(as_job(remind_lists))
    every(minutes=10, name="petitions.delete_copies")(as_job(delete_copies))
    guard(REMINDER, may_remind)


def as_job(work: Callable[[], None]) -> Callable[[], None]:
    """Let the audit trail say that nobody in person did it."""

    @wraps(work)
    def run() -> None:
        token = audit.acting.set(audit.JOB)
        try:
            work()
        finally:
            audit.acting.reset(token)

    return run


def roll() -> None:
    """Fold pending changes into the counters until few are left."""
    for _round in range(MOST_ROUNDS):
        if db.transact(tally.roll) < tally.MOST_AT_ONCE:
            return


def close_due() -> None:
    """Close petitions whose time is over."""
    db.transact(keeping.close_due)


def let_go() -> None:
    """Delete what nobody confirmed."""
    while db.transact(keeping.let_go_unconfirmed) == keeping.MOST_AT_ONCE:
        pass
    db.transact(stall_code.forget_tries)
    db.empty_the_log()  # of these, and of whoever withdrew


def destroy_index_keys() -> None:
    """Destroy the index keys of petitions that closed 30 days ago."""

    def destroy() -> None:
        for petition in keeping.ended_for_good():
            keeping.destroy_index_key(petition)

    db.transact(destroy)


def forget_names() -> None:
    """Delete the names whose time is over; a run that was cut short is finished by the next."""
    rounds = forgetting.due(clock.today())
    for one in rounds:
        _forget(one)
    if rounds:
        db.empty_the_log()


def _forget(one: forgetting.Round) -> None:
    """Recount, delete in small transactions, recount."""
    agreed = not recount.check(one.petition_id)
    proof = db.transact(partial(forgetting.begin, one, agreed=agreed))
    last: UUID | None = None
    while last := db.transact(partial(forgetting.delete_some, one, proof, last)):
        pass
    agreed = not recount.check(one.petition_id)
    db.transact(partial(forgetting.finish, one, proof, agreed=agreed))


def delete_copies() -> None:
    """Delete the copies that retired keys could open, some at a time."""
    if not copies.of_retired_keys():
        return
    got_to: copies.Place | None = None
    while got_to := db.transact(partial(copies.delete_some, got_to)):
        pass
    db.empty_the_log()  # of these copies


def recount_nightly() -> None:
    """Recount everything; note each difference where an administrator sees it."""
    differences = recount.check()
    if not differences:
        return
    current_app.logger.error("the tally differs from the recount in %s rows", len(differences))

    def note() -> None:
        for found in differences[:20]:
            audit.record(
                "tally.differs",
                f"petition:{found.petition_id}",
                table=found.table,
                row=found.row,
                tally=found.tally,
                recount=found.recount,
            )

    db.transact(note)


def remind_lists() -> None:
    """Remind those who hold a list of names that its day has come."""
    while True:
        letters = names_lists.due()  # closed before the transaction begins
        if not letters or not db.transact(partial(names_lists.remind, letters)):
            return


def may_remind(ref: str) -> bool:
    """Count the reminder among a mailbox's five mails; there may be none left."""
    petition_id, row = referred(ref)
    signature = session.get(Signature, (petition_id, row))
    if signature is None or signature.blind_index is None:
        return False
    return changed_one(
        update(Mailbox)
        .where(
            Mailbox.petition_id == petition_id,
            Mailbox.blind_index == signature.blind_index,
            Mailbox.signed.is_(False),
            Mailbox.mails < MOST_MAILS,
        )
        .values(mails=Mailbox.mails + 1)
    )
