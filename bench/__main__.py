"""Measure Lantern: python -m bench [--quick].

Writes bench/results.json and prints a table; `--quick` takes a minute or two and proves nothing.
"""

import contextlib
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench import feeds, intake, money, reading, report, rounds, site, tablets, weight
from bench.feeds import Feed
from bench.intake import Rate
from bench.load import find_wrk
from bench.money import Years
from bench.reading import Times
from bench.report import Numbers
from bench.rounds import Found
from bench.servers import serving
from bench.tablets import Waits
from bench.weight import Weight
from campaign_app.core import db
from tests import postgres

SYNCS: Final = 100


@dataclass(frozen=True, slots=True)
class Bench:
    """Where everything lies, and how thoroughly it is measured."""

    folder: Path
    server: postgres.Server
    wrk: str
    quick: bool

    def url(self, engine: str, name: str) -> str:
        """Make an empty database on an engine."""
        if engine == "postgresql":
            return self.server.create(name)
        return f"sqlite:///{self.folder / name}.sqlite3"

    def rounds(self, engine: str) -> Found:
        """Measure signing and the QR page on one engine."""
        say(f"signing and the QR page against their floor, {engine} …")
        urls = self.url(engine, "app"), self.url(engine, "floor")
        pace = rounds.QUICK if self.quick else rounds.USUAL
        return rounds.measure(engine, urls, self.wrk, folder=self._folder(engine), pace=pace)

    def times(self, engine: str) -> Times:
        """Measure reading the tally on one engine."""
        say(f"the tally, {engine} …")
        urls = {size: self.url(engine, f"crowd_{size}") for size in reading.SIZES}
        repeats = reading.QUICK if self.quick else reading.USUAL
        return reading.measure(urls, self._folder(f"{engine}-crowds"), repeats)

    def feed(self, engine: str) -> Feed:
        """Measure writing a calendar of many dates on one engine."""
        say(f"a calendar of {feeds.EVENTS} dates, {engine} …")
        repeats = feeds.QUICK if self.quick else feeds.USUAL
        return feeds.measure(self.url(engine, "feed"), self._folder(f"{engine}-feed"), repeats)

    def intake(self, engine: str) -> Rate:
        """Measure taking envelopes of tablets on one engine."""
        say(f"envelopes of tablets, {engine} …")
        envelopes = intake.QUICK if self.quick else intake.USUAL
        url = self.url(engine, "intake")
        return intake.measure(engine, url, self._folder(f"{engine}-intake"), envelopes)

    def money(self, engine: str) -> Years:
        """Measure the pages about money after years of giving on one engine."""
        gifts = money.QUICK if self.quick else money.USUAL
        say(f"money after {gifts} gifts, {engine} …")
        return money.measure(self.url(engine, "money"), self._folder(f"{engine}-money"), gifts)

    def tablet(self) -> Waits:
        """Measure a tablet in a browser."""
        say("a tablet in a browser …")
        pace = tablets.QUICK if self.quick else tablets.USUAL
        return tablets.measure(self.url("sqlite", "tablet"), self._folder("tablet"), pace)

    def weights(self) -> list[Weight]:
        """Weigh the QR page in a browser."""
        say("the QR page in a browser …")
        folder = self._folder("browser")
        built = site.build(self.url("sqlite", "weight"), folder)
        serve = serving("wsgi:app", built.environ, processes=1, log=folder / "log")
        with serve as server, server.awake():
            return weight.measure(server.port, built.codes[0])

    def _folder(self, name: str) -> Path:
        folder = self.folder / name
        folder.mkdir()
        return folder


def main() -> None:
    """Measure everything, write it down, say whether the aims were reached."""
    began = time.monotonic()
    wrk, quick = find_wrk(), "--quick" in sys.argv[1:]
    with prepared(wrk, quick) as bench:
        say(machine(bench.folder))
        weights = bench.weights()
        found = {engine: bench.rounds(engine) for engine in ("sqlite", "postgresql")}
        times = {engine: bench.times(engine) for engine in ("sqlite", "postgresql")}
        written = {engine: bench.feed(engine) for engine in ("sqlite", "postgresql")}
        rates = {engine: bench.intake(engine) for engine in ("sqlite", "postgresql")}
        years = {engine: bench.money(engine) for engine in ("sqlite", "postgresql")}
        waits = bench.tablet()
    numbers = Numbers(found, times, weights, written, rates, waits, years)
    report.write(numbers)
    say(f"\n{report.table(numbers)}\n")
    say(f"  {report.RESULTS} written after {(time.monotonic() - began) / 60:.1f} minutes")


@contextlib.contextmanager
def prepared(wrk: str, quick: bool) -> Iterator[Bench]:
    """Make a folder for everything and start a PostgreSQL that writes to the disk."""
    with tempfile.TemporaryDirectory(prefix="lantern-bench-", dir=postgres.open_folder()) as name:
        folder = Path(name)
        folder.chmod(0o755)
        with postgres.running(durable=True, place=folder) as server:
            yield Bench(folder, server, wrk, quick)


def machine(folder: Path) -> str:
    """Say what the numbers were measured on; a durable commit costs one sync of the disk."""
    return (
        f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, "
        f"a sync of the disk {sync_ms(folder / 'sync'):.2f} ms, "
        f"Python {sys.version.split()[0]}, SQLite's journal {db.journal_mode()}"
    )


def sync_ms(path: Path) -> float:
    """Measure how long the disk takes to confirm a page."""
    with path.open("wb", buffering=0) as file:
        began = time.perf_counter()
        for _ in range(SYNCS):
            file.write(bytes(4096))
            os.fsync(file.fileno())
    return (time.perf_counter() - began) / SYNCS * 1000


def say(text: str) -> None:
    """Tell the one who waits."""
    print(text, flush=True)


if __name__ == "__main__":
    main()
