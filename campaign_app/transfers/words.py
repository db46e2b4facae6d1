"""How rows and proposals are called."""

from typing import Final

from campaign_app.core.i18n import _l
from campaign_app.transfers import matching, states

OF_STATE: Final = {
    states.DOUBTFUL: _l("to be looked at"),
    states.UNASSIGNED: _l("unassigned"),
    states.GIFT: _l("gift"),
    states.EXPECTED: _l("cash that we deposited"),
    states.PAYOUT: _l("payout of card gifts"),
    states.IGNORED: _l("not accounted for here"),
    states.KNOWN: _l("known already"),
}
#: Why something is proposed.
WHY: Final = {
    matching.REFERENCE: _l("reference and amount"),
    matching.OTHER_AMOUNT: _l("reference, but another amount"),
    matching.ALMOST: _l("nearly the reference, same amount"),
    matching.AMOUNT: _l("same amount, promised in the two weeks before"),
    matching.AGAIN: _l("reference of a gift that came already: one more gift of the same donor"),
    matching.AWAITED: _l("same amount, on its way"),
}
