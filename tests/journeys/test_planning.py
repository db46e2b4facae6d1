"""An organiser plans three months of four places, and tells everybody what changed on the day."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from sqlalchemy import update

from campaign_app.core import clock, db
from campaign_app.events.models import Event
from tests import given
from tests.accounts.people import let_in
from tests.journeys.axe import faults
from tests.journeys.conftest import OpenStreet
from tests.journeys.desk import Desk
from tests.journeys.street import DESK, PHONE, Street, overflow, sign_in, visitor

SEOUL: Final = ZoneInfo("Asia/Seoul")
PLACES: Final = ("Yonsei University", "Itaewon station", "Hongdae street", "Gwanghwamun square")
#: What an organiser does to plan them all: a few seconds each, so five minutes hold some sixty.
MOST_STEPS: Final = 20


class Counting:
    """Does what a person does, and counts each of it."""

    def __init__(self, page: Page) -> None:
        self.page: Final = page
        self.steps = 0

    def click(self, selector: str) -> None:
        """Press something that leads to another page."""
        self.steps += 1
        with self.page.expect_navigation():
            self.page.locator(selector).first.click()

    def fill(self, name: str, text: str) -> None:
        """Write into a field."""
        self.steps += 1
        self.page.fill(f"main [name={name}]", text)

    def choose(self, name: str, label: str) -> None:
        """Choose from a list."""
        self.steps += 1
        self.page.select_option(f"main [name={name}]", label=label)


def build(app: Flask) -> None:
    """Let an organiser in, with four places and a board."""
    let_in(app, "organiser", name="Hana")
    given.world(app)
    with app.app_context():
        db.transact(_places)


def _places() -> None:
    for slug, name in zip(("itaewon", "hongdae", "gwanghwamun"), PLACES[1:], strict=True):
        given.location(slug, names={"en": name, "ko": name})


@pytest.fixture(scope="module")
def served(open_street: OpenStreet) -> Street:
    """Serve four places where nothing is planned."""
    return open_street("sqlite", build)[0]


@pytest.fixture
def hana(served: Street, browser: Browser) -> Iterator[Desk]:
    """Let Hana, an organiser, sit down."""
    with visitor(browser, served, "en", **DESK) as somebody:
        sign_in(somebody, "hana@example.org")
        yield Desk(somebody)


def test_three_months_of_four_places_take_few_steps(served: Street, hana: Desk) -> None:
    did = Counting(hana.go("events/"))
    did.click("main a[href$='/events/plan']")
    assert faults(hana.page) == []
    did.fill("title_ko", "강제 북송 반대 거리 캠페인")
    did.fill("title_en", "Street campaign against forced repatriation")
    did.fill("until", three_months_on())
    for number, place in enumerate(PLACES, 1):
        did.choose(f"place_{number}", f"{place} (Seoul)")
    did.click("main button[value=look]")
    assert hana.page.locator(".previews section").count() == len(PLACES)
    assert faults(hana.page) == []
    assert overflow(hana.page) == {}
    hana.page.set_viewport_size(DESK["viewport"])
    did.click("main button[value=save]")
    assert did.steps == 1 + 3 + len(PLACES) + 2 <= MOST_STEPS
    assert "dates are planned." in hana.page.inner_text(".notice.good")
    assert hana.page.locator(".at-place").count() >= 1
    assert faults(hana.page) == []
    for path in ("events/series/", "events/series/1", "events/1/take-off", "events/1/copies"):
        hana.go(path)
        assert overflow(hana.page) == {}
    with served.app.app_context():
        dates = db.session.query(Event).all()
        assert {event.location_id for event in dates} == {1, 2, 3, 4}
        assert 11 <= len(dates) <= 13
        assert {event.state for event in dates} == {"draft"}


def three_months_on() -> str:
    day = clock.now().astimezone(SEOUL) + timedelta(days=91)
    return f"{day:%Y-%m-%d}"


def test_what_changed_is_said_and_copied_for_the_chat(
    served: Street, browser: Browser, hana: Desk
) -> None:
    row = announced(served)
    hana.go(f"events/{row}")
    hana.follow("/move")
    assert faults(hana.page) == []
    hana.page.select_option("[name=location_id]", label="Itaewon station (Seoul)")
    hana.fill(reason="rain", words_en="Look for the yellow banner.")
    hana.save()
    hana.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    hana.page.click("button[data-copy=chat-en]")
    hana.page.locator(".chat [role=status]", has_text="Copied.").wait_for()
    copied = hana.page.evaluate("navigator.clipboard.readText()")
    told = "at Itaewon station, not Yonsei University. The rain is too heavy."
    assert told in copied
    assert faults(hana.page) == []
    hana.page.emulate_media(color_scheme="dark")
    assert faults(hana.page) == []
    assert overflow(hana.page) == {}
    address = str(copied.splitlines()[-1])
    with visitor(browser, served, "en", **PHONE) as somebody:
        page = somebody.go(address[address.index("/en/events/") :])
        assert "Itaewon station" in page.inner_text("main")


def announced(served: Street) -> int:
    """Plan a stall that begins soon, and announce it."""
    now = datetime.now(SEOUL)  # noqa: TID251 -- the server's clock runs, too
    with served.app.app_context():
        event = Event(
            location_id=1,
            kind="street_campaign",
            titles={"en": "Tonight’s stall"},
            starts_local=f"{now + timedelta(hours=3):%Y-%m-%dT%H:%M}",
            ends_local=f"{now + timedelta(hours=5):%Y-%m-%dT%H:%M}",
            zone="Asia/Seoul",
            starts_at=clock.now() + timedelta(hours=3),
            ends_at=clock.now() + timedelta(hours=5),
        )
        db.transact(lambda: db.session.add(event))
        row = event.id
        gate = update(Event).where(Event.id == row)
        db.transact(lambda: db.session.execute(gate.values(permit_gate="filed", state="confirmed")))
        return row
