"""Organisers at work, for the tests of the petitions' console."""

import re
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from campaign_app.audit.models import AuditEntry
from campaign_app.core import clock, db
from campaign_app.core.db import session
from campaign_app.petitions import queries, services
from campaign_app.petitions.models import ConsentPart, Petition, PetitionText
from tests import given
from tests.accounts.people import send

HOME = "/console/petitions/"
PLAN = {
    "slug": "free-the-abductees",
    "source_language": "en",
    "campaign_id": "0",
    "campaign_name": "",
    "goal": "5000",
    "country": "KR",
    "zone": "Asia/Seoul",
    "opens": "2026-11-01T09:00",
    "closes": "",
    "keep_months": "6",
    "stall_codes": "y",
}
WORDS = {
    "title": "Free the abductees",
    "summary": "They were taken from their beaches.",
    "ask": "Let them go home.",
    "addressee": "Government of the DPRK",
    "body": "## Why\r\n\r\nBecause their families wait.",
    "origin": "human",
}


def begun(app: Flask, **changes: object) -> int:
    """Begin a petition without words."""
    with app.app_context():
        plan = given.plan(PLAN["slug"], closes_at=clock.now() + timedelta(days=90), **changes)
        return db.transact(lambda: services.create(plan)).id


def petition(app: Flask, petition_id: int) -> Petition:
    """Read a petition as it is now."""
    with app.app_context():
        session.rollback()
        return queries.get(petition_id)


def text(app: Flask, petition_id: int, language: str = "en", revision: int = 1) -> PetitionText:
    """Read one revision as it is now."""
    with app.app_context():
        session.rollback()
        found = queries.revision(petition_id, language, revision)
        assert found
        return found


def parts(app: Flask, petition_id: int, language: str = "en") -> list[ConsentPart]:
    """Read the consent parts in force in a language."""
    with app.app_context():
        session.rollback()
        return [part for part in queries.parts(petition_id) if part.language == language]


def audited(app: Flask, action: str) -> list[AuditEntry]:
    """Read what the trail says of a kind of deed."""
    with app.app_context():
        session.rollback()
        return list(session.scalars(select(AuditEntry).where(AuditEntry.action == action)))


def hidden(page: TestResponse) -> dict[str, str]:
    """Read the hidden fields of a page's forms."""
    found = re.findall(r'<input id="(\w+)" name="\w+" type="hidden" value="([^"]*)"', page.text)
    return dict(found)


def write(
    client: FlaskClient, petition_id: int, language: str = "en", **changes: str
) -> TestResponse:
    """Open the page of a language, write, save."""
    address = f"{HOME}{petition_id}/texts/{language}"
    seen = hidden(client.get(address))
    return send(client, address, **(seen | WORDS | changes))


def approve(
    client: FlaskClient, petition_id: int, language: str = "en", revision: int = 1, **changes: str
) -> TestResponse:
    """Read a revision and approve it."""
    address = f"{HOME}{petition_id}/texts/{language}/{revision}"
    seen = hidden(client.get(address))
    return send(client, f"{address}/approve", **(seen | changes))


def review(
    client: FlaskClient, petition_id: int, language: str = "en", revision: int = 1
) -> TestResponse:
    """Send a revision to review."""
    return send(client, f"{HOME}{petition_id}/texts/{language}/{revision}/review")


def flashed(client: FlaskClient, answer: TestResponse) -> str:
    """Follow a redirect and read the page it leads to."""
    assert answer.status_code in (302, 303), answer.text
    return client.get(answer.location).text
