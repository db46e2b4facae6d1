"""Dates on a phone: found, read in three languages, taken into a calendar; and a concert's night written."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from campaign_app.core import clock
from campaign_app.core.db import session, transact
from campaign_app.events import changing
from campaign_app.events.changing import Said
from campaign_app.events.models import Event
from tests.accounts.people import let_in
from tests.conformance import search_rules
from tests.conformance.linter import lint
from tests.conformance.world import data_of
from tests.events.planned import exit_of, gated, stall
from tests.journeys.axe import faults
from tests.journeys.conftest import OpenStreet
from tests.journeys.street import DESK, Street, overflow, passer_by, sign_in, visitor


def build(app: Flask) -> str:
    """Announce a concert for tomorrow week at an exit of a station."""
    let_in(app, "organiser", name="Hana")
    with app.app_context():
        day = (clock.now() + timedelta(days=8)).date().isoformat()
        place = exit_of(
            "8", latitude=37.5299, longitude=126.9648, step_free=True,
            addresses={"ko": "서울 용산구 한강대로23길 55"},
        )  # fmt: skip
        titles = {"ko": "수용소를 닫는 노래", "en": "Songs for the camps", "fr": "Chants"}
        made = stall(place, f"{day}T18:00", f"{day}T21:00", kind="concert", titles=titles)
        gated(made)
        return transact(lambda: changing.confirm(made.id)).letters


@pytest.fixture(scope="module")
def served(open_street: OpenStreet) -> tuple[Street, str]:
    return open_street("sqlite", build)


def content(page: Page) -> Page:
    """Look at a page as axe and a narrow phone do."""
    assert faults(page) == []
    assert overflow(page) == {}
    return page


def test_an_organiser_writes_the_night_of_a_concert(
    browser: Browser, served: tuple[Street, str]
) -> None:
    street, letters = served
    with street.app.app_context():
        row = session.query(Event).filter_by(letters=letters).one().id
    with visitor(browser, street, "en", **DESK) as hana:
        sign_in(hana, "hana@example.org")
        page = hana.go(f"/console/events/{row}/concert")
        assert faults(page) == []
        page.fill("[name=access_en]", "Ten wheelchair seats in the first row")
        page.fill("[name=cause_en]", "A shelter for three families")
        page.fill("[name=doors]", "17:00")
        for number, (act, starts, ends) in enumerate([
            ("새벽", "19:00", "19:40"),
            ("The Lanterns", "18:00", "18:45"),
        ]):
            page.fill(f"[name=acts-{number}-name]", act)
            page.fill(f"[name=acts-{number}-starts]", starts)
            page.fill(f"[name=acts-{number}-ends]", ends)
        hana.press()
        page = hana.go(f"/console/events/{row}/about")
        assert faults(page) == []
        page.fill("[name=summary_en]", "An evening of songs by people who fled.")
        hana.press()
        page = hana.go(f"/en/events/{letters}")
        acts = page.locator("[aria-labelledby=line-up] b").all_inner_texts()
        assert acts == ["The Lanterns", "새벽"]


@pytest.mark.parametrize("language", ["ko", "en", "fr"])
def test_a_date_is_read_and_taken_along_without_a_complaint(
    browser: Browser, served: tuple[Street, str], language: str
) -> None:
    street, letters = served
    with passer_by(browser, street, language) as somebody:
        page = content(somebody.go(f"/{language}/events/{letters}"))
        (data,) = data_of(page.content())
        assert list(search_rules.check(data)) == []
        assert data["@type"] == "MusicEvent"
        section = page.locator("section.subscribe")
        assert section.locator("h2").is_visible()
        webcal = section.locator("a[href^='webcal:']").get_attribute("href")
        feed = page.locator("link[type='text/calendar']").last.get_attribute("href")
        assert webcal is not None
        assert feed is not None
        assert webcal.partition(":")[2] == feed.partition(":")[2]
        answer = page.request.get(re.sub(r"https?://[^/]+", street.base, feed))
        assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
        assert lint(answer.body()) == []
        with page.expect_download() as taken:
            section.locator("a[download]").click()
        assert taken.value.suggested_filename == f"{letters}.ics"
        somebody.context.grant_permissions(["clipboard-read", "clipboard-write"])
        section.locator("summary").click()
        section.locator("button[data-copy]").click()
        section.locator("[role=status]", has_text=re.compile(r"\S")).wait_for()
        assert page.evaluate("navigator.clipboard.readText()") == feed
        content(somebody.go(f"/{language}/places/{feed.partition('place=')[2]}"))


def test_without_scripts_the_address_stands_there_to_copy(
    browser: Browser, served: tuple[Street, str]
) -> None:
    street, letters = served
    with passer_by(browser, street, "en", scripts=False) as somebody:
        page = somebody.go(f"/en/events/{letters}")
        page.locator("section.subscribe summary").click()
        assert "/en/calendar.ics?place=" in page.locator("a.copy").inner_text()
        assert not page.locator("button[data-copy]").is_visible()


def test_what_is_called_off_says_so_on_the_page_in_the_feed_and_in_the_data(
    browser: Browser, served: tuple[Street, str]
) -> None:
    street, letters = served
    with street.app.app_context():
        row = session.query(Event).filter_by(letters=letters).one().id
        transact(lambda: changing.cancel(row, Said(reason="police")))
    with passer_by(browser, street, "en") as somebody:
        page = content(somebody.go(f"/en/events/{letters}"))
        assert "The police asked us to." in page.locator(".banner").inner_text()
        (data,) = data_of(page.content())
        assert data["eventStatus"] == "https://schema.org/EventCancelled"
        feed = page.request.get(f"{street.base}/en/calendar.ics").text()
        assert "STATUS:CANCELLED" in feed
