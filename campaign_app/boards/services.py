"""What happens to boards: written, pictured, given their codes, put to rest. Never commits."""

from collections.abc import Mapping, Sequence

from sqlalchemy import delete, select

from campaign_app.audit.services import record
from campaign_app.boards import queries
from campaign_app.boards.facts import BoardFacts
from campaign_app.boards.models import Board, BoardCode
from campaign_app.core import clock, files
from campaign_app.core.db import insert, session
from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _l
from campaign_app.core.pictures import Drawn
from campaign_app.core.settings import settings
from campaign_app.qr.services import NoSuchCode


class NoSuchBoard(DomainError):
    """The board was never there."""

    status = 404
    text = _l("There is no such board.")


class OnAnotherBoard(DomainError):
    """A code can be printed on one board only."""

    text = _l("One of these codes stands on another board already. Take it off there first.")


def add(facts: BoardFacts) -> Board:
    """Write a board."""
    board = Board(titles=dict(facts.titles), texts=dict(facts.texts), sources=dict(facts.sources))
    session.add(board)
    session.flush()
    record("board.added", f"board:{board.id}")
    _put_on(board, facts.letters)
    return board


def change(board_id: int, facts: BoardFacts) -> Board:
    """Put a board right; texts in languages that are not offered now stay."""
    board = _held(board_id)
    board.titles = _keeping(board.titles, facts.titles)
    board.texts = _keeping(board.texts, facts.texts)
    board.sources = _keeping(board.sources, facts.sources)
    board.changed_at = clock.now()
    record("board.changed", f"board:{board.id}")
    _put_on(board, facts.letters)
    return board


def set_image(board_id: int, drawn: Drawn | None, alts: Mapping[str, str]) -> Board:
    """Keep what the picture shows, and another picture if one was sent."""
    board = _held(board_id)
    if drawn is not None:
        before = board.image_id
        board.image_id = files.keep_public(drawn.content, drawn.mime).id
        files.forget(before)
    board.image_alts = dict(alts)
    record("board.image_set", f"board:{board.id}")
    return board


def remove_image(board_id: int) -> Board:
    """Show no picture any more; its bytes go."""
    board = _held(board_id)
    before, board.image_id, board.image_alts = board.image_id, None, {}
    files.forget(before)
    record("board.image_set", f"board:{board.id}")
    return board


def put_to_rest(board_id: int) -> Board:
    """Take a board along no more; its codes stay as they are."""
    board = _held(board_id)
    if board.retired_at is None:
        board.retired_at = clock.now()
        record("board.put_to_rest", f"board:{board.id}")
    return board


def take_up(board_id: int) -> Board:
    """Take a board along again."""
    board = _held(board_id)
    if board.retired_at is not None:
        board.retired_at = None
        record("board.taken_up", f"board:{board.id}")
    return board


def _put_on(board: Board, letters: Sequence[str]) -> None:
    """Let these codes, and no others, be those on a board."""
    known = queries.known_codes(letters)
    if set(letters) - set(known):
        raise NoSuchCode
    wanted = {code.id for code in known.values()}
    on_it = select(BoardCode.code_id).where(BoardCode.board_id == board.id)
    before = set(session.scalars(on_it))
    for code_id in sorted(before - wanted):
        session.execute(delete(BoardCode).where(BoardCode.code_id == code_id))
        record("board.code_taken_off", f"board:{board.id}", code=code_id)
    for code_id in sorted(wanted - before):
        _put(board, code_id)


def _put(board: Board, code_id: int) -> None:
    """Put a code on, unless it stands on another board, also if two people say so at once."""
    row = insert(BoardCode).values(code_id=code_id, board_id=board.id)
    added = session.scalar(row.on_conflict_do_nothing().returning(BoardCode.code_id))
    if added is None:
        raise OnAnotherBoard
    record("board.code_put_on", f"board:{board.id}", code=code_id)


def _keeping(old: Mapping[str, str], new: Mapping[str, str]) -> dict[str, str]:
    offered = settings().languages
    return {**{code: text for code, text in old.items() if code not in offered}, **new}


def _held(board_id: int) -> Board:
    board = session.get(Board, board_id, with_for_update=True)
    if board is None:
        raise NoSuchBoard
    return board
