"""To which bank accounts the money of a box can go, and what has none to go to."""

from collections.abc import Sequence
from dataclasses import dataclass

from campaign_app.cash import queries
from campaign_app.cash.models import CashAmount
from campaign_app.core.money import Money
from campaign_app.payments import ways
from campaign_app.payments.ways import BankAccount


def accounts_of(entity: str, currency: str = "") -> Sequence[BankAccount]:
    """List the bank accounts of a body, in one currency if one is named."""
    return [
        one
        for one in ways.of_the_app().banks.values()
        if one.entity == entity and currency in ("", one.currency)
    ]


def currencies_of(entity: str) -> Sequence[str]:
    """List the currencies in which a body can bank what is counted, each once."""
    return list(dict.fromkeys(one.currency for one in accounts_of(entity)))


@dataclass(frozen=True, slots=True)
class Stranded:
    """Bags of a currency for which the body has no account, and the accounts it has in others."""

    entity: str
    currency: str
    bags: Sequence[CashAmount]
    banks: Sequence[BankAccount]

    @property
    def total(self) -> Money:
        """Give what is in them."""
        return Money.sum_of((one.money for one in self.bags), self.currency)


def stranded(book: str) -> Sequence[Stranded]:
    """List what was counted and fits no account of its body."""
    purses = dict.fromkeys(
        (one.entity, one.currency)
        for one in queries.still_here(book)
        if not accounts_of(one.entity, one.currency)
    )
    return [
        Stranded(entity, currency, queries.bags_for(book, entity, currency), accounts_of(entity))
        for entity, currency in purses
    ]
