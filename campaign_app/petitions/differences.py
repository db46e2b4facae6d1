"""What changed between two texts, word by word, for the person who must read it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

SAME: Final = "same"
TAKEN: Final = "del"
ADDED: Final = "ins"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some text that stayed, went or came."""

    kind: str
    text: str


def between(old: str, new: str) -> list[Piece]:
    """List the pieces that lead from one text to another."""
    pieces: list[Piece] = []
    for kind, before, after in _compared(old.splitlines(True), new.splitlines(True)):
        if kind == "equal":
            pieces.append(Piece(SAME, before))
        else:
            pieces += _words_between(before, after)
    return list(_joined(pieces))


def _words_between(old: str, new: str) -> Iterator[Piece]:
    for kind, before, after in _compared(_words(old), _words(new)):
        if kind == "equal":
            yield Piece(SAME, before)
            continue
        yield Piece(TAKEN, before)
        yield Piece(ADDED, after)


def _words(text: str) -> list[str]:
    return re.findall(r"\s+|\S+\s*", text)


def _compared(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        yield kind, "".join(old[a:b]), "".join(new[c:d])


def _joined(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Put neighbours of a kind together, and leave out what is empty."""
    waiting: Piece | None = None
    for piece in (piece for piece in pieces if piece.text):
        if waiting is None:
            waiting = piece
        elif waiting.kind == piece.kind:
            waiting = Piece(piece.kind, waiting.text + piece.text)
        else:
            yield waiting
            waiting = piece
    if waiting is not None:
        yield waiting
