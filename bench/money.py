"""How long the pages about money take after years of giving, and what they ask of the database."""

import contextlib
import re
import statistics
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import flask_migrate
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.engine import Engine

from bench import site, years
from campaign_app import create_app
from campaign_app.core import clock, db
from campaign_app.core.db import session
from campaign_app.donations.models import Donation
from campaign_app.payments import jobs, ledger, proven
from campaign_app.payments.opening import till
from campaign_app.receipts import jobs as receipt_jobs
from campaign_app.receipts.models import GiftReceipt
from config import Config
from tests.accounts.people import signed_in, token_of

USUAL: Final = 60_000
QUICK: Final = 3_000
MONEY: Final = "/console/money"
#: Who is signed in, and who we are: asked, and written, when the time has come.
EVERYWHERE: Final = re.compile(r"^BEGIN|\b(web_session|organisation)\b")


@dataclass
class Asked:
    """What one answer cost."""

    ms: float = 0
    statements: int = 0
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class Years:
    """Each page about money by its name, after so many gifts; and how long the night's proofs took."""

    gifts: int
    postings: int
    fill_s: float
    proofs_s: float
    pages: Mapping[str, Asked]

    @property
    def slowest(self) -> str:
        """Name the page that takes longest."""
        return max(self.pages, key=lambda name: self.pages[name].ms)

    @property
    def middle_ms(self) -> float:
        """Give what the page in the middle takes."""
        return statistics.median(one.ms for one in self.pages.values())

    def result(self) -> Mapping[str, Any]:
        """Give the numbers for the file of results."""
        return {
            "gifts": self.gifts,
            "postings": self.postings,
            "proofs_s": round(self.proofs_s, 1),
            "pages_ms": {name: round(one.ms, 1) for name, one in self.pages.items()},
        }


def measure(url: str, folder: Path, gifts: int) -> Years:
    """Fill a database with years of giving, prove them, and open every page about money."""
    app = create_app(
        Config.for_tests(database_url=url, instance_dir=folder, payments="local", page_seconds=1.5)
    )
    began = time.monotonic()
    with app.app_context():
        flask_migrate.upgrade()
        db.transact(lambda: years.fill(gifts))
        years.settle()
        filled = time.monotonic()
        postings = prove()
    proven = time.monotonic()
    client = signed_in(app, "finance", name="Mina")
    with app.app_context():
        wanted = pages()
    ask(app, client, wanted["overview"])  # templates are compiled once in the life of a server
    found = {name: ask(app, client, page) for name, page in wanted.items()}
    site.close(app)
    return Years(gifts, postings, filled - began, proven - filled, found)


def prove() -> int:
    """Prove ledger and receipts as the night does, and count the postings; a flaw is a bug of ours."""
    jobs.prove_ledger()
    receipt_jobs.prove()
    book = till().book
    kept = proven.of_ledger(book), proven.of_receipts(book)
    if any(one is None or one.flaws for one in kept):
        raise RuntimeError(f"these years do not add up: {[one and one.named for one in kept]}")
    return ledger.postings(book)


@contextlib.contextmanager
def listening(engine: Engine) -> Iterator[Asked]:
    """Count the statements that reach the database, but for what is asked every few seconds on any page."""
    asked = Asked()

    def heard(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        asked.statements += EVERYWHERE.search(statement) is None

    event.listen(engine, "before_cursor_execute", heard)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", heard)


def pages() -> Mapping[str, tuple[str, Mapping[str, str] | None]]:
    """Name each page: its address, and what is posted to it."""
    gift = session.scalars(
        select(Donation).where(Donation.way == "card", Donation.returned == 0).limit(1)
    ).one()
    early = select(GiftReceipt).where(GiftReceipt.entity == years.SEOUL, GiftReceipt.number == 7)
    receipt = session.scalars(early.order_by(GiftReceipt.year).limit(1)).one()
    all_time = {
        "from": f"{clock.today() - timedelta(days=years.DAYS):%Y-%m-%d}",
        "to": f"{clock.today():%Y-%m-%d}",
    }
    said = "&".join(f"{name}={value}" for name, value in all_time.items())
    year = f"{MONEY}/receipts/{years.SEOUL}/{clock.today().year - 1}"
    return {
        "today": ("/console/", None),
        "overview": (f"{MONEY}/", None),
        "totals of a month": (f"{MONEY}/totals", None),
        "totals of all years by event": (f"{MONEY}/totals?by=event&{said}", None),
        "totals of all years by month": (f"{MONEY}/totals?by=month&{said}", None),
        "totals as a file": (f"{MONEY}/totals.csv", {"by": "event", **all_time}),
        "gifts": (f"{MONEY}/gifts/", None),
        "gifts, page 300": (f"{MONEY}/gifts/?page=300", None),
        "gifts of a month": (f"{MONEY}/gifts/?from={clock.today():%Y-%m-01}", None),
        "gifts in quarantine": (f"{MONEY}/gifts/?state=quarantined", None),
        "gift of a charge": (f"{MONEY}/gifts/?q=ch_12", None),
        "gift of a receipt": (f"{MONEY}/gifts/?q={receipt.name}", None),
        "one gift": (f"{MONEY}/gifts/{gift.id}", None),
        "transfers": (f"{MONEY}/transfers/", None),
        "transfers decided": (f"{MONEY}/transfers/done", None),
        "cash": (f"{MONEY}/cash/", None),
        "refunds": (f"{MONEY}/refunds/", None),
        "disputes": (f"{MONEY}/refunds/disputes/", None),
        "receipts": (f"{MONEY}/receipts/", None),
        "receipts of a year": (year, None),
        "one receipt": (f"{MONEY}/receipts/{receipt.id}", None),
        "receipts for Hometax": (f"{year}/korean.csv", {}),
        "proof": (f"{MONEY}/proof/", None),
        "proof of all years": (f"{MONEY}/proof/?{said}", None),
        "ledger of all years": (f"{MONEY}/proof/ledger.csv", all_time),
        "event": (f"/console/events/{gift.event_id}", None),
        "donor’s thanks": (f"/ko/give/thanks/{gift.id.hex}", None),
    }  # fmt: skip


def ask(app: Flask, client: FlaskClient, page: tuple[str, Mapping[str, str] | None]) -> Asked:
    """Ask for a page as a browser does."""
    address, form = page
    token = token_of(client) if form is not None else ""
    with app.app_context():
        engine = db.db.engine
    with listening(engine) as asked:
        began = time.perf_counter()
        if form is None:
            answer = client.get(address)
        else:
            answer = client.post(address, data={"csrf_token": token, **form})
        asked.bytes = len(answer.data)
        asked.ms = (time.perf_counter() - began) * 1000
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answered {answer.status_code}")
    return asked
