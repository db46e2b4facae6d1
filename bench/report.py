"""The numbers as a file for machines and as a table for people, with what was aimed at."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bench import intake, tablets, weight
from bench.feeds import EVENTS, Feed
from bench.intake import Rate
from bench.money import Years
from bench.reading import Times
from bench.rounds import Found
from bench.tablets import Waits
from bench.weight import Weight

RESULTS: Final = Path(__file__).with_name("results.json")
SIGN_GOAL: Final = 0.3
PAGE_GOAL: Final = 0.5
SLOPE_GOAL: Final = 1.5


@dataclass(frozen=True, slots=True)
class Numbers:
    """Everything that was measured."""

    found: Mapping[str, Found]
    times: Mapping[str, Times]
    weights: Sequence[Weight]
    feeds: Mapping[str, Feed]
    intake: Mapping[str, Rate]
    tablet: Waits
    money: Mapping[str, Years]

    @property
    def slower_page(self) -> str:
        """Name the engine on which the page is further from its floor."""
        return min(self.found, key=lambda engine: self.found[engine].page.result()["ratio"])

    @property
    def slower_tally(self) -> str:
        """Name the engine that takes longer to read the largest tally."""
        return max(self.times, key=lambda engine: max(self.times[engine].count.values()))

    @property
    def slower_table(self) -> str:
        """Name the engine that takes longer for the console's table by place."""
        return max(self.times, key=lambda engine: max(self.times[engine].table.values()))

    @property
    def slower_feed(self) -> Feed:
        """Give the calendar on the engine that takes longer to write it again."""
        return max(self.feeds.values(), key=lambda found: found.again)

    @property
    def heaviest(self) -> Weight:
        """Find the language whose page weighs most."""
        return max(self.weights, key=lambda found: found.bytes)


def as_json(numbers: Numbers) -> dict[str, Any]:
    """Write the results in their agreed form."""
    return {
        "sign": {engine: found.sign.result() for engine, found in numbers.found.items()},
        "page": numbers.found[numbers.slower_page].page.result(),
        "tally_ms": _by_size(numbers.times[numbers.slower_tally].count),
        "tally_table_ms": _by_size(numbers.times[numbers.slower_table].table),
        "qr_page": {"bytes": numbers.heaviest.bytes, "requests": numbers.heaviest.requests},
        "feed": numbers.slower_feed.result(),
        "intake": {engine: rate.result() for engine, rate in numbers.intake.items()},
        "intake_share_of_floor": {engine: _share(numbers, engine) for engine in numbers.intake},
        "tablet": numbers.tablet.result(),
        "money": {engine: years.result() for engine, years in numbers.money.items()},
        "peak_mb": {engine: found.peak_mb for engine, found in numbers.found.items()},
    }


def _share(numbers: Numbers, engine: str) -> float:
    """Compare envelopes with the signatures that the floor keeps, one request each."""
    return round(
        numbers.intake[engine].stored / numbers.found[engine].sign.result()["floor_rps"], 2
    )


def _by_size(times: Mapping[int, float]) -> dict[str, float]:
    return {str(size): ms for size, ms in times.items()}


def write(numbers: Numbers, path: Path = RESULTS) -> None:
    """Keep the results where the next reader looks for them."""
    path.write_text(json.dumps(as_json(numbers), indent=2) + "\n", "utf-8")


def table(numbers: Numbers) -> str:
    """Say the same to people, each line with its aim and whether it was reached."""
    lines = [*_signing(numbers), *_pages(numbers), *_tallies(numbers), *_feeds(numbers)]
    lines += [*_intake(numbers), *_tablet(numbers.tablet), *_weights(numbers), *_money(numbers)]
    return "\n".join(f"  {what:<44}{said:<52}{aim}" for what, said, aim in lines)


Line = tuple[str, str, str]


def _signing(numbers: Numbers) -> Iterable[Line]:
    for engine, found in numbers.found.items():
        yield _versus(f"signing, {engine}", found.sign.result(), SIGN_GOAL)
        middle = sorted(found.sign.app, key=lambda run: run.per_second)[len(found.sign.app) // 2]
        yield "  answer time", f"p50 {middle.p50_ms:.0f} ms, p99 {middle.p99_ms:.0f} ms", ""
        yield "  acknowledged, stored, recounted", f"{found.stored}, all of them", ""
        yield "  mails sent, waiting", f"{found.mails}, {found.backlog}", ""
        yield "  memory of the server", f"{found.peak_mb} MB (floor {found.floor_peak_mb} MB)", ""


def _pages(numbers: Numbers) -> Iterable[Line]:
    for engine, found in numbers.found.items():
        yield _versus(f"QR page, {engine}", found.page.result(), PAGE_GOAL)


def _versus(what: str, found: Mapping[str, float], goal: float) -> Line:
    rates = (
        f"{found['app_rps']:.0f}/s, floor {found['floor_rps']:.0f}/s, ratio {found['ratio']:.2f}"
    )
    return what, rates, _aim(f"at least {goal}", reached=found["ratio"] >= goal)


def _tallies(numbers: Numbers) -> Iterable[Line]:
    for engine, times in numbers.times.items():
        slope = f"at most {SLOPE_GOAL} times the first"
        aim = _aim(slope, reached=times.slope <= SLOPE_GOAL)
        yield f"count of 10⁴, 10⁵, 10⁶, {engine}", _in_row(times.count), aim
        yield f"table by place, {engine}", _in_row(times.table), ""


def _in_row(times: Mapping[int, float]) -> str:
    return ", ".join(f"{ms:.2f}" for ms in times.values()) + " ms"


def _feeds(numbers: Numbers) -> Iterable[Line]:
    for engine, found in numbers.feeds.items():
        said = f"first {found.first} ms, again {found.again} ms, unchanged {found.unchanged} ms"
        yield f"calendar of {EVENTS} dates, {engine}", said, ""


def _intake(numbers: Numbers) -> Iterable[Line]:
    for engine, rate in numbers.intake.items():
        said = f"{rate.stored:.0f}/s, {_share(numbers, engine)} of the floor's signatures"
        aim = _aim(f"at least {intake.GOAL}", reached=rate.stored >= intake.GOAL)
        yield f"envelopes stored, {engine}", said, aim
        yield "  opened, counted, recounted", f"{rate.opened:.0f}/s, all {rate.envelopes}", ""


def _tablet(found: Waits) -> Iterable[Line]:
    most = tablets.SAVE_GOAL_MS
    said = f"p50 {found.thanks_p50_ms} ms, p95 {found.thanks_p95_ms} ms"
    aim = _aim(f"p95 at most {most} ms", reached=found.thanks_p95_ms <= most)
    yield "tablet, button to thanks", said, aim
    yield "  sealed and kept", f"p50 {found.save_p50_ms} ms, p95 {found.save_p95_ms} ms", ""
    reached = found.drain_s <= tablets.DRAIN_GOAL_S
    aim = _aim(f"at most {tablets.DRAIN_GOAL_S} s", reached=reached)
    yield f"tablet, {found.queued} queued delivered", f"{found.drain_s} s", aim
    said = f"{found.start_s} s, slowest {found.slowest_start_s} s"
    aim = _aim(f"at most {tablets.START_GOAL_S} s", reached=found.start_s <= tablets.START_GOAL_S)
    yield "tablet, cold start without a network", said, aim


def _weights(numbers: Numbers) -> Iterable[Line]:
    for found in numbers.weights:
        said = f"{found.bytes} bytes, {found.requests} requests, HTML {found.html} bytes"
        light = found.bytes <= weight.MOST_BYTES and found.html <= weight.FIRST_HTML
        aim = f"at most {weight.MOST_BYTES}, {weight.MOST_REQUESTS}, {weight.FIRST_HTML}"
        fine = light and found.requests <= weight.MOST_REQUESTS
        yield f"QR page in a browser, {found.language}", said, _aim(aim, reached=fine)


def _money(numbers: Numbers) -> Iterable[Line]:
    for engine, found in numbers.money.items():
        worst = found.pages[found.slowest].ms
        said = f"in the middle {found.middle_ms:.0f} ms, {found.slowest} {worst:.0f} ms"
        yield f"{len(found.pages)} pages after {found.gifts} gifts, {engine}", said, ""
        proofs = f"{found.proofs_s:.1f} s for {found.postings} postings"
        yield "  the night's proofs of the books", proofs, ""


def _aim(words: str, *, reached: bool) -> str:
    return f"{'reached' if reached else 'NOT REACHED'} ({words})"
