"""What can be given, in which currency, by which way, and who takes it: read from the settings.

menu = offered("CHF", country="CH", language="fr")     # None where nothing can be taken
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from campaign_app.core.money import Money
from campaign_app.donations import states
from campaign_app.payments.opening import till
from campaign_app.payments.ways import BankAccount, Entity

#: In minor units; the one in the middle stands chosen.
AMOUNTS: Final = {
    "KRW": (5_000, 10_000, 20_000, 50_000, 100_000),
    "CHF": (500, 1000, 2000, 5000, 10_000),
    "EUR": (500, 1000, 2000, 5000, 10_000),
    "USD": (500, 1000, 2000, 5000, 10_000),
}
EURO: Final = frozenset(
    "AT BE BG CY DE EE ES FI FR GR HR IE IT LT LU LV MT NL PT SI SK".split()  # noqa: SIM905
)
OF_COUNTRY: Final = {"KR": "KRW", "CH": "CHF", "LI": "CHF", "US": "USD"} | dict.fromkeys(
    EURO, "EUR"
)
#: Where the place says nothing: what most of those who read a language have in their pocket.
OF_LANGUAGE: Final = {"ko": "KRW", "fr": "EUR", "de": "EUR", "es": "EUR", "en": "USD"}


@dataclass(frozen=True, slots=True)
class Way:
    """A way to give, and who takes what comes by it."""

    key: str
    entity: Entity


@dataclass(frozen=True, slots=True)
class Menu:
    """What a page offers, in one currency."""

    currency: str
    currencies: Sequence[str]
    ways: Sequence[Way]

    @property
    def amounts(self) -> Sequence[Money]:
        """List the amounts to choose from."""
        return [Money(minor, self.currency) for minor in AMOUNTS[self.currency]]

    @property
    def usual(self) -> Money:
        """Give the amount that stands chosen."""
        return self.amounts[len(self.amounts) // 2]

    @property
    def entities(self) -> Sequence[Entity]:
        """List who takes money here, each once."""
        return list({way.entity.key: way.entity for way in self.ways}.values())

    def way(self, key: str) -> Way | None:
        """Find a way by its name."""
        return next((way for way in self.ways if way.key == key), None)


def currencies() -> Sequence[str]:
    """List the currencies in which anything can be given."""
    known = till().ways
    taken = {*known.card_currencies(), *(bank.currency for bank in known.banks.values())}
    return [currency for currency in AMOUNTS if currency in taken]


def offered(wished: str, *, country: str, language: str) -> Menu | None:
    """Say what is offered in the currency wished for, else in that of the place or the language."""
    known = currencies()
    likely = (wished, OF_COUNTRY.get(country, ""), OF_LANGUAGE.get(language, ""), *known)
    chosen = next((one for one in likely if one in known), None)
    return Menu(chosen, known, _ways(chosen)) if chosen else None


def _ways(currency: str) -> Sequence[Way]:
    known = till().ways
    found = []
    usual = Money(AMOUNTS[currency][2], currency)
    account = known.account_for(usual) if known.mode != "off" else None
    if account is not None:
        found.append(Way(states.CARD, known.entities[account.entity]))
    bank = bank_for(currency)
    if bank is not None:
        found.append(Way(states.TRANSFER, known.entities[bank.entity]))
    return found


def bank_for(currency: str, entity: str = "") -> BankAccount | None:
    """Find the bank account to transfer to: the first in the file, of that entity if one is named."""
    fits = (
        bank
        for bank in till().ways.banks.values()
        if bank.currency == currency and entity in ("", bank.entity)
    )
    return next(fits, None)
