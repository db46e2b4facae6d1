"""What can be done with a box at a stall, by its lead on the phone or by an organiser in the console.

Both pages ask `offered` what there is to do, show the form of a deed, and hand it to `do`; a deed says
why it cannot be done now. Links are given back, to be shown once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from campaign_app.cash import boxes, counters, counting, forms, pieces, queries, states
from campaign_app.cash.boxes import Closing
from campaign_app.cash.counters import Link
from campaign_app.cash.models import BoxOpening
from campaign_app.core.i18n import _, _l, current_language

Links = Sequence[Link]


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that people do with a box."""

    label: str
    #: What to know before.
    says: str
    fields: type[Any]
    do: Callable[[int, Any], Links]
    states: tuple[str, ...]
    kind: str = ""


def _close(row: int, form: Any) -> Links:
    boxes.close(row, Closing(form.seal.data, form.declined.data))
    return ()


def _count(row: int, form: Any) -> Links:
    return counters.name_two(row, form.first.data, form.second.data)


def _renew(row: int, form: Any) -> Links:
    return (counters.renew(row, form.letter.data, form.alias.data),)


def _recount(row: int, form: Any) -> Links:
    counting.recount(row, form.reason.data)
    return ()


def _third(row: int, form: Any) -> Links:
    return (counting.ask_third(row, form.alias.data, form.reason.data),)


def _agree(row: int, form: Any) -> Links:
    counting.agree(row, form.sheet.data, form.reason.data)
    return ()


def _alone(row: int, form: Any) -> Links:
    counting.count_alone(row, form.reason.data)
    return ()


def _bag(row: int, form: Any) -> Links:
    counting.put_into_bag(row, form.seal.data)
    return ()


def _explain(row: int, form: Any) -> Links:
    counting.explain_receipts(row, form.reason.data)
    return ()


DEEDS: Final[Mapping[str, Deed]] = {
    "close": Deed(
        _l("Seal the box and take it away"),
        _l("From then on nothing goes in or out until two people count it."),
        forms.CloseFields,
        _close,
        (states.OPEN,),
        "primary",
    ),
    "count": Deed(
        _l("Let two people count"),
        _l(
            "Each gets a link of their own for their own phone, and neither sees what the other counted. "
            "Choose two who are not related."
        ),
        forms.CountersFields,
        _count,
        (states.CLOSED,),
        "primary",
    ),
    "renew": Deed(
        _l("Make one of the links anew"),
        _l("The link that was made before opens nothing any more."),
        forms.RenewFields,
        _renew,
        (states.COUNTING,),
    ),
    "alone": Deed(
        _l("There is no second person"),
        _l(
            "The count is then posted as “counted by one”, and stays marked until the bank’s statement "
            "shows the same amount."
        ),
        forms.ReasonFields,
        _alone,
        (states.COUNTING,),
    ),
    "recount": Deed(
        _l("Both count again"),
        _l("With the links that they have. Usually two notes stuck together."),
        forms.ReasonFields,
        _recount,
        (states.DIFFERS,),
        "primary",
    ),
    "third": Deed(
        _l("A third one decides"),
        _l("Somebody who saw neither count. What two of the three find is posted."),
        forms.ThirdFields,
        _third,
        (states.DIFFERS,),
    ),
    "agree": Deed(
        _l("Agree on one of the counts"),
        _l(
            "Whoever sees these amounts can no longer count blindly. The reason stays with the count."
        ),
        forms.AgreeFields,
        _agree,
        (states.DIFFERS,),
    ),
    "bag": Deed(
        _l("Put the money into a sealed bag"),
        _l("The bag waits for the bank. Its seal says that nobody opened it."),
        forms.BagFields,
        _bag,
        (states.COUNTED,),
        "primary",
    ),
    "explain": Deed(
        _l("Say why the receipts say more"),
        _l("Receipts for this box say more than was counted in it. Somebody will ask."),
        forms.ReasonFields,
        _explain,
        (states.COUNTED, states.EMPTY, states.DEPOSITED, states.BANKED),
        "primary",
    ),
}


def offered(opening: BoxOpening) -> list[str]:
    """List what can be done with a box now, the usual thing first."""
    return [
        name
        for name, deed in DEEDS.items()
        if opening.state in deed.states and _fits(name, opening)
    ]


def _fits(name: str, opening: BoxOpening) -> bool:
    if name == "alone":
        return handed_in(opening) == 1
    if name == "renew":
        return handed_in(opening) < len((states.FIRST, states.SECOND))
    if name == "third":
        return handed_in(opening) == counting.TWO
    if name == "bag":
        return not opening.bag_seal
    if name == "explain":
        return not opening.receipts_reason and bool(queries.receipts_exceed(opening))
    return True


def handed_in(opening: BoxOpening) -> int:
    """Count the sheets of this round."""
    return len(counting.sheets(opening))


def form(name: str, opening: BoxOpening, kind: type[Any], **data: Any) -> Any:
    """Make the form of a deed."""
    made = forms.made(DEEDS[name].fields, kind, **data)
    if name == "agree":
        forms.one_of(
            made.sheet, [(one.id, _sum_of(one.pieces)) for one in counting.sheets(opening)]
        )
    return made


def _sum_of(counted: Mapping[str, int]) -> str:
    language = current_language()
    sums = [money.written(language) for money in pieces.totals(counted).values()]
    return " + ".join(sums) or _("nothing")


@dataclass(frozen=True, slots=True)
class Card:
    """A box on a page: where it stands, who counted, what can be done."""

    opening: BoxOpening
    receipts: queries.Receipts
    #: (what they are called, whether their sheet is in); never what stands on it.
    counters: Sequence[tuple[str, bool]]
    #: Nothing before the count is posted.
    amounts: Sequence[Any]
    offered: Sequence[str]


def card(opening: BoxOpening) -> Card:
    """Gather what a page says of a box."""
    at_work = counters.at_work(opening.id)
    return Card(
        opening=opening,
        receipts=queries.receipts(opening),
        counters=[
            (one.alias, counters.sheet_of(one, opening.round) is not None) for one in at_work
        ],
        amounts=[one.money for one in queries.amounts(opening.id)],
        offered=offered(opening),
    )
