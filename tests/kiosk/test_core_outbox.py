"""The outbox in a real Chromium: a record and its number together, and nothing leaves without a word."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.kiosk.core_page import Tablet, tablet


@pytest.fixture
def device(browser: Browser) -> Iterator[Tablet]:
    with tablet(browser) as one:
        yield one


@pytest.fixture
def page(device: Tablet) -> Page:
    return device.page()


def test_what_is_signed_is_numbered_counted_and_leaves_when_the_server_has_it(
    device: Tablet, page: Page
) -> None:
    made = page.evaluate("kit.take(3)")
    assert [it["seq"] for it in made] == [1, 2, 3]
    page.evaluate("kit.start() && kit.line.now()")
    assert sorted(device.far.sent) == sorted(it["id"] for it in made)
    assert page.evaluate("kit.box.counts(kit.event)") == {
        "today": 3,
        "safe": 3,
        "held": 0,
        "parked": 0,
        "collected": 3,
        "voided": 0,
        "oldestHeldAt": None,
    }
    assert page.evaluate("kit.line.state().colour") == "green"
