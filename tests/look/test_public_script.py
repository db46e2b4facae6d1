"""What JavaScript adds to public pages: a fresh number, and one post per touch."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, Route, expect

from tests.look.stylesheets import ROOT

SCRIPT = ROOT / "static" / "js" / "public.js"
HOST = "http://localhost:9"
TOUCHED = "document.querySelector('form').requestSubmit()"


@dataclass
class Street:
    """A page whose server says what the test wants."""

    page: Page
    count: dict[str, object] = field(default_factory=dict)
    asked: int = 0
    posted: int = 0

    def answer(self, route: Route) -> None:
        """Answer one request of the page."""
        request = route.request
        if request.url.endswith("count.json"):
            self.asked += 1
            route.fulfill(body=json.dumps(self.count), content_type="application/json")
        elif request.url.endswith("public.js"):
            route.fulfill(body=SCRIPT.read_text("utf-8"), content_type="text/javascript")
        elif request.method == "POST":
            self.posted += 1
            route.fulfill(status=204)
        else:
            route.fallback()


@pytest.fixture
def street(app: Flask, browser: Browser) -> Iterator[Street]:
    """Show a tally of 999 and a form, in English."""
    with app.test_request_context("/en/"):
        parts = app.jinja_env.get_template("layout/parts.html").module
        count = SimpleNamespace(counted=999, text="999 people have signed.")
        tally = parts.tally(count, 5000, "/count.json")  # type: ignore[attr-defined]  # a macro
    html = (
        '<!doctype html><html lang="en"><title>x</title><script type="module" src="/public.js">'
        f'</script>{tally}<form method="post" action="/sign" data-once><button>Sign</button></form>'
    )
    page = browser.new_page()
    street = Street(page)
    page.route("**/*", street.answer)
    page.route(f"{HOST}/", lambda route: route.fulfill(body=html, content_type="text/html"))
    page.clock.install()
    page.goto(f"{HOST}/")
    yield street
    page.close()


def test_the_number_follows_while_somebody_looks(street: Street) -> None:
    street.count = {"counted": 1234, "text": "1,234 people have signed."}
    street.page.clock.run_for(8000)
    expect(street.page.locator(".sum b")).to_have_text("1,234")
    expect(street.page.locator(".sum")).to_have_text("1,234 people have signed.")
    assert street.page.locator("progress").evaluate("bar => bar.value") == 1234


def test_it_asks_about_every_five_seconds_and_never_faster(street: Street) -> None:
    street.count = {"counted": 999, "text": "999 people have signed."}
    for _ in range(24):
        street.page.clock.run_for(2500)
        street.page.wait_for_timeout(20)
    assert 6 <= street.asked <= 12


def test_a_screen_reader_hears_of_it_once_a_minute_at_most(street: Street) -> None:
    spoken = street.page.get_by_role("status")
    heard = set()
    for number in range(1000, 1012):
        street.count = {"counted": number, "text": f"{number:,} people have signed."}
        street.page.clock.run_for(7600)
        expect(street.page.locator(".sum b")).to_have_text(f"{number:,}")
        heard.add(spoken.text_content())
    assert len(heard) <= 2


def test_nobody_is_asked_while_the_page_is_hidden_or_the_phone_offline(street: Street) -> None:
    street.page.evaluate("Object.defineProperty(document, 'hidden', {value: true})")
    street.page.clock.run_for(60000)
    assert street.asked == 0


def test_a_broken_answer_leaves_the_number_and_asks_less_often(street: Street) -> None:
    refused: list[str] = []

    def refuse(route: Route) -> None:
        refused.append(route.request.url)
        route.fulfill(status=503, body="no")

    street.page.route("**/count.json", refuse)
    for _ in range(24):
        street.page.clock.run_for(5000)
        street.page.wait_for_timeout(20)
    expect(street.page.locator(".sum b")).to_have_text("999")
    assert 2 <= len(refused) <= 8


def test_a_second_touch_sends_nothing(street: Street) -> None:
    street.page.evaluate(f"{TOUCHED}; {TOUCHED}; {TOUCHED}")
    street.page.wait_for_timeout(300)
    assert street.posted == 1


def test_who_comes_back_may_send_again(street: Street) -> None:
    street.page.evaluate(f"{TOUCHED}; dispatchEvent(new Event('pageshow'))")
    street.page.wait_for_timeout(200)
    street.page.evaluate(TOUCHED)
    street.page.wait_for_timeout(200)
    assert street.posted == 2
