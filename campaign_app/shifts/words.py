"""What volunteers do, and where a sign-up stands, in words."""

from collections.abc import Mapping
from typing import Final

from campaign_app.core.i18n import _l

#: As stored → as shown; the order is the order of the choices.
OF_ROLE: Final[Mapping[str, str]] = {
    "lead": _l("Leading the stall"),
    "board": _l("At the boards"),
    "tablet": _l("At the tablet"),
}

#: To a volunteer, of their own sign-up.
OF_STATE: Final[Mapping[str, str]] = {
    "asked": _l("Waiting for an answer"),
    "confirmed": _l("You are on the list"),
    "declined": _l("This shift goes to others"),
    "cancelled": _l("You cancelled"),
    "swapped": _l("Somebody took it over"),
}

#: To a volunteer, after what they did on their page.
DONE: Final[Mapping[str, str]] = {
    "asked": _l("Thank you. An organiser will confirm your shift."),
    "cancelled": _l("You are off the list. Thank you for telling us."),
    "offered": _l("Your shift is offered to the others. Until somebody takes it, it stays yours."),
    "kept": _l("The shift stays yours."),
    "taken": _l("The shift is yours now. Thank you."),
    "named": _l("Your name for the volunteering portal is kept."),
}

#: To an organiser.
OF_STATE_TO_US: Final[Mapping[str, str]] = {
    "asked": _l("Asks"),
    "confirmed": _l("Confirmed"),
    "declined": _l("Declined"),
    "cancelled": _l("Cancelled"),
    "swapped": _l("Handed on"),
}
