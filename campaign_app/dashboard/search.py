"""Finding anything by name or code, in whichever language it was named."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from flask import url_for

from campaign_app.accounts import queries as accounts
from campaign_app.core.i18n import _, current_language, day, pick
from campaign_app.core.ids import in_groups
from campaign_app.dashboard import queries
from campaign_app.dashboard.queries import Named
from campaign_app.petitions import queries as petitions
from campaign_app.qr import queries as qr

LONGEST: Final = 80
MOST_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that was found: its name, what tells it apart, its page."""

    name: str
    more: str
    url: str


@dataclass(frozen=True, slots=True)
class Group:
    """Things of one kind."""

    title: str
    found: list[Found]
    #: There are more than are shown.
    more: bool


def tidy(text: str) -> str:
    """Take what was typed without letters that nobody can see."""
    shown = "".join(letter for letter in text if letter.isprintable())
    return " ".join(shown.split())[:LONGEST]


def folded(text: str) -> str:
    """Forget case, accents and letter widths: geneve finds Genève."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return unicodedata.normalize("NFC", bare)


def search(text: str, *, organises: bool, administers: bool) -> list[Group]:
    """Look everywhere a person may look; leave out kinds of which nothing was found."""
    wanted = folded(text).split()
    if not wanted:
        return []
    groups = [
        _group(_("Petitions"), _petitions(wanted)),
        _group(_("Codes"), _codes(text)),
        _group(_("Events"), _events(wanted, organises=organises)),
        _group(_("Places"), _places(wanted, organises=organises)),
        _group(_("Boards"), _boards(wanted, organises=organises)),
        _group(_("People"), _people(wanted) if administers else []),
    ]
    return [group for group in groups if group.found]


def _group(title: str, found: list[Found]) -> Group:
    return Group(title, found[:MOST_SHOWN], len(found) > MOST_SHOWN)


def _matching(all_of_them: Iterable[Named], wanted: list[str]) -> list[Named]:
    return [one for one in all_of_them if _holds(one.names, wanted)]


def _holds(names: Iterable[str], wanted: list[str]) -> bool:
    """Tell whether every word typed stands somewhere in the names."""
    said = folded(" ".join(names))
    return all(word in said for word in wanted)


def _petitions(wanted: list[str]) -> list[Found]:
    found = _matching(queries.named_petitions(), wanted)
    return [
        Found(
            petitions.title(one.subject, current_language()),
            one.subject.slug,
            url_for("petitions_console.show", petition_id=one.id),
        )
        for one in found
    ]


def _codes(text: str) -> list[Found]:
    return [
        Found(
            in_groups(line.code.letters),
            line.placement.board,
            url_for("qr_console.code", row=line.code.id),
        )
        for line in qr.codes(qr.Filters(text=text))
    ]


def _events(wanted: list[str], *, organises: bool) -> list[Found]:
    """Lead to an event; whoever may not change it is led to its boards."""
    page = _event_page if organises else _boards_of_event
    return [
        Found(
            pick(one.subject.titles),
            f"{pick(one.subject.location.names)}, {day(_local_day(one), 'medium')}",
            page(one.id),
        )
        for one in _matching(queries.named_events(), wanted)
    ]


def _event_page(event_id: int) -> str:
    return url_for("events_console.event", row=event_id)


def _boards_of_event(event_id: int) -> str:
    return url_for("qr_console.codes", event=event_id)


def _local_day(event: Named) -> date:
    return date.fromisoformat(event.subject.starts_local[:10])


def _places(wanted: list[str], *, organises: bool) -> list[Found]:
    return [
        Found(
            pick(one.subject.names),
            pick(one.subject.cities),
            url_for("events_console.edit_place", row=one.id)
            if organises
            else url_for("events_console.places"),
        )
        for one in _matching(queries.named_places(), wanted)
    ]


def _boards(wanted: list[str], *, organises: bool) -> list[Found]:
    """Lead to a board; whoever may not change it is led to its sheet."""
    page = "boards_console.edit_board" if organises else "boards_console.sheet"
    return [
        Found(pick(one.subject.titles), "", url_for(page, row=one.id))
        for one in _matching(queries.named_boards(), wanted)
    ]


def _people(wanted: list[str]) -> list[Found]:
    return [
        Found(person.name, person.email, url_for("people.one", person_id=person.id))
        for person in accounts.people()
        if _holds((person.name, person.email), wanted)
    ]
