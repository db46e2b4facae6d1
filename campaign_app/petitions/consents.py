"""What signers agree to: parts written, replaced, dropped, read by a lawyer. Never commits."""

from sqlalchemy.exc import IntegrityError

from campaign_app.audit import services as audit
from campaign_app.core import clock
from campaign_app.core.db import session
from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _l
from campaign_app.petitions import queries, states, wording
from campaign_app.petitions.desk import facts_for
from campaign_app.petitions.models import ConsentPart, Petition, PetitionText


class NothingRequired(DomainError):
    """A language would have been offered without a part that everybody must agree to."""

    text = _l(
        "Each language needs one part that is required and that holds in every country. "
        "Without it nobody would have agreed to anything."
    )


class WrittenMeanwhile(DomainError):
    """Two people wrote a version of the same part at once."""

    text = _l("Somebody else has just changed this part. Look at it, then save again.")


def ensure_parts(text: PetitionText) -> None:
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
    if part.kind == wording.SIGN and not part.required:
        raise NothingRequired(_l("Nobody can sign without agreeing to it: this part is required."))
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
    _add(row)
    _refuse_nothing_required(petition, language)
    audit.record(
        "consent.written",
        f"petition:{petition.id}",
        kind=part.kind,
        language=language,
        country=part.country,
        version=version,
        sha256=row.sha256,
    )
    return row


def _add(row: ConsentPart) -> None:
    session.add(row)
    try:
        session.flush()
    except IntegrityError:
        raise WrittenMeanwhile from None


def _same_parts(petition_id: int, language: str, part: wording.Wording) -> list[ConsentPart]:
    return [
        old
        for old in queries.all_parts(petition_id)
        if (old.kind, old.language, old.country) == (part.kind, language, part.country)
    ]


def drop_part(part: ConsentPart) -> None:
    """Ask for a part no longer; who gave it keeps having given it."""
    part.retired_at = part.retired_at or clock.now()
    session.flush()
    _refuse_nothing_required(queries.get(part.petition_id), part.language)
    _note("consent.dropped", part)


def mark_checked(part: ConsentPart, lawyer: str) -> None:
    """Note who of the law has read a wording; an empty name takes the note back."""
    part.checked_by = lawyer or None
    _note("consent.checked", part, by=lawyer)


def _note(action: str, part: ConsentPart, **more: str) -> None:
    audit.record(
        action,
        f"petition:{part.petition_id}",
        kind=part.kind,
        language=part.language,
        country=part.country,
        version=part.version,
        **more,
    )


def _refuse_nothing_required(petition: Petition, language: str) -> None:
    """A language has a required part that holds everywhere; before opening it may have none."""
    left = [part for part in queries.parts(petition.id) if part.language == language]
    if any(part.required and not part.country for part in left):
        return
    if left or petition.state != states.DRAFT:
        raise NothingRequired
