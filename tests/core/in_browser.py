"""Our ES modules in a real Chromium, on an empty page, without a server."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, Page, Route

SCRIPTS: Final = Path(__file__).resolve().parents[2] / "static" / "js"
# WebCrypto needs a secure context; browsers take localhost for one.
HOST: Final = "http://localhost:9"
PREPARE: Final = """async (names) => {
  window.lantern = {};
  for (const name of names) Object.assign(window.lantern, await import(`/js/${name}.js`));
}"""


@contextmanager
def modules(browser: Browser, *names: str) -> Iterator[Page]:
    """Open an empty page whose `lantern` holds what the modules export."""
    page = browser.new_page()
    page.route(f"{HOST}/**", _answer)
    page.goto(f"{HOST}/")
    page.evaluate(PREPARE, list(names))
    try:
        yield page
    finally:
        page.close()


def _answer(route: Route) -> None:
    path = route.request.url.removeprefix(HOST)
    if path == "/":
        route.fulfill(body="<!doctype html><title>x</title>", content_type="text/html")
    else:
        name = path.removeprefix("/js/")
        route.fulfill(body=(SCRIPTS / name).read_text("utf-8"), content_type="text/javascript")


def run(page: Page, body: str, **given: Any) -> Any:
    """Run the body of an async function that knows `lantern` and what is given."""
    names = ", ".join(given)
    return page.evaluate(f"async ({{{names}}}) => {{ {body} }}", given)
