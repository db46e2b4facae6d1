"""What a tablet makes people wait for, in a real Chromium: thanks, an empty queue, its first page."""

import statistics
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from playwright.sync_api import sync_playwright

from bench import site
from campaign_app import create_app
from config import Config
from tests.kiosk import stations
from tests.kiosk.chaos.line import GONE, OPEN
from tests.kiosk.chaos.post import Post, posted
from tests.serving import SECRET

#: People who sign by the form, envelopes that wait for a network, and cold starts.
USUAL: Final = (60, 500, 7)
QUICK: Final = (10, 100, 2)
SAVE_GOAL_MS: Final = 150
DRAIN_GOAL_S: Final = 30
START_GOAL_S: Final = 2
STEP_S: Final = 0.02
#: Notes how long it is from the press of the button to the page that thanks.
STOPWATCH: Final = """
() => {
  globalThis.waited = [];
  let pressed = 0;
  addEventListener("click", (event) => {
    if (event.target.closest(".page.form .give .primary")) pressed = performance.now();
  }, true);
  new MutationObserver(() => {
    if (!pressed || !document.querySelector(".page.thanks")) return;
    globalThis.waited.push(performance.now() - pressed);
    pressed = 0;
  }).observe(document.body, { childList: true, subtree: true });
}
"""


@dataclass(frozen=True, slots=True)
class Waits:
    """How long people and tablets wait."""

    #: From the press of the button to the thanks, by the form.
    thanks_p50_ms: float
    thanks_p95_ms: float
    #: Sealing and keeping alone.
    save_p50_ms: float
    save_p95_ms: float
    queued: int
    drain_s: float
    #: From opening the page without a network to what a passer-by sees.
    start_s: float
    slowest_start_s: float

    def result(self) -> dict[str, float]:
        """Write it for machines."""
        return {name: getattr(self, name) for name in self.__slots__}


def measure(database_url: str, folder: Path, pace: tuple[int, int, int]) -> Waits:
    """Enrol a tablet and let people sign."""
    signers, queued, starts = pace
    site.close(site.migrated(database_url, folder)[0])
    instance = folder / "instance"
    config = Config.for_tests(
        database_url=database_url, instance_dir=instance, secret_key=SECRET, page_seconds=2.0
    )
    app = create_app(config)
    with (
        sync_playwright() as playwright,
        posted(app, config, playwright, stations.station(app)) as post,
    ):
        post.begin()
        thanks = by_the_form(post, signers)
        saves, drain = drained(post, queued)
        cold = [cold_start(post) for _start in range(starts)]
    site.close(app)
    return Waits(
        thanks_p50_ms=round(statistics.median(thanks), 1),
        thanks_p95_ms=round(p95(thanks), 1),
        save_p50_ms=round(statistics.median(saves), 1),
        save_p95_ms=round(p95(saves), 1),
        queued=queued,
        drain_s=round(drain, 2),
        start_s=round(statistics.median(cold), 2),
        slowest_start_s=round(max(cold), 2),
    )


def p95(found: list[float]) -> float:
    """Give the time that 95 of 100 do not exceed."""
    return sorted(found)[max(0, -(-95 * len(found) // 100) - 1)]


def by_the_form(post: Post, signers: int) -> list[float]:
    """Let people sign by the form while the tablet delivers; give what each waited, in ms."""
    post.page.evaluate(STOPWATCH)
    for _signer in range(signers):
        post.sign_by_hand()
    waited: list[float] = post.page.evaluate("waited")
    assert len(waited) == signers
    return waited


def drained(post: Post, queued: int) -> tuple[list[float], float]:
    """Let people sign without a network, then give it back; give each save in ms, and the wait in s."""
    post.deliver()
    post.line.way = GONE
    saves: list[float] = post.page.evaluate("them => hand.sign(them)", post.people(queued))
    assert post.held() == queued
    post.line.way = OPEN
    began = time.perf_counter()
    post.nudge()
    while post.held():
        post.page.wait_for_timeout(STEP_S * 1000)
    return saves, time.perf_counter() - began


def cold_start(post: Post) -> float:
    """Start the browser anew without a network, and wait for the first page; the browser's own start aside."""
    post.machine.switch_off()
    post.line.way = GONE
    page = post.machine.switch_on()
    began = time.perf_counter()
    page.goto(f"{post.line.base}/kiosk/", wait_until="commit")
    page.wait_for_selector(".attract")
    return time.perf_counter() - began
