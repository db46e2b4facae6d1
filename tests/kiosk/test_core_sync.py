"""Delivering, whatever the line does: nothing leaves without the server's own word, nothing storms."""

from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.kiosk.core_page import EVENT, INSTALL, Tablet, pass_time, said, stored, tablet
from tests.serving import until

#: A flight holds the lock, and at last looks what is left: this look comes after that one.
NOTHING_FLIES: Final = """async () => {
  const { held } = await navigator.locks.query();
  await kit.box.waiting().catch(() => null);
  return held.length === 0;
}"""


@pytest.fixture
def device(browser: Browser) -> Iterator[Tablet]:
    with tablet(browser) as one:
        yield one


@pytest.fixture
def page(device: Tablet) -> Page:
    return device.page()


def deliver(page: Page) -> dict[str, Any]:
    """Tap "deliver now" while nothing flies, and look: a tap joins a flight, however that ends."""
    until(lambda: page.evaluate(NOTHING_FLIES), "a flight does not end")
    state: dict[str, Any] = page.evaluate("kit.start().now()")
    return state


def held(page: Page) -> int:
    found: int = page.evaluate("kit.box.waiting().then((it) => it.held)")
    return found


def busy(status: int = 503, wait: str = "") -> Callable[[dict[str, Any]], dict[str, Any]]:
    headers = {"Retry-After": wait} if wait else {}
    return lambda _asked: {"status": status, "headers": headers, "body": "<h1>Later</h1>"}


def ours(status: int, error: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    body = f'{{"protocol": 1, "error": "{error}"}}'
    return lambda _asked: {"status": status, "content_type": "application/json", "body": body}


# ---- what counts as an answer


def test_signing_delivers_by_itself_and_all_is_green(device: Tablet, page: Page) -> None:
    page.evaluate("kit.start()")
    until(lambda: page.evaluate("kit.line.state().heardAt") is not None, "no heartbeat")
    page.evaluate("kit.take(3)")
    until(lambda: held(page) == 0, "it does not deliver by itself")
    state = deliver(page)
    assert (state["colour"], state["reasons"], state["serverState"]) == ("green", [], "active")
    assert sorted(set(device.far.sent)) == sorted(device.far.sent)
    first = device.far.batches[0]
    assert first.keys() == {
        "protocol", "batch_id", "sent_at", "shell", "battery", "reports", "shifts", "items",
    }  # fmt: skip
    assert device.far.tokens[0] == "Bearer token one"
    names = [batch["batch_id"] for batch in device.far.batches]
    assert len(set(names)) == len(names)


NOT_AN_ANSWER: dict[str, Callable[[dict[str, Any]], Any]] = {
    "a hotel's login page": lambda _: {"status": 200, "content_type": "text/html", "body": "<h1>Hi"},
    "the page of a proxy": lambda _: {"status": 502, "body": "<h1>Bad gateway</h1>"},
    "a redirect": lambda _: {"status": 302, "headers": {"Location": "/login"}},
    "nothing": lambda _: None,
    "an empty answer": lambda _: {"status": 200, "body": ""},
    "JSON of somebody else": lambda _: {"status": 200, "body": '{"ok": true}'},
    "half of an answer": lambda it: {"status": 200, "body": f'{{"protocol": 1, "batch_id": "{it["batch_id"]}"'},
    "an answer to another batch": lambda it: stored(it) | {"batch_id": "0" * 32},
    "another protocol": lambda it: {"status": 200, "json": stored(it) | {"protocol": 2}},
    "an answer without results": lambda it: stored(it) | {"results": None},
    "an error that stored nothing": lambda it: {"status": 500, "json": stored(it)},
    "a 401 of the hotel": lambda _: {"status": 401, "body": "Please log in"},
}  # fmt: skip


def test_what_is_no_answer_of_ours_removes_nothing(device: Tablet, page: Page) -> None:
    page.evaluate("kit.take(2)")
    for what, answer in NOT_AN_ANSWER.items():
        device.far.answer = answer
        state = deliver(page)
        assert (held(page), state["heardAt"]) == (2, None), what
        assert (
            state["reasons"] == ["unheard", "no_network"] or "server_trouble" in state["reasons"]
        ), what
    device.far.answer = stored
    assert deliver(page)["held"] == 0


def test_each_record_goes_by_its_own_word(device: Tablet, page: Page) -> None:
    made = [it["id"] for it in page.evaluate("kit.take(4)")]
    words = dict(zip(made, ["stored", "conflict", "refused"], strict=False))
    device.far.answer = lambda asked: said(
        asked, {it["id"]: words[it["id"]] for it in asked["items"] if it["id"] in words}
    )
    state = deliver(page)
    assert (state["held"], state["parked"], state["colour"]) == (3, 2, "red")
    assert "parked" in state["reasons"]
    # Nothing was said of the fourth: it alone is tried again; the parked ones wait for somebody.
    device.far.answer = stored
    device.far.batches.clear()
    assert deliver(page)["held"] == 2
    assert device.far.sent == [made[3]]
    assert device.far.batches[0]["reports"] == [{"event": EVENT, "next_seq": 5, "held": [[2, 4]]}]


# ---- how much, how often


def test_too_much_at_once_is_halved_until_it_fits(device: Tablet, page: Page) -> None:
    page.evaluate("kit.take(60)")
    device.far.answer = lambda asked: (
        {"status": 413, "body": "<h1>Too large</h1>"} if len(asked["items"]) > 13 else stored(asked)
    )
    assert deliver(page)["held"] == 0
    sizes = [len(batch["items"]) for batch in device.far.batches]
    assert sizes[:3] == [50, 25, 12]
    assert sum(size for size in sizes if size <= 13) == 60
    assert len(device.far.batches) < 15


def test_one_that_is_too_large_by_itself_is_kept_and_shown(device: Tablet, page: Page) -> None:
    page.evaluate("kit.take(1)")
    device.far.answer = busy(413)
    state = deliver(page)
    assert (state["colour"], state["held"], len(device.far.batches)) == ("red", 1, 1)
    assert "too_large" in state["reasons"]


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_asks_to_wait_is_left_alone_even_by_an_impatient_thumb(
    device: Tablet, page: Page, status: int
) -> None:
    page.clock.install()
    page.evaluate("kit.take(1)")
    device.far.answer = busy(status, wait="120")
    deliver(page)
    device.far.answer = stored
    deliver(page)
    page.evaluate("kit.take(1)")
    page.evaluate("dispatchEvent(new Event('online'))")
    pass_time(page, 110)
    assert len(device.far.batches) == 1
    pass_time(page, 15)
    until(lambda: held(page) == 0, "it does not come back")


def test_a_retry_after_is_read_as_seconds_or_as_a_date(page: Page) -> None:
    found = page.evaluate("""() => [
      "7", "0", "", null, "soon", "-5", "999999",
      "Sun, 22 Nov 2026 09:00:30 GMT", "Sun, 22 Nov 2026 08:00:00 GMT",
    ].map((said) => kit.waitOf(said, Date.parse("2026-11-22T09:00:00Z")))""")
    assert found == [7, 0, 0, 0, 0, 0, 3600, 30, 0]


def test_failures_wait_longer_and_longer_and_never_in_step(page: Page) -> None:
    waits = page.evaluate("""() => [1, 2, 3, 6, 12, 400].map((failures) =>
      Array.from({ length: 300 }, () => kit.backoff(failures)))""")
    for longest, drawn in zip([2, 4, 8, 64, 300, 300], waits, strict=True):
        assert 0 <= min(drawn) < longest / 10
        assert longest * 0.9 < max(drawn) <= longest
        # Evenly: a fleet that fails together comes back spread out.
        assert all(
            longest * 0.15 < sum(low <= it / longest < low + 0.25 for it in drawn) / 300 * longest
            for low in (0, 0.25, 0.5, 0.75)
        )


def test_a_dead_line_is_not_hammered_but_a_tap_or_a_network_tries_at_once(
    device: Tablet, page: Page
) -> None:
    page.clock.install()
    page.evaluate("Math.random = () => 0.99")
    page.evaluate("kit.take(1)")
    device.far.answer = lambda _asked: None
    deliver(page)
    pass_time(page, 600)
    tries = len(device.far.batches)
    assert 6 <= tries <= 10
    # Whoever signs meanwhile does not knock.
    page.evaluate("kit.take(5)")
    assert len(device.far.batches) == tries
    deliver(page)
    assert len(device.far.batches) == tries + 1
    device.far.answer = stored
    page.evaluate("dispatchEvent(new Event('online'))")
    until(lambda: held(page) == 0, "it does not wake")


def test_an_answer_that_never_comes_is_given_up_and_less_is_tried(
    device: Tablet, page: Page
) -> None:
    page.clock.install()
    page.evaluate("kit.take(8)")
    device.far.held = []
    page.evaluate("void (kit.flying = kit.start().now())")
    until(lambda: page.evaluate("1") and device.far.held, "it does not fly")
    # That one is never answered; the line is dead for what is tried after it.
    device.far.held, device.far.answer = None, lambda _asked: None
    pass_time(page, 65)
    assert page.evaluate("kit.flying")["held"] == 8
    device.far.answer = stored
    deliver(page)
    assert held(page) == 0
    assert len(device.far.batches[0]["items"]) == 4


def test_one_flight_at_a_time_on_a_tablet(device: Tablet, page: Page) -> None:
    page.evaluate("kit.take(5)")
    other = device.page()
    waiting: list[Route] = []
    device.far.held = waiting
    page.evaluate("void (kit.flying = kit.start().now())")
    until(lambda: page.evaluate("1") and waiting, "it does not fly")
    assert other.evaluate("kit.start().now()")["held"] == 5
    page.evaluate("void kit.line.now()")
    page.evaluate("kit.take(2)")
    assert len(waiting) == 1
    device.far.let_go()
    page.evaluate("kit.flying")
    # What came in meanwhile follows by itself.
    until(lambda: held(page) == 0, "the rest does not follow")
    assert sorted(set(device.far.sent)) == sorted(device.far.sent)


def test_a_browser_without_locks_delivers_one_at_a_time_as_well(device: Tablet) -> None:
    device.context.add_init_script(
        "Object.defineProperty(Navigator.prototype, 'locks', { value: undefined })"
    )
    page, other = device.page(), device.page()
    page.evaluate("kit.take(5)")
    waiting: list[Route] = []
    device.far.held = waiting
    page.evaluate("void (kit.flying = kit.start().now())")
    until(lambda: page.evaluate("1") and waiting, "it does not fly")
    other.evaluate("kit.start().now()")
    assert len(waiting) == 1
    device.far.let_go()
    page.evaluate("kit.flying")
    assert held(page) == 0
    other.evaluate("kit.take(1)")
    other.evaluate("kit.line.now()")
    assert held(page) == 0


def test_a_read_that_fails_once_does_not_put_delivering_to_sleep(
    device: Tablet, page: Page
) -> None:
    page.clock.install()
    page.evaluate("kit.take(2)")
    page.evaluate("""() => {
      const getAll = IDBObjectStore.prototype.getAll;
      IDBObjectStore.prototype.getAll = () => { throw new DOMException("broken", "UnknownError"); };
      kit.heal = () => { IDBObjectStore.prototype.getAll = getAll; };
    }""")
    assert deliver(page)["colour"] == "red"
    page.evaluate("kit.heal()")
    pass_time(page, 20)
    until(lambda: held(page) == 0, "it sleeps")
    assert page.evaluate("kit.line.state().colour") == "green"


# ---- what the server says of the tablet


@pytest.mark.parametrize("error", ["device_unknown", "device_closed"])
def test_a_tablet_that_is_refused_keeps_everything_and_delivers_once_it_is_known_again(
    device: Tablet, page: Page, error: str
) -> None:
    page.evaluate("kit.take(2)")
    device.far.answer = ours(401, error)
    state = deliver(page)
    assert (state["colour"], state["reasons"][0], state["held"]) == ("red", error, 2)
    # It is still so after the page was opened again without a network.
    device.far.answer = lambda _asked: None
    again = device.page()
    assert again.evaluate("kit.start().now()")["reasons"][0] == error
    again.close()
    device.far.answer = stored
    state = deliver(page)
    assert (state["held"], state["reasons"]) == (0, [])


def test_an_earlier_install_that_is_refused_does_not_stop_the_one_that_collects(
    device: Tablet, page: Page
) -> None:
    page.evaluate("kit.take(2)")
    second = INSTALL.replace("0f", "1e", 1)
    page.evaluate("(it) => kit.box.enrol({ install: it, token: 'token two' })", second)
    page.evaluate("kit.take(1)")

    def by_token(asked: dict[str, Any]) -> Any:
        closed = device.far.tokens[-1] == "Bearer token one"
        return ours(401, "device_closed")(asked) if closed else stored(asked)

    device.far.answer = by_token
    state = deliver(page)
    assert (state["held"], state["serverState"]) == (2, "active")
    assert "device_closed" not in state["reasons"]


@pytest.mark.parametrize(
    ("word", "reason", "colour"),
    [("lost", "device_lost", "red"), ("drain_only", "drain_only", "amber")],
)
def test_a_tablet_that_may_only_deliver_does(
    device: Tablet, page: Page, word: str, reason: str, colour: str
) -> None:
    page.evaluate("kit.take(2)")
    device.far.answer = lambda asked: stored(asked) | {"state": word}
    state = deliver(page)
    assert (state["held"], state["reasons"], state["colour"]) == (0, [reason], colour)


def test_a_tablet_that_nobody_enrolled_says_so(browser: Browser) -> None:
    with tablet(browser, enrolled=False) as one:
        state = deliver(one.page())
        assert (state["colour"], state["reasons"]) == ("red", ["not_enrolled", "unheard"])
        assert one.far.batches == []


def test_long_silence_turns_amber_by_itself(device: Tablet, page: Page) -> None:
    page.clock.install()
    page.evaluate("kit.take(1)")
    assert deliver(page)["colour"] == "green"
    device.far.answer = lambda _asked: None
    page.evaluate("kit.take(1)")
    pass_time(page, 240)
    assert page.evaluate("kit.states.at(-1).colour") == "green"
    pass_time(page, 180)
    assert page.evaluate("kit.states.at(-1).reasons") == ["no_network"]
    pass_time(page, 600)
    assert page.evaluate("kit.states.at(-1).reasons") == ["waiting", "unheard", "no_network"]
    assert page.evaluate("kit.states.at(-1).colour") == "amber"


# ---- clock, pack, shifts


@pytest.mark.parametrize("year", [2001, 2040])
def test_a_wrong_clock_is_corrected_by_the_first_answer(
    device: Tablet, page: Page, year: int
) -> None:
    page.clock.install(time=f"{year}-05-01T10:00:00Z")
    page.clock.pause_at(f"{year}-05-01T10:00:05Z")
    device.far.answer = lambda asked: stored(asked) | {"server_time": "2026-11-22T09:15:00.000Z"}
    state = deliver(page)
    assert "clock_off" in state["reasons"]
    assert page.evaluate("kit.clock.hour()") == 498_705
    assert (state["offset"] > 0) == (year > 2026)
    # What was learned holds in the next page, without a network.
    device.far.answer = lambda _asked: None
    again = device.page()
    again.clock.install(time=f"{year}-05-01T11:00:00Z")
    again.evaluate("kit.start().now()")
    assert again.evaluate("kit.clock.hour()") == 498_706


@pytest.mark.parametrize("year", [2001, 2040])
def test_a_clock_that_was_set_right_since_is_believed(
    device: Tablet, page: Page, year: int
) -> None:
    page.clock.install(time=f"{year}-05-01T10:00:00Z")
    device.far.answer = lambda asked: stored(asked) | {"server_time": "2026-11-22T09:15:00.000Z"}
    deliver(page)
    # Switched off, set right, and switched on where there is no network.
    device.far.answer = lambda _asked: None
    again = device.page()
    again.clock.install(time="2026-11-22T11:20:00Z")
    state = again.evaluate("kit.start().now()")
    assert again.evaluate("kit.clock.hour()") == 498_707
    assert state["offset"] == 0


def test_a_clock_that_fell_back_further_never_goes_behind_what_was_heard(
    device: Tablet, page: Page
) -> None:
    page.clock.install(time="2026-01-01T00:00:00Z")
    device.far.answer = lambda asked: stored(asked) | {"server_time": "2026-11-22T09:15:00.000Z"}
    deliver(page)
    device.far.answer = lambda _asked: None
    again = device.page()
    again.clock.install(time="1970-01-01T00:05:00Z")
    again.evaluate("kit.start().now()")
    assert again.evaluate("kit.clock.hour()") == 498_705


def naming(pack: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda asked: stored(asked) | {"pack": pack}


def test_another_pack_is_fetched_once_and_told(device: Tablet, page: Page) -> None:
    asked_for: list[str | None] = []

    def give(route: Route) -> None:
        asked_for.append(route.request.headers.get("if-none-match"))
        number = len(asked_for)
        body = {"protocol": 1, "server_time": "2026-11-22T09:15:00.000Z", "event": {"uid": EVENT}}
        if asked_for[-1] == 'W/"p2"':
            route.fulfill(status=304)
        else:
            route.fulfill(json=body | {"number": number}, headers={"ETag": f'W/"p{number}"'})

    device.far.pack = give
    for tag, number in (("p1", 1), ("p1", 1), ("p2", 2), ("p2", 2)):
        device.far.answer = naming(tag)
        deliver(page)
        assert page.evaluate("kit.settings.get('pack')")["number"] == number
    assert asked_for == [None, 'W/"p1"']
    assert page.evaluate("kit.states.filter((it) => it.packChanged).length") == 2
    # Nothing new: what is there stays.
    assert page.evaluate("kit.line.refreshPack()")["number"] == 2


def test_a_pack_that_is_refused_marks_the_tablet_and_keeps_the_old_one(
    device: Tablet, page: Page
) -> None:
    page.evaluate("kit.settings.set('pack', { number: 0 })")
    page.evaluate("kit.take(1)")
    device.far.answer = lambda asked: stored(asked) | {"pack": "p9"}
    device.far.pack = lambda route: route.fulfill(
        status=403, json={"protocol": 1, "error": "device_lost"}
    )
    state = deliver(page)
    assert (state["held"], state["reasons"][0]) == (0, "device_lost")
    assert page.evaluate("kit.settings.get('pack')")["number"] == 0


def test_what_an_event_left_is_forgotten_when_the_next_one_begins(
    device: Tablet, page: Page
) -> None:
    page.evaluate("kit.take(2)")
    body: dict[str, Any] = {"protocol": 1, "event": {"uid": "another"}}
    body["server_time"] = page.evaluate("new Date().toISOString()")
    device.far.pack = lambda route: route.fulfill(json=body, headers={"ETag": '"p1"'})
    device.far.answer = lambda asked: stored(asked) | {"pack": '"p1"'}
    deliver(page)
    # While the day lasts the numbers stay in sight; later only the numbering does.
    assert page.evaluate("kit.box.counts(kit.event)")["collected"] == 2
    page.clock.install(time=page.evaluate("Date.now() + 4 * 86_400_000"))
    page.evaluate("kit.settings.set('packTag', '')")
    body["server_time"] = page.evaluate("new Date().toISOString()")
    device.far.answer = lambda asked: said(asked, {}, pack='"p1"', server_time=asked["sent_at"])
    deliver(page)
    assert page.evaluate("kit.box.counts(kit.event)")["collected"] == 0
    assert page.evaluate("kit.sign()")["seq"] == 3


def test_shifts_are_told_until_they_are_known_as_they_are_now(device: Tablet, page: Page) -> None:
    shift = {"id": "a" * 32, "event": EVENT, "alias": "Mina", "started_at": "…", "ended_at": None}
    page.evaluate("(it) => kit.settings.set('shifts', [it])", shift)
    device.far.answer = lambda _asked: None
    deliver(page)
    device.far.answer = stored
    deliver(page)
    deliver(page)
    page.evaluate("(it) => kit.settings.set('shifts', [it])", shift | {"ended_at": "later"})
    deliver(page)
    told = [batch["shifts"] for batch in device.far.batches]
    assert told == [[shift], [shift], [], [shift | {"ended_at": "later"}]]
