"""What a phone must fetch to show the page behind a QR code, in a real browser."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Page, sync_playwright

from bench.servers import HOST
from bench.site import LANGUAGES
from tools import browser

PHONE: Final = {"width": 390, "height": 844}
#: So long nothing may be fetched before a page counts as loaded.
QUIET_MS: Final = 1500
FIRST_HTML: Final = 14 * 1024
MOST_BYTES: Final = 20 * 1024
MOST_REQUESTS: Final = 3


@dataclass(frozen=True, slots=True)
class Weight:
    """Bytes as they travelled, headers included, and how many requests."""

    language: str
    bytes: int
    requests: int
    html: int
    addresses: tuple[str, ...]


def measure(port: int, code: str) -> list[Weight]:
    """Open a code's page in each language with an empty cache."""
    flags = ["--no-sandbox"] if os.geteuid() == 0 else []
    path = Path(browser.find_or_install())
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=flags)
        try:
            return [
                _weigh(chromium.new_page, f"http://{HOST}:{port}/q/{code}", la) for la in LANGUAGES
            ]
        finally:
            chromium.close()


def _weigh(new_page: Any, address: str, language: str) -> Weight:
    page: Page = new_page(locale=language, viewport=PHONE, is_mobile=True)
    events = page.context.new_cdp_session(page)
    asked: dict[str, str] = {}
    sizes: dict[str, int] = {}
    events.on(
        "Network.requestWillBeSent", lambda e: asked.update({e["requestId"]: e["request"]["url"]})
    )
    events.on(
        "Network.loadingFinished",
        lambda e: sizes.update({e["requestId"]: int(e["encodedDataLength"])}),
    )
    events.send("Network.enable")
    page.goto(address, wait_until="networkidle")
    page.wait_for_timeout(QUIET_MS)
    page.close()
    return Weight(
        language=language,
        bytes=sum(sizes.values()),
        requests=len(asked),
        html=sizes[next(iter(asked))],
        addresses=tuple(asked.values()),
    )
