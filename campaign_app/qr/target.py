"""What a code may lead to. The rooms above fill `TARGET`; this room knows no petition."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from flask import Response


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointed:
    """What a code stands for now, as a visitor meets it."""

    code_id: int
    letters: str
    #: None: the code stands nowhere now and counts as "outside an event".
    placement_id: int | None
    target: str
    target_id: int
    #: Shown where none of the visitor's own languages is offered.
    language: str
    #: Preselected for those who sign here; None where the place is not known.
    country: str | None
    #: The hours of the place are counted in it.
    zone: str | None
    #: Language → name of the place; empty where it is not known.
    place: Mapping[str, str]
    board: str
    revoked: bool
    #: The event at which the board stands now, if it stands for one.
    event_id: int | None = None


class Target(Protocol):
    """One kind of page of ours that codes lead to, filled in by the room that owns it."""

    def show(self, pointed: Pointed) -> Response:
        """Answer a visit with the page itself; `?lang=` may choose a language."""

    def take(self, pointed: Pointed) -> Response:
        """Answer what a visitor sends from that page."""

    def choices(self) -> Sequence[tuple[int, str]]:
        """List what a code may be pointed at now: row number and name in the current language."""

    def titles(self, target_id: int) -> Mapping[str, str]:
        """Name one in each language it is offered in; empty if it is not known."""


#: Kind of target → who answers for it. ("petition" is filled by the petitions room.)
TARGET: Final[dict[str, Target]] = {}
