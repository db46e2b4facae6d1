"""What we ask about boards: which there are, which codes are on them, and where those stand now."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from campaign_app.boards.models import Board, BoardCode
from campaign_app.core import files
from campaign_app.core.db import session
from campaign_app.core.files import StoredFile
from campaign_app.core.i18n import OWN_NAMES, pick
from campaign_app.core.ids import in_groups
from campaign_app.core.settings import settings
from campaign_app.qr import drawing
from campaign_app.qr.models import BOARD, Code, Placement


@dataclass(frozen=True, slots=True)
class CodeOn:
    """A code on a board, and where it stands now."""

    code: Code
    #: None while it is put away.
    placement: Placement | None

    @property
    def letters(self) -> str:
        """Write the code so that it can be read aloud."""
        return in_groups(self.code.letters)

    @property
    def address(self) -> str:
        """Give the address that the picture of the code holds."""
        return drawing.address(settings().public_url, self.code.letters)

    @property
    def spoken(self) -> str:
        """Give the address as people type it."""
        return drawing.spoken(settings().public_url, self.code.letters)

    @property
    def leads(self) -> bool:
        """Tell whether it may still be printed."""
        return self.code.revoked_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """All that a printed sheet of a board needs, in one language."""

    board_id: int
    language: str
    title: str
    paragraphs: Sequence[str]
    source: str
    #: The codes that still lead somewhere; each copy of the board carries one.
    codes: Sequence[CodeOn]
    image_id: UUID | None
    image_mime: str
    image_alt: str

    def image(self) -> bytes | None:
        """Read the picture's bytes, for paper; web pages show /files/<image_id>."""
        file = session.get(StoredFile, self.image_id) if self.image_id else None
        return files.content_of(file) if file else None


def boards(*, retired: bool = False) -> Sequence[Board]:
    """List the boards in use, or those put to rest, by title in the current language."""
    wanted = Board.retired_at.is_not(None) if retired else Board.retired_at.is_(None)
    found = session.scalars(select(Board).where(wanted)).all()
    return sorted(found, key=lambda board: pick(board.titles).casefold())


def board(board_id: int) -> Board | None:
    """Find one board."""
    return session.get(Board, board_id)


def codes_on(board_ids: Collection[int]) -> Mapping[int, Sequence[CodeOn]]:
    """List the codes on some boards and where each stands now, board → codes."""
    rows = session.execute(
        select(BoardCode.board_id, Code, Placement)
        .join(Code, Code.id == BoardCode.code_id)
        .join(Placement, (Placement.code_id == Code.id) & Placement.ends_at.is_(None), isouter=True)
        .where(BoardCode.board_id.in_(board_ids))
        .order_by(Code.id)
    ).unique()
    by_board: dict[int, list[CodeOn]] = {number: [] for number in board_ids}
    for board_id, code, placement in rows:
        by_board[board_id].append(CodeOn(code, placement))
    return by_board


def known_codes(letters: Collection[str]) -> Mapping[str, Code]:
    """Find codes of boards by their letters; codes behind shared links are none."""
    of_a_board = select(Placement.id).where(Placement.code_id == Code.id, Placement.kind == BOARD)
    found = select(Code).where(Code.letters.in_(letters), of_a_board.exists())
    return {code.letters: code for code in session.scalars(found)}


def board_of(code_id: int) -> int | None:
    """Tell on which board a code is printed."""
    return session.scalar(select(BoardCode.board_id).where(BoardCode.code_id == code_id))


def at_event(event_id: int) -> Sequence[int]:
    """List the boards of which a code stands at an event now, for its kit."""
    standing = (
        select(BoardCode.board_id)
        .join(Placement, Placement.code_id == BoardCode.code_id)
        .where(Placement.event_id == event_id, Placement.ends_at.is_(None))
    )
    return session.scalars(standing.distinct().order_by(BoardCode.board_id)).all()


def languages_of(found: Board) -> list[str]:
    """List the languages in which a board has a title, in our usual order."""
    return [one for one in OWN_NAMES if found.titles.get(one)] or list(found.titles)


def sheet(board_id: int, language: str) -> Sheet | None:
    """Gather a board's sheet; what is missing in a language is taken from another."""
    found = session.get(Board, board_id)
    if found is None:
        return None
    image = session.get(StoredFile, found.image_id) if found.image_id else None
    return Sheet(
        board_id=found.id,
        language=language,
        title=pick(found.titles, language),
        paragraphs=paragraphs(pick(found.texts, language)),
        source=pick(found.sources, language),
        codes=[one for one in codes_on([found.id])[found.id] if one.leads],
        image_id=found.image_id,
        image_mime=image.mime if image else "",
        image_alt=pick(found.image_alts, language),
    )


def paragraphs(text: str) -> list[str]:
    """Part a text at its empty lines."""
    lines = [line.strip() for line in text.splitlines()]
    found = "\n".join(lines).split("\n\n")
    return [part.strip() for part in found if part.strip()]
