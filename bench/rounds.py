"""Measuring the application against its floor, in turns, on one engine."""

import contextlib
import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import flask
from sqlalchemy import func, select

from bench import floor, scraping, site
from bench.load import Generator, Load, Measured
from bench.servers import PROCESSES, Server, serving
from bench.site import Site
from campaign_app.core import db
from campaign_app.core.db import session
from campaign_app.outbox.models import OutboxRow
from campaign_app.petitions import recount, tally
from campaign_app.petitions.signing_models import Signature


@dataclass(frozen=True, slots=True)
class Pace:
    """How many rounds there are, and how long each lasts."""

    rounds: int
    seconds: int
    warm_up: int


USUAL: Final = Pace(rounds=5, seconds=6, warm_up=2)
QUICK: Final = Pace(rounds=2, seconds=2, warm_up=1)


@dataclass
class Versus:
    """The runs of both sides."""

    app: list[Measured] = field(default_factory=list)
    floor: list[Measured] = field(default_factory=list)

    def result(self) -> dict[str, float]:
        """Compare the medians."""
        app_rps, floor_rps = (
            statistics.median(run.per_second for run in side) for side in (self.app, self.floor)
        )
        return {
            "app_rps": round(app_rps, 1),
            "floor_rps": round(floor_rps, 1),
            "ratio": round(app_rps / floor_rps, 3),
        }


@dataclass(frozen=True, slots=True)
class Found:
    """What one engine's rounds found."""

    sign: Versus
    page: Versus
    peak_mb: float
    floor_peak_mb: float
    backlog: int
    mails: int
    stored: int


@dataclass(frozen=True, slots=True)
class Rivals:
    """Both servers, asleep unless it is their turn."""

    app: Server
    floor: Server
    generator: Generator

    def compare(self, load: Load, pace: Pace, after: Callable[[Measured], None]) -> Versus:
        """Let both answer the same load in turns; `after` looks at each run of the application."""
        found = Versus()
        self._run(self.floor, load, "warm-floor", pace.warm_up)
        after(self._run(self.app, load, "warm-app", pace.warm_up))
        for number in range(pace.rounds):
            found.app.append(self._run(self.app, load, f"r{number}", pace.seconds))
            after(found.app[-1])
            found.floor.append(self._run(self.floor, load, f"r{number}", pace.seconds))
        return found

    def _run(self, server: Server, load: Load, tag: str, seconds: int) -> Measured:
        with server.awake():
            run = self.generator.send(load, server.port, tag=tag, seconds=seconds)
        run.check()
        return run


@dataclass
class Ledger:
    """Holds the server to its word: each signature it acknowledged is there, and counted."""

    site: Site
    acknowledged: int = 0

    def check(self, run: Measured) -> None:
        """Compare what was answered, what is stored, what the tally says and what a recount says."""
        self.acknowledged += run.accepted
        with self.site.app.app_context():
            stored = session.scalar(select(func.count()).select_from(Signature)) or 0
            awaiting = tally.total(self.site.petition_id).awaiting
            differences = recount.check(self.site.petition_id)
            db.session.remove()
        if not self.acknowledged == stored == awaiting or differences:
            raise RuntimeError(
                f"{self.acknowledged} signatures acknowledged, {stored} stored, "
                f"{awaiting} in the tally; the recount differs in {differences}"
            )

    def backlog(self) -> int:
        """Count the mails that have not been sent yet."""
        first = select(func.count()).select_from(OutboxRow)
        query = first.where(OutboxRow.is_mail, OutboxRow.sequence == 0)
        with self.site.app.app_context():
            waiting = session.scalar(query) or 0
            db.session.remove()
        return waiting


def measure(engine: str, urls: tuple[str, str], wrk: str, *, folder: Path, pace: Pace) -> Found:
    """Measure pages, then signatures, on one engine; `urls` are the application's and the floor's."""
    built, generator = site.build(urls[0], folder), Generator(wrk, folder / "load")
    ledger = Ledger(built)
    with _rivals(engine, built, urls[1], folder) as (app, bare):
        rivals = Rivals(app, bare, generator)
        page = rivals.compare(scraping.page_load(built.codes), pace, lambda run: None)
        with app.awake():
            load = scraping.sign_load(app.port, built.codes)
        sign = rivals.compare(load, pace, ledger.check)
        found = Found(
            sign=sign,
            page=page,
            peak_mb=app.peak_mb(),
            floor_peak_mb=bare.peak_mb(),
            backlog=ledger.backlog(),
            mails=len(list((folder / "mail").glob("*.eml"))),
            stored=ledger.acknowledged,
        )
    site.close(built.app)
    return found


@contextlib.contextmanager
def _rivals(
    engine: str, built: Site, floor_url: str, folder: Path
) -> Iterator[tuple[Server, Server]]:
    processes, page = PROCESSES[engine], folder / "page"
    make_floor_table(floor_url)
    log = folder / "app.log"
    with serving("wsgi:app", built.environ, processes=processes, log=log) as app:
        with app.awake():
            page.write_bytes(scraping.packed_page(app.port, f"/q/{built.codes[0]}"))
        environ = {"DATABASE_URL": floor_url, floor.PAGE: str(page)}
        log = folder / "floor.log"
        target = "--factory bench.floor:main"
        with serving(target, environ, processes=processes, log=log) as bare:
            yield app, bare


def make_floor_table(database_url: str) -> None:
    """Make the floor's one table."""
    app = flask.Flask("floor")
    db.init_app(app, database_url=database_url)
    with app.app_context():
        floor.METADATA.create_all(db.db.engine)
        db.db.engine.dispose()
