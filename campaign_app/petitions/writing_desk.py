"""What lies before somebody who writes or reads the words of a petition."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from campaign_app.petitions import differences, queries
from campaign_app.petitions import texts as words
from campaign_app.petitions.differences import Piece
from campaign_app.petitions.models import Petition, PetitionText

FIELDS: Final = ("title", "summary", "ask", "addressee", "body")


def outdated(text: PetitionText | None, source: PetitionText | None) -> bool:
    """Tell whether a translation was written from an older source than the live one."""
    if text is None or source is None or text.language == source.language:
        return False
    return text.based_on is not None and text.based_on < source.revision


def source_of(petition: Petition, language: str) -> PetitionText | None:
    """Choose what a translation is written from: the live source text, else the newest."""
    if language == petition.source_language:
        return None
    live = queries.approved_text(petition.id, petition.source_language)
    return live or queries.newest_texts(petition.id).get(petition.source_language)


@dataclass(frozen=True, slots=True)
class Desk:
    """What lies before somebody who writes: the source, the newest words, all revisions."""

    petition: Petition
    language: str
    source: PetitionText | None
    newest: PetitionText | None
    history: Sequence[PetitionText]

    @property
    def seen(self) -> str:
        """Name the words that the writer has before them."""
        return words.digest(self.newest) if self.newest else ""

    @property
    def behind(self) -> bool:
        """Tell whether the newest words follow an older source."""
        return outdated(self.newest, self.source)

    def news(self) -> list[tuple[str, list[Piece]]]:
        """Show what changed in the source since the newest words were written from it."""
        if not self.behind or self.newest is None or self.source is None:
            return []
        number = self.newest.based_on or 0
        before = queries.revision(self.petition.id, self.source.language, number)
        return changed(before, self.source) if before else []


def changed(before: PetitionText, after: PetitionText) -> list[tuple[str, list[Piece]]]:
    """List the fields that differ, with their pieces."""
    pairs = ((name, getattr(before, name), getattr(after, name)) for name in FIELDS)
    return [(name, differences.between(old, new)) for name, old, new in pairs if old != new]


def desk_of(petition_id: int, language: str) -> Desk:
    """Lay out what somebody needs who writes in a language."""
    petition = queries.get(petition_id)
    history = [text for text in queries.texts(petition_id) if text.language == language]
    newest = history[0] if history else None
    return Desk(petition, language, source_of(petition, language), newest, history)


def before(text: PetitionText) -> PetitionText | None:
    """Choose what a revision is compared with: the live one, else the one before it."""
    live = queries.approved_text(text.petition_id, text.language)
    if live is not None and live.revision < text.revision:
        return live
    return queries.revision(text.petition_id, text.language, text.revision - 1)
