"""On a slow network at a station every byte is waiting time: weighed as a browser receives it."""

from dataclasses import dataclass, field
from typing import Any, Final

import pytest
from flask import Flask
from playwright.sync_api import Browser

from campaign_app import demo
from tests.given import LANGUAGES
from tests.journeys.conftest import OpenStreet
from tests.journeys.street import Street, passer_by

FIRST_FLIGHT: Final = 14 * 1024
TOTAL: Final = 20 * 1024
REQUESTS: Final = 3


@dataclass
class Scale:
    """What came over the network: address → bytes, headers included."""

    asked: dict[str, str] = field(default_factory=dict)
    bytes: dict[str, int] = field(default_factory=dict)

    def watch(self, session: Any) -> None:
        """Weigh everything that a page asks for from now on; what it carries inside is no request."""
        session.on("Network.requestWillBeSent", self._asked)
        session.on("Network.loadingFinished", self._came)
        session.send("Network.enable")

    def _asked(self, event: dict[str, Any]) -> None:
        if not event["request"]["url"].startswith("data:"):
            self.asked[event["requestId"]] = event["request"]["url"]

    def _came(self, event: dict[str, Any]) -> None:
        if event["requestId"] in self.asked:
            self.bytes[self.asked[event["requestId"]]] = int(event["encodedDataLength"])

    @property
    def first(self) -> int:
        """Tell the weight of the page itself."""
        return self.bytes[next(iter(self.asked.values()))]


@pytest.fixture(scope="module")
def shown(open_street: OpenStreet) -> tuple[Street, list[str]]:
    """Serve the demo with its real texts; give the addresses that people scan and share."""
    served, facts = open_street("sqlite", _loaded)
    shared = [f"/{{language}}/petitions/{slug}" for slug in facts["petitions"]]
    return served, [*(f"{path}?lang={{language}}" for path in facts["qr"]), *shared]


def _loaded(app: Flask) -> dict[str, Any]:
    return demo.load(app, app.config["LANTERN"].instance_dir)


def test_a_scan_arrives_in_one_flight(shown: tuple[Street, list[str]], browser: Browser) -> None:
    street, paths = shown
    assert len(paths) == 5
    for path in [path.format(language=language) for path in paths for language in LANGUAGES]:
        scale = weigh(browser, street, path)
        assert len(scale.bytes) == len(scale.asked) <= REQUESTS, path
        assert 2048 < scale.first <= FIRST_FLIGHT, path
        assert sum(scale.bytes.values()) <= TOTAL, path


def weigh(browser: Browser, street: Street, path: str) -> Scale:
    """Open a page as somebody does who was never here before."""
    scale = Scale()
    with passer_by(browser, street, "en") as somebody:
        scale.watch(somebody.context.new_cdp_session(somebody.page))
        somebody.go(path)
        assert somebody.page.locator("form .primary").count() == 1
    return scale
