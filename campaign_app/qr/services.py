"""What happens to codes: they are made, moved, put away, corrected, revoked."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from sqlalchemy import select

from campaign_app.audit.services import acting, record
from campaign_app.core import clock
from campaign_app.core.db import insert, session
from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _l
from campaign_app.core.ids import CODE_LENGTH, readable
from campaign_app.core.wall_clock import hour_number, start_of, this_hour
from campaign_app.events.models import Event
from campaign_app.qr import queries
from campaign_app.qr.facts import Elsewhere, StandsFor
from campaign_app.qr.models import BOARD, SHARED, Code, Correction, Placement
from campaign_app.qr.moves import shown_at

#: "From then on": what arrives late under the old placement is moved, too.
FOR_EVER: Final = 2**31 - 1


class CodeRevoked(DomainError):
    """A revoked code stays revoked: its board may be in anybody's hands."""

    text = _l("This code is revoked. Print a new one for the board.")


class NoSuchCode(DomainError):
    """The code was never there."""

    status = 404
    text = _l("There is no such code.")


class WrongHours(DomainError):
    """Hours that a correction cannot move."""

    status = 400


def create_code(stands_for: StandsFor, kind: str = BOARD) -> Placement:
    """Make a code for a board (or what else takes signatures); it leads there from now on."""
    code = _new_code()
    placement = _begin(code, stands_for, kind)
    record("code.created", f"code:{code.id}", placement=placement.id, **_told(stands_for))
    return placement


def _new_code() -> Code:
    """Draw letters until they are new, even if two people draw at once."""
    while True:
        row = insert(Code).values(letters=readable(CODE_LENGTH), created_at=clock.now())
        new = row.on_conflict_do_nothing(index_elements=["letters"]).returning(Code.id)
        added = session.scalar(new)
        if added is not None:
            return session.get_one(Code, added)


def share(target: str, target_id: int, language: str) -> None:
    """Give a target its link to share, once: counted like a board that stands nowhere."""
    if queries.shared(target, target_id) is not None:
        return
    code = _new_code()
    row = insert(Placement).values(
        code_id=code.id,
        kind=SHARED,
        target=target,
        target_id=target_id,
        board="",
        language=language,
        starts_at=clock.now(),
    )
    first = row.on_conflict_do_nothing(
        index_elements=["target", "target_id"], index_where=Placement.kind == SHARED
    )
    if session.scalar(first.returning(Placement.id)) is None:  # somebody was faster
        session.delete(code)


def re_point(code_id: int, stands_for: StandsFor) -> Placement:
    """Let a code stand for something else from now on; what was counted stays where it was."""
    code = _locked(code_id)
    before = queries.standing(code.id)
    if before is not None and StandsFor.of(before) == _placed(stands_for):
        return before
    _end(before)
    placement = _begin(code, stands_for, queries.kind_of(code.id))
    record("code.re_pointed", f"code:{code.id}", placement=placement.id, **_told(stands_for))
    return placement


def put_away(code_id: int) -> None:
    """Take a board off the street: its code offers the last petition and counts outside."""
    code = _locked(code_id)
    before = queries.standing(code.id)
    if before is not None:
        _end(before)
        record("code.put_away", f"code:{code.id}", placement=before.id)


def revoke(code_id: int, reason: str) -> None:
    """Let a code lead nowhere from now on; nothing counted is lost."""
    code = _locked(code_id, even_revoked=True)
    if code.revoked_at is None:
        _end(queries.standing(code.id))
        code.revoked_at, code.revoked_reason = clock.now(), reason
        record("code.revoked", f"code:{code.id}", reason=reason)


def correct(placement_id: int, elsewhere: Elsewhere) -> Placement:
    """Count whole hours of a placement where its board really stood.

    What is shown at the placement in these hours moves, whichever placement it was written for:
    each gets a row of its own, so that one look always suffices (see moves.py).
    """
    wrong = session.get(Placement, placement_id)
    if wrong is None:
        raise NoSuchCode
    code = _locked(wrong.code_id, even_revoked=True)
    session.refresh(wrong)
    _check_hours(wrong, elsewhere)
    right = _right_placement(code, wrong, elsewhere)
    for source, start, end in _moved_hours(wrong, elsewhere):
        session.add(_row(source, right, (start, end), elsewhere.reason))
    record(
        "code.corrected",
        f"code:{code.id}",
        placement=wrong.id,
        counts_at=right.id,
        from_hour=start_of(elsewhere.from_hour).isoformat(),
        to_hour=start_of(elsewhere.to_hour).isoformat() if elsewhere.to_hour else None,
        reason=elsewhere.reason,
    )
    session.flush()
    return right


def _check_hours(wrong: Placement, elsewhere: Elsewhere) -> None:
    """Let a correction reach back, never ahead."""
    start, end, running = elsewhere.from_hour, elsewhere.to_hour, this_hour()
    if start < hour_number(wrong.starts_at):
        raise WrongHours(_l("The board was not there yet in that hour. Choose a later one."))
    if start > running:
        raise WrongHours(_l("That hour has not begun. Choose one that has."))
    if end is not None and end <= start:
        raise WrongHours(_l("The last hour must come after the first."))
    if end is not None and end > running + 1:
        raise WrongHours(_l("A correction cannot reach into hours that have not begun."))


def _right_placement(code: Code, wrong: Placement, elsewhere: Elsewhere) -> Placement:
    """Begin the placement that should have been; it goes on if the wrong one still stands."""
    stands_for = replace(
        StandsFor.of(wrong),
        event_id=elsewhere.event_id,
        location_id=elsewhere.location_id,
        board=elsewhere.board,
    )
    right = _unsaved(code, stands_for)
    right.kind = wrong.kind
    right.starts_at = start_of(elsewhere.from_hour)
    if elsewhere.to_hour is not None:
        right.ends_at = start_of(elsewhere.to_hour)
    elif wrong.ends_at is not None:
        right.ends_at = max(wrong.ends_at, right.starts_at)
    else:
        _end(wrong)
    session.add(right)
    session.flush()
    return right


def _moved_hours(wrong: Placement, elsewhere: Elsewhere) -> Iterator[tuple[int, int, int]]:
    """List (placement, from, to) of all hours now shown at `wrong` that the correction covers."""
    start, end = elsewhere.from_hour, elsewhere.to_hour or FOR_EVER
    yield wrong.id, start, end
    moves = queries.moves_of(wrong.code_id)
    for source, spans in shown_at(moves, wrong.id).items():
        for first, last in spans:
            if max(first, start) < min(last, end):
                yield source, max(first, start), min(last, end)


def _row(source: int, right: Placement, hours: tuple[int, int], reason: str) -> Correction:
    return Correction(
        from_placement_id=source,
        to_placement_id=right.id,
        from_hour=hours[0],
        to_hour=hours[1],
        reason=reason,
        at=clock.now(),
        person_id=acting.get().person_id,
    )


def _locked(code_id: int, *, even_revoked: bool = False) -> Code:
    """Hold a code, so that two moves of one board come one after the other."""
    held = select(Code).where(Code.id == code_id).with_for_update()
    code = session.scalar(held.execution_options(populate_existing=True))
    if code is None or queries.is_shared(code_id):
        raise NoSuchCode
    if code.revoked_at is not None and not even_revoked:
        raise CodeRevoked
    return code


def _end(placement: Placement | None) -> None:
    """End a placement before another begins: the database allows one at a time."""
    if placement is not None:
        placement.ends_at = max(clock.now(), placement.starts_at)
        session.flush()


def _begin(code: Code, stands_for: StandsFor, kind: str) -> Placement:
    placement = _unsaved(code, stands_for)
    placement.kind = kind
    session.add(placement)
    session.flush()
    return placement


def _unsaved(code: Code, stands_for: StandsFor) -> Placement:
    said = _placed(stands_for)
    return Placement(
        code=code,
        target=said.target,
        target_id=said.target_id,
        event_id=said.event_id,
        location_id=said.location_id,
        board=said.board,
        language=said.language,
        starts_at=clock.now(),
    )


def _placed(stands_for: StandsFor) -> StandsFor:
    """Put a board that names only its event at the event's place."""
    if stands_for.event_id is None or stands_for.location_id is not None:
        return stands_for
    event = session.get(Event, stands_for.event_id)
    return replace(stands_for, location_id=event.location_id if event else None)


def _told(stands_for: StandsFor) -> dict[str, str | int | None]:
    """Say it for the audit trail."""
    return {
        "target": f"{stands_for.target}:{stands_for.target_id}",
        "event": stands_for.event_id,
        "location": stands_for.location_id,
        "board": stands_for.board,
    }


def create_codes(stands_for: StandsFor, boards: Sequence[str]) -> list[Placement]:
    """Make a code for each of several boards at one stall."""
    return [create_code(replace(stands_for, board=board)) for board in boards]
