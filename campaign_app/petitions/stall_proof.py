"""Taking a stall's four digits as proof that somebody of ours stood by.

Four digits are few, so guessing is paid for before anything is looked at: five tries an answer page,
thirty wrong codes an event in ten minutes, three hundred against one secret; and a right code counts
forty times. Three codes fit at a time (the clocks of tablets without a network differ), so whoever
spends all three hundred comes upon one of them in less than nine attempts of a hundred.

Whether a signature stands behind the page changes nothing of this, nor of the answer.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select, update

from campaign_app.core import clock
from campaign_app.core.db import changed_one, insert, session
from campaign_app.events.models import Event
from campaign_app.outbox.services import Letter, post
from campaign_app.petitions import confirming, stall_code, states
from campaign_app.petitions.desk import Desk
from campaign_app.petitions.secrets_of import Handle, Link
from campaign_app.petitions.signing import reference, this_hour
from campaign_app.petitions.signing_models import Signature
from campaign_app.petitions.stall_models import (
    MOST_TRIES,
    MOST_USES,
    MOST_WRONG,
    MOST_WRONG_IN_ALL,
    StallSecret,
    StallTry,
    StallWindow,
)
from campaign_app.qr.models import Placement

#: What makes a receipt another one than that of the mail's six digits.
_RECEIPT: Final = "stall"
_AHEAD_AND_BEHIND: Final = (0, -1, 1)


class Verdict(StrEnum):
    """How typing a stall's code ended."""

    WITNESSED = "witnessed"
    #: Wrong, too often, or used up: one answer for all of them.
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Typed:
    """What the answer page sent."""

    handle: Handle
    code: str
    #: The event of the place where the form says it was signed, if there is no signature.
    event_id: int | None


@dataclass(frozen=True, slots=True)
class Thanks:
    """The mail that goes to a mailbox once it proves to be the signature's."""

    blind_index: bytes
    link: Link
    letter: Letter = field(repr=False)


def prove(desk: Desk, typed: Typed, thanks: Thanks | None = None) -> Verdict:
    """Let a signature count if the code is the stall's; the same for a page without a signature."""
    found = confirming.read(desk.id, typed.handle.row)
    event = _event(_event_id(found) if found else typed.event_id)
    if event is None or not _may(desk, event):
        return Verdict.REFUSED
    secret = _locked(event)
    if not _guesses(secret) or not _tries(typed.handle.row):
        return Verdict.REFUSED
    fitting = _fitting(event, secret.generation, typed.code)
    if fitting is None or not _used(secret, fitting):
        return Verdict.REFUSED
    if found:
        _witness(found, typed, thanks)
    return Verdict.WITNESSED


def receipt(handle: Handle) -> str:
    """Derive the receipt; on a page without a signature it opens nothing."""
    return handle.receipt(_RECEIPT)


def _may(desk: Desk, event: Event) -> bool:
    return desk.stall_codes and desk.confirms(clock.now()) and stall_code.runs(event)


def _event(event_id: int | None) -> Event | None:
    return session.get(Event, event_id) if event_id else None


def _event_id(found: Any) -> int | None:
    """Find the event of the placement at which it was signed, whatever the form says."""
    where = select(Placement.event_id).where(Placement.id == found["placement_id"])
    return session.scalar(where) if found["placement_id"] else None


def _locked(event: Event) -> StallSecret:
    """Queue on the event's secret: guesses are counted one after the other."""
    query = select(StallSecret).where(StallSecret.event_id == event.id).with_for_update()
    newest = query.execution_options(populate_existing=True)
    found = session.execute(newest).scalar_one_or_none()
    if found is None:
        row = insert(StallSecret).values(event_id=event.id, generation=0, wrong=0)
        session.execute(row.on_conflict_do_nothing(index_elements=["event_id"]))
        found = session.execute(newest).scalar_one()
    return found


def _window(secret: StallSecret, number: int) -> dict[str, int]:
    """Name a window of an event, and see that it has its row."""
    key = {"event_id": secret.event_id, "generation": secret.generation, "window": number}
    row = insert(StallWindow).values(key | {"uses": 0, "wrong": 0})
    session.execute(row.on_conflict_do_nothing(index_elements=list(key)))
    return key


def _guesses(secret: StallSecret) -> bool:
    """Count a wrong code before looking; a right one is given back."""
    if secret.wrong >= MOST_WRONG_IN_ALL:
        return False
    key = _window(secret, stall_code.window(clock.now()))
    allowed = changed_one(
        update(StallWindow)
        .filter_by(**key)
        .where(StallWindow.wrong < MOST_WRONG)
        .values(wrong=StallWindow.wrong + 1)
    )
    secret.wrong += allowed
    return allowed


def _tries(row: UUID) -> bool:
    """Count a try of this answer page; after five only the mail confirms."""
    values = insert(StallTry).values(row=row, tries=1, hour=this_hour())
    counted = values.on_conflict_do_update(
        index_elements=["row"],
        set_={"tries": StallTry.tries + 1},
        where=StallTry.tries < MOST_TRIES,
    )
    return session.scalar(counted.returning(StallTry.tries)) is not None


def _fitting(event: Event, generation: int, code: str) -> int | None:
    """Find the window whose code was typed: this one, the one before, the one after."""
    secret, now = stall_code.secret_at(event.uid, generation), stall_code.window(clock.now())
    windows = [now + away for away in _AHEAD_AND_BEHIND]
    return next((one for one in windows if stall_code.digits(secret, one) == code), None)


def _used(secret: StallSecret, number: int) -> bool:
    """Count a use of a code, forty at most, and give the guess back."""
    used = changed_one(
        update(StallWindow)
        .filter_by(**_window(secret, number))
        .where(StallWindow.uses < MOST_USES)
        .values(uses=StallWindow.uses + 1)
    )
    here = _window(secret, stall_code.window(clock.now()))
    session.execute(update(StallWindow).filter_by(**here).values(wrong=StallWindow.wrong - 1))
    secret.wrong -= 1
    return used


def _witness(found: Any, typed: Typed, thanks: Thanks | None) -> None:
    """Count it, unless it (or another of its mailbox) counts already; keep the receipt."""
    moved = found["state"] == states.AWAITING and confirming.move(found, states.BY_STALL_CODE)
    if moved and thanks is not None and thanks.blind_index == found["blind_index"]:
        _thank(found, thanks)
    if moved or _is_by_stall(found):
        confirming.keep_receipt(found, receipt(typed.handle))


def _is_by_stall(found: Any) -> bool:
    """Tell whether a code counted it before: the same page sent twice gives the same receipt."""
    return bool(found["state"] == states.CONFIRMED and found["evidence"] == states.BY_STALL_CODE)


def _thank(found: Any, thanks: Thanks) -> None:
    session.execute(
        update(Signature)
        .where(Signature.petition_id == found["petition_id"], Signature.id == found["id"])
        .values(not_me_hash=thanks.link.not_me_hash)
    )
    post(thanks.letter, ref=reference(found["petition_id"], found["id"]))
