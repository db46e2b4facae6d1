"""An organiser prints what a stall needs, on a laptop and on a phone."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import APIResponse, Browser, Locator, Page, Route

from tests.accounts.people import let_in
from tests.journeys.conftest import OpenStreet
from tests.journeys.desk import Desk
from tests.journeys.street import DESK, PHONE, Street, overflow, sign_in, visitor
from tests.paper import decoded, read_aloud, seen
from tests.stall import papers
from tests.stall.papers import Stall

PHONE_NUMBER = "+41 22 555 01 42"


def build(app: Flask) -> Stall:
    let_in(app, "organiser", name="Hana")
    return papers.stall(app)


@pytest.fixture(scope="module")
def served(open_street: OpenStreet) -> tuple[Street, Stall]:
    return open_street("sqlite", build)


def printed(page: Page, button: Locator) -> bytes:
    """Press a button and take the paper before the browser's own viewer does."""
    taken: list[APIResponse] = []

    def take(route: Route) -> None:
        taken.append(route.fetch())
        route.fulfill(status=204)  # the page stays where it is

    page.route("**/console/**", take, times=1)
    button.click()
    until(lambda: bool(taken), page.wait_for_timeout)
    (answer,) = taken
    assert answer.headers["content-type"] == "application/pdf"
    return answer.body()


def until(done: Callable[[], bool], wait: Callable[[float], None]) -> None:
    """Wait for the browser for at most ten seconds."""
    for _ in range(200):
        if done():
            return
        wait(50)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["laptop", "phone"])
def test_an_organiser_prints_a_poster_and_the_kit_with_the_number_to_ring(
    browser: Browser, served: tuple[Street, Stall], size: dict[str, Any]
) -> None:
    street, stall = served
    with visitor(browser, street, "fr", **size) as somebody:
        sign_in(somebody, "hana@example.org")
        desk = Desk(somebody)
        page = desk.go(f"codes/{stall.codes['fr']}")
        poster = printed(page, page.locator("a[href$='poster.pdf']"))
        assert decoded(seen(poster)[0])[0] == [f"{street.base}/q/{papers.LETTERS['fr']}"]

        page = desk.go(f"events/{stall.event}/kit")
        assert overflow(page) == {} if size is PHONE else True
        whole = read_aloud(printed(page, page.locator("main .primary")))
        assert len(whole) == 10
        assert PHONE_NUMBER not in "".join(whole)

        desk.fill(who="Claire", phone=PHONE_NUMBER)
        page.locator("[name=languages][value=ko]").uncheck()
        page.locator("[name=codes]").first.uncheck()
        chosen = read_aloud(printed(page, page.locator("main form button.button")))
        assert len(chosen) == 7
        assert PHONE_NUMBER in chosen[2]
