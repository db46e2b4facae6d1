"""What people need to know of a running demo: the contents of demo.json."""

from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from sqlalchemy import select

from campaign_app.accounts import queries as accounts
from campaign_app.core.db import session
from campaign_app.core.settings import settings
from campaign_app.demo.content import Content
from campaign_app.demo.keepsakes import Keepsakes
from campaign_app.events.models import Location
from campaign_app.petitions import queries as petitions
from campaign_app.petitions import states
from campaign_app.petitions.models import Petition
from campaign_app.qr.models import Code, Placement

CODES_SHOWN: Final = 3


def facts(content: Content, kept: Keepsakes) -> dict[str, Any]:
    """Write demo.json."""
    people = [
        {"role": plan.role, "email": plan.email, "password": kept.passwords[plan.email].plain}
        for plan in content.people
        if is_ours(plan.email)
    ]
    return {
        "base_url": settings().public_url,
        "qr": [f"/q/{letters}" for letters in _standing(content)],
        "petitions": [petition.slug for petition in petitions.shown()],
        "organiser": _organiser(people),
        "people": people,
        "keys": [{"file": str(key.path), "passphrase": key.passphrase} for key in kept.key_files()],
        "mail_dir": mail_dir(settings().mail_url),
    }


def is_ours(email: str) -> bool:
    """Tell whether somebody in this database is one of the demo's people."""
    found = accounts.person_of(email)
    return found is not None and found.demo


def _organiser(people: list[dict[str, str]]) -> dict[str, str]:
    first = next((person for person in people if person["role"] == "organiser"), {})
    return {name: first.get(name, "") for name in ("email", "password")}


def _standing(content: Content) -> list[str]:
    """Choose codes that stand at open petitions now, each at another place, the known ones first."""
    wanted = [plan.place for plan in content.standing]
    query = (
        select(Location.slug, Code.letters)
        .join(Placement, Placement.location_id == Location.id)
        .join(Code, Code.id == Placement.code_id)
        .join(Petition, Petition.id == Placement.target_id)
        .where(Placement.ends_at.is_(None), Code.revoked_at.is_(None))
        .where(Placement.target == petitions.TARGET, Petition.state == states.OPEN)
        .order_by(Placement.id.desc())
    )
    by_place = dict(session.execute(query).all())
    ranked = sorted(
        by_place,
        key=lambda place: (place not in wanted, wanted.index(place) if place in wanted else 0),
    )
    return [by_place[place] for place in ranked][:CODES_SHOWN]


def mail_dir(mail_url: str) -> str:
    """Say where outgoing mail is: a folder, or the mail server without its password."""
    if mail_url.startswith("file:"):
        return str(Path("/" + mail_url.removeprefix("file:").lstrip("/")))
    parts = urlsplit(mail_url)
    return f"{parts.scheme}://{parts.hostname}:{parts.port}"
