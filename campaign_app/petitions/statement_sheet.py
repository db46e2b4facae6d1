"""A statement as people read it, in one language; every number and text comes from its frozen data."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from babel.dates import format_skeleton
from markupsafe import Markup

from campaign_app.core.i18n import _, _l, country_name, locale, number
from campaign_app.petitions import statements, states
from campaign_app.petitions.small_numbers import FEWEST
from campaign_app.petitions.statement_models import Statement
from campaign_app.petitions.tally_ground import language_name
from campaign_app.petitions.texts import rendered

CLASS_NAMES: Final[Mapping[str, str]] = {
    states.BY_MAIL: _l("Confirmed by mail"),
    states.WITNESSED: _l("Witnessed at a stall"),
    states.NO_MAILBOX: _l("Witnessed at a stall, no mailbox given"),
    states.BY_STALL_CODE: _l("Witnessed by a stall’s code"),
    states.ON_PAPER: _l("On paper"),
    states.UNCONFIRMED: _l("Awaiting confirmation"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its name, its number as it may be said, and what it means."""

    name: str
    said: str
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """One cut of the tally."""

    title: str
    head: str
    lines: Sequence[Line]
    #: What the rows without an exact number add up to; "" if all have one.
    together: str = ""
    #: Said in the place of rows that would point at somebody.
    instead: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A statement in one language."""

    serial: str
    sha256: str
    #: Whether the data still are what the hash was made of.
    intact: bool
    facts: Mapping[str, Any]
    text: Mapping[str, Any]
    as_of: datetime

    @property
    def total(self) -> int:
        """Give the number that counts."""
        return int(self.facts["total"])

    @property
    def language(self) -> str:
        """Tell in which language the text of this sheet is."""
        return str(self.text["language"])

    @property
    def body(self) -> Markup:
        """Render the text that was signed."""
        return rendered(self.text["body"])

    @property
    def classes(self) -> list[Line]:
        """List how those who count are known, in the words of the day it was made."""
        meanings = self.facts["meanings"][self.language]
        counts = self.facts["by_evidence"]
        return [
            Line(str(CLASS_NAMES[name]), number(counts[name]), meanings[name])
            for name in states.COUNTED
            if name in counts  # an older statement knew fewer
        ]

    @property
    def awaiting(self) -> Line:
        """Say how many are not counted, and why."""
        meaning = self.facts["meanings"][self.language][states.UNCONFIRMED]
        name = str(CLASS_NAMES[states.UNCONFIRMED])
        return Line(name, number(self.facts["awaiting"]), meaning)

    @property
    def tables(self) -> list[Table]:
        """Cut the total by country, by language, by month."""
        return [
            _guarded(_("By country"), _("Country"), self.facts["by_country"], country_name),
            _guarded(_("By language"), _("Language"), self.facts["by_language"], language_name),
            _months(self.facts["by_month"]),
        ]

    @property
    def alone(self) -> bool:
        """Tell whether one person alone approved some text that was signed."""
        return any(
            text["one_person"] or any(older["one_person"] for older in text["earlier"])
            for text in self.facts["texts"]
        )


def read(statement: Statement, language: str) -> Sheet | None:
    """Read a statement in a language that it holds; None in another one."""
    facts = statements.facts(statement)
    text = next((text for text in facts["texts"] if text["language"] == language), None)
    if text is None:
        return None
    return Sheet(
        serial=statement.serial,
        sha256=statement.sha256,
        intact=statements.digest(statement.data) == statement.sha256,
        facts=facts,
        text=text,
        as_of=datetime.fromisoformat(facts["as_of"]),
    )


def _guarded(title: str, head: str, table: Mapping[str, Any], name: Callable[[str], str]) -> Table:
    if not table["broken_down"]:
        instead = _("There are too few signatures to tell them apart without pointing at people.")
        return Table(title, head, [], instead=instead)
    lines = [Line(name(key), number(n)) for key, n in table["shown"]]
    lines += [Line(name(key), _withheld(table)) for key in table["withheld"]]
    lines += [Line(name(key), f"< {number(FEWEST)}") for key in table["few"]]
    return Table(title, head, lines, number(table["together"]) if table["few"] else "")


def _withheld(table: Mapping[str, Any]) -> str:
    between = table["withheld_between"]
    if between:
        return f"{number(between[0])}–{number(between[1])}"
    return _("%(number)s or more", number=number(FEWEST))


def _months(rows: Sequence[tuple[str, int]]) -> Table:
    lines = [Line(_month(key), number(n)) for key, n in rows]
    return Table(_("By month"), _("Month"), lines)


def _month(key: str) -> str:
    first = datetime.fromisoformat(f"{key}-01")
    return str(format_skeleton("yMMMM", first, locale=locale()))
