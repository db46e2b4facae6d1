"""What people read of a box, a count and a deposit."""

from typing import Final

from campaign_app.cash import states
from campaign_app.core.i18n import _l

OF_STATE: Final = {
    states.OPEN: _l("at the stall"),
    states.CLOSED: _l("sealed, not counted"),
    states.COUNTING: _l("being counted"),
    states.DIFFERS: _l("the counts differ"),
    states.COUNTED: _l("counted"),
    states.EMPTY: _l("counted, empty"),
    states.DEPOSITED: _l("on its way to the bank"),
    states.BANKED: _l("at the bank"),
}
COLOURS: Final = {
    states.OPEN: "",
    states.CLOSED: "warn",
    states.COUNTING: "warn",
    states.DIFFERS: "bad",
    states.COUNTED: "good",
    states.EMPTY: "good",
    states.DEPOSITED: "good",
    states.BANKED: "good",
}
OF_HOW: Final = {
    states.BY_TWO: _l("counted by two"),
    states.BY_THREE: _l("counted by three"),
    states.AGREED: _l("agreed after two counts"),
    states.BY_ONE: _l("counted by one"),
}
OF_DEPOSIT: Final = {
    states.SENT: _l("on its way"),
    states.ARRIVED: _l("arrived"),
    states.TAKEN_BACK: _l("written down by mistake"),
}
