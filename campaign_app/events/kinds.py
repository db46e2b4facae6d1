"""What kinds of places and events there are, in words."""

from collections.abc import Mapping
from typing import Final

from campaign_app.core.i18n import _l

#: As stored → as shown; the order is the order of the choices.
OF_LOCATION: Final[Mapping[str, str]] = {
    "university": _l("University"),
    "station": _l("Station"),
    "street": _l("Street"),
    "square": _l("Square"),
    "playground": _l("Playground"),
    "venue": _l("Venue"),
    "online": _l("Online"),
}

OF_EVENT: Final[Mapping[str, str]] = {
    "street_campaign": _l("Street campaign"),
    "concert": _l("Charity concert"),
    "side_event": _l("Side event"),
    "online": _l("Online"),
    "meeting": _l("Meeting"),
}
