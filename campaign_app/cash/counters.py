"""Who counts: two people, each with a link of their own that opens one sheet and nothing else.

The address holds a secret that the database knows only as a hash, and is good for three days.
"""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from sqlalchemy import select, update

from campaign_app.audit.services import record
from campaign_app.cash import states
from campaign_app.cash.boxes import held
from campaign_app.cash.models import BoxOpening, CashCounter, CountSheet
from campaign_app.cash.wrong import NotNow, OnePersonTwice
from campaign_app.core import clock
from campaign_app.core.db import session

GOOD_FOR: Final = timedelta(days=3)
TOKEN_BYTES: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link as it is shown once."""

    letter: str
    alias: str
    token: str = field(repr=False)


def name_two(opening_id: int, first: str, second: str) -> tuple[Link, Link]:
    """Give a closed box to two counters; links that were made before end."""
    opening = held(opening_id)
    if opening.state not in (states.CLOSED, states.COUNTING) or _has_sheet(opening):
        raise NotNow
    if same_person(first, second):
        raise OnePersonTwice
    opening.state = states.COUNTING
    return _give(opening, states.FIRST, first), _give(opening, states.SECOND, second)


def renew(opening_id: int, letter: str, alias: str) -> Link:
    """Give one of the places to somebody, again or anew, while their sheet is not in."""
    opening = held(opening_id)
    if opening.state != states.COUNTING or letter not in (states.FIRST, states.SECOND):
        raise NotNow
    for other in at_work(opening.id):
        if other.letter != letter and same_person(other.alias, alias):
            raise OnePersonTwice
        if other.letter == letter and sheet_of(other, opening.round) is not None:
            raise NotNow
    return _give(opening, letter, alias)


def add_third(opening: BoxOpening, alias: str) -> Link:
    """Let a third one decide between two counts; the caller holds the opening."""
    if any(same_person(one.alias, alias) for one in at_work(opening.id)):
        raise OnePersonTwice
    return _give(opening, states.THIRD, alias)


def _give(opening: BoxOpening, letter: str, alias: str) -> Link:
    end(opening.id, letter)
    link = Link(letter=letter, alias=alias, token=secrets.token_urlsafe(TOKEN_BYTES))
    row = CashCounter(
        opening_id=opening.id,
        letter=letter,
        alias=alias,
        token_hash=_hash(link.token),
        expires_at=clock.now() + GOOD_FOR,
    )
    session.add(row)
    session.flush()
    record("cash.counter_named", f"cash_box:{opening.box.number}", to=alias, event=opening.event_id)
    return link


def end(opening_id: int, *letters: str) -> None:
    """Let nobody count by these links any more."""
    session.execute(
        update(CashCounter)
        .where(
            CashCounter.opening_id == opening_id,
            CashCounter.letter.in_(letters),
            CashCounter.ended_at.is_(None),
        )
        .values(ended_at=clock.now())
    )


def same_person(one: str, other: str) -> bool:
    """Tell whether two names are one, however they are written."""
    return "".join(one.split()).casefold() == "".join(other.split()).casefold()


def at_work(opening_id: int) -> list[CashCounter]:
    """List who counts a box now, or counted it."""
    query = select(CashCounter).where(
        CashCounter.opening_id == opening_id, CashCounter.ended_at.is_(None)
    )
    return list(session.scalars(query.order_by(CashCounter.letter)))


def sheet_of(counter: CashCounter, turn: int) -> CountSheet | None:
    """Find what a counter handed in, in one round."""
    return session.scalar(
        select(CountSheet).where(CountSheet.counter_id == counter.id, CountSheet.round == turn)
    )


def _has_sheet(opening: BoxOpening) -> bool:
    return any(sheet_of(one, opening.round) for one in at_work(opening.id))


def find(token: str) -> CashCounter | None:
    """Find whose address this is, if it is good now."""
    return session.scalar(
        select(CashCounter).where(
            CashCounter.token_hash == _hash(token),
            CashCounter.ended_at.is_(None),
            CashCounter.expires_at > clock.now(),
        )
    )


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
