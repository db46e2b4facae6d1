"""A statement handed over, taken back if that was a mistake, and what was answered to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta, timezone
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import NotFound

from campaign_app.audit import services as audit
from campaign_app.core import clock
from campaign_app.core.db import session
from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _l
from campaign_app.petitions import states
from campaign_app.petitions.models import Petition
from campaign_app.petitions.services import REOPEN_WITHIN, ChangedMeanwhile
from campaign_app.petitions.statement_models import Answer, Handover, Statement

RUNNING: Final = (states.OPEN, states.PAUSED)
#: Where a day begins first: an answer may come from anywhere.
UTC_AHEAD: Final = timezone(timedelta(hours=14))


class NotHandedYet(DomainError):
    """A day was named on which the statement cannot have been handed over."""

    status = 400
    text = _l("The statement was not there yet on that day, or that day has not come.")


class NotAnsweredYet(DomainError):
    """A day was named on which no answer can have come."""

    status = 400
    text = _l("An answer comes after the handover, and not on a day that has not come.")


class StillRunning(DomainError):
    """A petition that people sign was about to end without anybody having said so."""

    text = _l(
        "People can still sign this petition. Say that the handover ends it, then send again."
    )


class RecordedAlready(DomainError):
    """The same handover was sent twice."""

    text = _l("This handover is recorded already.")


class TakenBackAlready(DomainError):
    """Somebody else took it back in the meantime."""

    text = _l("This handover was taken back already.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What is said of a handover; places and receivers by language."""

    statement_id: int
    on: date
    places: Mapping[str, str]
    receivers: Mapping[str, str]
    handed_by: str
    note: str = ""
    #: Said by whoever knows that people can still sign.
    ends_signing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What is said of an answer; senders and texts by language."""

    on: date
    senders: Mapping[str, str]
    texts: Mapping[str, str]


def deliver(petition_id: int, said: Delivery) -> Handover:
    """Record that a statement was handed over: the petition is delivered from then on."""
    petition = _held(petition_id)
    statement = session.get(Statement, said.statement_id)
    if statement is None or statement.petition_id != petition.id:
        raise NotFound
    _check(petition, statement, said)
    handover = _recorded(petition, statement, said)
    if petition.state in RUNNING:
        petition.closed_at = clock.now()
    petition.state = states.DELIVERED
    _date(petition)
    audit.record(
        "petition.delivered",
        f"petition:{petition.id}",
        statement=statement.serial,
        on=said.on.isoformat(),
        to=next(iter(said.receivers.values())),
    )
    return handover


def _held(petition_id: int) -> Petition:
    """Hold a petition, so that two who hand over or take back come one after the other."""
    held = select(Petition).where(Petition.id == petition_id).with_for_update(of=Petition)
    petition = session.scalar(held.execution_options(populate_existing=True))
    if petition is None:
        raise NotFound
    return petition


def _check(petition: Petition, statement: Statement, said: Delivery) -> None:
    zone = ZoneInfo(petition.zone)
    first, last = (moment.astimezone(zone).date() for moment in (statement.as_of, clock.now()))
    if not first <= said.on <= last:
        raise NotHandedYet
    if petition.state in RUNNING and not said.ends_signing:
        raise StillRunning
    same = (statement.id, said.on, dict(said.receivers))
    for known in handovers(petition.id):
        if (known.statement_id, known.delivered_on, known.receivers) == same:
            raise RecordedAlready


def _recorded(petition: Petition, statement: Statement, said: Delivery) -> Handover:
    handover = Handover(
        petition_id=petition.id,
        statement=statement,
        delivered_on=said.on,
        places=dict(said.places),
        receivers=dict(said.receivers),
        handed_by=said.handed_by,
        note=said.note or None,
        state_before=petition.state,
        recorded_at=clock.now(),
        person_id=audit.acting.get().person_id,
    )
    session.add(handover)
    session.flush()
    return handover


def _date(petition: Petition) -> None:
    """Let the first handover that stands date the petition: names are never kept for longer."""
    days = [handover.delivered_on for handover in handovers(petition.id)]
    petition.delivered_on = min(days, default=None)


def take_back(handover: Handover, reason: str) -> None:
    """Undo a handover recorded by mistake; without another one the petition is as it was before."""
    petition = _held(handover.petition_id)
    session.refresh(handover)
    if handover.undone_at is not None:
        raise TakenBackAlready
    handover.undone_at, handover.undone_reason = clock.now(), reason
    session.flush()
    if not handovers(petition.id):
        _as_before(petition)
    _date(petition)
    audit.record(
        "petition.delivery_undone",
        f"petition:{petition.id}",
        statement=handover.statement.serial,
        reason=reason,
    )


def _as_before(petition: Petition) -> None:
    """Lead back to the state before the first handover; what ended a month ago stays closed."""
    before = session.scalar(
        select(Handover.state_before)
        .where(Handover.petition_id == petition.id, Handover.state_before != states.DELIVERED)
        .order_by(Handover.id.desc())
        .limit(1)
    )
    ended = petition.closed_at or clock.now()
    recent = clock.now() - ended < REOPEN_WITHIN and petition.index_key_destroyed_at is None
    if before in RUNNING and recent:
        petition.state, petition.closed_at = before, None
    else:
        petition.state = states.CLOSED


def answer(handover: Handover, said: Reply, *, seen: int) -> Answer:
    """Add an answer, or a better version of it; `seen` is the version that the writer had read."""
    if handover.undone_at is not None:
        raise TakenBackAlready
    if not handover.delivered_on <= said.on <= clock.now().astimezone(UTC_AHEAD).date():
        raise NotAnsweredYet
    newest = versions(handover.id)
    if seen != (newest[0].version if newest else 0):
        raise ChangedMeanwhile
    row = Answer(
        handover_id=handover.id,
        version=seen + 1,
        answered_on=said.on,
        senders=dict(said.senders),
        texts=dict(said.texts),
        recorded_at=clock.now(),
        person_id=audit.acting.get().person_id,
    )
    session.add(row)
    try:
        session.flush()
    except IntegrityError:  # somebody else wrote the same version at the same time
        raise ChangedMeanwhile from None
    subject = f"petition:{handover.petition_id}"
    audit.record("petition.answered", subject, version=row.version, on=said.on.isoformat())
    return row


# What is asked of them


def handovers(petition_id: int) -> Sequence[Handover]:
    """List the handovers that stand, the first one first."""
    found = every_handover(petition_id)
    return [handover for handover in found if handover.undone_at is None]


def every_handover(petition_id: int) -> Sequence[Handover]:
    """List handovers, also those that were taken back, the first one first."""
    found = select(Handover).where(Handover.petition_id == petition_id)
    return session.scalars(found.order_by(Handover.delivered_on, Handover.id)).all()


def handover_of(petition_id: int, handover_id: int) -> Handover:
    """Fetch one of a petition's own handovers, or answer 404."""
    handover = session.get(Handover, handover_id)
    if handover is None or handover.petition_id != petition_id:
        raise NotFound
    return handover


def versions(handover_id: int) -> Sequence[Answer]:
    """List every version of an answer, the newest first."""
    found = select(Answer).where(Answer.handover_id == handover_id)
    return session.scalars(found.order_by(Answer.version.desc())).all()


def statements_handed(petition_id: int) -> set[int]:
    """Name the statements that were handed over."""
    standing = (Handover.petition_id == petition_id, Handover.undone_at.is_(None))
    return set(session.scalars(select(Handover.statement_id).where(*standing)))


def delivered() -> Sequence[int]:
    """List petitions that were handed over, the last one first."""
    found = (
        select(Handover.petition_id, func.max(Handover.delivered_on).label("last"))
        .join(Petition, Petition.id == Handover.petition_id)
        .where(Handover.undone_at.is_(None), Petition.state == states.DELIVERED)
        .group_by(Handover.petition_id)
    ).subquery()
    newest_first = select(found.c.petition_id).order_by(
        found.c.last.desc(), found.c.petition_id.desc()
    )
    return list(session.scalars(newest_first))
