"""One date through all that may happen to it: each step is in page, feed, data and outbox at once."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final

from flask import Flask

from campaign_app.core import clock
from campaign_app.core.db import session, transact
from campaign_app.events import changing
from campaign_app.events.changing import CHANGED, Elsewhere, Said
from campaign_app.events.models import Event
from campaign_app.outbox.models import OutboxRow
from tests.conformance.linter import compare, lint, parsed
from tests.conformance.search_rules import SCHEMA, check
from tests.conformance.world import NOW, data_of

FEED: Final = "/en/calendar.ics"


@dataclass(frozen=True, slots=True)
class Step:
    """What happens, and what must be told of it."""

    name: str
    do: Callable[[int], Event]
    status: str
    schema: str
    #: Words on the page.
    page: str


LATER: Final = Elsewhere(starts_local="2027-06-05T15:00", ends_local="2027-06-05T18:00")
STEPS: Final = (
    Step("postpone", lambda row: changing.postpone(row, Said(reason="rain")),
         "TENTATIVE", "EventPostponed", "The rain is too heavy."),
    Step("new date", lambda row: changing.move(row, LATER),
         "CONFIRMED", "EventRescheduled", "The new date: "),
    Step("cancel", lambda row: changing.cancel(row, Said(reason="police")),
         "CANCELLED", "EventCancelled", "The police asked us to."),
    Step("un-cancel", changing.resume,
         "CONFIRMED", "EventRescheduled", "It takes place after all: "),
)  # fmt: skip


def walk(app: Flask) -> Iterator[str]:
    """Take one announced date of the world through the steps; say where something is not told."""
    with app.app_context():
        found = session.query(Event).filter_by(starts_local="2027-12-31T22:00").one()
        row, uid, page = found.id, found.uid, f"/en/events/{found.letters}"
    client = app.test_client()
    with clock.frozen(NOW):
        before = client.get(FEED).data
    for hours, step in enumerate(STEPS, 3):
        with clock.frozen(NOW + timedelta(hours=hours)):
            with app.app_context():
                waiting = session.query(OutboxRow).filter_by(topic=CHANGED).count()
                transact(partial(step.do, row))
                told = session.query(OutboxRow).filter_by(topic=CHANGED).count() - waiting
            after, html = client.get(FEED).data, client.get(page).text
        findings = [*lint(after), *compare(before, after), *_page(html, step)]
        findings += [*_feed(after, uid, step), *([] if told == 1 else ["no job for the mail"])]
        yield from (f"{step.name}: {finding}" for finding in findings)
        before = after


def _feed(data: bytes, uid: str, step: Step) -> Iterator[str]:
    (own,) = [one for one in parsed(data).named("VEVENT") if one.one("UID") == uid]
    if own.one("STATUS") != step.status:
        yield f"the feed says {own.one('STATUS')}"


def _page(html: str, step: Step) -> Iterator[str]:
    if step.page not in html:
        yield "the page says nothing"
    for block in data_of(html):
        yield from check(block)
        if block["eventStatus"] != SCHEMA + step.schema:
            yield f"the data say {block['eventStatus']}"
