"""Gifts in words, for pages that people read."""

from typing import Final

from campaign_app.core.i18n import _l
from campaign_app.donations import states

#: How it was given.
WAYS: Final = {
    states.CARD: _l("Card or phone"),
    states.TRANSFER: _l("Bank transfer"),
    states.CASH: _l("Cash with a receipt"),
}
STATES: Final = {
    states.BEGUN: _l("Begun, nothing paid"),
    states.PENDING: _l("On its way"),
    states.SETTLED: _l("Settled"),
    states.ENDED: _l("Came to nothing"),
}
#: The colour of a state's tag (see layout/parts.html).
COLOURS: Final = {states.SETTLED: "good", states.PENDING: "warn"}
