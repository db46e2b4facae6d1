"""What the demo is made of: plain files in demo_content, read into plain objects."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from campaign_app import demo_content
from campaign_app.events.facts import LocationFacts

FOLDER: Final = Path(demo_content.__file__).resolve().parent
FENCE: Final = "+++\n"


@dataclass(frozen=True, slots=True)
class PersonPlan:
    """Somebody who runs the demo."""

    key: str
    role: str
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class KeyPlan:
    """An organiser's key: the name of its file, and whose it is."""

    file: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacePlan(LocationFacts):
    """Where a stall stands: what a form says of a place, and its address."""

    slug: str


@dataclass(frozen=True, slots=True)
class BoardPlan:
    """A board, the petition that its code leads to, and how many it moves to sign."""

    slug: str
    petition: str
    share: int
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class InformationBoardPlan:
    """What a board says, and on whose backs (slugs of boards) its codes are."""

    codes: Sequence[str]
    titles: Mapping[str, str]
    texts: Mapping[str, str]
    sources: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class VolunteerPlan:
    """Somebody who helps at stalls."""

    key: str
    alias: str
    role: str
    language: str
    speaks: Sequence[str]


@dataclass(frozen=True, slots=True)
class StandingPlan:
    """A board that stands somewhere today."""

    board: str
    place: str


@dataclass(frozen=True, slots=True)
class SessionPlan:
    """A week around a UN session, by the Mondays on which it usually falls."""

    slug: str
    #: "next" or "nearest", seen from the day the demo is loaded.
    choose: str
    #: (month, which Monday of it).
    mondays: Sequence[Sequence[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventPlan:
    """An event by rule: the nth weekday of a month, or a weekday in the week of a session."""

    slug: str
    place: str
    kind: str
    weekday: str
    starts: str
    ends: str
    signatures: int
    boards: Sequence[str]
    titles: Mapping[str, str]
    #: 0 is this month.
    month: int = 0
    nth: int = 1
    session: SessionPlan | None = None
    summaries: Mapping[str, str] = field(default_factory=dict)
    access: Mapping[str, str] = field(default_factory=dict)
    cause: Mapping[str, str] = field(default_factory=dict)
    doors: str = ""
    curfew: str = ""
    #: The series whose date it is; empty for an event of its own.
    series: str = ""
    #: Planned, and not announced yet.
    draft: bool = False
    #: Whether volunteers share its shifts.
    crew: bool = False
    #: Who plays, from when to when.
    acts: Sequence[tuple[str, str, str]] = ()


@dataclass(frozen=True, slots=True)
class TextPlan:
    """The words of a petition in one language, and who wrote them."""

    title: str
    summary: str
    ask: str
    addressee: str
    origin: str
    #: What a native reader has done with them so far; for those who edit these files.
    review: str
    body: str


@dataclass(frozen=True, slots=True)
class PetitionPlan:
    """A petition; days count from the day the demo is loaded."""

    slug: str
    goal: int
    opened_days_ago: int
    closes_in_days: int
    keep_months: int
    source_language: str
    country: str
    zone: str
    texts: Mapping[str, TextPlan]

    @property
    def languages(self) -> Sequence[str]:
        """List its languages, the one it was written in first."""
        return sorted(self.texts, key=lambda language: (language != self.source_language, language))


@dataclass(frozen=True, slots=True)
class NamesPlan:
    """Family and given names of one tradition, the most common first."""

    order: str
    separator: str
    family: Sequence[str]
    given: Sequence[str]


@dataclass(frozen=True, slots=True)
class CountryPlan:
    """Which names people of a country have and which texts they read, by weight."""

    names: Mapping[str, int]
    languages: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class OnlinePlan:
    """How many signed from a link, and where they sat, by weight."""

    signatures: int
    places: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Everything the demo is made of."""

    campaign_slug: str
    campaign_names: Mapping[str, str]
    people: Sequence[PersonPlan]
    keys: Sequence[KeyPlan]
    standing: Sequence[StandingPlan]
    online: OnlinePlan
    places: Mapping[str, PlacePlan]
    boards: Mapping[str, BoardPlan]
    information_boards: Sequence[InformationBoardPlan]
    volunteers: Sequence[VolunteerPlan]
    #: What a street stall takes along.
    kit: Sequence[str]
    events: Sequence[EventPlan]
    petitions: Mapping[str, PetitionPlan]
    names: Mapping[str, NamesPlan]
    countries: Mapping[str, CountryPlan]
    #: Place → country → weight.
    passers_by: Mapping[str, Mapping[str, int]]


@cache
def content() -> Content:
    """Read the demo's files."""
    cast, calendar, crowd, crew = (_toml(name) for name in ("cast", "events", "names", "crew"))
    sessions = {row["slug"]: SessionPlan(**row) for row in calendar["sessions"]}
    return Content(
        campaign_slug=cast["campaign"]["slug"],
        campaign_names=cast["campaign"]["names"],
        people=[PersonPlan(**row) for row in cast["people"]],
        keys=[KeyPlan(**row) for row in cast["keys"]],
        standing=[StandingPlan(**row) for row in cast["standing"]],
        online=OnlinePlan(**cast["online"]),
        places={row["slug"]: PlacePlan(**row) for row in _toml("places")["places"]},
        boards={row["slug"]: BoardPlan(**row) for row in calendar["boards"]},
        information_boards=[
            InformationBoardPlan(**row) for row in _toml("boards")["information_boards"]
        ],
        volunteers=[VolunteerPlan(**row) for row in crew["volunteers"]],
        kit=crew["kit"],
        events=[_event(row, sessions) for row in calendar["events"]],
        petitions={path.name: _petition(path) for path in sorted((FOLDER / "petitions").iterdir())},
        names={name: NamesPlan(**row) for name, row in crowd["names"].items()},
        countries={code: CountryPlan(**row) for code, row in crowd["countries"].items()},
        passers_by=crowd["places"],
    )


def _event(row: Mapping[str, Any], sessions: Mapping[str, SessionPlan]) -> EventPlan:
    return EventPlan(**{**row, "session": sessions.get(row.get("session", ""))})


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))


def _petition(folder: Path) -> PetitionPlan:
    facts = tomllib.loads((folder / "petition.toml").read_text("utf-8"))
    texts = {path.stem: _text(path) for path in sorted(folder.glob("*.md"))}
    return PetitionPlan(slug=folder.name, texts=texts, **facts)


def _text(path: Path) -> TextPlan:
    _before, facts, body = path.read_text("utf-8").split(FENCE, 2)
    return TextPlan(**tomllib.loads(facts), body=body.strip() + "\n")
