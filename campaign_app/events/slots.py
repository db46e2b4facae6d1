"""What rooms above add to the public pages of events and places; this room knows none of them.

A filler returns safe HTML, or nothing. Order of names is order on the page.
"""

from collections.abc import Callable, Sequence
from typing import Final

from markupsafe import Markup

from campaign_app.events.models import Event, Location

#: In the head of every page that shows events: feeds to discover, JSON-LD.
HEAD: Final[dict[str, Callable[[Sequence[Event]], Markup]]] = {}
#: On the page of one event, below what it is: what can be signed, what came of it, calendar links.
PAGE: Final[dict[str, Callable[[Event], Markup]]] = {}
#: On the page of one place.
PLACE: Final[dict[str, Callable[[Location], Markup]]] = {}
#: On the month page, of a city by its key (see cities; None: all cities): how to subscribe.
LIST: Final[dict[str, Callable[[str | None], Markup]]] = {}
#: In the console, on the page of one event: links to its permits, shifts, kit, lead, results.
CONSOLE: Final[dict[str, Callable[[Event], Markup]]] = {}
