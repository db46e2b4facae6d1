"""Each counts on a phone of their own: a browser that handed one count in hands no other one in for that box.

A cookie on the address of the sheets remembers which letter counted here, as long as a link is good. Who
wants to cheat deletes it; it stops the one who has both links and not much time.
"""

from typing import Final

from flask import request
from werkzeug.wrappers import Response

from campaign_app.cash import states
from campaign_app.cash.counters import GOOD_FOR
from campaign_app.cash.models import CashCounter
from campaign_app.core.settings import settings

COOKIE: Final = "lantern-count-"


def counted_for_another(counter: CashCounter) -> bool:
    """Tell whether this browser handed in what somebody else counted in this box."""
    before = request.cookies.get(_name(counter), "")
    return before in states.LETTERS and before != counter.letter


def remember(response: Response, counter: CashCounter, path: str) -> None:
    """Note for whom this browser counted."""
    response.set_cookie(
        _name(counter),
        counter.letter,
        max_age=int(GOOD_FOR.total_seconds()),
        path=path,
        secure=settings().secure_cookies,
        httponly=True,
        samesite="Lax",
    )


def _name(counter: CashCounter) -> str:
    return f"{COOKIE}{counter.opening_id}"
