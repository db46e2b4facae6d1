"""The quick way from the letters of a code to what it stands for: this is the hottest path we have.

Answers are kept for `page_seconds`, so revoking and re-pointing show everywhere within two seconds.
"""

import re
from typing import Final

from flask import Flask, current_app

from campaign_app.core.caching import Briefly
from campaign_app.core.ids import as_typed
from campaign_app.qr import queries
from campaign_app.qr.target import Pointed

KEPT: Final = "lantern_pointing"
#: What may be a code at all; anything else is answered without asking the database. Wider than
#: the letters drawn today: what was printed before stays good if those ever change.
SHAPE: Final = re.compile("[a-z0-9]{6,16}")


def init_app(app: Flask) -> None:
    """Give the app its memory of codes."""
    app.extensions[KEPT] = Briefly(queries.pointed)


def find(code: str) -> Pointed | None:
    """Tell what a code stands for, however it was typed; None if there is no such code."""
    letters = as_typed(code)
    if SHAPE.fullmatch(letters) is None:
        return None
    kept: Briefly[str, Pointed | None] = current_app.extensions[KEPT]
    return kept.get(letters)
