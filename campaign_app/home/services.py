"""Writing the pages about us: each revision stays, one is shown. Never commits."""

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from campaign_app.audit.services import record
from campaign_app.core import clock
from campaign_app.core.db import session
from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _l
from campaign_app.home.facts import Written
from campaign_app.home.models import DRAFT, LIVE, REPLACED, PageText
from campaign_app.home.queries import last_revision


class NotTheNewest(DomainError):
    """Somebody else has written meanwhile."""

    status = 409
    text = _l("Somebody has written a newer version meanwhile. Look at it first.")


class OwnWords(DomainError):
    """Authors cannot be the second reader of their own text."""

    status = 409
    text = _l("You wrote this text yourself. Somebody else has to read it.")


def write(said: Written, author_id: int, *, seen: int | None = None) -> PageText:
    """Keep a new revision as a draft; `seen` is the one that its author began from."""
    last = last_revision(said.page, said.language)
    if seen is not None and seen != last:
        raise NotTheNewest
    text = PageText(
        page=said.page,
        language=said.language,
        revision=last + 1,
        title=said.title,
        lead=said.lead,
        body=said.body,
        origin=said.origin,
        source_id=said.source_id,
        author_id=author_id,
        created_at=clock.now(),
    )
    try:
        with session.begin_nested():
            session.add(text)
    except IntegrityError:  # somebody else wrote the same revision in this moment
        raise NotTheNewest from None
    _note("written", text)
    return text


def publish(text_id: int, person_id: int) -> PageText:
    """Show a revision in the place of the one before; another person than its author has read it."""
    text = _newest_of(text_id)
    if text.state == LIVE:
        return text
    shown = select(PageText).where(
        PageText.page == text.page, PageText.language == text.language, PageText.state == LIVE
    )
    for older in session.scalars(shown):
        older.state = REPLACED
    session.flush()
    text.state, text.published_at = LIVE, clock.now()
    if text.author_id != person_id:
        text.reader_id = person_id
    session.flush()
    _note("published", text)
    return text


def read(text_id: int, person_id: int) -> PageText:
    """Say that somebody else has read what is on the page, and that it is right."""
    text = _newest_of(text_id)
    if text.author_id == person_id:
        raise OwnWords
    if text.reader_id is None and text.state != DRAFT:
        text.reader_id = person_id
        session.flush()
        _note("read", text)
    return text


def _newest_of(text_id: int) -> PageText:
    """Hold a text; an older one than the newest is history."""
    text = session.get(PageText, text_id, with_for_update=True, populate_existing=True)
    if text is None or text.revision != last_revision(text.page, text.language):
        raise NotTheNewest
    return text


def _note(deed: str, text: PageText) -> None:
    subject = f"page:{text.page}/{text.language}"
    record(f"page.{deed}", subject, revision=text.revision)
