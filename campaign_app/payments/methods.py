"""Which ways to pay fit an account, a currency and an amount: a table, and one pure question to it.

Stripe's own types enforce none of this, and a method that does not fit makes the whole session fail. The
facts were read from Stripe's pages (payments/<method>, payments/countries/korea, payments/twint; API
2026-10-28.endive); docs/payments.md says which were not seen on an original page.

    fitting(country="FR", amount=Money(20000, "KRW"))  ->  ("card", "kr_card", "kakao_pay", …)
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from campaign_app.core.money import Money

#: Once, or every month.
Rhythm = Literal["once", "monthly"]

#: Countries whose accounts may offer Korea's own methods; Switzerland and Korea are not among them.
KOREAN_METHODS: Final = frozenset([
    "AT",
    "BE",
    "CY",
    "DE",
    "DK",
    "EE",
    "ES",
    "FI",
    "FR",
    "GB",
    "GR",
    "HK",
    "HR",
    "HU",
    "IE",
    "IT",
    "JP",
    "LT",
    "LU",
    "LV",
    "MT",
    "NL",
    "PT",
    "SE",
    "SG",
    "SI",
    "SK",
    "US",
])
#: Kakao Pay says the same, without Singapore.
KAKAO: Final = KOREAN_METHODS - {"SG"}
TWINT: Final = frozenset([
    "AT",
    "BE",
    "BG",
    "CH",
    "CY",
    "CZ",
    "DE",
    "DK",
    "EE",
    "ES",
    "FI",
    "FR",
    "GB",
    "GI",
    "GR",
    "HR",
    "HU",
    "IE",
    "IS",
    "IT",
    "LI",
    "LT",
    "LU",
    "LV",
    "MC",
    "MT",
    "NL",
    "NO",
    "PL",
    "PT",
    "RO",
    "SE",
    "SI",
    "SK",
    "SM",
])
#: Where SEPA direct debit and iDEAL are taken from: the euro's own area, its neighbours, and the US.
SEPA: Final = TWINT | {"US"}
#: Countries in which Stripe takes no donations, or only from some bodies.
NO_DONATIONS: Final = frozenset({"HK", "TH"})
ANYWHERE: Final[frozenset[str]] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """A way to pay: in which currencies, for accounts of which countries, between which amounts."""

    currencies: frozenset[str]
    #: Empty: wherever there are accounts.
    accounts: frozenset[str] = ANYWHERE
    monthly: bool
    #: In minor units; None is no limit that we know of.
    least: int = 1
    most: int | None = None
    #: The money comes days later: the session ends unpaid.
    delayed: bool = False


_ALL: Final = frozenset({"KRW", "JPY", "CHF", "EUR", "USD", "GBP"})
_WON: Final = frozenset({"KRW"})
_EURO: Final = frozenset({"EUR"})

METHODS: Final[Mapping[str, Method]] = {
    "card": Method(currencies=_ALL, monthly=True),
    "link": Method(currencies=_ALL, monthly=True),
    "kr_card": Method(currencies=_WON, accounts=KOREAN_METHODS, monthly=True, least=100),
    "kakao_pay": Method(
        currencies=_WON, accounts=KAKAO, monthly=True, least=100, most=2_000_000
    ),
    "naver_pay": Method(currencies=_WON, accounts=KOREAN_METHODS, monthly=True, least=100),
    "payco": Method(
        currencies=_WON, accounts=KOREAN_METHODS, monthly=False, least=100, most=2_000_000
    ),
    "samsung_pay": Method(
        currencies=_WON, accounts=KOREAN_METHODS, monthly=False, least=100, most=2_000_000
    ),
    "twint": Method(
        currencies=frozenset({"CHF"}), accounts=TWINT, monthly=True, most=500_000
    ),
    "sepa_debit": Method(currencies=_EURO, accounts=SEPA, monthly=True, delayed=True),
    "ideal": Method(currencies=_EURO, accounts=SEPA, monthly=True),
    "bancontact": Method(currencies=_EURO, accounts=SEPA, monthly=True),
}  # fmt: skip

#: Less than this costs more than it brings; Stripe refuses about half of it (minor units).
LEAST: Final[Mapping[str, int]] = {
    "KRW": 1000, "JPY": 100, "CHF": 100, "EUR": 100, "USD": 100, "GBP": 100,
}  # fmt: skip
#: More than this comes by bank: a stolen card gives large sums, and a dispute takes them back.
MOST: Final[Mapping[str, int]] = {
    "KRW": 5_000_000, "JPY": 500_000, "CHF": 500_000, "EUR": 500_000, "USD": 500_000, "GBP": 500_000,
}  # fmt: skip


def fitting(*, country: str, amount: Money, rhythm: Rhythm = "once") -> tuple[str, ...]:
    """List the methods that fit; none if this account cannot take this gift at all."""
    if (
        country in NO_DONATIONS
        or not LEAST[amount.currency] <= amount.minor <= MOST[amount.currency]
    ):
        return ()
    return tuple(name for name, method in METHODS.items() if _fits(method, country, amount, rhythm))


def _fits(method: Method, country: str, amount: Money, rhythm: Rhythm) -> bool:
    if amount.currency not in method.currencies or (rhythm == "monthly" and not method.monthly):
        return False
    if method.accounts and country not in method.accounts:
        return False
    return amount.minor >= method.least and (method.most is None or amount.minor <= method.most)


def is_delayed(name: str) -> bool:
    """Tell whether a method's money comes days after the page said thank you."""
    method = METHODS.get(name)
    return method is not None and method.delayed
