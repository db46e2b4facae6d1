"""A stall with everything that is printed: three codes in three languages, people, a kit list."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from flask import Flask

from campaign_app.core import clock, db
from campaign_app.core.db import session
from campaign_app.events.models import Event
from campaign_app.qr import drawing
from campaign_app.qr.models import Code, Placement
from campaign_app.shifts import kit, roster, services
from campaign_app.shifts.services import ShiftPlan
from tests import given
from tests.shifts import crewing

BOARDS: Final = {"ko": "패널 1 – 지도", "en": "Board 2 – The map", "fr": "Panneau 3 – La carte"}
LETTERS: Final = {"ko": "acdefghj", "en": "kmnpqrst", "fr": "uvwxyz23"}
MAILBOX, NUMBER = "bora.hidden@example.org", "+82 10 5555 0199"


@dataclass(frozen=True)
class Stall:
    """What a test may want to name."""

    event: int
    letters: str
    petition: int
    #: Language → code.
    codes: dict[str, int]

    def address(self, language: str) -> str:
        """Write what the picture of a code holds."""
        return drawing.address("http://localhost", LETTERS[language])


def stall(app: Flask) -> Stall:
    """Build it, a week before."""
    with app.app_context(), clock.frozen(crewing.NOW):
        return db.transact(_stall)


def _stall() -> Stall:
    made = given.petition()
    event = crewing.event()
    codes = {language: _code(event, made.id, language) for language in BOARDS}
    kit.add(event.id, ["Folding table", "깃발"])
    lead = services.add_shift(event.id, ShiftPlan(role="lead", least=1, most=1))
    welcome = roster.sign_up(lead.id, crewing.newcomer("Bora", email=MAILBOX, phone=NUMBER))
    assert welcome.sign_up is not None
    roster.confirm(welcome.sign_up.id)
    board = services.add_shift(event.id, ShiftPlan(role="board", least=1, most=2))
    roster.sign_up(board.id, crewing.newcomer("Unheard"))
    return Stall(event.id, event.letters, made.id, codes)


def _code(event: Event, petition_id: int, language: str) -> int:
    code = Code(letters=LETTERS[language], created_at=clock.now())
    session.add(code)
    session.flush()
    session.add(
        Placement(
            code_id=code.id,
            target="petition",
            target_id=petition_id,
            event_id=event.id,
            location_id=event.location_id,
            board=BOARDS[language],
            language=language,
            starts_at=clock.now() - timedelta(hours=1),
        )
    )
    session.flush()
    return code.id
