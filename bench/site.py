"""A site as production has it: its settings, a migrated database, a petition, boards on a street."""

import secrets
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import flask_migrate
from flask import Flask

from campaign_app import create_app, demo_content
from campaign_app.core import db, ids
from campaign_app.petitions import services
from campaign_app.petitions.models import Petition
from campaign_app.petitions.services import Draft
from config import Config
from tests import given

HOST: Final = "sign.example.org"
WORDS: Final = Path(demo_content.__file__).parent / "petitions" / "close-the-camps"
LANGUAGES: Final = ("ko", "en", "fr")
BOARDS: Final = 8
# Budgets would put the mail worker to rest after some hundred mails; it shall work all the time.
NO_LIMIT: Final = "100000000"


@dataclass(frozen=True, slots=True)
class Site:
    """What is measured: an application's settings, and what stands in its database."""

    app: Flask
    environ: Mapping[str, str]
    petition_id: int
    codes: Sequence[str]


def environment(database_url: str, folder: Path) -> dict[str, str]:
    """Write the settings of a production server, with secrets of its own."""
    return {
        "LANTERN_ENV": "production",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "DATABASE_URL": database_url,
        "KEY_DIR": str(folder / "keys"),
        "INSTANCE_DIR": str(folder / "instance"),
        "MAIL_URL": f"file:{folder / 'mail'}",
        "MAIL_FROM": f"PSCORE <petition@{HOST}>",
        "ORGANISATION": "PSCORE",
        "PRIVACY_CONTACT": f"privacy@{HOST}",
        "PUBLIC_URL": f"https://{HOST}",
        "PLACEMENT_MAILS_PER_HOUR": NO_LIMIT,
        "PETITION_MAILS_PER_HOUR": NO_LIMIT,
    }


def migrated(database_url: str, folder: Path) -> tuple[Flask, dict[str, str]]:
    """Build the application on an empty database and bring that to the newest state."""
    for name in ("keys", "instance", "mail"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    environ = environment(database_url, folder)
    app = create_app(Config.from_env(environ))
    with app.app_context():
        flask_migrate.upgrade()
    return app, environ


def build(database_url: str, folder: Path) -> Site:
    """Build a site that takes signatures."""
    app, environ = migrated(database_url, folder)
    with app.app_context():
        petition_id, codes = db.transact(_world)
        close(app)
    return Site(app, environ | {"WORKER": "inline"}, petition_id, codes)


def close(app: Flask) -> None:
    """Let go of the database's connections."""
    with app.app_context():
        db.session.remove()
        db.db.engine.dispose()


def _world() -> tuple[int, list[str]]:
    author, reviewer = given.person("Author", "organiser"), given.person("Reviewer", "organiser")
    given.key(), given.key()
    petition = services.create(given.plan(goal=10_000_000))
    for language in LANGUAGES:
        text = services.write(petition, _draft(language), author.id)
        services.send_to_review(text)
        services.approve(text, reviewer.id, others=True)
    services.open_petition(petition)
    return petition.id, _boards(petition)


def _draft(language: str) -> Draft:
    """Use words as long as people really write them."""
    _before, facts, body = (WORDS / f"{language}.md").read_text("utf-8").split("+++\n", 2)
    said = tomllib.loads(facts)
    words = {name: said[name] for name in ("title", "summary", "ask", "addressee")}
    return Draft(language=language, body=body.strip() + "\n", based_on=1, **words)


def _boards(petition: Petition) -> list[str]:
    where = given.location()
    codes = [ids.readable(ids.CODE_LENGTH) for _ in range(BOARDS)]
    for letters in codes:
        given.board(petition, where, letters)
    return codes
