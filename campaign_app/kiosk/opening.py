"""Opening what tablets delivered: outside the transaction read and judged, inside it written.

A signature, its delta, its mail and the emptying of its envelope are one transaction, and only an
envelope that is still new is written: killed at any step, or done by two workers at once, it counts
once. What cannot count waits in quarantine, with its reason, for an organiser.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final
from uuid import UUID

from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from campaign_app.core import db
from campaign_app.core.db import session
from campaign_app.core.envelope import Bound, open_envelope
from campaign_app.core.json_fields import BadField
from campaign_app.core.seal import CannotOpen, PrivateKey, TooFewKeys
from campaign_app.events.models import Event
from campaign_app.kiosk import checking, keys, standing, states
from campaign_app.kiosk.checking import Shelf, Taken, Window, Wrong
from campaign_app.kiosk.models import EventKey, Install, Intake
from campaign_app.kiosk.payloads import Sign, Void, read
from campaign_app.petitions import witnessing
from campaign_app.petitions.signing import SigningUnavailable
from campaign_app.petitions.witnessing import Blocked, Fate, Prepared

MOST_AT_ONCE: Final = 50

NOTHING: Final = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Closed:
    """An envelope with all that its opening needs."""

    id: UUID
    sealed: bytes = field(repr=False)
    key_id: str
    hour: int
    install_id: int
    install: UUID
    tablet_id: int
    event_id: int
    event: str
    window: Window


@dataclass(frozen=True, slots=True)
class Opened:
    """What an envelope turned out to be: a signature to write, a void, or a reason to wait."""

    closed: Closed
    taken: Taken | None = None
    prepared: Prepared | None = field(default=None, repr=False)
    void: UUID | None = None
    wrong: str = ""


_COLUMNS: Final = (
    Intake.id, Intake.sealed, Intake.key_id, Intake.hour, Intake.install_id, Install.uid,
    Install.tablet_id, Intake.event_id, Event.uid, Event.starts_at, Event.ends_at,
)  # fmt: skip


def waiting() -> Sequence[int]:
    """List the events of which something waits to be opened."""
    return session.scalars(
        select(Intake.event_id).where(Intake.state == states.NEW).distinct()
    ).all()


def open_event(event_id: int) -> None:
    """Open all that waits of an event, some at a time; then take back what was voided."""
    after, voids = NOTHING, _pending_voids(event_id)
    while some := _some(Intake.event_id == event_id, Intake.state == states.NEW, Intake.id > after):
        after = some[-1].id
        voids += _round(some, states.NEW)
    for one in voids:
        db.transact(partial(_take_back, one))


def open_again(ids: Sequence[UUID]) -> None:
    """Open envelopes that wait in quarantine, since somebody says that they may count now."""
    for start in range(0, len(ids), MOST_AT_ONCE):
        these = ids[start : start + MOST_AT_ONCE]
        some = _some(Intake.id.in_(these), Intake.state == states.QUARANTINED)
        for one in _round(some, states.QUARANTINED):
            db.transact(partial(_take_back, one))


def _some(*which: object) -> list[Closed]:
    query = select(*_COLUMNS).select_from(Intake).join(Install, Install.id == Intake.install_id)
    query = query.join(Event, Event.id == Intake.event_id)
    found = session.execute(query.where(*which).order_by(Intake.id).limit(MOST_AT_ONCE))  # type: ignore[arg-type]  # conditions on columns
    return [_closed(tuple(row)) for row in found]


def _closed(row: tuple[object, ...]) -> Closed:
    *facts, starts_at, ends_at = row
    return Closed(*facts, window=Window.of(starts_at, ends_at, facts[3]))  # type: ignore[arg-type,misc]  # as _COLUMNS has them


def _pending_voids(event_id: int) -> list[Opened]:
    """Open the voids anew that wait for what they take back.

    Also those of another event: whoever is sent on within the two minutes voids from the next one.
    """
    waits = (Intake.state == states.QUARANTINED, Intake.reason == states.NOTHING_TO_VOID)
    here = select(Intake.install_id).where(Intake.event_id == event_id)
    some = _some(Intake.install_id.in_(here), *waits)
    return [one for one in _all_opened(some) if one.void]


# Outside the transaction


def _round(some: Sequence[Closed], state: str) -> list[Opened]:
    """Open some, write the signatures, and give the voids."""
    opened = _prepared(_all_opened(some))
    try:
        db.transact(partial(_write, opened, state))
    except DBAPIError:
        _one_by_one(opened, state)
    return [one for one in opened if one.void]


def _one_by_one(opened: Sequence[Opened], state: str) -> None:
    """Let no envelope that the database will not have keep the others back."""
    for one in opened:
        try:
            db.transact(partial(_write, [one], state))
        except DBAPIError as error:
            name = type(error.orig or error).__name__
            current_app.logger.error("an envelope could not be written: %s", name)


def _all_opened(some: Sequence[Closed]) -> list[Opened]:
    shelf, drawer = Shelf(), Drawer()
    return [_opened(one, shelf, drawer) for one in some]


class Drawer:
    """The private halves that a round needs, read once and forgotten with it."""

    def __init__(self) -> None:
        self._keys: Final[dict[tuple[str, int], PrivateKey | None]] = {}

    def key(self, key_id: str, event_id: int) -> PrivateKey:
        """Find the key of an event's envelopes."""
        name = (key_id, event_id)
        if name not in self._keys:
            row = session.get(EventKey, key_id)
            fits = row is not None and row.event_id == event_id
            self._keys[name] = keys.private(row) if row is not None and fits else None
        found = self._keys[name]
        if found is None:
            raise Wrong(states.NO_KEY)
        return found


def _opened(closed: Closed, shelf: Shelf, drawer: Drawer) -> Opened:
    try:
        said = _read(closed, drawer)
        if isinstance(said, Void):
            return Opened(closed, void=said.of)
        return Opened(closed, taken=checking.taken(closed.id, said, closed.window, shelf))
    except Wrong as wrong:
        return Opened(closed, wrong=wrong.reason)


def _read(closed: Closed, drawer: Drawer) -> Sign | Void:
    key = drawer.key(closed.key_id, closed.event_id)
    bound = Bound(closed.event, closed.key_id, closed.install, closed.id)
    try:
        return read(open_envelope(closed.sealed, key, bound))
    except CannotOpen:
        raise Wrong(states.CANNOT_OPEN) from None
    except BadField:
        raise Wrong(states.UNREADABLE) from None


def _prepared(opened: Sequence[Opened]) -> list[Opened]:
    """Seal to the organisers' keys what may count, and find where it counts."""
    places = db.transact(partial(_places, opened))
    shelf = Shelf()
    return [_sealed(one, shelf, places) for one in opened]


Place = tuple[int, int, int, int]


def _place_of(one: Opened) -> Place:
    if one.taken is None:
        return (0, 0, 0, 0)
    return (one.closed.tablet_id, one.taken.desk.id, one.closed.event_id, one.taken.hour)


def _places(opened: Sequence[Opened]) -> dict[Place, int]:
    wanted = sorted({_place_of(one) for one in opened if one.taken})
    return {place: standing.placement_for(*place) for place in wanted}


def _sealed(one: Opened, shelf: Shelf, places: dict[Place, int]) -> Opened:
    if one.taken is None:
        return one
    try:
        seen = one.taken.seen(places[_place_of(one)])
        return replace(one, prepared=witnessing.prepare(seen, shelf.desks))
    except tuple(_REASONS) as refused:
        return replace(one, wrong=_REASONS[type(refused)])


_REASONS: Final[dict[type[Exception], str]] = {
    Blocked: states.BLOCKED,
    SigningUnavailable: states.INDEX_GONE,
    TooFewKeys: states.TOO_FEW_KEYS,
}


# In the transaction


def _write(opened: Sequence[Opened], state: str) -> None:
    """Write what is still as it was when it was read; what another worker holds is passed over."""
    mine = _claimed([one.closed.id for one in opened], state)
    voided = {(one.closed.install_id, one.closed.event_id, one.void): one for one in opened}
    for one in opened:
        closed = one.closed
        if closed.id not in mine or one.void:
            continue
        taker = voided.get((closed.install_id, closed.event_id, closed.id))
        if one.wrong:
            _settle(closed.id, states.QUARANTINED, reason=one.wrong)
        elif taker is not None and taker.closed.id in mine:
            _settle(closed.id, states.VOIDED, petition_id=_petition(one))
        else:
            _settle(closed.id, _counted(one), petition_id=_petition(one))


def _claimed(ids: Sequence[UUID], state: str) -> set[UUID]:
    query = select(Intake.id).where(Intake.id.in_(ids), Intake.state == state)
    return set(session.scalars(query.order_by(Intake.id).with_for_update(skip_locked=True)))


def _petition(one: Opened) -> int | None:
    return one.taken.desk.id if one.taken else None


def _counted(one: Opened) -> str:
    if one.prepared is None:
        raise AssertionError("what has no reason to wait was prepared")
    fate = witnessing.store(one.prepared)
    return states.DUPLICATE if fate is Fate.DUPLICATE_PERSON else states.COUNTED


def _settle(row: UUID, state: str, *, reason: str = "", petition_id: int | None = None) -> None:
    """Bring an envelope into a state; it is emptied once it was understood."""
    values: dict[str, object] = {"state": state, "reason": reason, "petition_id": petition_id}
    if state not in (states.NEW, states.QUARANTINED):
        values["sealed"] = None
    session.execute(update(Intake).where(Intake.id == row).values(**values))


def _take_back(one: Opened) -> None:
    """Void what a void names; what has not come yet is waited for."""
    void, target = _held(one.closed.id), _held(one.void)
    if void is None or void.state not in (states.NEW, states.QUARANTINED):
        return
    unfit = (states.VOID, states.NEW)  # what is new is opened first, and this tried again
    if target is None or not _is_mine(void, target) or target.state in unfit:
        _settle(void.id, states.QUARANTINED, reason=states.NOTHING_TO_VOID)
    else:
        _undo(target)
        _settle(void.id, states.VOID, petition_id=target.petition_id)


def _is_mine(void: Intake, target: Intake) -> bool:
    return void.install_id == target.install_id


def _undo(target: Intake) -> None:
    if target.state == states.COUNTED and target.petition_id is not None:
        witnessing.void(target.petition_id, target.id)
    if target.state != states.DISCARDED:
        _settle(target.id, states.VOIDED, petition_id=target.petition_id)


def _held(row: UUID | None) -> Intake | None:
    """Hold an envelope until the transaction ends."""
    query = select(Intake).where(Intake.id == row).with_for_update(of=Intake)
    return session.scalar(query.execution_options(populate_existing=True))
