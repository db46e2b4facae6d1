"""Refunds and disputes in words."""

from typing import Final

from campaign_app.core.i18n import _l
from campaign_app.payments import states, steps

#: State → how a refund stands.
OF_STATE: Final = {
    states.ASKED: _l("Waits for a second person"),
    states.ALLOWED: _l("Allowed, not sent yet"),
    states.SENT: _l("On its way"),
    states.ARRIVED: _l("Went back"),
    states.CAME_BACK: _l("Came back to us"),
    states.DROPPED: _l("Not sent"),
}
COLOURS: Final = {
    states.ASKED: "warn",
    states.ALLOWED: "warn",
    states.ARRIVED: "good",
    states.CAME_BACK: "bad",
}
#: What happened, as a line of the timeline says it.
OF_STEP: Final = {
    steps.ASKED: _l("Asked for"),
    steps.SMALL: _l("Below the threshold: one person is enough"),
    steps.ALLOWED: _l("Allowed by a second person"),
    steps.ALONE: _l("Allowed by one person alone"),
    steps.LOOKED_AGAIN: _l("Looked at again by a second person"),
    steps.REFUSED: _l("Refused or taken back"),
    steps.ASKED_OUTSIDE: _l("A link was sent to somebody outside"),
    steps.ALLOWED_OUTSIDE: _l("Allowed by somebody outside"),
    steps.REFUSED_OUTSIDE: _l("Refused by somebody outside"),
    steps.SENT: _l("Handed to the gateway"),
    steps.ARRIVED: _l("Went back to the donor"),
    steps.CAME_BACK: _l("Came back: the money is ours again"),
    steps.DECLINED: _l("The gateway did not do it"),
    steps.FOUND: _l("Made at the gateway by somebody, past Lantern"),
    steps.BY_HAND: _l("Sent back by bank"),
}
#: The gateway's word → how a dispute stands.
OF_DISPUTE: Final = {
    "warning_needs_response": _l("Inquiry: an answer is asked for"),
    "warning_under_review": _l("Inquiry: the bank reads the answer"),
    "warning_closed": _l("Inquiry closed"),
    "needs_response": _l("An answer is asked for"),
    "under_review": _l("The bank reads the answer"),
    "won": _l("Won: the money is ours again"),
    "lost": _l("Lost: the money is gone"),
    "prevented": _l("Prevented"),
}
DISPUTE_COLOURS: Final = {
    "needs_response": "bad",
    "warning_needs_response": "warn",
    "under_review": "warn",
    "warning_under_review": "warn",
    "won": "good",
}
#: The gateway's word → why a donor's bank disputes a payment.
OF_REASON: Final = {
    "credit_not_processed": _l("A refund was promised and did not come"),
    "debit_not_authorized": _l("The donor did not allow the debit"),
    "duplicate": _l("Charged twice"),
    "fraudulent": _l("The donor says it was not them"),
    "general": _l("No reason given"),
    "insufficient_funds": _l("There was not enough money in the account"),
    "product_not_received": _l("What was promised did not come"),
    "product_unacceptable": _l("What came was not as promised"),
    "subscription_canceled": _l("Monthly giving had been ended"),
    "unrecognized": _l("The donor does not recognise it"),
}


def reason(word: str) -> str:
    """Say why a donor's bank disputes a payment; a word that nobody has thought of stays as it is."""
    return str(OF_REASON.get(word, word))


def dispute(word: str) -> str:
    """Say how a dispute stands."""
    return str(OF_DISPUTE.get(word, word))


def step(word: str) -> str:
    """Say what happened to a refund or a dispute."""
    return str(OF_STEP.get(word) or dispute(word))
