"""Plays the demo's last three months through the same services that people use, in their order.

Each deed happens at its own moment and in somebody's name, so that dates, placements and the audit
trail read as if the campaign had really been run.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from campaign_app.accounts import services as accounts
from campaign_app.accounts.models import Person
from campaign_app.audit.services import COMMAND, Actor, acting
from campaign_app.core import clock
from campaign_app.demo import crews, pages, tablets
from campaign_app.demo.calendar import Dated, Stand, dated, stands
from campaign_app.demo.content import Content, PersonPlan, PetitionPlan
from campaign_app.demo.dates import Dates
from campaign_app.demo.keepsakes import Keepsakes, OrganiserKeyFile
from campaign_app.events import services as events
from campaign_app.events.facts import LocationFacts
from campaign_app.petitions import organiser_keys
from campaign_app.petitions import services as petitions
from campaign_app.petitions.models import Petition, PetitionText
from campaign_app.petitions.organiser_keys import NewKey
from campaign_app.petitions.queries import TARGET
from campaign_app.petitions.queries import key as key_of
from campaign_app.petitions.services import Draft, Plan
from campaign_app.petitions.shipped_rules import ensure_rules
from campaign_app.qr import services as qr
from campaign_app.qr.facts import StandsFor
from campaign_app.qr.models import Placement

ADMINISTRATOR: Final = "administrator"
AUTHOR: Final = "author"
READER: Final = "reader"

PROVEN_AGAIN: Final = timedelta(days=9)
OPENS_AT: Final = 9
CLOSES_AT: Final = 18
#: How long before its opening a petition is begun, sent to review and approved.
BEGUN: Final = timedelta(days=6, hours=-1)
SENT: Final = timedelta(days=4, hours=-6)
READ: Final = timedelta(days=2, hours=-3)
#: How long before the first petition anything happens at all.
BEFORE_ALL: Final = timedelta(days=10)
ANNOUNCED: Final = timedelta(days=21)
#: How long after it was planned an event is asked for, and how long before it everybody agrees.
ASKED: Final = timedelta(hours=2)
AGREED: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that happens, when, and in whose name."""

    at: datetime
    by: str
    do: Callable[[], object]


@dataclass(slots=True)
class Scene:
    """What there is so far."""

    content: Content
    kept: Keepsakes
    now: datetime
    people: dict[str, Person] = field(default_factory=dict)
    dates: Dates = field(default_factory=Dates)
    #: The list of what a stall takes along.
    kit: int | None = None
    petitions: dict[str, Petition] = field(default_factory=dict)
    texts: list[PetitionText] = field(default_factory=list)
    #: Board → its code's row number.
    codes: dict[str, int] = field(default_factory=dict)
    #: Every stand, with the placement that it became.
    placed: list[tuple[Stand, Placement]] = field(default_factory=list)


def play(content: Content, kept: Keepsakes) -> Scene:
    """Let everything happen up to now, in the caller's transaction."""
    scene = Scene(content, kept, clock.now())
    for deed in sorted(_deeds(scene), key=lambda deed: deed.at):
        with clock.frozen(min(deed.at, scene.now)), _acting(scene, deed.by):
            deed.do()
    return scene


@contextmanager
def _acting(scene: Scene, by: str) -> Iterator[None]:
    person = scene.people.get(by)
    token = acting.set(Actor(person.name, person.id) if person else COMMAND)
    try:
        yield
    finally:
        acting.reset(token)


def _deeds(scene: Scene) -> Iterator[Deed]:
    content, calendar = scene.content, dated(scene.content, scene.now)
    start = min(_opens(plan, scene.now) for plan in content.petitions.values()) - BEFORE_ALL
    yield from _first_deeds(scene, start)
    for plan in content.petitions.values():
        yield from _of_petition(scene, plan)
    for event in calendar:
        yield from _of_event(scene, event, start + timedelta(days=1))
    for stand in stands(content, calendar, scene.now):
        yield from _of_stand(scene, stand)
    yield Deed(scene.now, AUTHOR, tablets.bring)


def _of_event(scene: Scene, event: Dated, first: datetime) -> Iterator[Deed]:
    """An event is planned, asked for, announced; then it takes place."""
    planned = max(min(event.starts_at - ANNOUNCED, scene.now - timedelta(days=1)), first)
    yield Deed(planned, READER, partial(scene.dates.plan, event))
    if event.plan.draft:
        return
    yield Deed(planned + ASKED, READER, partial(scene.dates.announce, event))
    agreed = event.starts_at - AGREED
    if agreed < scene.now:
        heard = max(agreed, planned + 2 * ASKED)
        yield Deed(heard, READER, partial(scene.dates.hear, event))
    if event.plan.crew:
        yield Deed(planned + 3 * ASKED, AUTHOR, partial(_let_help, scene, event))
    if event.ends_at < scene.now:
        yield Deed(event.ends_at, AUTHOR, partial(scene.dates.finish, event))
        if event.plan.crew:
            after = event.ends_at + timedelta(hours=1)
            yield Deed(after, AUTHOR, partial(crews.thank, scene.dates.events, event.plan.slug))


def _first_deeds(scene: Scene, start: datetime) -> Iterator[Deed]:
    for person in scene.content.people:
        yield Deed(start, ADMINISTRATOR, partial(_let_in, scene, person))
    yield Deed(start, ADMINISTRATOR, ensure_rules)
    for key in scene.kept.key_files():
        yield Deed(start + timedelta(hours=2), ADMINISTRATOR, partial(_add_key, key))
        # Nobody can open a file while the demo is loaded; it made the files and knows that they open.
        yield Deed(start + timedelta(hours=2), ADMINISTRATOR, partial(_prove, key))
        yield Deed(scene.now - PROVEN_AGAIN, ADMINISTRATOR, partial(_prove, key))
    yield Deed(start + timedelta(hours=5), AUTHOR, partial(_add_places, scene))
    yield Deed(scene.now - timedelta(hours=1), AUTHOR, partial(_write_boards, scene))
    yield Deed(start + timedelta(hours=6), READER, partial(_write_pages, scene))


def _let_in(scene: Scene, plan: PersonPlan) -> None:
    known = scene.kept.passwords[plan.email].hash
    person = accounts.create_person(plan.name, plan.email, known, [plan.role], demo=True)
    scene.people[plan.key] = person


def _write_pages(scene: Scene) -> None:
    pages.write_pages(pages.Writers(scene.people[AUTHOR].id, scene.people[READER].id))


def _add_key(key: OrganiserKeyFile) -> None:
    holder, _comma, place = key.label.partition(", ")
    organiser_keys.add(NewKey(public=key.public, holder=holder, place=place))


def _prove(key: OrganiserKeyFile) -> None:
    row = key_of(key.public.key_id)
    if row is not None:
        organiser_keys.take_proof(row)


def _add_places(scene: Scene) -> None:
    content = scene.content
    scene.dates.campaign = events.add_campaign(content.campaign_names, slug=content.campaign_slug)
    for slug, plan in content.places.items():
        said = asdict(plan)
        del said["slug"]
        scene.dates.places[slug] = events.add_location(LocationFacts(**said), slug=slug)


def _let_help(scene: Scene, event: Dated) -> None:
    if scene.kit is None:
        scene.kit = crews.keep_kit(scene.content)
    crews.help_at(scene.dates.events[event.plan.slug], scene.content.volunteers, scene.kit)


def _write_boards(scene: Scene) -> None:
    crews.write_boards(scene.content, scene.codes)


def _campaign_id(scene: Scene) -> int | None:
    return scene.dates.campaign.id if scene.dates.campaign else None


def _opens(plan: PetitionPlan, now: datetime) -> datetime:
    return _on_day(plan, now - timedelta(days=plan.opened_days_ago), OPENS_AT)


def _closes(plan: PetitionPlan, now: datetime) -> datetime:
    return _on_day(plan, now + timedelta(days=plan.closes_in_days), CLOSES_AT)


def _on_day(plan: PetitionPlan, day: datetime, hour: int) -> datetime:
    there = day.astimezone(ZoneInfo(plan.zone))
    return there.replace(hour=hour, minute=0, second=0, microsecond=0)


def _of_petition(scene: Scene, plan: PetitionPlan) -> Iterator[Deed]:
    """A petition is written by one, read by another, and then opened."""
    opens = _opens(plan, scene.now)
    yield Deed(opens - BEGUN, AUTHOR, partial(_begin, scene, plan, opens))
    for number, language in enumerate(plan.languages):
        later = timedelta(hours=number)
        yield Deed(opens - BEGUN + later, AUTHOR, partial(_write, scene, plan, language))
    yield Deed(opens - SENT, AUTHOR, partial(_send, scene, plan.slug))
    yield Deed(opens - READ, READER, partial(_approve, scene, plan.slug))
    yield Deed(opens, AUTHOR, partial(_open, scene, plan.slug))


def _begin(scene: Scene, plan: PetitionPlan, opens: datetime) -> None:
    scene.petitions[plan.slug] = petitions.create(
        Plan(
            slug=plan.slug,
            campaign_id=_campaign_id(scene),
            source_language=plan.source_language,
            goal=plan.goal,
            zone=plan.zone,
            country=plan.country,
            opens_at=opens,
            closes_at=_closes(plan, scene.now),
            keep_months=plan.keep_months,
        )
    )


def _write(scene: Scene, plan: PetitionPlan, language: str) -> None:
    said = asdict(plan.texts[language])
    del said["review"]
    based_on = None if language == plan.source_language else 1
    draft = Draft(language=language, based_on=based_on, **said)
    author = scene.people[AUTHOR].id
    scene.texts.append(petitions.write(scene.petitions[plan.slug], draft, author))


def _texts(scene: Scene, slug: str) -> Sequence[PetitionText]:
    return [text for text in scene.texts if text.petition_id == scene.petitions[slug].id]


def _send(scene: Scene, slug: str) -> None:
    for text in _texts(scene, slug):
        petitions.send_to_review(text)


def _approve(scene: Scene, slug: str) -> None:
    for text in _texts(scene, slug):
        petitions.approve(text, scene.people[READER].id, others=True)


def _open(scene: Scene, slug: str) -> None:
    petitions.open_petition(scene.petitions[slug])


def _of_stand(scene: Scene, stand: Stand) -> Iterator[Deed]:
    yield Deed(stand.begins, AUTHOR, partial(_put_up, scene, stand))
    if stand.ends is not None:
        yield Deed(stand.ends, AUTHOR, partial(_put_away, scene, stand))


def _put_up(scene: Scene, stand: Stand) -> None:
    """Draw the board's code, or point the one it has at its next place."""
    language = scene.content.places[stand.place].language
    stands_for = StandsFor(
        target=TARGET,
        target_id=scene.petitions[stand.board.petition].id,
        event_id=scene.dates.events[stand.event.plan.slug].id if stand.event else None,
        location_id=scene.dates.places[stand.place].id,
        board=stand.board.labels[language],
        language=language,
    )
    known = scene.codes.get(stand.board.slug)
    placement = qr.re_point(known, stands_for) if known else qr.create_code(stands_for)
    scene.codes[stand.board.slug] = placement.code_id
    scene.placed.append((stand, placement))


def _put_away(scene: Scene, stand: Stand) -> None:
    qr.put_away(scene.codes[stand.board.slug])
