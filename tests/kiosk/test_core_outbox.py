"""The outbox in a real Chromium: a record and its number together, and nothing leaves without a word."""

import json
from collections.abc import Iterator
from typing import Any, Final
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page

from campaign_app.core.envelope import Bound, open_envelope
from tests.core.interop.cross_open import raw
from tests.kiosk.core_page import EVENT, HOST, INSTALL, Tablet, said, stored, tablet

SECOND: Final = INSTALL.replace("0f", "1e", 1)


@pytest.fixture
def device(browser: Browser) -> Iterator[Tablet]:
    with tablet(browser) as one:
        yield one


@pytest.fixture
def page(device: Tablet) -> Page:
    return device.page()


def counts(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate("kit.box.counts(kit.event)")
    return found


def seqs(page: Page) -> list[int]:
    found: list[int] = page.evaluate(
        "kit.box.batch(500).then((it) => it.items.map((one) => one.seq))"
    )
    return found


def failure(page: Page, work: str) -> str:
    """Do something that must fail, and tell by which word."""
    told: str = page.evaluate(
        f"({work}).then(() => 'kept', (failed) => `${{failed.name}} ${{failed.code}}`)"
    )
    return told


#: Each write of a store is undone, as on a full disk; `kit.heal()` makes the disk well.
FULL: Final = """() => {
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (...args) {
    const request = put.apply(this, args);
    this.transaction.abort();
    return request;
  };
  kit.heal = () => { IDBObjectStore.prototype.put = put; };
}"""


# ---- a record and its number


def test_what_is_signed_is_numbered_sealed_and_counted(device: Tablet, page: Page) -> None:
    made = page.evaluate("kit.take(3)")
    assert [it["seq"] for it in made] == [1, 2, 3]
    load = page.evaluate("kit.box.batch(50)")
    assert (load["install"], load["token"]) == (INSTALL, "token one")
    assert load["reports"] == [{"event": EVENT, "next_seq": 4, "held": [[1, 3]]}]
    for number, item in enumerate(load["items"]):
        bound = Bound(EVENT, item["kid"], UUID(hex=INSTALL), UUID(hex=item["id"]))
        assert open_envelope(raw(item["sealed"]), device.key, bound)["name"] == f"누군가 {number}"
    held = counts(page)
    assert held.pop("oldestHeldAt") % 60_000 == 0
    assert held == {"today": 3, "safe": 0, "held": 3, "parked": 0, "collected": 3, "voided": 0}


def test_nothing_of_a_failed_save_is_kept_and_the_next_one_takes_its_number(page: Page) -> None:
    page.evaluate("kit.take(2)")
    page.evaluate(FULL)
    assert failure(page, "kit.sign()") == "StorageFailed not_kept"
    assert counts(page)["today"] == 2
    assert page.evaluate("kit.box.reports()")[0]["next_seq"] == 3
    assert page.evaluate("kit.box.trouble()") == "not_kept"
    page.evaluate("kit.heal()")
    assert page.evaluate("kit.sign()")["seq"] == 3
    assert seqs(page) == [1, 2, 3]
    assert page.evaluate("kit.box.trouble()") is None


def test_the_same_signature_tried_again_is_there_once(page: Page) -> None:
    # The disk kept it, but the answer came too late: the first attempt looked like a failure.
    again = page.evaluate("""async () => {
      const payload = kit.payload();
      const told = Object.getOwnPropertyDescriptor(IDBTransaction.prototype, "oncomplete");
      Object.defineProperty(IDBTransaction.prototype, "oncomplete", { configurable: true, set(heard) {
        told.set.call(this, () => (this.mode === "readonly" ? heard() : this.onabort()));
      }});
      const first = await kit.sign(payload).then(() => "kept", (failed) => failed.code);
      Object.defineProperty(IDBTransaction.prototype, "oncomplete", told);
      return [first, await kit.sign(payload), await kit.sign()];
    }""")
    assert [again[0], again[1]["seq"], again[2]["seq"]] == ["not_kept", 1, 2]
    assert counts(page)["today"] == 2


def test_what_was_corrected_between_two_tries_is_what_counts(device: Tablet, page: Page) -> None:
    page.evaluate(FULL)
    page.evaluate("kit.first = kit.payload(1)")
    assert failure(page, "kit.sign(kit.first)") == "StorageFailed not_kept"
    page.evaluate("kit.heal()")
    page.evaluate("kit.sign({ ...kit.first, name: 'corrected' })")
    (item,) = page.evaluate("kit.box.batch(50)")["items"]
    bound = Bound(EVENT, item["kid"], UUID(hex=INSTALL), UUID(hex=item["id"]))
    assert open_envelope(raw(item["sealed"]), device.key, bound)["name"] == "corrected"


def test_two_tabs_never_give_a_number_twice(device: Tablet, page: Page) -> None:
    other = device.page()
    page.evaluate("void (kit.taken = kit.take(13))")
    there = other.evaluate("kit.take(12)")
    here = page.evaluate("kit.taken")
    assert sorted(it["seq"] for it in here + there) == list(range(1, 26))
    assert seqs(page) == list(range(1, 26))


def test_many_at_once_in_one_tab_are_one_after_the_other(page: Page) -> None:
    made = page.evaluate("Promise.all(Array.from({ length: 20 }, () => kit.sign()))")
    assert sorted(it["seq"] for it in made) == list(range(1, 21))


def test_each_event_counts_from_one(page: Page) -> None:
    page.evaluate("kit.take(2)")
    page.evaluate("kit.event = kit.event.replace('e001', 'e002')")
    assert [it["seq"] for it in page.evaluate("kit.take(1)")] == [1]
    reports = page.evaluate("kit.box.reports()")
    assert sorted((it["next_seq"], str(it["held"])) for it in reports) == [
        (2, "[[1, 1]]"),
        (3, "[[1, 2]]"),
    ]


def test_what_takes_a_signature_back_has_a_number_but_is_no_signature(page: Page) -> None:
    (made,) = page.evaluate("kit.take(1)")
    payload = {"v": 1, "kind": "void", "of": made["id"], "hour": 495123}
    assert page.evaluate("(it) => kit.sign(it)", payload)["seq"] == 2
    found = counts(page)
    assert (found["today"], found["voided"], found["held"]) == (1, 1, 2)


def test_nobody_collects_without_being_enrolled(browser: Browser) -> None:
    with tablet(browser, enrolled=False) as one:
        assert failure(one.page(), "kit.sign()") == "StorageFailed not_enrolled"


# ---- the database and other versions of ourselves


def test_an_older_shell_works_with_a_database_that_a_newer_one_left(
    device: Tablet, page: Page
) -> None:
    page.evaluate("kit.take(2)")
    # A newer shell has come and gone; this one comes from a cache of last week.
    page.evaluate("""() => new Promise((resolve, reject) => {
      const request = indexedDB.open("lantern-outbox", 7);
      request.onupgradeneeded = () => request.result.createObjectStore("later");
      request.onsuccess = () => resolve(request.result.close());
      request.onerror = () => reject(request.error);
    })""")
    # The tab that was open let go of it, and takes it up again.
    assert page.evaluate("kit.sign()")["seq"] == 3
    older = device.page()
    assert older.evaluate("kit.sign()")["seq"] == 4
    assert seqs(older) == [1, 2, 3, 4]


def test_a_connection_that_dies_is_opened_again(page: Page) -> None:
    page.evaluate("kit.take(1)")
    died = page.evaluate("""async () => {
      const transaction = IDBDatabase.prototype.transaction;
      let deaths = 0;
      IDBDatabase.prototype.transaction = function (...args) {
        if (deaths++ === 0) this.close();
        return transaction.apply(this, args);
      };
      const made = await kit.sign();
      IDBDatabase.prototype.transaction = transaction;
      return [deaths, made.seq];
    }""")
    assert died == [2, 2]


def test_a_disk_that_does_not_answer_is_a_failure_and_not_a_wait(page: Page) -> None:
    page.clock.install()
    page.evaluate("""() => {
      const real = IDBFactory.prototype.open;
      IDBFactory.prototype.open = () => ({});
      IDBDatabase.prototype.transaction = function () { this.close(); throw new DOMException("", "InvalidStateError"); };
      kit.signing = kit.sign().then(() => "kept", (failed) => failed.code);
      kit.heal = () => { IDBFactory.prototype.open = real; };
    }""")
    for _ in range(4):
        page.clock.fast_forward(6_000)
        page.evaluate(
            "new Promise((resolve) => { const { port1, port2 } = new MessageChannel(); port1.onmessage = resolve; port2.postMessage(1); })"
        )
    assert page.evaluate("kit.signing") == "timeout"


def test_the_settings_may_break_without_touching_the_outbox(device: Tablet, page: Page) -> None:
    page.evaluate("kit.take(1)")
    kept = page.evaluate("""async () => {
      await kit.settings.set("tongue", "ko");
      await new Promise((resolve) => {
        const request = indexedDB.open("lantern-settings", 5);
        request.onupgradeneeded = () => request.result.deleteObjectStore("settings");
        request.onsuccess = () => resolve(request.result.close());
      });
      await kit.settings.set("tongue", "fr");
      return kit.settings.get("tongue");
    }""")
    assert kept == "fr"
    assert device.page().evaluate("kit.settings.get('tongue')") == "fr"
    assert counts(page)["held"] == 1


def test_a_disk_is_tried_without_a_trace(page: Page) -> None:
    page.evaluate("kit.box.rehearse()")
    assert page.evaluate("kit.box.events()") == []
    page.evaluate(FULL)
    assert failure(page, "kit.box.rehearse()") == "StorageFailed not_kept"


# ---- leaving


def test_a_record_leaves_on_its_own_word_only(page: Page) -> None:
    ids = [it["id"] for it in page.evaluate("kit.take(5)")]
    words = ["stored", "replayed", "conflict", "refused"]
    results = dict(zip(ids, words, strict=False)) | {"f" * 32: "stored", ids[4]: "what?"}
    assert page.evaluate("(it) => kit.box.settle(it)", results) == 4
    found = counts(page)
    assert (found["safe"], found["held"], found["parked"]) == (2, 3, 2)
    # The parked ones are kept and reported, but not sent again unless somebody says so.
    assert seqs(page) == [5]
    assert page.evaluate("kit.box.reports()")[0]["held"] == [[3, 5]]
    page.evaluate("kit.box.unpark()")
    assert seqs(page) == [3, 4, 5]
    page.evaluate("(it) => kit.box.settle(it)", dict.fromkeys(ids, "stored"))
    assert counts(page) | {"today": 5} == {
        "today": 5,
        "safe": 5,
        "held": 0,
        "parked": 0,
        "collected": 5,
        "voided": 0,
        "oldestHeldAt": None,
    }


def test_what_is_left_behind_of_a_delivered_one_is_its_number(page: Page) -> None:
    (made,) = page.evaluate("kit.take(1)")
    page.evaluate("(it) => kit.box.settle(it)", {made["id"]: "stored"})
    left = page.evaluate("""() => new Promise((resolve) => {
      const request = indexedDB.open("lantern-outbox");
      request.onsuccess = () => {
        const all = request.result.transaction("done").objectStore("done").getAll();
        all.onsuccess = () => resolve(all.result);
      };
    })""")
    day = left[0].pop("day")
    assert len(day) == 10
    assert left == [
        {
            "id": made["id"],
            "install": INSTALL,
            "event": EVENT,
            "seq": 1,
            "kind": "sign",
            "code": "stored",
        }
    ]
    # Some days later nothing remains but where the numbering stood.
    page.clock.install(time=page.evaluate("Date.now() + 4 * 86_400_000"))
    page.evaluate("kit.box.forget(kit.event)")
    assert counts(page)["collected"] == 0
    assert page.evaluate("kit.sign()")["seq"] == 2


def test_nothing_is_forgotten_of_an_event_that_still_waits(page: Page) -> None:
    made = page.evaluate("kit.take(2)")
    page.evaluate("(it) => kit.box.settle(it)", {made[0]["id"]: "stored"})
    page.clock.install(time=page.evaluate("Date.now() + 4 * 86_400_000"))
    page.evaluate("kit.box.forget(kit.event)")
    assert counts(page)["collected"] == 2


def test_the_export_holds_every_envelope_and_no_token(device: Tablet, page: Page) -> None:
    ids = [it["id"] for it in page.evaluate("kit.take(3)")]
    page.evaluate("(it) => kit.box.settle(it)", {ids[0]: "stored", ids[1]: "conflict"})
    text = page.evaluate("kit.box.exportFile().then((it) => it.text())")
    assert "token" not in text
    file = json.loads(text)
    assert (file["format"], file["protocol"], file["shell"]) == ("lantern-kiosk-export", 1, "v1")
    (install,) = file["installs"]
    assert install["install"] == INSTALL
    assert [it["id"] for it in install["items"]] == ids[1:]
    assert install["reports"] == [{"event": EVENT, "next_seq": 4, "held": [[2, 3]]}]


# ---- installs, and what an eviction took


def test_a_tablet_enrolled_anew_still_delivers_what_it_held(device: Tablet, page: Page) -> None:
    page.evaluate("kit.take(2)")
    page.evaluate("(it) => kit.box.enrol({ install: it, token: 'token two' })", SECOND)
    assert page.evaluate("kit.sign()")["seq"] == 1
    assert page.evaluate("kit.box.installs()") == [
        {"install": SECOND, "current": True, "held": 1},
        {"install": INSTALL, "current": False, "held": 2},
    ]
    page.evaluate("kit.start() && kit.line.now()")
    spoke = [
        (token, len(batch["items"]))
        for token, batch in zip(device.far.tokens, device.far.batches, strict=True)
    ]
    assert spoke == [("Bearer token two", 1), ("Bearer token one", 2)]
    assert [it["install"] for it in page.evaluate("kit.box.installs()")] == [SECOND]
    assert page.evaluate("kit.box.lost()") == []


def test_an_eviction_is_told_to_the_number(device: Tablet, page: Page) -> None:
    made = page.evaluate("kit.take(7)")
    page.evaluate("(it) => kit.box.settle(it)", {made[0]["id"]: "stored"})
    evict(device, page)
    # The page that was open notices; it thanks nobody.
    assert failure(page, "kit.sign()") == "StorageFailed not_enrolled"
    again = device.page()
    lost = again.evaluate("kit.box.lost()")
    assert lost == [{"install": INSTALL, "event": EVENT, "next_seq": 8}]
    again.evaluate("(it) => kit.box.enrol({ install: it, token: 'token two' })", SECOND)
    assert again.evaluate("kit.box.lost()") == []
    assert again.evaluate("kit.sign()")["seq"] == 1
    # So does the one that was open, without being opened again.
    assert page.evaluate("kit.sign()")["seq"] == 2


def evict(device: Tablet, page: Page) -> None:
    """Throw away what a browser throws away when it needs room: everything but cookies."""
    kinds = "indexeddb,local_storage,cache_storage,service_workers,file_systems,websql"
    devtools = device.context.new_cdp_session(page)
    devtools.send("Storage.clearDataForOrigin", {"origin": HOST, "storageTypes": kinds})


def test_a_tab_that_was_open_while_another_enrolled_anew_follows(
    device: Tablet, page: Page
) -> None:
    made = page.evaluate("kit.take(1)")
    other = device.page()
    other.evaluate("(it) => kit.box.settle(it)", {made[0]["id"]: "stored"})
    other.evaluate("(it) => kit.box.enrol({ install: it, token: 'token two' })", SECOND)
    assert other.evaluate("(it) => kit.box.retire(it)", INSTALL)
    assert page.evaluate("kit.sign()")["seq"] == 1
    assert page.evaluate("kit.box.batch(50)")["install"] == SECOND


def test_the_cookie_holds_numbers_only_and_stays_with_the_tablet_s_page(
    device: Tablet, page: Page
) -> None:
    page.evaluate("kit.take(2)")
    (cookie,) = device.context.cookies()
    assert cookie["value"] == f"{INSTALL}.{EVENT}.3"
    assert (cookie["path"], cookie["sameSite"]) == ("/kiosk/", "Strict")
    year = cookie["expires"] - page.evaluate("Date.now()") / 1000
    assert 360 * 86400 < year <= 366 * 86400


def test_a_number_that_the_disk_forgot_is_not_given_again(device: Tablet, page: Page) -> None:
    page.evaluate("kit.take(4)")
    # The power went: the disk came back as it was some signatures ago; the cookie did not.
    page.evaluate("""() => new Promise((resolve) => {
      const request = indexedDB.open("lantern-outbox");
      request.onsuccess = () => {
        const tx = request.result.transaction(["items", "numbers"], "readwrite");
        tx.objectStore("items").clear();
        tx.objectStore("numbers").clear();
        tx.oncomplete = () => resolve(request.result.close());
      };
    })""")
    assert page.evaluate("kit.sign()")["seq"] == 5
    assert page.evaluate("kit.box.reports()") == [{"event": EVENT, "next_seq": 6, "held": [[5, 5]]}]


def test_a_cookie_that_was_lost_or_spoiled_is_written_again(device: Tablet, page: Page) -> None:
    page.evaluate("kit.take(2)")
    page.evaluate("document.cookie = 'lantern-kiosk=nonsense~1.2.3; Path=/kiosk/'")
    device.page()
    assert device.context.cookies()[0]["value"] == f"{INSTALL}.{EVENT}.3"


# ---- when the disk keeps nothing


def direct(page: Page) -> Any:
    return page.evaluate(
        "kit.box.sendDirectly({ event: kit.event, key: kit.key, payload: kit.same ??= kit.payload() })"
        ".catch((failed) => failed.code)"
    )


def test_on_a_full_disk_a_signature_may_go_straight_to_the_server(
    device: Tablet, page: Page
) -> None:
    page.evaluate("kit.take(2)")
    page.evaluate(FULL)
    assert direct(page)["seq"] == 3
    (batch,) = device.far.batches
    assert [it["seq"] for it in batch["items"]] == [3]
    assert (counts(page)["today"], counts(page)["safe"]) == (3, 1)
    page.evaluate("kit.heal()")
    assert page.evaluate("kit.sign()")["seq"] == 4
    assert device.page().evaluate("kit.sign()")["seq"] == 5


def test_it_counts_only_when_the_server_has_it_and_stays_the_same_one(
    device: Tablet, page: Page
) -> None:
    page.evaluate(FULL)
    device.far.answer = lambda _asked: None
    assert direct(page) == "no_network"
    device.far.answer = lambda asked: said(asked, {})
    assert direct(page) == "not_delivered"
    device.far.answer = stored
    assert direct(page)["seq"] == 1
    sent = [
        (it["id"], it["seq"], it["sealed"]) for batch in device.far.batches for it in batch["items"]
    ]
    assert len(sent) == 3
    assert len(set(sent)) == 1
    # Had the disk come back instead, it would have been kept under the same name.
    assert counts(page)["today"] == 1


def test_one_that_may_have_arrived_is_kept_under_its_own_name(device: Tablet, page: Page) -> None:
    page.evaluate(FULL)
    device.far.answer = lambda _asked: None
    assert direct(page) == "no_network"
    page.evaluate("kit.heal()")
    kept = page.evaluate("kit.sign(kit.same)")
    assert [kept["id"], kept["seq"]] == [device.far.sent[0], 1]


def test_a_corrected_one_never_counts_beside_one_that_may_have_arrived(
    device: Tablet, page: Page
) -> None:
    page.evaluate(FULL)
    device.far.answer = lambda _asked: None
    assert direct(page) == "no_network"
    page.evaluate("kit.heal()")
    kept = page.evaluate("kit.sign({ ...kit.same, name: 'corrected' })")
    # The same name and number with other bytes: the server will not take it beside the first.
    assert [kept["id"], kept["seq"]] == [device.far.sent[0], 1]
    (item,) = page.evaluate("kit.box.batch(50)")["items"]
    assert item["sealed"] != device.far.batches[0]["items"][0]["sealed"]


def test_a_number_that_the_server_knows_already_is_left_to_it(device: Tablet, page: Page) -> None:
    page.evaluate(FULL)
    device.far.answer = lambda asked: said(
        asked, {it["id"]: "conflict" if it["seq"] < 3 else "stored" for it in asked["items"]}
    )
    assert direct(page)["seq"] == 3
