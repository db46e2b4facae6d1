"""Notes and coins: how many of which, and what they come to.

    totals({"KRW-10000": 3, "CHF-50": 1})     {"KRW": Money(30000), "CHF": Money(50)}

A count is kept as pieces, not as a sum, so that whoever looks again knows what lay there.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from campaign_app.cash import states
from campaign_app.core.money import Money

#: So many of one kind fit into no box.
MOST: Final = 99_999

Pieces = Mapping[str, int]


def name(currency: str, minor: int) -> str:
    """Name a note or coin."""
    return f"{currency}-{minor}"


def known() -> Sequence[tuple[str, Money]]:
    """List every note and coin that we count, currency by currency, the largest first."""
    return [
        (name(currency, minor), Money(minor, currency))
        for currency, pieces in states.PIECES.items()
        for minor in pieces
    ]


def totals(pieces: Pieces) -> dict[str, Money]:
    """Add up; currencies of which there is nothing are left out."""
    found: dict[str, Money] = {}
    for key, one in known():
        part = Money(one.minor * pieces.get(key, 0), one.currency)
        found[one.currency] = found.get(one.currency, Money.none(one.currency)) + part
    return {currency: money for currency, money in found.items() if money}


def ordered(home: str) -> list[str]:
    """List the currencies, the one of the country first."""
    return sorted(states.PIECES, key=lambda currency: currency != home)
