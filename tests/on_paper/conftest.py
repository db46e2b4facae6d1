"""A petition with paper for it, and people who type."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign_app.accounts.models import Person
from campaign_app.audit.services import Actor, acting_as
from campaign_app.core import clock
from campaign_app.core.db import session, transact
from campaign_app.paper import queries, services, states
from campaign_app.paper.facts import New
from campaign_app.paper.models import PaperBatch, PaperSheet
from campaign_app.petitions.desk import Desks
from campaign_app.petitions.pages import DESKS
from tests import given
from tests.accounts.people import let_in, sign_in
from tests.given import World


@dataclass
class Paper:
    """A house with a petition, a typist and a second person, and whatever paper is made."""

    app: Flask
    world: World
    mina: Person
    haneul: Person
    clients: dict[int, FlaskClient] = field(default_factory=dict)

    def batch(self, sheets: int = 4, kind: str = states.SLIPS, **changes: object) -> int:
        """Number some sheets."""
        with self.app.app_context(), acting_as(Actor(self.mina.name, self.mina.id)):
            facts: dict[str, Any] = {
                "desk": self.desks.desk.get(self.world.petition_id),
                "event_id": None,
                "location_id": self.world.location_id,
                "kind": kind,
                "language": "en",
                "country": "KR",
                "sheets": sheets,
                "signed_on": clock.today(),
                "zone": "Asia/Seoul",
                "label": "Slips for Yonsei",
            }
            return transact(lambda: services.create(New(**(facts | changes)))).id

    @property
    def desks(self) -> Desks:
        """Give the petitions as signers meet them."""
        found: Desks = self.app.extensions[DESKS]
        return found

    def sheet(self, batch: int, number: int = 1) -> PaperSheet:
        """Read a sheet as it is now."""
        with self.app.app_context():
            session.rollback()
            found = queries.sheet_numbered(batch, number)
            assert found
            return found

    def read(self, batch: int) -> PaperBatch:
        """Read a batch as it is now."""
        with self.app.app_context():
            session.rollback()
            found = queries.batch(batch)
            assert found
            return found

    def states(self, batch: int) -> dict[str, list[int]]:
        """Tell which sheets are in which state, those states only in which some are."""
        with self.app.app_context():
            session.rollback()
            return {state: list(n) for state, n in queries.numbers(batch).items() if n}

    def outcomes(self, batch: int) -> dict[str, int]:
        """Count lines by what came of them."""
        with self.app.app_context():
            session.rollback()
            return dict(queries.outcomes(batch))

    def client(self, person: Person) -> FlaskClient:
        """Give the browser in which somebody is signed in."""
        if person.id not in self.clients:
            client = self.app.test_client()
            assert sign_in(client, person.email).status_code == 302
            self.clients[person.id] = client
        return self.clients[person.id]

    def act(self, person: Person, work: Callable[[], Any]) -> Any:
        """Let somebody do something in a transaction of its own."""
        with self.app.app_context(), acting_as(Actor(person.name, person.id)):
            return transact(work)

    def say(self, batch: int, which: list[int], state: str, words: str = "") -> None:
        """Say what became of sheets."""
        self.act(self.mina, partial(services.say, batch, which, state, words))

    def counted(self) -> int:
        """Read the petition's tally."""
        return given.counted(self.app, self.world.petition_id)[0]


@pytest.fixture
def paper(app: Flask) -> Paper:
    """Open a petition, and let two organisers in."""
    world = given.world(app)
    mina = let_in(app, "organiser", name="Mina")
    return Paper(app, world, mina, let_in(app, "organiser", name="Haneul"))
