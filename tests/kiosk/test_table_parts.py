"""What the volunteer's side reckons with: PINs, digits, two minutes, shifts, and what a tablet is for."""

import base64
import hashlib
import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page

from tests.kiosk.core_page import HOST, TYPES

STATIC: Final = Path(__file__).resolve().parents[2] / "static"
VECTORS: Final = json.loads(Path(__file__).with_name("stall_code_vectors.json").read_text("utf-8"))
NOW: Final = datetime(2026, 11, 22, 12, tzinfo=UTC).timestamp() * 1000
#: An enrolled tablet at an event that runs.
RUNNING: Final[dict[str, Any]] = {
    "enrolled": True,
    "pack": {"state": "active", "event": {"collect_until": "2026-11-22T20:00:00.000Z"}},
    "said": "active",
    "now": NOW,
    "sound": True,
    "lookedOver": True,
}
#: Settings that a test can look into, a clock that it moves, and the modules.
PREPARE: Final = """async () => {
  const names = ["pin", "last", "shifts", "situation", "stall_code", "enrol", "training", "desk"];
  const found = await Promise.all(names.map((it) => import(`/static/js/kiosk/${it}.js`)));
  const kit = window.kit = Object.assign({ at: 1000000 }, ...found);
  kit.kept = {};
  kit.settings = {
    get: async (name) => structuredClone(kit.kept[name]),
    set: async (name, value) => void (kit.kept[name] = structuredClone(value)),
  };
}"""


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """Load the modules into an empty page at a secure address."""
    with closing(browser.new_context()) as context:
        context.route(f"{HOST}/**", _answer)
        page = context.new_page()
        page.goto(f"{HOST}/")
        page.evaluate(PREPARE)
        yield page


def _answer(route: Any) -> None:
    path = route.request.url.removeprefix(HOST).partition("?")[0]
    file = STATIC / path.removeprefix("/static/")
    if file.is_file():
        route.fulfill(body=file.read_bytes(), content_type=TYPES[file.suffix])
    else:
        route.fulfill(body="<!doctype html><title>x</title>", content_type="text/html")


# ---- what a tablet is for


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, "signing"),
        ({"enrolled": False}, "enrol"),
        ({"pack": None, "said": None}, "waiting"),
        ({"pack": {"state": "active", "event": None}}, "no_event"),
        ({"lookedOver": False}, "preflight"),
        ({"sound": False}, "unsafe"),
        ({"sound": False, "lookedOver": False}, "unsafe"),
        ({"said": "drain_only"}, "drain_only"),
        ({"said": "lost"}, "device_lost"),
        ({"said": "device_unknown"}, "device_unknown"),
        ({"said": "device_closed"}, "device_closed"),
        ({"said": "device_unknown", "pack": None}, "device_unknown"),
        # Collecting ends twelve hours after the event, to the second, by the corrected clock.
        ({"now": datetime(2026, 11, 22, 20, tzinfo=UTC).timestamp() * 1000}, "signing"),
        ({"now": datetime(2026, 11, 22, 20, tzinfo=UTC).timestamp() * 1000 + 1}, "over"),
        # An older pack may still say "active"; what the server said last is what holds.
        ({"pack": RUNNING["pack"] | {"state": "drain_only"}, "said": None}, "drain_only"),
    ],
)
def test_a_tablet_shows_what_it_is_for(page: Page, facts: dict[str, Any], expected: str) -> None:
    assert page.evaluate("(it) => kit.situationOf(it)", RUNNING | facts) == expected


# ---- the PIN


def pin_of(digits: str, salt: bytes = b"0123456789abcdef") -> dict[str, Any]:
    """Write a PIN as the pack does, with fewer rounds."""
    made = hashlib.pbkdf2_hmac("sha256", digits.encode(), salt, 1000)
    encoded = {"salt": base64.b64encode(salt).decode(), "hash": base64.b64encode(made).decode()}
    return encoded | {"iterations": 1000}


ENTER: Final = """async ([digits, pin, later]) => {
  kit.at += later * 1000;
  return kit.openGate(kit.settings, () => kit.at).enter(digits, pin);
}"""


@pytest.fixture
def gate(page: Page) -> Any:
    """Try digits at a gate that begins anew with each try, as after a reload."""
    page.evaluate("kit.kept = {}")
    pin = pin_of("4729")

    def enter(digits: str, later: float = 0, pin: dict[str, Any] = pin) -> dict[str, Any]:
        said: dict[str, Any] = page.evaluate(ENTER, [digits, pin, later])
        return said

    return enter


def test_the_pin_opens_and_another_does_not(gate: Any) -> None:
    assert gate("4728") == {"opened": False, "rest": 0, "left": 4}
    assert gate("4729")["opened"]


def test_after_five_wrong_pins_even_the_right_one_waits_a_minute(gate: Any) -> None:
    for left in (4, 3, 2, 1):
        assert gate("0000")["left"] == left
    assert gate("0000") == {"opened": False, "rest": 60_000, "left": 0}
    assert gate("4729", later=59)["opened"] is False
    assert gate("4729", later=1)["opened"]


def test_after_the_minute_five_more_wrong_ones_end_in_another(gate: Any) -> None:
    for _try in range(5):
        gate("0000")
    assert [gate("0000", later=60)["left"], *(gate("0000")["left"] for _try in range(4))] == [
        4,
        3,
        2,
        1,
        0,
    ]
    assert gate("4729")["opened"] is False


def test_the_right_pin_gives_the_tries_back(gate: Any) -> None:
    for digits in ("0000", "0001", "0002", "4729", "0003"):
        said = gate(digits)
    assert said["left"] == 4


def test_a_clock_set_back_makes_no_minute_into_a_year(gate: Any) -> None:
    for _try in range(5):
        gate("0000")
    assert gate("4729", later=-3600 * 24 * 365)["rest"] == 60_000
    assert gate("4729", later=59)["rest"] == 1000
    assert gate("4729", later=1)["opened"]


def test_a_new_pin_from_the_leads_page_opens_at_once(gate: Any) -> None:
    for _try in range(5):
        gate("0000")
    assert gate("8306", pin=pin_of("8306"))["opened"]


def test_nothing_that_was_typed_is_kept(page: Page, gate: Any) -> None:
    gate("9517")
    assert set(page.evaluate("kit.kept.pin")) == {"of", "wrong", "until"}


# ---- the stall's code


def test_the_digits_are_those_of_the_server(page: Page) -> None:
    assert len(VECTORS) > 3
    for vector in VECTORS:
        given = {"secret": vector["secret"], "seconds": 600, "digits": 4}
        moment = vector["unix_seconds"] * 1000
        found = page.evaluate("([it, at]) => kit.digitsAt(it, at)", [given, moment])
        assert found == vector["digits"]
        assert page.evaluate("(at) => kit.windowAt(at, 600)", moment) == vector["window"]


def test_a_code_holds_until_the_next_one(page: Page) -> None:
    left = [
        page.evaluate("(at) => kit.secondsLeft(at, 600)", at) for at in (0, 1, 599_999, 600_000)
    ]
    assert left == [600, 600, 1, 600]


# ---- two minutes


def test_the_last_signature_can_be_taken_back_for_two_minutes(page: Page) -> None:
    found = page.evaluate(
        """() => {
          let [wall, steady] = [5000, 0];
          const book = kit.openLast({ wall: () => wall, steady: () => steady });
          const seen = [book.get()];
          book.add({ id: "a", petition: "p" });
          [wall, steady] = [wall + 60000, steady + 60000];
          book.add({ id: "b", petition: "p" });
          seen.push(book.get().id);
          book.forget("b");
          seen.push(book.get().id, book.get().left);
          [wall, steady] = [wall + 59999, steady + 59999];
          seen.push(book.get().id);
          [wall, steady] = [wall + 1, steady + 1];
          seen.push(book.get());
          return seen;
        }"""
    )
    assert found == [None, "b", "a", 60000, "a", None]


@pytest.mark.parametrize(("wall", "steady"), [(120_000, 0), (0, 120_000), (-9e12, 120_000)])
def test_neither_sleep_nor_a_set_clock_lengthens_the_two_minutes(
    page: Page, wall: float, steady: float
) -> None:
    found = page.evaluate(
        """([by, and]) => {
          let [wall, steady] = [0, 0];
          const book = kit.openLast({ wall: () => wall, steady: () => steady });
          book.add({ id: "a", petition: "p" });
          [wall, steady] = [by, and];
          return book.get();
        }""",
        [wall, steady],
    )
    assert found is None


# ---- shifts

SHIFTS: Final = """async (work) => {
  kit.kept = {};
  const world = { at: 1763800000000, collected: 0, held: 0, event: "e1", number: 0 };
  const book = kit.openShifts({
    settings: kit.settings, now: () => world.at, uuid: () => `id${++world.number}`,
    numbers: async () => world, battery: async () => 64, event: () => world.event,
  });
  await new Function("book", "world", `return (async () => { ${work} })()`)(book, world);
  return { book: kit.kept.shifts ?? [], current: await book.current() };
}"""


def test_a_shift_says_who_stood_there_and_what_came_in(page: Page) -> None:
    found = page.evaluate(
        SHIFTS,
        """world.collected = 12; await book.start("  Mina\\u3000K. ");
           world.at += 3600000; Object.assign(world, { collected: 92, held: 2 });
           await book.end();""",
    )
    assert found["current"] is None
    assert found["book"] == [
        {
            "id": "id1",
            "event": "e1",
            "alias": "Mina K.",
            "started_at": "2025-11-22T08:26:40.000Z",
            "ended_at": "2025-11-22T09:26:40.000Z",
            "collected": 80,
            "held": 2,
            "battery": 64,
            "handed_over": False,
            "before": 12,
        }
    ]


def test_handing_over_ends_one_shift_and_begins_the_next(page: Page) -> None:
    found = page.evaluate(
        SHIFTS,
        """await book.start("Mina"); world.collected = 5; await book.handOver("Jun");""",
    )
    assert [(it["alias"], bool(it["ended_at"]), it["handed_over"]) for it in found["book"]] == [
        ("Mina", True, True),
        ("Jun", False, False),
    ]
    assert found["current"]["alias"] == "Jun"


def test_a_shift_belongs_to_its_event(page: Page) -> None:
    found = page.evaluate(SHIFTS, """await book.start("Mina"); world.event = "e2";""")
    assert found["current"] is None


# ---- asking the server


@pytest.mark.parametrize(
    ("heard", "expected"),
    [([1], [True, 1]), ([0, 2], [True, 2]), ([0, 0, 3], [False, 2])],
    ids=["at once", "after the flight that was under way", "never"],
)
def test_whoever_asks_now_hears_whether_the_server_answered(
    page: Page, heard: list[int], expected: list[Any]
) -> None:
    found = page.evaluate(
        """async (heard) => {
          let [at, asked] = [0, 0];
          const sync = { state: () => ({ heardAt: at }), now: async () => void (at = heard[asked++]) };
          return [await kit.reached(sync), asked];
        }""",
        heard,
    )
    assert found == expected


# ---- the screen


def test_the_screen_is_kept_on_and_asked_for_again_when_the_page_is_seen_again(page: Page) -> None:
    asked = page.evaluate(
        """async () => {
          const seen = [];
          let hidden = false;
          Object.defineProperty(navigator, "wakeLock", { configurable: true, value: {
            request: async (what) => { seen.push(what); throw new DOMException("low", "NotAllowedError"); },
          } });
          Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
          (await import("/static/js/kiosk/awake.js")).keepAwake();
          const turn = (to) => { hidden = to; document.dispatchEvent(new Event("visibilitychange")); };
          turn(true); turn(false); turn(true);
          delete document.hidden;
          return seen;
        }"""
    )
    assert asked == ["screen", "screen"]


# ---- the code that enrols


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("k7pm-x3da", "k7pmx3da"),
        (" K7PM X3DA ", "k7pmx3da"),
        ("ｋ７ｐｍ－ｘ３ｄａ", "k7pmx3da"),
        ("k7pm–x3da.", "k7pmx3da"),
        ("", ""),
    ],
)
def test_a_code_is_read_as_people_type_it(page: Page, typed: str, expected: str) -> None:
    assert page.evaluate("(it) => kit.asCode(it)", typed) == expected
