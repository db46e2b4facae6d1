"""What happens to petitions: written, reviewed, opened, closed. Adds and changes, never commits."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.exc import IntegrityError

from campaign_app.audit import services as audit
from campaign_app.core import clock
from campaign_app.core.db import session
from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _l
from campaign_app.petitions import consents, queries, readiness, states
from campaign_app.petitions import texts as words
from campaign_app.petitions.models import Petition, PetitionText
from campaign_app.petitions.signing import keyring
from campaign_app.qr import services as qr

REOPEN_WITHIN: Final = timedelta(days=30)
ANSWER_WITHIN: Final = timedelta(hours=24)
#: A proof as young as this shows before closing that the names can be opened afterwards.
PROVEN_WITHIN: Final = timedelta(hours=24)


class SlugTaken(DomainError):
    """Two petitions would have had one address."""

    text = _l("Another petition has this address already. Choose a different one.")


class NotByTheClock(DomainError):
    """A running petition was about to be ended without its name having been typed."""

    text = _l("The closing time must lie ahead. To end the petition now, close it.")


class ChangedMeanwhile(DomainError):
    """Somebody else wrote while this person was reading or writing."""

    text = _l(
        "Somebody else has changed this text in the meantime. What you sent is still here; "
        "compare it with the newest revision, then send it again."
    )


class LastText(DomainError):
    """An open petition would have been left without words."""

    text = _l("This is the last text of an open petition. Pause the petition first.")


class TextIsFixed(DomainError):
    """An approved text was about to be changed."""

    text = _l("An approved text cannot be changed. Write a new revision instead.")


class NotInReview(DomainError):
    """A text was approved that nobody had sent to review."""

    text = _l("Only a text that was sent to review can be approved.")


class SecondPersonNeeded(DomainError):
    """An author tried to approve their own words while somebody else could."""

    text = _l(
        "Somebody else must read this text before it is approved. If nobody answers within "
        "24 hours, you may approve it alone and give a reason."
    )


class CannotOpen(DomainError):
    """A petition is not ready for signatures."""

    status = 409


class NameDoesNotMatch(DomainError):
    """A petition was about to be closed without its name having been typed."""

    text = _l("The name you typed is not the petition's name. Nothing was closed.")


class ProofNeeded(DomainError):
    """A petition was about to be closed while nobody knew whether its names still open."""

    text = _l(
        "No key has been proven in the last 24 hours. Prove one first, or say why you close the "
        "petition without."
    )


class TooLateToReopen(DomainError):
    """A petition closed too long ago, or its index key is gone."""

    text = _l("This petition was closed more than 30 days ago and cannot be reopened.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What an organiser says of a petition, words aside."""

    slug: str
    campaign_id: int | None
    source_language: str
    goal: int
    zone: str
    country: str
    opens_at: datetime
    closes_at: datetime | None
    keep_months: int = 6
    stall_codes: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The words of one revision."""

    language: str
    title: str
    summary: str
    ask: str
    addressee: str
    body: str
    origin: str = "human"
    based_on: int | None = None


def create(plan: Plan) -> Petition:
    """Begin a petition as a draft."""
    petition = Petition(uid=uuid.uuid4().hex, state=states.DRAFT, created_at=clock.now())
    _apply(petition, plan)
    session.add(petition)
    _flush(SlugTaken)
    audit.record("petition.created", f"petition:{petition.id}", slug=plan.slug)
    return petition


def change(petition: Petition, plan: Plan) -> None:
    """Change what is said of a petition."""
    runs = petition.state in (states.OPEN, states.PAUSED)
    if runs and plan.closes_at is not None and plan.closes_at <= clock.now():
        raise NotByTheClock
    before = {name: getattr(petition, name) for name in plan.__slots__}
    _apply(petition, plan)
    _flush(SlugTaken)
    changed = {
        name: _said(getattr(plan, name))
        for name, old in before.items()
        if getattr(plan, name) != old
    }
    audit.record("petition.changed", f"petition:{petition.id}", **changed)


def _said(value: Any) -> str:
    """Write a value for the audit trail."""
    return ("off", "on")[value] if isinstance(value, bool) else str(value)


def _apply(petition: Petition, plan: Plan) -> None:
    for name in plan.__slots__:
        setattr(petition, name, getattr(plan, name))


def _flush(refusal: type[DomainError]) -> None:
    """Write now; what only the database can see (two people at once) is a rule like any other."""
    try:
        session.flush()
    except IntegrityError:
        raise refusal from None


def write(
    petition: Petition, draft: Draft, author_id: int | None, *, seen: str | None = None
) -> PetitionText:
    """Keep words: in the draft that is open in this language, else as a new revision.

    `seen` is the digest of the newest words that the writer had before them ("" for none).
    """
    newest = queries.newest_texts(petition.id).get(draft.language)
    if seen is not None and seen != (words.digest(newest) if newest else ""):
        raise ChangedMeanwhile
    if newest is None or newest.state in (states.APPROVED, states.RETIRED):
        newest = PetitionText(
            petition_id=petition.id,
            revision=newest.revision + 1 if newest else 1,
            created_at=clock.now(),
        )
        session.add(newest)
    for name in draft.__slots__:
        setattr(newest, name, getattr(draft, name))
    newest.state, newest.author_id, newest.submitted_at = states.DRAFT, author_id, None
    _flush(ChangedMeanwhile)
    _note(newest, "text.written")
    return newest


def _note(text: PetitionText, action: str, **more: object) -> None:
    audit.record(
        action,
        f"petition:{text.petition_id}",
        language=text.language,
        revision=text.revision,
        **more,
    )


def send_to_review(text: PetitionText) -> None:
    """Ask somebody else to read a draft."""
    if text.state != states.DRAFT:
        raise TextIsFixed
    text.state, text.submitted_at = states.IN_REVIEW, clock.now()
    _note(text, "text.sent_to_review")


def approve(
    text: PetitionText,
    reviewer_id: int,
    *,
    others: bool,
    reason: str = "",
    seen: str | None = None,
) -> None:
    """Let a text go public, by a second pair of eyes; alone only without one, and with a reason.

    `others` says whether anybody else could have looked; `seen` is the digest of what was read.
    """
    if seen is not None and seen != words.digest(text):
        raise ChangedMeanwhile
    if text.state != states.IN_REVIEW or text.submitted_at is None:
        raise NotInReview
    alone = text.author_id == reviewer_id
    if alone and (must_wait(text, others=others) or not reason.strip()):
        raise SecondPersonNeeded
    _retire_live(text)
    text.state, text.approved_at, text.reviewer_id = states.APPROVED, clock.now(), reviewer_id
    text.alone_reason = reason.strip() if alone else None
    text.sha256 = words.digest(text)
    consents.ensure_parts(text)
    _note(text, "text.approved", sha256=text.sha256, one_person=alone)


def must_wait(text: PetitionText, *, others: bool) -> bool:
    """Tell whether an author has to let somebody else look first: for a day, if there is anybody."""
    since = text.submitted_at or clock.now()
    return others and clock.now() - since < ANSWER_WITHIN


def look_again(text: PetitionText, person_id: int) -> None:
    """Be the second pair of eyes that was missing when one person approved alone."""
    if text.state != states.APPROVED or text.alone_reason is None:
        raise NotInReview
    if person_id in (text.author_id, text.reviewer_id):
        raise SecondPersonNeeded
    text.reviewer_id, text.alone_reason = person_id, None
    _note(text, "text.looked_at_again", sha256=text.sha256)


def _retire_live(text: PetitionText) -> None:
    live = queries.approved_text(text.petition_id, text.language)
    if live is not None:
        live.state = states.RETIRED
        session.flush()


def withdraw_text(text: PetitionText) -> None:
    """Take a text back: the language is no longer offered; who signed it stays counted."""
    live = [t for t in queries.texts(text.petition_id) if t.state == states.APPROVED]
    if live == [text] and queries.get(text.petition_id).state == states.OPEN:
        raise LastText
    text.state = states.RETIRED
    _note(text, "text.withdrawn")


def open_petition(petition: Petition) -> None:
    """Take signatures from now on (from the opening time, if that is later)."""
    _refuse_unready(petition)
    keyring().create_index_key(petition.uid)
    petition.state, petition.closed_at = states.OPEN, None
    qr.share(queries.TARGET, petition.id, petition.source_language)
    audit.record("petition.opened", f"petition:{petition.id}")


def _refuse_unready(petition: Petition) -> None:
    if petition.state not in (states.DRAFT, states.PAUSED):
        raise CannotOpen(_l("Only a draft or a paused petition can be opened."))
    missing = next((check for check in readiness.checks(petition) if not check.done), None)
    if missing is not None:
        raise CannotOpen(missing.lacking)


def pause(petition: Petition) -> None:
    """Take no signatures for a while; the page says so."""
    if petition.state != states.OPEN:
        raise DomainError(_l("Only an open petition can be paused."))
    petition.state = states.PAUSED
    audit.record("petition.paused", f"petition:{petition.id}")


def close(petition: Petition, typed_name: str, name: str, *, without_proof: str = "") -> None:
    """End a petition, after its name was typed and a key was proven (or a reason given)."""
    if " ".join(typed_name.split()).casefold() != " ".join(name.split()).casefold():
        raise NameDoesNotMatch
    if petition.state in states.ENDED:
        raise DomainError(_l("This petition is closed already."))
    if not proven_lately() and not without_proof.strip():
        raise ProofNeeded
    petition.state, petition.closed_at = states.CLOSED, clock.now()
    without = {} if proven_lately() else {"without_proof": without_proof.strip()}
    audit.record("petition.closed", f"petition:{petition.id}", **without)


def proven_lately() -> bool:
    """Tell whether a key opened a test record within a day."""
    last = queries.last_proof()
    return last is not None and clock.now() - last < PROVEN_WITHIN


def reopen(petition: Petition) -> None:
    """Undo closing, for thirty days."""
    recent = petition.closed_at and clock.now() - petition.closed_at < REOPEN_WITHIN
    if petition.state != states.CLOSED or not recent or petition.index_key_destroyed_at:
        raise TooLateToReopen
    petition.state, petition.closed_at = states.OPEN, None
    if petition.closes_at is not None and petition.closes_at <= clock.now():
        petition.closes_at = None
    audit.record("petition.reopened", f"petition:{petition.id}")
