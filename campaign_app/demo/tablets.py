"""A tablet at the demo's next stall: whoever tries it out makes its code in the console."""

from typing import Final

from campaign_app.core import pins
from campaign_app.events import queries as events
from campaign_app.events.models import CONFIRMED, Event
from campaign_app.kiosk import tablets
from campaign_app.petitions import queries as petitions
from campaign_app.petitions import states

NAME: Final = "Tablet 1"
#: In the demo everybody may know it; `make run` says it.
PIN: Final = "8025"
MOST: Final = 2


def bring() -> None:
    """Let a tablet collect at the next stall, for the petitions that are open."""
    event = _next()
    asked = [one.id for one in petitions.every() if one.state == states.OPEN]
    if event is None or not asked:
        return
    tablets.choose_petitions(event.id, sorted(asked)[:MOST])
    language = event.location.language
    new = tablets.New(name=NAME, language=language, pin=pins.offline(PIN), event_id=event.id)
    tablets.create(new)


def _next() -> Event | None:
    announced = (one for one in events.upcoming() if one.state == CONFIRMED)
    return next(announced, None)
