"""A volunteer's day with a tablet: real Chromium, real server. What is counted is read from its rows."""

import json
import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import func, select

from campaign_app.core import pins
from campaign_app.core.db import session
from campaign_app.events.models import Event
from campaign_app.kiosk import states, tablets
from campaign_app.kiosk.models import Install, Intake, Tablet, TabletShift
from campaign_app.petitions import stall_code
from campaign_app.petitions.signing_models import Signature
from tests.journeys import axe
from tests.kiosk import table_stall
from tests.kiosk.table_stall import PHONE, PIN, Device, Stall, device
from tests.serving import until


@pytest.fixture(scope="module")
def stall(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stall]:
    """Serve one stall to a file of tests."""
    with table_stall.opened(request, tmp_path_factory.mktemp("stall")) as opened:
        yield opened


@pytest.fixture
def tablet(browser: Browser, stall: Stall) -> Iterator[Device]:
    """Lend a tablet that nobody enrolled yet."""
    with device(browser, stall) as lent:
        yield lent


def asked(stall: Stall, query: Any) -> Any:
    """Read from the server's database."""
    with stall.street.app.app_context():
        found = session.scalar(query)
        session.rollback()
        return found


def _how_many(*where: Any) -> Any:
    return select(func.count()).where(*where)


def signatures(stall: Stall) -> int:
    """Count the signatures that the server wrote."""
    return int(asked(stall, select(func.count()).select_from(Signature)))


def fits(tablet: Device) -> None:
    """Show a page to axe, and ask whether it fits the screen."""
    assert axe.faults(tablet.page) == []
    assert tablet.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


# ---- setting up


def test_a_tablet_is_enrolled_by_typing_and_errors_say_what_to_do(
    tablet: Device, stall: Stall
) -> None:
    page = tablet.open()
    fits(tablet)
    error = page.get_by_role("alert")
    tablet.press("Enrol")
    expect(error).to_contain_text("eight letters")
    code = stall.code()
    wrong = code[:-1] + ("x" if code[-1] != "x" else "y")
    page.fill("#enrol-code", wrong)
    page.keyboard.press("Enter")
    expect(error).to_contain_text("not right")
    expect(page.locator("#enrol-code")).to_be_focused()
    fits(tablet)
    page.context.set_offline(True)
    tablet.press("Enrol")
    expect(error).to_contain_text("Connect to a network")
    page.context.set_offline(False)
    page.fill("#enrol-code", f" {code.upper()} ")
    tablet.press("Enrol")
    tablet.head("Check this tablet")
    expect(tablet.begin).to_be_enabled(timeout=20_000)
    lights = {name: tablet.light(name) for name in ("Keeps what", "The key", "Reaches", "Starts")}
    assert lights == dict.fromkeys(lights, "green")
    # A browser's tab is no app, and headless Chromium promises nothing.
    assert tablet.light("Installed as an app") == "amber"
    fits(tablet)
    # The code is used up.
    with_old = page.evaluate(ENROL, code)
    assert with_old in ("code_expired", "wrong_code")


ENROL = """(code) => fetch("/api/v1/kiosk/enrol", { method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify({ protocol: 1, code, install: "0".repeat(12) + "4" + "0".repeat(3) + "8" + "0".repeat(15), shell: "", lost: [] }),
}).then((it) => it.json()).then((it) => it.error)"""


def test_the_code_from_a_qr_fills_the_field_and_leaves_the_address(tablet: Device) -> None:
    page = tablet.open("/kiosk/#code=K7PM-X3DA")
    expect(page.locator("#enrol-code")).to_have_value("k7pm-x3da")
    assert "#" not in page.url
    assert page.evaluate("history.length") <= 2


#: From `full` on the disk takes nothing more.
FULL = """for (const name of ["add", "put"]) {
  const before = IDBObjectStore.prototype[name];
  IDBObjectStore.prototype[name] = function (...given) {
    if (window.full) throw new DOMException("full", "UnknownError");
    return before.apply(this, given);
  };
}"""


def test_nobody_collects_on_a_disk_that_keeps_nothing(tablet: Device) -> None:
    page = tablet.page
    page.add_init_script(FULL)
    tablet.enrol()
    page.evaluate("window.full = true")
    tablet.press("Check again")
    expect(tablet.begin).to_be_disabled()
    expect(page.get_by_text("Nobody can sign here yet")).to_be_visible(timeout=20_000)
    assert tablet.light("Keeps what") == "red"
    expect(page.get_by_text("Free some space, close other apps")).to_be_visible()
    fits(tablet)


def test_on_a_full_disk_a_signature_goes_straight_to_the_server_or_is_not_thanked_for(
    tablet: Device, stall: Stall
) -> None:
    page = tablet.page
    page.add_init_script(FULL)
    tablet.collecting()
    page.evaluate("window.full = true")
    page.context.set_offline(True)
    tablet.press("Sign")
    page.get_by_label("Your name").fill("Mina")
    page.get_by_label("I have no e-mail").check()
    for box in page.locator("fieldset.parts [aria-required=true]").all():
        box.check()
    tablet.press("Sign")
    expect(page.get_by_text("Not saved. Please call the volunteer.")).to_be_visible()
    assert page.get_by_text("Thank you").count() == 0
    before = signatures(stall)
    page.context.set_offline(False)
    tablet.press("Try again")
    tablet.head("Thank you, Mina.")
    until(lambda: signatures(stall) == before + 1, "the server has it not")
    tablet.next_person()
    tablet.table()
    tablet.numbers(1, 1, 0)
    expect(page.get_by_text("The tablet could not keep a signature.")).to_be_visible()
    expect(page.get_by_text("Stop signing on this tablet.")).to_be_visible()


def test_a_browser_that_keeps_nothing_is_told_what_to_do(tablet: Device) -> None:
    tablet.page.add_init_script(
        "IDBFactory.prototype.open = () => { throw new DOMException('no', 'SecurityError'); }"
    )
    tablet.open()
    tablet.head("This tablet cannot begin")
    expect(tablet.page.get_by_text("Leave private browsing")).to_be_visible()
    fits(tablet)


# ---- the numbers and the PIN


def test_three_numbers_follow_a_signature_to_the_server_and_back_to_the_volunteer(
    tablet: Device, stall: Stall
) -> None:
    before = signatures(stall)
    tablet.collecting()
    tablet.sign()
    tablet.next_person()
    tablet.table()
    tablet.numbers(1, 1, 0)
    expect(tablet.page.get_by_text("All is well.")).to_be_visible()
    fits(tablet)
    until(lambda: signatures(stall) == before + 1, "the server wrote no signature")
    # Without a network the signature waits here, and the volunteer is told so in words.
    tablet.press("Back to signing")
    tablet.page.context.set_offline(True)
    tablet.sign("Jun")
    tablet.next_person()
    tablet.table()
    tablet.numbers(2, 1, 1)
    tablet.press("Send now")
    expect(tablet.page.get_by_text("No answer. What is held stays here")).to_be_visible()
    tablet.page.context.set_offline(False)
    tablet.press("Send now")
    tablet.numbers(2, 2, 0)
    expect(tablet.page.get_by_text("The server has answered.")).to_be_visible()


def test_a_wrong_pin_shows_nothing_and_five_lock_for_a_minute_also_after_a_reload(
    tablet: Device,
) -> None:
    page = tablet.page
    tablet.collecting()
    page.clock.install()
    tablet.pin("0000")
    expect(page.get_by_text("Tries left: 4.")).to_be_visible()
    assert page.locator(".three").count() == 0
    fits(tablet)
    for digits, left in (("0001", 3), ("0002", 2), ("0003", 1)):
        page.keyboard.type(digits)
        expect(page.get_by_text(f"Tries left: {left}.")).to_be_visible()
    page.keyboard.type("0004")
    expect(page.get_by_text("Too many wrong PINs.")).to_be_visible()
    page.reload()
    tablet.strip.click()
    expect(page.get_by_text("Too many wrong PINs.")).to_be_visible()
    expect(page.get_by_role("button", name="4", exact=True)).to_be_disabled()
    page.keyboard.type(PIN)
    tablet.head("Your PIN")
    fits(tablet)
    page.clock.run_for(61_000)
    expect(page.get_by_role("button", name="4", exact=True)).to_be_enabled()
    page.keyboard.type(PIN)
    tablet.head("Tablet 3")


def test_a_word_of_the_servers_that_the_tablet_never_heard_is_the_servers_trouble(
    tablet: Device,
) -> None:
    said = tablet.open().evaluate(
        """async () => {
          const { mountTable } = await import("/static/js/kiosk/table.js");
          const numbers = { today: 1, safe: 0, held: 1, voided: 0 };
          const state = { colour: "amber", reasons: ["server_trouble", "said_in_2031"], heardAt: null };
          const desk = { pack: () => null, numbers: () => numbers, count: async () => numbers,
            state: () => state, now: Date.now, send: async () => {} };
          const root = document.querySelector("#kiosk");
          mountTable(root, desk, { close: () => {}, deeds: {} });
          return [...root.querySelectorAll(".reasons b")].map((it) => it.textContent);
        }"""
    )
    assert said == ["Something is wrong on the server."]


def test_a_forgotten_pin_is_replaced_by_the_one_that_the_lead_set(
    tablet: Device, stall: Stall
) -> None:
    tablet.collecting()
    stall.deed(tablets.set_pin, stall.at.tablet_id, pins.offline("8306"))
    tablet.strip.click()
    with tablet.page.expect_response("**/kiosk/pack"):
        tablet.page.get_by_text("PIN forgotten").click()
    tablet.pin("8306")
    tablet.head("Tablet 3")
    stall.deed(tablets.set_pin, stall.at.tablet_id, pins.offline(PIN))


def test_what_a_stranger_typed_waits_behind_the_pin_and_goes_when_it_opens(
    tablet: Device,
) -> None:
    page = tablet.page
    tablet.collecting()
    tablet.press("Sign")
    page.get_by_label("Your name").fill("Marker 김마커")
    tablet.strip.click()
    tablet.head("Your PIN")
    assert "Marker" not in page.inner_text("body")
    page.keyboard.press("Escape")
    expect(page.get_by_label("Your name")).to_have_value("Marker 김마커")
    tablet.table()
    assert page.evaluate("[...document.querySelectorAll('input')].map((it) => it.value)") == []
    tablet.press("Back to signing")
    tablet.press("Sign")
    expect(page.get_by_label("Your name")).to_have_value("")


def test_the_volunteers_view_closes_by_itself(tablet: Device) -> None:
    tablet.collecting()
    tablet.page.clock.install()
    tablet.table()
    tablet.page.clock.run_for(170_000)
    tablet.head("Tablet 3")
    tablet.page.clock.run_for(15_000)
    expect(tablet.strip).to_be_visible()


def test_the_stalls_code_is_the_servers_also_without_a_network(
    tablet: Device, stall: Stall
) -> None:
    def said() -> str:
        event = session.get_one(Event, stall.at.event_id)
        return stall_code.now(event)[0]

    tablet.collecting()
    tablet.page.context.set_offline(True)
    tablet.table()
    digits = tablet.page.locator(".stall-digits")
    expect(digits).to_have_text(re.compile(r"^\d{4}$"))
    before = stall.deed(said)
    shown = digits.inner_text()
    assert shown in (before, stall.deed(said))  # it may change just now


# ---- taking back


def test_the_last_signature_is_taken_back_unseen_and_counts_no_more(
    tablet: Device, stall: Stall
) -> None:
    tablet.collecting()
    before = signatures(stall)
    tablet.sign("Marker Voided")
    tablet.next_person()
    tablet.table()
    tablet.press("Take back the last signature")
    tablet.head("Take back the last signature")
    expect(tablet.page.get_by_text("will not count. You do not see whose it is")).to_be_visible()
    assert "Marker" not in tablet.page.content()
    fits(tablet)
    tablet.press("Take this signature back")
    expect(tablet.page.get_by_text("It is taken back and will not count.")).to_be_visible()
    expect(tablet.page.get_by_role("button", name="Take this signature back")).to_be_hidden()
    tablet.press("Back")
    tablet.numbers(1, 1, 0)
    expect(tablet.page.get_by_text("Taken back today: 1.")).to_be_visible()
    voided = select(func.count()).where(Intake.state == states.VOIDED)
    until(lambda: asked(stall, voided) == 1, "the server did not hear of it")
    assert signatures(stall) in (before, before + 1)


def test_after_two_minutes_nothing_can_be_taken_back(tablet: Device) -> None:
    tablet.collecting()
    tablet.page.clock.install()
    tablet.sign()
    tablet.next_person()
    tablet.table()
    tablet.press("Take back the last signature")
    expect(tablet.page.get_by_role("button", name="Take this signature back")).to_be_visible()
    tablet.page.clock.run_for(121_000)
    expect(tablet.page.get_by_role("button", name="Take this signature back")).to_be_hidden()
    expect(
        tablet.page.get_by_text("Nothing was signed here in the last two minutes")
    ).to_be_visible()


# ---- shifts


def test_a_shift_is_handed_over_with_its_numbers_and_the_server_hears_of_it(
    tablet: Device, stall: Stall
) -> None:
    page = tablet.page
    tablet.collecting()
    tablet.table()
    tablet.press("Who is at the tablet")
    tablet.press("Begin the shift")
    expect(page.get_by_role("alert")).to_have_text("Type an alias.")
    fits(tablet)
    page.get_by_label("Who begins?").fill("Mina")
    tablet.press("Begin the shift")
    tablet.press("Back to signing")
    tablet.sign()
    tablet.next_person()
    tablet.table()
    tablet.press("Who is at the tablet")
    facts = page.locator(".facts dd")
    expect(facts.first).to_have_text("Mina")
    expect(facts.nth(2)).to_have_text("1")
    fits(tablet)
    tablet.press("Hand over")
    page.get_by_label("Who takes over?").fill("Jun")
    fits(tablet)
    tablet.press("I take over")
    tablet.press("Send now")
    ended = (TabletShift.alias == "Mina", TabletShift.handed_over, TabletShift.collected == 1)
    until(lambda: asked(stall, _how_many(*ended)) == 1, "the server knows of no shift")
    until(lambda: asked(stall, _how_many(TabletShift.alias == "Jun")) == 1, "no Jun")


# ---- training


def test_training_sends_nothing_and_changes_no_number(tablet: Device, stall: Stall) -> None:
    page, bodies = tablet.page, []
    tablet.collecting()
    tablet.table()
    numbers = page.locator(".three dd").all_inner_texts()
    rows = asked(stall, select(func.count()).select_from(Intake))
    page.on("request", lambda it: bodies.append(it.post_data) if it.method == "POST" else None)
    tablet.press("Training")
    fits(tablet)
    tablet.press("Begin training")
    expect(page.locator(".band")).to_contain_text("Training. Nothing here counts.")
    tablet.sign("Marker Trainee")
    tablet.next_person()
    tablet.table()
    tablet.numbers(1, 1, 0)
    done = page.locator("[data-step] .done")
    expect(done).to_contain_text(["done", "done", "", ""])
    fits(tablet)
    tablet.press("Take back the last signature")
    tablet.press("Take this signature back")
    tablet.press("Back")
    tablet.press("Who is at the tablet")
    page.get_by_label("Who begins?").fill("Trainee")
    tablet.press("Begin the shift")
    tablet.press("Who is at the tablet")
    tablet.press("Hand over")
    page.get_by_label("Who takes over?").fill("Second trainee")
    tablet.press("I take over")
    expect(done).to_contain_text(["done"] * 4)
    # A volunteer of strangers ends it by the PIN only: going on leads back behind it.
    tablet.press("Go on practising")
    tablet.table()
    tablet.press("End training")
    expect(page.locator(".band")).to_be_hidden()
    tablet.table()
    assert page.locator(".three dd").all_inner_texts() == numbers
    tablet.press("Send now")
    expect(page.get_by_text("The server has answered.")).to_be_visible()
    assert asked(stall, select(func.count()).select_from(Intake)) == rows
    sent = [json.loads(body) for body in bodies if body]
    assert all(body["items"] == [] and body["shifts"] == [] for body in sent)
    assert sent


# ---- when nobody may sign


@pytest.fixture
def into(stall: Stall) -> Iterator[Callable[[str], None]]:
    """Bring the tablet into a state, and let it collect again afterwards."""

    def put(state: str) -> None:
        stall.deed(tablets.put_into, stall.at.tablet_id, state)

    yield put
    put(states.ACTIVE)


def test_a_tablet_that_may_only_deliver_says_so_and_collects_again_when_it_may(
    tablet: Device, stall: Stall, into: Callable[[str], None]
) -> None:
    page = tablet.page
    tablet.collecting()
    into(states.DRAIN_ONLY)
    tablet.table()
    tablet.press("Send now")
    expect(page.get_by_text("This tablet only sends what it holds.")).to_be_visible()
    tablet.page.locator(".bar .primary").click()
    tablet.head("This tablet only sends what it holds.")
    expect(page.get_by_text("Everything is safe on the server.")).to_be_visible()
    assert page.get_by_role("button", name="Sign", exact=True).count() == 0
    fits(tablet)
    into(states.ACTIVE)
    tablet.press("Look now")
    expect(page.get_by_role("button", name="Sign", exact=True)).to_be_visible()


def test_a_lost_tablet_delivers_for_review_and_lets_nobody_sign(
    tablet: Device, stall: Stall, into: Callable[[str], None]
) -> None:
    page = tablet.page
    tablet.collecting()
    page.context.set_offline(True)
    tablet.sign()
    tablet.next_person()
    into(states.LOST)
    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    tablet.head("This tablet is reported as lost.")
    fits(tablet)
    waits = _how_many(Intake.state == states.QUARANTINED, Intake.reason == states.FROM_LOST)
    until(lambda: asked(stall, waits) == 1, "it waits for no review")


def test_a_revoked_tablet_keeps_what_it_holds_and_lets_nobody_sign(
    tablet: Device, into: Callable[[str], None]
) -> None:
    page = tablet.page
    tablet.collecting()
    page.context.set_offline(True)
    tablet.sign()
    tablet.next_person()
    into(states.CLOSED)
    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    tablet.head("This tablet was closed by an organiser.")
    expect(page.get_by_text("On this tablet: 1. Do not switch it off yet.")).to_be_visible()
    # The PIN still opens the way to the last resort.
    tablet.press("For volunteers")
    tablet.pin()
    tablet.head("Tablet 3")
    expect(page.get_by_role("button", name="Back", exact=True)).to_be_visible()
    assert page.locator(".stall-digits").count() == 0
    tablet.press("Save a sealed file")
    with page.expect_download() as download:
        tablet.press("Save the file")
    expect(page.get_by_text("The file is saved")).to_be_visible()
    file = json.loads(download.value.path().read_text("utf-8"))
    assert file["format"] == "lantern-kiosk-export"
    assert [len(it["items"]) for it in file["installs"]] == [1]
    assert "Kim Mina" not in json.dumps(file)


def test_a_tablet_without_an_event_waits_for_one(tablet: Device, stall: Stall) -> None:
    stall.deed(tablets.assign, stall.at.tablet_id, None)
    page = tablet.open()
    page.fill("#enrol-code", stall.code())
    tablet.press("Enrol")
    tablet.head("No event yet")
    fits(tablet)
    stall.deed(tablets.assign, stall.at.tablet_id, stall.at.event_id)
    tablet.press("Look now")
    tablet.head("Check this tablet")
    assert asked(stall, select(Tablet.event_id).where(Tablet.id == stall.at.tablet_id))


def test_a_tablet_whose_memory_was_taken_asks_to_be_enrolled_anew(
    tablet: Device, stall: Stall
) -> None:
    page = tablet.page
    tablet.collecting()
    tablet.sign()
    tablet.next_person()
    kinds = "indexeddb,cache_storage"
    origin = {"origin": stall.street.base, "storageTypes": kinds}
    page.context.new_cdp_session(page).send("Storage.clearDataForOrigin", origin)
    page.reload()
    tablet.head("Set this tablet up")
    with page.expect_request("**/enrol") as request:
        page.fill("#enrol-code", stall.code())
        tablet.press("Enrol")
    lost = json.loads(request.value.post_data or "")["lost"]
    assert [(it["event"], it["next_seq"]) for it in lost] == [(stall.at.event, 2)]
    tablet.head("Check this tablet")


def test_a_clock_far_ahead_ends_no_event_against_the_volunteers_word(tablet: Device) -> None:
    page = tablet.page
    tablet.collecting()
    page.context.set_offline(True)
    page.clock.set_system_time(datetime(2040, 1, 1, tzinfo=UTC))
    tablet.head("Collecting is over")
    fits(tablet)
    tablet.press("For volunteers")
    tablet.pin()
    tablet.head("Tablet 3")
    tablet.press("The event is not over")
    expect(page.get_by_text("2040")).to_be_visible()
    fits(tablet)
    tablet.press("Go on collecting")
    tablet.sign()
    tablet.next_person()
    tablet.table()
    expect(page.locator(".three dd").last).to_have_text("1")


# ---- an update


def test_an_update_waits_until_nobody_signs(tablet: Device, stall: Stall) -> None:
    page = tablet.page
    tablet.collecting()
    tablet.press("Sign")
    page.get_by_label("Your name").fill("Mina")
    page.evaluate("window.before = true")
    # The same list under another address is a new version to the browser.
    page.evaluate("navigator.serviceWorker.register('/kiosk/sw.js?newer', { scope: '/kiosk/' })")
    until(lambda: page.evaluate(WAITS), "no new version waits")
    time.sleep(4.5)  # two looks
    assert page.evaluate("window.before") is True
    expect(page.get_by_label("Your name")).to_have_value("Mina")
    tablet.press("Stop, and delete what I typed")
    page.wait_for_function("() => window.before === undefined", timeout=20_000)
    expect(page.get_by_role("button", name="Sign", exact=True)).to_be_visible()


WAITS = "navigator.serviceWorker.getRegistration('/kiosk/').then((it) => Boolean(it.waiting))"


# ---- small screens, other languages


def test_every_page_of_the_volunteer_fits_a_phone(browser: Browser, stall: Stall) -> None:
    with device(browser, stall, **PHONE, color_scheme="dark") as tablet:
        tablet.enrol()
        fits(tablet)
        tablet.begin.click()
        tablet.table()
        fits(tablet)
        for name in (
            "Who is at the tablet",
            "Language of this tablet",
            "Training",
            "Save a sealed file",
        ):
            tablet.press(name)
            tablet.head(name)
            fits(tablet)
            tablet.press("Back")
        tablet.press("Language of this tablet")
        tablet.press("Français")
        expect(tablet.page.locator("html")).to_have_attribute("lang", "fr")
        tablet.page.reload()
        expect(tablet.strip).to_be_visible()
        expect(tablet.page.locator("html")).to_have_attribute("lang", "fr")
        installed = select(func.count()).select_from(Install)
        assert asked(stall, installed)
