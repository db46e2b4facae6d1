"""The whole kit of an event on paper: lists to tick off, cards, boards, sheets, posters.

Volunteers stand on it by the alias they chose, and nothing else of them does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from campaign_app.core import pdf
from campaign_app.core.i18n import OWN_NAMES, _, pick, spoken, time_of_day
from campaign_app.core.ids import in_groups
from campaign_app.core.settings import settings
from campaign_app.donations import tents
from campaign_app.events.models import Event
from campaign_app.kiosk import overview as tablets
from campaign_app.paper import queries as paper
from campaign_app.qr import queries as qr
from campaign_app.qr.models import Placement
from campaign_app.shifts import queries as shifts
from campaign_app.shifts.models import CONFIRMED
from campaign_app.shifts.words import OF_ROLE
from campaign_app.stall import card, panels, printing, set_up
from campaign_app.stall.printing import Sheet

#: Empty lines for whoever comes, or is brought along, besides.
SPARE: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What somebody wants printed."""

    #: Of the lists the first; of each of them there is a card.
    languages: Sequence[str]
    placements: Sequence[Placement]
    ring: card.Ring


def usual(event: Event, language: str) -> Choice:
    """Choose what one click prints: what stands there, cards for the place and for who prints."""
    ours = settings().languages
    wished = dict.fromkeys([event.location.language, language])
    return Choice(
        languages=[one for one in wished if one in ours] or ours[:1],
        placements=qr.standing_at_event(event.id),
        ring=card.Ring(),
    )


def as_pdf(event: Event, choice: Choice) -> bytes:
    """Print it: what is A4 comes first, the posters on A3 last."""
    language = choice.languages[0]
    with spoken(language):
        title = _("Kit for %(event)s", event=pick(event.titles))
    return pdf.render("kit", {"title": title, "sheets": sheets(event, choice)}, language)


def sheets(event: Event, choice: Choice) -> Sequence[Sheet]:
    """Write all sheets in the order in which they are printed."""
    with spoken(choice.languages[0]):
        lists = [_checklist(event, choice), _roster(event, choice.languages[0])]
    return [
        *lists,
        *(card.card(event, one, choice.ring, _titles(choice, one)) for one in choice.languages),
        *_of_tablets(event, choice.languages),
        *panels.of_codes(choice.placements),
        *(
            tents.sheet(placement, language)
            for placement in choice.placements
            if placement.target == tents.KIND
            for language in choice.languages
        ),
        *(
            printing.of_code(kind, placement, event)
            for kind in (printing.BOARD, printing.POSTER)
            for placement in choice.placements
            if placement.target != tents.KIND
        ),
    ]


def _of_tablets(event: Event, languages: Sequence[str]) -> Sequence[Sheet]:
    """Where tablets come along: the page for whoever stands there, in each language of the cards."""
    if not tablets.tablets_at(event.id):
        return []
    return [sheet for one in languages for sheet in set_up.sheets(one, [set_up.FIRST])]


def _titles(choice: Choice, language: str) -> Sequence[str]:
    """Name what is asked at the stall, each once."""
    return list(dict.fromkeys(printing.title_of(one, language) for one in choice.placements))


def _checklist(event: Event, choice: Choice) -> Sheet:
    head = ["", _("Packed"), _("Back again")]
    codes = [f"{one.board} · {in_groups(one.code.letters)}" for one in choice.placements]
    things = [pdf.typed(item.name) for item in shifts.kit_of(event.id)]
    named = (
        (_("Boards and their codes"), codes),
        (_("Slips and lists to sign"), _paper(event)),
        (_("Things"), [*things, *[""] * SPARE]),
    )
    return {
        **printing.head(choice.languages[0], event.location, event),
        "kind": "checklist",
        "title": _("What comes along"),
        "parts": [{"heading": name, "head": head, "rows": rows} for name, rows in named if rows],
        "notes": [_("The posters at the end are A3; everything before them is A4.")],
    }


def _paper(event: Event) -> Sequence[str]:
    """Name what is printed already: printed again, one number would be on two papers."""
    return [
        pdf.typed(
            _(
                "Batch %(number)s: %(label)s, 1–%(last)s",
                number=batch.id,
                label=batch.label,
                last=batch.sheets,
            )
        )
        for batch in paper.batches(event.id)
        if batch.closed_at is None
    ]


def _roster(event: Event, language: str) -> Sheet:
    rows = [
        [_hours(one, event.zone), pdf.typed(one.alias), str(OF_ROLE[one.role]), _speaks(one.speaks)]
        for one in shifts.on_shift(event.id)
        if one.state == CONFIRMED
    ]
    return {
        **printing.head(language, event.location, event),
        "kind": "roster",
        "title": _("Who comes"),
        "head": [_("Time"), _("Alias"), _("Task"), _("Languages"), _("Here")],
        "rows": [*rows, *[["", "", "", ""]] * SPARE],
        "notes": [
            _("Aliases only: write no family names, numbers or mail addresses on this page."),
            _("Destroy it once the hours are confirmed."),
        ],
    }


def _hours(one: shifts.OnShift, zone: str) -> str:
    starts, ends = one.span
    return f"{time_of_day(starts, zone)}–{time_of_day(ends, zone)}"


def _speaks(languages: Sequence[str]) -> str:
    return ", ".join(pdf.typed(OWN_NAMES.get(one, one)) for one in languages)
