"""What happens to petitions: written, reviewed, opened, closed. Adds and changes, never commits."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from campaign_app.audit import services as audit
from campaign_app.core import clock
from campaign_app.core.db import session
from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _l
from campaign_app.core.seal import PublicKey
from campaign_app.petitions import queries, states, wording
from campaign_app.petitions import texts as words
from campaign_app.petitions.desk import FEWEST_KEYS, facts_for
from campaign_app.petitions.models import (
    Block,
    ConsentPart,
    MailboxRule,
    OrganiserKey,
    Petition,
    PetitionText,
)
from campaign_app.petitions.signing import keyring

REOPEN_WITHIN: Final = timedelta(days=30)
ANSWER_WITHIN: Final = timedelta(hours=24)


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
    session.flush()
    audit.record("petition.created", f"petition:{petition.id}", slug=plan.slug)
    return petition


def change(petition: Petition, plan: Plan) -> None:
    """Change what is said of a petition."""
    _apply(petition, plan)
    audit.record("petition.changed", f"petition:{petition.id}", goal=plan.goal)


def _apply(petition: Petition, plan: Plan) -> None:
    for name in plan.__slots__:
        setattr(petition, name, getattr(plan, name))


def write(petition: Petition, draft: Draft, author_id: int | None) -> PetitionText:
    """Keep words: in the draft that is open in this language, else as a new revision."""
    newest = queries.newest_texts(petition.id).get(draft.language)
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
    session.flush()
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


def approve(text: PetitionText, reviewer_id: int, *, others: bool, reason: str = "") -> None:
    """Let a text go public, by a second pair of eyes; alone only without one, and with a reason.

    `others` says whether anybody else could have looked.
    """
    if text.state != states.IN_REVIEW or text.submitted_at is None:
        raise NotInReview
    alone = text.author_id == reviewer_id
    waited = clock.now() - text.submitted_at >= ANSWER_WITHIN
    if alone and ((others and not waited) or not reason.strip()):
        raise SecondPersonNeeded
    _retire_live(text)
    text.state, text.approved_at, text.reviewer_id = states.APPROVED, clock.now(), reviewer_id
    text.alone_reason = reason.strip() if alone else None
    text.sha256 = words.digest(text)
    _ensure_parts(text)
    _note(text, "text.approved", sha256=text.sha256, one_person=alone)


def _retire_live(text: PetitionText) -> None:
    live = queries.approved_text(text.petition_id, text.language)
    if live is not None:
        live.state = states.RETIRED
        session.flush()


def withdraw_text(text: PetitionText) -> None:
    """Take a text back: the language is no longer offered; who signed it stays counted."""
    text.state = states.RETIRED
    _note(text, "text.withdrawn")


def _ensure_parts(text: PetitionText) -> None:
    """Give a language its consent parts from the shipped wordings, if it has none yet."""
    petition = queries.get(text.petition_id)
    has = any(part.language == text.language for part in queries.parts(petition.id))
    if has or text.language not in wording.languages():
        return
    facts = facts_for(petition, text.addressee, text.language)
    for part in wording.default_parts(text.language, facts):
        add_part(petition, text.language, part)


def add_part(petition: Petition, language: str, part: wording.Wording) -> ConsentPart:
    """Add a consent part, or replace the one of its kind by a new version."""
    version = 1
    for old in _same_parts(petition.id, language, part):
        version = max(version, old.version + 1)
        old.retired_at = old.retired_at or clock.now()
    row = ConsentPart(
        petition_id=petition.id,
        kind=part.kind,
        language=language,
        country=part.country,
        version=version,
        position=part.position,
        required=part.required,
        title=part.title,
        wording=part.text,
        sha256=part.sha256,
        created_at=clock.now(),
    )
    session.add(row)
    session.flush()
    audit.record("consent.written", f"petition:{petition.id}", kind=part.kind, version=version)
    return row


def _same_parts(petition_id: int, language: str, part: wording.Wording) -> list[ConsentPart]:
    return [
        old
        for old in queries.all_parts(petition_id)
        if (old.kind, old.language, old.country) == (part.kind, language, part.country)
    ]


def drop_part(part: ConsentPart) -> None:
    """Ask for a part no longer; who gave it keeps having given it."""
    part.retired_at = clock.now()
    audit.record("consent.dropped", f"petition:{part.petition_id}", kind=part.kind)


def open_petition(petition: Petition) -> None:
    """Take signatures from now on (from the opening time, if that is later)."""
    _refuse_unready(petition)
    keyring().create_index_key(petition.uid)
    petition.state, petition.closed_at = states.OPEN, None
    audit.record("petition.opened", f"petition:{petition.id}")


def _refuse_unready(petition: Petition) -> None:
    if petition.state not in (states.DRAFT, states.PAUSED):
        raise CannotOpen(_l("Only a draft or a paused petition can be opened."))
    if queries.keys_in_use() < FEWEST_KEYS:
        raise CannotOpen(
            _l("A petition needs two organiser keys before it can take names. Add them first.")
        )
    live = queries.approved_text(petition.id, petition.source_language)
    if live is None:
        raise CannotOpen(_l("Approve the text in the petition's own language first."))
    required = [p for p in queries.parts(petition.id) if p.required and p.language == live.language]
    if not required:
        raise CannotOpen(_l("A consent part that is required is missing. Add one first."))


def pause(petition: Petition) -> None:
    """Take no signatures for a while; the page says so."""
    if petition.state != states.OPEN:
        raise DomainError(_l("Only an open petition can be paused."))
    petition.state = states.PAUSED
    audit.record("petition.paused", f"petition:{petition.id}")


def close(petition: Petition, typed_name: str, name: str) -> None:
    """End a petition, after its name was typed."""
    if " ".join(typed_name.split()).casefold() != " ".join(name.split()).casefold():
        raise NameDoesNotMatch
    if petition.state in states.ENDED:
        raise DomainError(_l("This petition is closed already."))
    petition.state, petition.closed_at = states.CLOSED, clock.now()
    audit.record("petition.closed", f"petition:{petition.id}")


def reopen(petition: Petition) -> None:
    """Undo closing, for thirty days."""
    recent = petition.closed_at and clock.now() - petition.closed_at < REOPEN_WITHIN
    if petition.state != states.CLOSED or not recent or petition.index_key_destroyed_at:
        raise TooLateToReopen
    petition.state, petition.closed_at = states.OPEN, None
    if petition.closes_at is not None and petition.closes_at <= clock.now():
        petition.closes_at = None
    audit.record("petition.reopened", f"petition:{petition.id}")


def add_key(text: str, label: str) -> OrganiserKey:
    """Add the public half of an organiser's key."""
    key = PublicKey.from_text(text)
    row = OrganiserKey(
        key_id=key.key_id, public_key=key.to_text(), label=label, created_at=clock.now()
    )
    session.add(row)
    session.flush()
    audit.record("key.added", f"key:{row.id}", key_id=key.key_id, label=label)
    return row


def retire_key(key: OrganiserKey) -> None:
    """Seal nothing new to a key."""
    if key.retired_at is None and queries.keys_in_use() <= FEWEST_KEYS and _any_open():
        raise DomainError(
            _l("Petitions are open and need two keys. Add another key before you retire this one.")
        )
    key.retired_at = key.retired_at or clock.now()
    audit.record("key.retired", f"key:{key.id}", key_id=key.key_id)


def _any_open() -> bool:
    return any(petition.state == states.OPEN for petition in queries.every())


def block_domain(domain: str, reason: str) -> Block:
    """Refuse a mail domain and all below it; the signer sees no difference."""
    row = Block(domain=domain.lower().strip().strip("."), reason=reason, created_at=clock.now())
    session.add(row)
    session.flush()
    audit.record("block.added", f"block:{row.id}", domain=row.domain, reason=reason)
    return row


def block_mailbox(petition: Petition, blind_index: bytes, reason: str) -> Block:
    """Refuse one mailbox for one petition; only its blind index is kept."""
    row = Block(
        petition_id=petition.id, blind_index=blind_index, reason=reason, created_at=clock.now()
    )
    session.add(row)
    session.flush()
    audit.record("block.added", f"block:{row.id}", petition=petition.id, reason=reason)
    return row


def lift_block(block: Block) -> None:
    """Refuse it no longer."""
    audit.record("block.lifted", f"block:{block.id}", domain=block.domain or "")
    session.delete(block)


def set_rule(rule: MailboxRule) -> None:
    """Keep how a provider reads its addresses; future signatures are compared by it."""
    session.add(rule)
    session.flush()
    audit.record(
        "mailbox_rule.set",
        f"mailbox_rule:{rule.id}",
        domain=rule.domain,
        strip_dots=rule.strip_dots,
        cut_at=rule.cut_at,
        same_as=rule.same_as or "",
    )


def drop_rule(rule: MailboxRule) -> None:
    """Read a provider's addresses as they are written."""
    audit.record("mailbox_rule.dropped", f"mailbox_rule:{rule.id}", domain=rule.domain)
    session.delete(rule)
