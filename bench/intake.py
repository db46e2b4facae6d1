"""How many envelopes a server takes from tablets in a second, and how many of them it opens."""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Final

from sqlalchemy import func, select

from bench import site
from bench.servers import HOST, PROCESSES, Server, serving
from campaign_app.core.db import session
from campaign_app.kiosk import states
from campaign_app.kiosk.models import Intake
from campaign_app.petitions import recount, tally
from tests import given
from tests.kiosk import stations
from tests.kiosk.stations import Station
from tests.kiosk.tablet import BATCH, Tablet

USUAL: Final = 5_000
QUICK: Final = 2_000
MOST: Final = 50
#: Tablets that deliver at the same time.
TABLETS: Final = 8
GOAL: Final = 500
PATIENCE: Final = 240.0


@dataclass(frozen=True, slots=True)
class Rate:
    """Envelopes in a second: stored and answered, and (until the last is opened) counted."""

    envelopes: int
    stored: float
    opened: float

    def result(self) -> dict[str, float]:
        """Write it for machines."""
        return {
            "envelopes": self.envelopes,
            "stored_rps": round(self.stored, 1),
            "opened_rps": round(self.opened, 1),
        }


def measure(engine: str, database_url: str, folder: Path, envelopes: int) -> Rate:
    """Let tablets deliver all at once; nothing is taken on trust."""
    app, environ = site.migrated(database_url, folder)
    at = stations.station(app, given.world(app))
    tablets = [at.tablet, *(stations.another(app, at, f"Tablet {n}")[1] for n in range(1, TABLETS))]
    decks = [list(deck(tablet, envelopes // TABLETS)) for tablet in tablets]
    total = sum(len(one.held) for one in tablets)
    site.close(app)
    running = environ | {"WORKER": "inline"}
    serve = serving("wsgi:app", running, processes=PROCESSES[engine], log=folder / "log")
    with serve as server, server.awake():
        began = time.perf_counter()
        with ThreadPoolExecutor(TABLETS) as all_at_once:
            list(all_at_once.map(partial(deliver, server), tablets, decks))
        stored = time.perf_counter() - began
        with app.app_context():
            _wait_until_opened(total)
            opened = time.perf_counter() - began
            _check(at, total)
    site.close(app)
    return Rate(total, total / stored, total / opened)


def deck(tablet: Tablet, number: int) -> Iterator[bytes]:
    """Seal as a tablet does, before anything is measured; every other signer has no mailbox."""
    for one in range(number):
        mailbox = f"{tablet.install.hex}-{one}@example.org" if one % 2 else ""
        tablet.sign(email=mailbox)
    for first in range(0, len(tablet.held), MOST):
        items = tablet.held[first : first + MOST]
        yield json.dumps(tablet.batch(items) | {"reports": [_report(tablet)]}).encode()


def _report(tablet: Tablet) -> dict[str, Any]:
    return {"event": tablet.event, "next_seq": tablet.next_seq, "held": []}


def deliver(server: Server, tablet: Tablet, batches: Sequence[bytes]) -> None:
    """Send one batch after the other over one connection; each envelope must be stored."""
    headers = {"Authorization": f"Bearer {tablet.token}", "Content-Type": "application/json"}
    connection = HTTPConnection(HOST, server.port, timeout=60)
    try:
        for body in batches:
            connection.request("POST", BATCH, body, headers)
            results = _results(connection)
            assert set(results.values()) == {"stored"}, results
    finally:
        connection.close()


def _results(connection: HTTPConnection) -> Mapping[str, str]:
    answer = connection.getresponse()
    said = answer.read()
    assert answer.status == HTTPStatus.OK, said
    results: Mapping[str, str] = json.loads(said)["results"]
    return results


def _wait_until_opened(total: int) -> None:
    deadline = time.monotonic() + PATIENCE
    counted = select(func.count()).select_from(Intake).where(Intake.state == states.COUNTED)
    while time.monotonic() < deadline:
        found = session.scalar(counted)
        session.rollback()
        if found == total:
            return
        time.sleep(0.1)
    raise RuntimeError(f"{total} envelopes are stored, and {found} of them counted")


def _check(at: Station, total: int) -> None:
    assert tally.total(at.world.petition_id).counted == total
    assert recount.check() == []
