"""Five honest numbers of each purse: settled, pending, cash counted, cash banked, transfers unassigned.

They are never added together: each is counted another way, and money would be in two of them at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from campaign_app.cash import queries as cash
from campaign_app.core.money import Money
from campaign_app.donations import states, sums
from campaign_app.payments import accounts
from campaign_app.payments.flows import Flow, Purse, Span, flow, held
from campaign_app.payments.till import Till


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """What one legal body has in one currency."""

    purse: Purse
    #: Card and bank gifts of the time, less what went back.
    settled: Money
    #: Card gifts on their way now.
    pending: Money
    #: What two people (or one, and said so) counted in boxes in the time.
    counted: Money
    #: What of cash arrived at the bank in the time.
    banked: Money
    #: What lay at the bank at the end of the time, and nobody knows what for.
    unassigned: Money

    def __bool__(self) -> bool:
        return any((self.settled, self.pending, self.counted, self.banked, self.unassigned))


def of(till: Till, span: Span) -> list[Numbers]:
    """Count the five numbers of every purse, those that people can give into first."""
    book = till.book
    boxes = cash.totals(book, span.first, span.last)
    counted: dict[str, Mapping[Purse, Money]] = {
        "settled": sums.settled(book, span),
        "pending": sums.standing(book, states.PENDING),
        "counted": {Purse(one.entity, one.currency): one.counted for one in boxes},
        "banked": {Purse(one.entity, one.currency): one.banked for one in boxes},
        "unassigned": _turned(held(book, accounts.UNASSIGNED, on=span.last)),
    }
    purses = {purse for sums_ in counted.values() for purse in sums_} | _ours(till)
    known = list(till.ways.entities)
    ordered = sorted(purses, key=lambda one: (_place(one.entity, known), one))
    return [_numbers(purse, counted) for purse in ordered]


def _place(entity: str, known: list[str]) -> int:
    """Put legal bodies in the order of the settings, those that left them last."""
    return known.index(entity) if entity in known else len(known)


def _ours(till: Till) -> set[Purse]:
    """List the purses of our own bank accounts, which are shown while they are empty, too."""
    return {Purse(bank.entity, bank.currency) for bank in till.ways.banks.values()}


def _turned(sums_: Mapping[Purse, Money]) -> Mapping[Purse, Money]:
    """Write what lies on the credit side as more than nothing."""
    return {purse: -money for purse, money in sums_.items()}


def _numbers(purse: Purse, counted: Mapping[str, Mapping[Purse, Money]]) -> Numbers:
    none = Money.none(purse.currency)
    said = {name: sums_.get(purse, none) for name, sums_ in counted.items()}
    return Numbers(purse=purse, **said)


def fees(till: Till, span: Span) -> Mapping[Purse, Money]:
    """Sum what gateways took in a time."""
    return flow(till.book, Flow(accounts.FEE, accounts.GATEWAY), span)
