"""What we ask about the pages that people of ours write."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from campaign_app.core.db import session
from campaign_app.core.i18n import FALLBACK
from campaign_app.home.models import LIVE, MACHINE, PageText


@dataclass(frozen=True, slots=True)
class Shown:
    """A page as the public reads it."""

    text: PageText
    #: The text that it translates has a newer version.
    outdated: bool

    @property
    def by_machine(self) -> bool:
        """Tell whether a machine wrote the first draft."""
        return self.text.origin == MACHINE

    @property
    def by_one_person(self) -> bool:
        """Tell whether nobody but its author has read it."""
        return self.text.reader_id is None


def live(page: str) -> Mapping[str, PageText]:
    """Give what is on a page, by language."""
    found = select(PageText).where(PageText.page == page, PageText.state == LIVE)
    return {text.language: text for text in session.scalars(found)}


def shown(page: str, language: str) -> Shown | None:
    """Give a page's words in a language, else in English, else in the first that was written."""
    texts = live(page)
    wanted = next((code for code in (language, FALLBACK, *texts) if code in texts), None)
    return Shown(texts[wanted], is_outdated(texts[wanted])) if wanted else None


def is_outdated(text: PageText) -> bool:
    """Tell whether the source of a translation was replaced since."""
    source = session.get(PageText, text.source_id) if text.source_id else None
    return source is not None and source.state != LIVE


def text_of(text_id: int) -> PageText | None:
    """Find one revision."""
    return session.get(PageText, text_id)


def newest() -> Mapping[tuple[str, str], PageText]:
    """Give the newest revision of each page and language, whatever its state."""
    rows = session.scalars(select(PageText).order_by(PageText.revision))
    return {(text.page, text.language): text for text in rows}


def every_live() -> Mapping[tuple[str, str], PageText]:
    """Give all that the public reads."""
    rows = session.scalars(select(PageText).where(PageText.state == LIVE))
    return {(text.page, text.language): text for text in rows}


def history(page: str, language: str) -> Sequence[PageText]:
    """List the revisions of one page in one language, the newest first."""
    of_it = select(PageText).where(PageText.page == page, PageText.language == language)
    return session.scalars(of_it.order_by(PageText.revision.desc())).all()


def last_revision(page: str, language: str) -> int:
    """Tell the number of the newest revision; 0 if there is none."""
    numbers = select(func.max(PageText.revision))
    of_it = numbers.where(PageText.page == page, PageText.language == language)
    return session.scalar(of_it) or 0
