"""The world that most tests begin in: an open petition, two keys, a board on the street."""

import re
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaign_app.accounts import services as accounts
from campaign_app.accounts.models import Person
from campaign_app.core import clock, db
from campaign_app.core.db import session
from campaign_app.core.seal import PrivateKey
from campaign_app.core.settings import settings
from campaign_app.events.models import Location
from campaign_app.outbox import worker
from campaign_app.petitions import organiser_keys, services, tally
from campaign_app.petitions.models import OrganiserKey, Petition, PetitionText
from campaign_app.petitions.organiser_keys import NewKey
from campaign_app.petitions.services import Draft, Plan
from campaign_app.qr.models import Code, Placement

LANGUAGES = ("ko", "en", "fr")
TITLES = {"ko": "정치범수용소를 닫아라", "en": "Close the camps", "fr": "Fermez les camps"}


@dataclass
class World:
    """Everything a test may want to name."""

    petition_id: int
    slug: str
    uid: str
    code: str
    code_id: int
    placement_id: int
    location_id: int
    author_id: int
    reviewer_id: int
    keys: list[PrivateKey] = field(repr=False, default_factory=list)


def person(name: str, *roles: str) -> Person:
    """Add a person of ours; nobody signs in with this password hash."""
    email = f"{name.lower()}@ngo.example"
    return accounts.create_person(
        name=name, email=email, password_hash="!" + uuid.uuid4().hex, roles=roles
    )


def key() -> PrivateKey:
    """Add a proven key of an organiser and give back its private half."""
    private = PrivateKey.generate()
    row = organiser_keys.add(NewKey(public=private.public, holder="a laptop"))
    organiser_keys.take_proof(row)
    return private


def plan(slug: str = "close-the-camps", **changes: Any) -> Plan:
    """Describe a petition that opened yesterday."""
    facts: dict[str, Any] = {
        "slug": slug,
        "campaign_id": None,
        "source_language": "en",
        "goal": 1000,
        "zone": "Asia/Seoul",
        "country": "KR",
        "opens_at": clock.now() - timedelta(days=1),
        "closes_at": clock.now() + timedelta(days=60),
    }
    return Plan(**(facts | changes))


def draft(language: str) -> Draft:
    """Write words in a language."""
    return Draft(
        language=language,
        title=TITLES[language],
        summary="They hold tens of thousands.",
        ask="Call for their release.",
        addressee="UN Human Rights Council",
        body="## Why\n\nBecause **nobody** else will.",
        based_on=1,
    )


def approved(petition: Petition, language: str, author: int, reviewer: int) -> PetitionText:
    """Write, send and approve a text, by two people."""
    text = services.write(petition, draft(language), author)
    services.send_to_review(text)
    services.approve(text, reviewer, others=True)
    return text


def petition(slug: str = "close-the-camps", **changes: Any) -> Petition:
    """Open a petition in three languages, with people and keys of its own if there are none."""
    author = session.query(Person).first() or person("Author" + slug, "organiser")
    reviewer = person("Reviewer" + slug, "organiser")
    made = services.create(plan(slug, **changes))
    for language in LANGUAGES:
        approved(made, language, author.id, reviewer.id)
    if session.query(OrganiserKey).count() >= 2:
        services.open_petition(made)
    return made


def location(slug: str = "yonsei", **changes: Any) -> Location:
    """Add a place in Seoul."""
    facts: dict[str, Any] = {
        "kind": "university",
        "names": {"ko": "연세대학교", "en": "Yonsei University", "fr": "Université Yonsei"},
        "cities": {"ko": "서울", "en": "Seoul", "fr": "Séoul"},
        "country": "KR",
        "zone": "Asia/Seoul",
        "latitude": 37.56,
        "longitude": 126.94,
        "language": "ko",
    }
    made = Location(slug=slug, **(facts | changes))
    session.add(made)
    session.flush()
    return made


def board(made: Petition, where: Location, letters: str = "acdefghj") -> tuple[Code, Placement]:
    """Print a code and stand it somewhere."""
    code = Code(letters=letters, created_at=clock.now())
    session.add(code)
    session.flush()
    placement = Placement(
        code_id=code.id,
        target="petition",
        target_id=made.id,
        location_id=where.id,
        board="Board 1",
        language=where.language,
        starts_at=clock.now() - timedelta(hours=1),
    )
    session.add(placement)
    session.flush()
    return code, placement


def world(app: Flask) -> World:
    """Build an open petition with a board at Yonsei University."""
    with app.app_context():
        return db.transact(_world)


def _world() -> World:
    author, reviewer = person("Author", "organiser"), person("Reviewer", "organiser")
    keys = [key(), key()]
    made = services.create(plan())
    for language in LANGUAGES:
        approved(made, language, author.id, reviewer.id)
    services.open_petition(made)
    where = location()
    code, placement = board(made, where)
    return World(
        petition_id=made.id,
        slug=made.slug,
        uid=made.uid,
        code=code.letters,
        code_id=code.id,
        placement_id=placement.id,
        location_id=where.id,
        author_id=author.id,
        reviewer_id=reviewer.id,
        keys=keys,
    )


def boxes(html: str) -> dict[str, str]:
    """Tick every box and carry every hidden field of a page's signing form."""
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', html)
    parts = re.findall(r'name="(part-\d+)"', html)
    return dict(hidden) | dict.fromkeys(parts, "1")


def sign(
    client: FlaskClient, path: str, email: str = "mina@example.org", **changes: str
) -> TestResponse:
    """Open a signing page, fill it in, send it."""
    page = client.get(path)
    typed = {"name": "김미나", "email": email, "country": "KR"} | changes
    return client.post(path, data=boxes(page.text) | typed)


def send_mail(app: Flask) -> None:
    """Let the worker do all that is due."""
    with app.app_context():
        worker.drain()


def mails(app: Flask) -> list[EmailMessage]:
    """Read what was sent, oldest first."""
    with app.app_context():
        folder = Path(settings().mail_url.removeprefix("file:"))
    files = sorted(folder.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
    return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in files]


def text_of(mail: EmailMessage) -> str:
    """Read a mail's plain text."""
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def link_of(mail: EmailMessage) -> str:
    """Find the first link of a mail, without its host."""
    found = re.search(r"https?://[^/\s]+(/\S+)", text_of(mail))
    assert found
    return found[1]


def code_of(mail: EmailMessage) -> str:
    """Find the six digits of a mail."""
    found = re.search(r"^\s*(\d{3} \d{3})\s*$", text_of(mail), re.M)
    assert found
    return found[1]


def handle_of(answer: TestResponse) -> str:
    """Find the handle of an answer page."""
    found = re.search(r'name="handle"[^>]*value="([^"]+)"', answer.text)
    assert found
    return found[1]


def counted(app: Flask, petition_id: int) -> tuple[int, int]:
    """Read the tally: counted, awaiting."""
    with app.app_context():
        session.rollback()
        count = tally.total(petition_id)
        return count.counted, count.awaiting
