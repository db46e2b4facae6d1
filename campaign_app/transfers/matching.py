"""What a row of the bank's list may have been: gifts promised, payouts, and what other rooms wait for.

Three degrees: sure (the reference and the amount), likely, possible. Only what is sure is ticked beforehand;
a person accepts all of them. Pure: asks no database.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from campaign_app.core.money import Money
from campaign_app.transfers.references import Written

SURE, LIKELY, POSSIBLE = 2, 1, 0
#: How long after a promise a transfer of the same amount may be its answer.
WITHIN: Final = timedelta(days=14)
#: Weekends and holidays between two banks.
ON_ITS_WAY: Final = timedelta(days=14)
#: A promise is written in the donor's evening, which may be the bank's next day, and the other way round.
NEARLY: Final = timedelta(days=1)
#: More guesses than these help nobody.
MOST: Final = 4

# Why something is proposed
REFERENCE, OTHER_AMOUNT, ALMOST, AMOUNT, AGAIN, AWAITED = (
    "reference", "other_amount", "almost", "amount", "again", "awaited",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row, opened."""

    on: date
    money: Money
    written: Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """A gift that somebody said they would transfer."""

    reference: str
    money: Money
    on: date
    #: Its money came already.
    settled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """Money on its way that is no gift: a payout, a bag of cash."""

    key: str
    label: str
    money: Money
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What a row may have been."""

    #: What the form sends back: "gift:k7qx", "again:k7qx", "payout:<entry>", "cash:<deposit>".
    key: str
    why: str
    degree: int
    money: Money
    on: date
    label: str = ""


def proposals(
    line: Line, promises: Iterable[Promise], awaited: Iterable[Awaited]
) -> list[Proposal]:
    """List what a row may have been, the likeliest first; two that are equally sure are none of them sure."""
    found = [one for promise in promises if (one := _of_promise(line, promise))]
    found += [one for waiting in awaited if (one := _of_awaited(line, waiting))]
    found.sort(key=lambda one: (-one.degree, abs(one.on - line.on), one.key))
    if any(one.degree for one in found):
        found = [one for one in found if one.degree]
    return _doubted(found[:MOST])


def _doubted(found: Sequence[Proposal]) -> list[Proposal]:
    sure = [one for one in found if one.degree == SURE]
    if len(sure) < 2:
        return list(found)
    return [replace(one, degree=min(one.degree, LIKELY)) for one in found]


def _of_promise(line: Line, promise: Promise) -> Proposal | None:
    told = _why(line, promise)
    if told is None:
        return None
    why, degree = told
    kind = "again" if promise.settled else "gift"
    return Proposal(
        key=f"{kind}:{promise.reference}",
        why=why,
        degree=degree,
        money=promise.money,
        on=promise.on,
    )


def _why(line: Line, promise: Promise) -> tuple[str, int] | None:
    same = promise.money == line.money
    if line.written.has(promise.reference):
        if promise.settled:
            return AGAIN, LIKELY
        return (REFERENCE, SURE) if same else (OTHER_AMOUNT, LIKELY)
    if promise.settled or not same:
        return None
    if line.written.nearly_has(promise.reference):
        return ALMOST, LIKELY
    if promise.on - NEARLY <= line.on <= promise.on + WITHIN:
        return AMOUNT, POSSIBLE
    return None


def _of_awaited(line: Line, waiting: Awaited) -> Proposal | None:
    near = waiting.on - NEARLY <= line.on <= waiting.on + ON_ITS_WAY
    if waiting.money != line.money or not near:
        return None
    return Proposal(
        key=waiting.key,
        why=AWAITED,
        degree=LIKELY,
        money=waiting.money,
        on=waiting.on,
        label=waiting.label,
    )
