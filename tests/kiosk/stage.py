"""The signer's screen on a stage: our modules and stylesheet in a real Chromium, without a server.

What the tablet's other parts would give (the pack, a save that reaches the disk, three numbers) is given
by the test, so that it decides when a save fails, and reads what was saved.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from playwright.sync_api import Browser, ConsoleMessage, Page, Route

from campaign_app.core import web

HOST: Final = "http://localhost:9"
PORTRAIT: Final = {"width": 768, "height": 1024}
LANGUAGES: Final = ("ko", "en", "fr")
NOW: Final = "2026-11-22T05:06:00Z"
LATER: Final = "2026-11-22T05:07:00Z"
KINDS: Final = {".js": "text/javascript", ".css": "text/css"}
BACKSTAGE: Final = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Lantern</title>
<meta name="viewport" content="width=device-width,initial-scale=1"><link rel="icon" href="data:,">
<link rel="stylesheet" href="/static/css/kiosk.css"><link rel="stylesheet" href="/static/css/kiosk_table.css">
<script type="module" src="/stage.js"></script></head><body><main id="kiosk"></main></body></html>"""
SCRIPT: Final = """
import { readWords } from "/static/js/kiosk/words.js";
import { mountSigner } from "/static/js/kiosk/signer.js";
await readWords("/words.json");
const pack = await (await fetch("/pack.json")).json();
const stage = { saved: [], fails: false, waits: null, table: 0, strip: { today: 212, safe: 205, held: 7, colour: "green" } };
const kit = {
  pack: () => pack, now: () => Date.now(), hour: () => Math.floor(Date.now() / 3600000),
  async save(payload) {
    await stage.waits;
    if (stage.fails) throw new Error("disk full");
    stage.saved.push(payload);
    return { id: "0".repeat(32), seq: stage.saved.length };
  },
  strip: async () => stage.strip,
  openTable: () => (stage.table += 1),
  training: new URLSearchParams(location.search).has("training"),
};
Object.assign(window, { stage, signer: mountSigner(document.getElementById("kiosk"), kit) });
"""


def part(kind: str, language: str, *, required: bool, country: str = "") -> dict[str, Any]:
    """Write one consent part as a pack carries it."""
    title = {
        "sign": "I sign, and I agree to this",
        "news": "Write to me",
        "handover": "You may hand over my name",
    }
    where = f" (for {country})" if country else ""
    return {
        "sha256": f"{kind}-{language}-{country}".ljust(64, "0"),
        "kind": kind,
        "country": country,
        "required": required,
        "title": title[kind],
        "wording": f"I am 14 or older, and I agree to what {kind} means{where}.",
    }


def petition(slug: str, titles: dict[str, str], counted: int = 212) -> dict[str, Any]:
    """Write one petition as a pack carries it."""
    return {
        "uid": f"uid-{slug}",
        "slug": slug,
        "counted": counted,
        "as_of": "2026-11-22T05:05:00.000Z",
        "texts": {
            code: {
                "sha256": f"{slug}-{code}".ljust(64, "0"),
                "title": title,
                "summary": "A summary of it.",
                "ask": "Let those who are held without a trial go home.",
                "addressee": "Human Rights Council",
                "body_html": (
                    f'<h2>Why</h2><p>Because <strong>people</strong> are held ({slug}). <a href="https://x.example">'
                    'More</a></p><script>window.harm = 1</script><p class="x">End.</p>'
                ),
                "by_machine": False,
                "outdated": False,
            }
            for code, title in titles.items()
        },
        "parts": {
            code: [
                part("sign", code, required=True),
                part("sign", code, required=True, country="CH"),
                part("handover", code, required=False),
                part("news", code, required=False),
            ]
            for code in titles
        },
        "privacy": dict.fromkeys(titles, "<p>Your name is sealed.</p>"),
    }


CAMPS: Final = petition(
    "camps", {"ko": "정치범수용소를 닫아라", "en": "Close the camps", "fr": "Fermez les camps"}
)
RETURN: Final = petition(
    "return",
    {
        "ko": "강제 북송을 멈춰라",
        "en": "Stop forced repatriation",
        "fr": "Halte aux rapatriements forcés",
    },
    counted=48,
)
SCHOOL: Final = petition(
    "school", {"ko": "아이들에게 배움을", "en": "Let the children learn"}, counted=0
)


def pack(*petitions: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Write a pack for an event in Seoul."""
    event = {
        "uid": "event-1",
        "title": {"ko": "서울역 캠페인"},
        "place": {"ko": "서울역"},
        "country": "KR",
        "zone": "Asia/Seoul",
        "starts_at": "2026-11-22T01:00:00.000Z",
        "ends_at": "2026-11-22T09:00:00.000Z",
        "collect_until": "2026-11-22T21:00:00.000Z",
        "deliver_until": "2027-01-21T09:00:00.000Z",
        "key": {"id": "0" * 16, "public": "lantern-p256:x", "fingerprint": "ab12"},
        "stall_code": None,
        "petitions": list(petitions or (CAMPS,)),
    }
    names = {
        "ko": [["CH", "스위스"], ["KR", "대한민국"]],
        "en": [["CH", "Switzerland"], ["KR", "South Korea"]],
        "fr": [["KR", "Corée du Sud"], ["CH", "Suisse"]],
    }
    return {
        "protocol": 1,
        "state": "active",
        "tablet": {"name": "Tablet 3", "language": "ko", "pin": None},
        "organisation": dict.fromkeys(LANGUAGES, "PSCORE"),
        "contact": "privacy@pscore.example",
        "public_url": "https://pscore.example",
        "smallest_age": 14,
        "languages": [
            {"code": "ko", "name": "한국어", "dir": "ltr"},
            {"code": "en", "name": "English", "dir": "ltr"},
            {"code": "fr", "name": "Français", "dir": "ltr"},
        ],
        "countries": names,
        "event": event | changes,
    }


@dataclass
class Stage:
    """A page that shows the signer's screen, and what it was heard to complain of."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def hear(self, said: ConsoleMessage) -> None:
        """Note what the browser complains of: its policy, or a file that is not there."""
        if said.type == "error":
            self.complaints.append(said.text)

    def saved(self) -> list[dict[str, Any]]:
        """List what was saved."""
        found: list[dict[str, Any]] = self.page.evaluate("stage.saved")
        return found

    def speak(self, name: str) -> None:
        """Choose a language by its own name."""
        self.page.get_by_role("button", name=name, exact=True).click()

    def press(self) -> None:
        """Press the one thing to do."""
        self.page.locator(".primary:visible").last.click()

    def fill(self, name: str, email: str = "") -> None:
        """Type what is asked, and tick what must be ticked."""
        self.page.locator("input[type=text]").fill(name)
        if email:
            self.page.locator("input[type=email]").fill(email)
        else:
            self.page.locator(".tick input").first.check()
        self.agree()

    def agree(self) -> None:
        """Tick what must be ticked."""
        self.page.locator("input[aria-required=true]").check()

    def stop_time(self) -> None:
        """Let time stand still but for `pass_time`."""
        self.page.clock.pause_at(LATER)

    def pass_time(self, seconds: float) -> None:
        """Let time pass, with all that happens in it."""
        self.page.clock.run_for(round(seconds * 1000))


@contextmanager
def stage(
    texts: str, browser: Browser, carried: dict[str, Any], *, query: str = "", **more: Any
) -> Iterator[Stage]:
    """Open the screen at six past two in the afternoon, in Seoul."""
    settings: dict[str, Any] = {"viewport": PORTRAIT, "has_touch": True} | more
    context = browser.new_context(**settings)
    found = Stage(context.new_page())
    answers = {
        "/": (BACKSTAGE, "text/html"),
        "/stage.js": (SCRIPT, "text/javascript"),
        "/words.json": (texts, "application/json"),
        "/pack.json": (json.dumps(carried), "application/json"),
    }
    context.on("weberror", lambda error: found.complaints.append(str(error.error)))
    context.on("console", found.hear)
    found.page.route(f"{HOST}/**", lambda route: _answer(route, answers))
    found.page.clock.install(time=NOW)
    try:
        found.page.goto(f"{HOST}/{query}")
        found.page.wait_for_selector(".signing h1")
        yield found
        assert found.complaints == []
    finally:
        context.close()


def _answer(route: Route, answers: dict[str, tuple[str, str]]) -> None:
    path = route.request.url.removeprefix(HOST).split("?")[0]
    headers = {"Content-Security-Policy": web.policy()}
    if path in answers:
        body, kind = answers[path]
        return route.fulfill(body=body, content_type=f"{kind}; charset=utf-8", headers=headers)
    file = web.STATIC / path.removeprefix("/static/")
    if not file.is_file():
        return route.fulfill(body="", content_type="text/css")
    return route.fulfill(
        body=file.read_text("utf-8"), content_type=KINDS[file.suffix], headers=headers
    )
