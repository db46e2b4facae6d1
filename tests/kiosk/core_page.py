"""The tablet's modules in a real Chromium, and a server whose every answer the test chooses.

The far end of the line is the test itself, because what must be shown is what the tablet does when
answers are missing, wrong, late or somebody else's. The real server answers in the other files.
"""

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, BrowserContext, Page, Route

from campaign_app.core.seal import PrivateKey

STATIC: Final = Path(__file__).resolve().parents[2] / "static"
# WebCrypto, Web Locks and workers need a secure context; browsers take localhost for one.
HOST: Final = "http://localhost:9"
BLANK: Final = "<!doctype html><html lang='en' data-version='v1'><title>x</title></html>"
TYPES: Final = {".js": "text/javascript", ".png": "image/png"}
INSTALL: Final = "0f" * 6 + "4" + "0f0" + "8" + "0f0f0f0f0f0f0f0"
EVENT: Final = "5b0c8d2e-0000-4000-8000-00000000e001"

#: What a tablet asked: the address's last part, its body.
Asked = tuple[str, dict[str, Any]]


def stored(asked: dict[str, Any]) -> dict[str, Any]:
    """Answer as a server that stored everything."""
    return said(asked, {item["id"]: "stored" for item in asked["items"]})


def said(asked: dict[str, Any], results: dict[str, str], **more: Any) -> dict[str, Any]:
    """Answer a batch with these words."""
    return {
        "protocol": 1,
        "batch_id": asked["batch_id"],
        "server_time": asked["sent_at"],
        "state": "active",
        "pack": "",
        "results": results,
    } | more


@dataclass
class FarEnd:
    """What stands at the other end of the line, and what it was asked."""

    #: Gives a dict (our JSON), a whole answer for Playwright, or None for a dead line.
    answer: Callable[[dict[str, Any]], Any] = stored
    pack: Callable[[Route], None] | None = None
    batches: list[dict[str, Any]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    #: While somebody holds the line, batches wait here.
    held: list[Route] | None = None

    def __call__(self, route: Route) -> None:
        """Answer one request."""
        what = route.request.url.rpartition("/")[2]
        if what == "pack" and self.pack:
            self.pack(route)
        elif self.held is not None:
            self.held.append(route)
        else:
            self._answer(route)

    def let_go(self) -> None:
        """Answer what waited."""
        waiting, self.held = self.held or [], None
        for route in waiting:
            self._answer(route)

    def _answer(self, route: Route) -> None:
        asked = json.loads(route.request.post_data or "{}")
        self.batches.append(asked)
        self.tokens.append(route.request.headers.get("authorization", ""))
        found = self.answer(asked)
        if found is None:
            route.abort()
        elif "protocol" in found:
            route.fulfill(json=found)
        else:
            route.fulfill(**found)

    @property
    def sent(self) -> list[str]:
        """List the ids of all items that came, in order, also those that came again."""
        return [item["id"] for batch in self.batches for item in batch["items"]]


@dataclass
class Tablet:
    """A browser with storage of its own, enrolled at a far end."""

    context: BrowserContext
    far: FarEnd
    key: PrivateKey
    #: The install that its first page enrols it under; empty for none.
    install: str = INSTALL

    def page(self, path: str = "/kiosk/") -> Page:
        """Open one more tab of it, with `outbox` and what else the modules offer."""
        page = self.context.new_page()
        page.goto(HOST + path)
        page.evaluate(PREPARE, self.given())
        if self.install:
            page.evaluate(
                "(it) => kit.box.enrol({ install: it, token: 'token one' })", self.install
            )
            self.install = ""
        return page

    def given(self) -> dict[str, str]:
        """Give what a test signs with."""
        public = self.key.public
        return {
            "event": EVENT,
            "kid": public.key_id,
            "publicRaw": base64.b64encode(public.raw).decode(),
        }


#: `take(n)` signs n times; `open()` starts the sync.
PREPARE: Final = """async (given) => {
  const names = ["outbox", "settings", "clock", "sync", "ids", "envelope", "line", "count_cookie"];
  const found = await Promise.all(names.map((it) => import(`/static/js/kiosk/${it}.js`)));
  const kit = window.kit = Object.assign({}, ...found);
  const publicRaw = Uint8Array.from(atob(given.publicRaw), (it) => it.charCodeAt(0));
  kit.event = given.event;
  kit.key = { id: given.kid, publicRaw };
  kit.payload = (number = 0, more = {}) => ({ v: 1, kind: "sign", name: `누군가 ${number}`,
    receipt: kit.uuid().slice(0, 24), ...more });
  kit.box = await kit.openOutbox();
  kit.sign = (payload = kit.payload()) => kit.box.add({ event: kit.event, key: kit.key, payload });
  kit.take = async (count) => {
    const made = [];
    for (let at = 0; at < count; at++) made.push(await kit.sign(kit.payload(at)));
    return made;
  };
  kit.states = [];
  kit.start = () => kit.line ??= kit.startSync({ outbox: kit.box, settings: kit.settings,
    clock: kit.clock, onChange: (state) => kit.states.push(state) });
}"""


@contextmanager
def tablet(browser: Browser, *, enrolled: bool = True) -> Iterator[Tablet]:
    """Lend a tablet."""
    context = browser.new_context()
    far = FarEnd()
    context.route(f"{HOST}/**", lambda route: _answer(route, far))
    one = Tablet(context, far, PrivateKey.generate(), INSTALL if enrolled else "")
    try:
        yield one
    finally:
        context.close()


def pass_time(page: Page, seconds: int) -> None:
    """Let time pass by a clock of ours, in steps that leave the disk its real time to answer."""
    for _ in range(0, seconds, 5):
        page.clock.fast_forward(5_000)
        page.evaluate("kit.box.waiting()")


def _answer(route: Route, far: FarEnd) -> None:
    path = route.request.url.removeprefix(HOST).partition("?")[0]
    if path.startswith("/api/"):
        far(route)
    elif path.startswith("/static/"):
        file = STATIC / path.removeprefix("/static/")
        route.fulfill(body=file.read_bytes(), content_type=TYPES[file.suffix])
    else:
        route.fulfill(body=BLANK, content_type="text/html")
