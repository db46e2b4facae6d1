"""Loads the demo into an empty database, whole or not at all, and says how to enter it."""

from pathlib import Path
from typing import Any, Final

from flask import Flask
from sqlalchemy import delete, select, update

from campaign_app.accounts import queries as accounts
from campaign_app.accounts import services as people
from campaign_app.accounts.models import Person
from campaign_app.core import db
from campaign_app.core.db import Base, session
from campaign_app.core.keyring import Keyring
from campaign_app.core.settings import settings
from campaign_app.demo import gifts, returns
from campaign_app.demo.content import Content, content
from campaign_app.demo.facts import facts
from campaign_app.demo.keepsakes import Keepsakes
from campaign_app.demo.scene import play
from campaign_app.demo.signing import sign
from campaign_app.events.models import Location
from campaign_app.outbox.models import OutboxRow
from campaign_app.petitions import states
from campaign_app.petitions.models import OrganiserKey, Petition
from config import Config, SettingsError

#: A database with any of these is somebody's; the demo does not mix with it.
TAKEN_BY: Final = (Person, Petition, Location, OrganiserKey)


def load(app: Flask, instance_dir: Path) -> dict[str, Any]:
    """Fill an empty database with the demo; give what demo.json says."""
    config: Config = app.config["LANTERN"]
    if config.is_production:
        raise SettingsError(
            "the demo is never loaded in production. Use `make run` to look around."
        )
    with app.app_context():
        plan, kept = content(), Keepsakes.of(instance_dir)
        kept.draw_passwords(plan.people)
        if is_empty():
            kept.draw_keys(plan.keys)
            db.transact(lambda: _fill(plan, kept))
            # Asks the demo's bank, so it cannot stand inside that transaction.
            gifts.bring()
            returns.bring()
            db.transact(_mark)
        else:
            _keep_up(plan, kept)
        return facts(plan, kept)


def is_empty() -> bool:
    """Tell whether nobody has begun to use this database."""
    found = (session.scalar(select(model.id).limit(1)) for model in TAKEN_BY)
    return all(number is None for number in found)


def _fill(plan: Content, kept: Keepsakes) -> None:
    """Do everything in one transaction: a load that is killed leaves an empty database.

    Sealing inside a transaction is for this place only, where nobody is served yet.
    """
    if is_empty():
        sign(play(plan, kept))
        # What happened weeks ago was told weeks ago: no letter of it goes out now.
        session.execute(delete(OutboxRow))
        _mark()


def _mark() -> None:
    """Mark every row as the demo's, so that production refuses this database."""
    for table in Base.metadata.sorted_tables:
        session.execute(update(table).where(table.c.demo.is_(False)).values(demo=True))


def _keep_up(plan: Content, kept: Keepsakes) -> None:
    """Let this machine's demo.json be true for a database that was filled before."""
    for person in plan.people:
        _let_in(kept, person.email)
    kept.save()
    _renew_index_keys()


def _let_in(kept: Keepsakes, email: str) -> None:
    """Give one of the demo's people the password that demo.json names, if they have another."""
    found = accounts.person_of(email)
    if found is None or not found.demo or kept.knows(email, found.password):
        return
    person_id, known = found.id, kept.passwords[email].hash
    db.transact(lambda: people.set_password(session.get_one(Person, person_id), known))


def _renew_index_keys() -> None:
    """Let the demo's petitions be signed where their index keys stayed on another machine."""
    keyring = Keyring(settings().key_dir)
    lasting = select(Petition.uid).where(
        Petition.demo.is_(True),
        Petition.state != states.DRAFT,
        Petition.index_key_destroyed_at.is_(None),
    )
    for uid in session.scalars(lasting):
        keyring.create_index_key(uid)
