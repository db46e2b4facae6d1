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

#: Why something changed on the day, as the lead taps it.
OF_REASON: Final[Mapping[str, str]] = {
    "rain": _l("Rain"),
    "heat": _l("Heat"),
    "dust": _l("Fine dust"),
    "police": _l("The police asked us"),
    "station": _l("The station asked us"),
    "other": _l("Another reason"),
}

OF_STATE: Final[Mapping[str, str]] = {
    "draft": _l("Draft"),
    # "Confirmed" alone is what a signature is; other languages have another word for each.
    "confirmed": _l("Date confirmed"),
    "postponed": _l("Postponed"),
    "moved": _l("Moved"),
    "cancelled": _l("Cancelled"),
    "done": _l("Over"),
}

#: Where the permits stand.
OF_GATE: Final[Mapping[str, str]] = {
    "waiting": _l("Permits wait"),
    "filed": _l("Permits filed"),
    "granted": _l("Permits granted"),
    "not_needed": _l("No permit needed"),
    "goes_ahead": _l("Goes ahead without a permit"),
}
