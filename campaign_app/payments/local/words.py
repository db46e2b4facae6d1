"""What the demo's bank calls things."""

from collections.abc import Mapping
from typing import Final

from campaign_app.core.i18n import _l
from campaign_app.payments.local.vault import LOST, ONCE, SHUFFLED, TWICE

METHODS: Final[Mapping[str, str]] = {
    "card": _l("Card"),
    "link": "Link",
    "kr_card": _l("Korean card"),
    "kakao_pay": _l("Kakao Pay"),
    "naver_pay": _l("Naver Pay"),
    "payco": "PAYCO",
    "samsung_pay": _l("Samsung Pay"),
    "twint": "TWINT",
    "sepa_debit": _l("SEPA direct debit"),
    "ideal": "iDEAL",
    "bancontact": "Bancontact",
}
#: How Lantern hears of it.
HOW: Final[Mapping[str, str]] = {
    ONCE: _l("As it should be"),
    TWICE: _l("Everything twice"),
    SHUFFLED: _l("Out of order"),
    LOST: _l("Not at all: the message is lost"),
}
STATES: Final[Mapping[str, str]] = {
    "open": _l("Nobody has paid yet."),
    "refused": _l("The payment was declined. The page is still open."),
    "promised": _l("The donor did their part; the money comes in three days, or not."),
    "broken": _l("The money that was promised did not come."),
    "paid": _l("Paid."),
    "expired": _l("This page is closed; nobody paid."),
}
FATES: Final[Mapping[str, str]] = {
    "arrived": _l("It arrived."),
    "waiting": _l("It is on its way."),
    "lost": _l("It was lost."),
}
REFUNDS: Final[Mapping[str, str]] = {
    "pending": _l("A refund of %(amount)s is on its way."),
    "succeeded": _l("A refund of %(amount)s arrived."),
    "failed": _l("A refund of %(amount)s came back."),
}
DISPUTES: Final[Mapping[str, str]] = {
    "needs_response": _l("The donor’s bank wants the money back."),
    "won": _l("The dispute was won: the money came back, the fee did not."),
    "lost": _l("The dispute was lost: the money stays with the donor."),
}
