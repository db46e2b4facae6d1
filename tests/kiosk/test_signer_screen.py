"""A stranger holds the tablet: signs, is thanked once it is saved, hands it on, and leaves nothing."""

import io
import re
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from campaign_app import create_app
from campaign_app.kiosk import words
from config import Config
from tests.journeys.axe import BY_CONTRAST, faults
from tests.journeys.keyboard import Keyboard
from tests.kiosk.stage import CAMPS, LANGUAGES, PORTRAIT, RETURN, SCHOOL, Stage, pack, stage

LATIN: Final = "Zyxwina Marker"
HANGUL: Final = "쀍뛟꿻"
MAILBOX: Final = "zyxwina@marker.example.org"
MARKERS: Final = (LATIN, "Zyxwina", HANGUL, MAILBOX, "marker.example")
TONGUES: Final = {"ko": "한국어", "en": "English", "fr": "Français"}
SCREENS: Final[dict[str, dict[str, Any]]] = {
    "portrait": {"viewport": PORTRAIT},
    "landscape": {"viewport": {"width": 1024, "height": 768}},
    "phone": {"viewport": {"width": 360, "height": 640}, "is_mobile": True},
}
#: What a browser keeps of a page, besides the page.
KEPT: Final = """async () => JSON.stringify([
  await indexedDB.databases(), {...localStorage}, {...sessionStorage}, document.cookie, history.state,
  location.href, document.title, await caches.keys(), getSelection().toString(),
])"""
HIDE: Final = """(hidden) => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Write what the tablet says, once; nothing here meets a database."""
    folder = tmp_path_factory.mktemp("texts")
    app = create_app(Config.for_tests(database_url=f"sqlite:///{folder}/x", instance_dir=folder))
    with app.test_request_context("/"):
        return words.written(LANGUAGES)


@pytest.fixture
def camps(texts: str, browser: Browser) -> Iterator[Stage]:
    """Show one petition."""
    with stage(texts, browser, pack()) as found:
        found.stop_time()
        yield found


@pytest.fixture
def three(texts: str, browser: Browser) -> Iterator[Stage]:
    """Show three petitions, one of them in two languages only."""
    with stage(texts, browser, pack(CAMPS, RETURN, SCHOOL)) as found:
        found.stop_time()
        yield found


def shown(page: Page, name: str) -> None:
    """Wait until one of the pages is there, with the reader at its head."""
    expect(page.locator(f".signing .{name}")).to_be_visible()
    expect(page.locator(".signing h1")).to_be_focused()


def codes(page: Page) -> list[str]:
    """Read the QR codes that the screen shows, as a phone would."""
    picture = np.array(Image.open(io.BytesIO(page.screenshot())).convert("L"))
    kind = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    return sorted(it.text for it in zxingcpp.read_barcodes(picture, formats=kind))


def remains(at: Stage) -> list[str]:
    """Look for the signer in the page, its accessibility tree, and all that the browser keeps."""
    boxes = "[...document.querySelectorAll('input, select')].map((it) => it.value).join()"
    places = {
        "page": at.page.content(),
        "boxes": at.page.evaluate(boxes),
        "tree": str(at.page.context.new_cdp_session(at.page).send("Accessibility.getFullAXTree")),
        "kept": at.page.evaluate(KEPT),
        "cookies": str(at.page.context.cookies()),
    }
    return [
        f"{mark} in {place}" for place, text in places.items() for mark in MARKERS if mark in text
    ]


# ---- signing


@pytest.mark.parametrize("language", TONGUES)
def test_a_passer_by_signs_in_their_own_language_and_takes_the_receipt_along(
    camps: Stage, language: str
) -> None:
    page = camps.page
    if language != "ko":
        camps.speak(TONGUES[language])
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.locator("h1")).to_have_text(CAMPS["texts"][language]["title"])
    camps.press()
    shown(page, "form")
    assert page.locator("input:checked").count() == 0
    expect(page.locator("select")).to_have_value("KR")
    camps.fill(f" {HANGUL} ", MAILBOX)
    camps.press()
    shown(page, "thanks")
    [record] = camps.saved()
    receipt = record.pop("receipt")
    assert re.fullmatch("[3479acdefghjkmnpqrtxy]{24}", receipt)
    assert record == {
        "v": 1,
        "kind": "sign",
        "petition": "uid-camps",
        "text": CAMPS["texts"][language]["sha256"],
        "parts": [CAMPS["parts"][language][0]["sha256"]],
        "name": HANGUL,
        "email": MAILBOX,
        "country": "KR",
        "language": language,
        "hour": 498701,
    }
    expect(page.locator("h1")).to_contain_text(HANGUL)
    assert page.locator(".code").inner_text().replace("-", "") == receipt
    assert codes(page) == [f"https://pscore.example/{language}/receipt#{receipt}"]


def test_the_next_petition_asks_for_its_own_consent_and_nothing_twice(three: Stage) -> None:
    page = three.page
    three.speak("English")
    page.get_by_label("Stop forced repatriation").check()
    expect(page.locator("input:checked")).to_be_focused()
    three.press()
    three.fill(LATIN, MAILBOX)
    page.get_by_label("Write to me").check()
    three.press()
    shown(page, "more")
    assert page.locator(".choice label").all_inner_texts() == [
        "Close the camps",
        "Let the children learn",
    ]
    page.get_by_label("Let the children learn").check()
    three.page.locator(".primary").click()
    shown(page, "form")
    assert page.locator(".form input[type=text]").count() == 0
    assert page.locator("input:checked").count() == 0
    three.press()
    expect(page.locator(".summary")).to_be_focused()
    assert len(three.saved()) == 1
    three.agree()
    three.press()
    shown(page, "more")
    page.locator(".wide").click()
    shown(page, "thanks")
    first, second = three.saved()
    assert [first["petition"], second["petition"]] == ["uid-return", "uid-school"]
    assert first["receipt"] != second["receipt"]
    assert (first["name"], first["email"]) == (second["name"], second["email"]) == (LATIN, MAILBOX)
    assert len(first["parts"]) == 2
    assert second["parts"] == [SCHOOL["parts"]["en"][0]["sha256"]]
    wanted = [f"https://pscore.example/en/receipt#{it['receipt']}" for it in (first, second)]
    assert codes(page) == sorted(wanted)


def test_a_petition_is_offered_only_in_languages_that_it_speaks(three: Stage) -> None:
    assert three.page.locator(".choice").count() == 3
    three.speak("Français")
    assert three.page.locator(".choice label").all_inner_texts() == [
        "Fermez les camps",
        "Halte aux rapatriements forcés",
    ]


def test_whoever_gives_no_mailbox_says_so_and_is_told_what_changes(camps: Stage) -> None:
    page = camps.page
    camps.press()
    page.locator("input[type=text]").fill(LATIN)
    camps.agree()
    camps.press()
    shown_faults = page.locator(".summary li")
    expect(shown_faults).to_have_count(1)
    shown_faults.locator("button").click()
    expect(page.locator("input[type=email]")).to_be_focused()
    page.locator("input[type=email]").fill("wrong@")
    news = page.get_by_label("Write to me")
    expect(news).to_be_visible()
    none = page.locator(".tick input").first
    none.check()
    expect(news).to_have_count(0)
    expect(page.locator("input[type=email]")).to_be_disabled()
    expect(page.locator(".give .error")).to_have_count(0)
    camps.press()
    shown(page, "thanks")
    assert camps.saved()[0]["email"] == ""
    assert len(camps.saved()[0]["parts"]) == 1


def test_another_country_brings_its_own_words_to_agree_to(camps: Stage) -> None:
    page = camps.page
    camps.press()
    camps.fill(LATIN, MAILBOX)
    page.get_by_label("You may hand over my name").check()
    page.locator("select").select_option("CH")
    expect(page.locator(".parts [role=status]")).not_to_be_empty()
    expect(page.locator(".parts .words").filter(has_text="(for CH)")).to_have_count(1)
    required = page.locator("input[aria-required=true]")
    expect(required).to_have_count(1)
    expect(required).not_to_be_checked()
    camps.agree()
    camps.press()
    shown(page, "thanks")
    swiss, handover = CAMPS["parts"]["ko"][1:3]
    assert camps.saved()[0]["parts"] == [swiss["sha256"], handover["sha256"]]


def test_another_language_keeps_what_was_typed_but_no_consent(camps: Stage) -> None:
    page = camps.page
    camps.press()
    camps.fill(LATIN, MAILBOX)
    camps.speak("Français")
    expect(page.locator("input[type=text]")).to_have_value(LATIN)
    expect(page.locator("input[type=email]")).to_have_value(MAILBOX)
    expect(page.locator("input:checked")).to_have_count(0)


def test_the_full_text_is_there_and_nothing_in_it_runs_or_leads_away(camps: Stage) -> None:
    page = camps.page
    camps.press()
    page.locator(".text summary").click()
    expect(page.locator(".text h2")).to_have_text("Why")
    expect(page.locator(".text strong")).to_have_text("people")
    expect(page.locator(".text")).to_contain_text("More")
    assert (
        page.locator(".signing a, .signing script, .signing [onclick], .signing form").count() == 0
    )
    assert page.evaluate("window.harm") is None


# ---- what cannot be saved is not thanked for


def test_a_save_that_fails_keeps_the_form_and_says_so(camps: Stage) -> None:
    page = camps.page
    camps.press()
    camps.fill(LATIN, MAILBOX)
    page.evaluate("stage.fails = true")
    camps.press()
    expect(page.locator("[aria-live=assertive] .not-saved")).to_be_visible()
    camps.press()
    expect(page.locator(".give .primary")).not_to_have_attribute("aria-disabled", "true")
    assert camps.saved() == []
    expect(page.locator("input[type=text]")).to_have_value(LATIN)
    expect(page.locator("input[aria-required=true]")).to_be_checked()
    page.evaluate("stage.fails = false")
    camps.press()
    shown(page, "thanks")
    assert len(camps.saved()) == 1


def test_no_thanks_before_the_disk_has_answered_and_no_second_record_for_a_second_tap(
    camps: Stage,
) -> None:
    page = camps.page
    camps.press()
    camps.fill(LATIN, MAILBOX)
    page.evaluate("() => { stage.waits = new Promise((done) => (stage.go = done)); }")
    camps.press()
    page.locator(".give .primary").dispatch_event("click")
    expect(page.locator(".form")).to_be_visible()
    assert page.locator(".thanks").count() == 0
    page.evaluate("stage.go()")
    shown(page, "thanks")
    assert len(camps.saved()) == 1


# ---- nothing of the last signer is left


def test_after_the_thanks_nothing_of_the_signer_is_left(camps: Stage) -> None:
    page = camps.page
    length = page.evaluate("history.length")
    camps.speak("English")
    camps.press()
    camps.fill(f"{LATIN} {HANGUL}", MAILBOX)
    names = page.locator("input, select").evaluate_all("all => all.map((it) => it.name + it.id)")
    for box in page.locator("input, select").all():
        expect(box).to_have_attribute("autocomplete", "off")
    page.locator("input[type=text]").press("ControlOrMeta+a")
    assert page.evaluate("document.dispatchEvent(new ClipboardEvent('copy', {cancelable: true}))")
    assert not page.locator("input[type=text]").evaluate(
        "it => it.dispatchEvent(new ClipboardEvent('copy', {bubbles: true, cancelable: true}))"
    )
    camps.press()
    shown(page, "thanks")
    assert remains(camps)
    receipt = camps.saved()[0]["receipt"]
    camps.pass_time(19)
    shown(page, "thanks")
    camps.pass_time(2)
    shown(page, "pass")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert remains(camps) == []
    assert receipt[:8] not in page.content().replace("-", "")
    page.evaluate("document.execCommand('undo')")
    assert remains(camps) == []
    camps.pass_time(9)
    shown(page, "attract")
    expect(page.locator("html")).to_have_attribute("lang", "ko")
    camps.press()
    shown(page, "form")
    assert remains(camps) == []
    again = page.locator("input, select").evaluate_all("all => all.map((it) => it.name + it.id)")
    assert set(names).isdisjoint(again)
    assert page.evaluate("history.length") == length
    page.keyboard.press("ControlOrMeta+z")
    assert remains(camps) == []


def test_a_form_that_nobody_touches_asks_and_then_forgets(camps: Stage) -> None:
    page = camps.page
    camps.speak("English")
    camps.press()
    camps.fill(f"{LATIN} {HANGUL}", MAILBOX)
    still = page.get_by_role("alertdialog")
    for _ in range(3):
        camps.pass_time(59)
        expect(still).to_have_count(0)
        camps.pass_time(2)
        expect(still).to_be_visible()
        camps.pass_time(15)
        page.mouse.click(10, 10)  # anywhere
        expect(still).to_have_count(0)
        expect(page.locator("input[type=text]")).to_have_value(f"{LATIN} {HANGUL}")
    camps.pass_time(61)
    expect(still).to_be_visible()
    camps.pass_time(21)
    shown(page, "attract")
    expect(page.locator("html")).to_have_attribute("lang", "ko")
    assert remains(camps) == []
    assert camps.saved() == []


def test_whoever_reads_the_full_text_gets_half_as_much_time_again(camps: Stage) -> None:
    camps.press()
    camps.page.locator(".text summary").click()
    camps.pass_time(89)
    expect(camps.page.get_by_role("alertdialog")).to_have_count(0)
    camps.pass_time(2)
    expect(camps.page.get_by_role("alertdialog")).to_be_visible()


def test_a_language_that_somebody_chose_and_left_is_the_station_s_again(camps: Stage) -> None:
    camps.speak("Français")
    camps.pass_time(59)
    expect(camps.page.locator("html")).to_have_attribute("lang", "fr")
    camps.pass_time(2)
    expect(camps.page.locator("html")).to_have_attribute("lang", "ko")
    expect(camps.page.get_by_role("alertdialog")).to_have_count(0)


def test_half_of_a_double_tap_does_not_press_what_came_under_the_finger(camps: Stage) -> None:
    page = camps.page
    camps.press()
    camps.fill(LATIN, MAILBOX)
    camps.press()
    shown(page, "thanks")
    page.locator(".act .primary").dblclick()
    expect(page.locator(".pass")).to_be_visible()


@pytest.mark.parametrize(("away", "left"), [(15, True), (21, False)])
def test_a_tablet_that_is_put_away_forgets_after_twenty_seconds(
    camps: Stage, away: int, left: bool
) -> None:
    page = camps.page
    camps.press()
    camps.fill(f"{LATIN} {HANGUL}", MAILBOX)
    page.evaluate(HIDE, True)
    expect(page.locator(".signing .middle")).to_have_css("opacity", "0")
    camps.pass_time(away)
    page.evaluate(HIDE, False)
    assert bool(remains(camps)) == left


def test_a_tablet_whose_timers_slept_forgets_when_it_wakes(camps: Stage) -> None:
    page = camps.page
    camps.press()
    camps.fill(LATIN, MAILBOX)
    page.evaluate(HIDE, True)
    page.clock.set_system_time("2026-11-22T05:20:00Z")  # no timer ran
    page.evaluate(HIDE, False)
    shown(page, "attract")
    assert remains(camps) == []


def test_neither_leaving_nor_reload_nor_back_brings_anything_back(camps: Stage) -> None:
    page = camps.page
    camps.press()
    camps.fill(f"{LATIN} {HANGUL}", MAILBOX)
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))")
    shown(page, "attract")
    assert remains(camps) == []
    camps.press()
    camps.fill(f"{LATIN} {HANGUL}", MAILBOX)
    page.reload()
    shown(page, "attract")
    assert remains(camps) == []
    camps.press()
    camps.fill(f"{LATIN} {HANGUL}", MAILBOX)
    page.goto("about:blank")
    page.go_back()
    shown(page, "attract")
    assert remains(camps) == []


def test_whoever_stops_leaves_nothing_and_a_receipt_is_not_lost_by_stopping(three: Stage) -> None:
    page = three.page
    three.press()
    three.fill(f"{LATIN} {HANGUL}", MAILBOX)
    page.locator(".give .quiet").click()
    shown(page, "attract")
    assert remains(three) == []
    three.press()
    three.fill(LATIN, MAILBOX)
    three.press()
    shown(page, "more")
    page.locator(".primary").click()
    shown(page, "form")
    page.locator(".give .quiet").click()
    shown(page, "thanks")
    assert len(codes(page)) == 1


def test_a_wipe_while_it_is_being_saved_thanks_nobody(camps: Stage) -> None:
    page = camps.page
    camps.press()
    camps.fill(LATIN, MAILBOX)
    page.evaluate("() => { stage.waits = new Promise((done) => (stage.go = done)); }")
    camps.press()
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")
    page.evaluate("stage.go()")
    shown(page, "attract")
    assert len(camps.saved()) == 1
    assert remains(camps) == []


# ---- the edge of the screen


def test_the_volunteer_sees_three_numbers_and_comes_in_by_a_tap(camps: Stage) -> None:
    page = camps.page
    strip = page.locator(".strip")
    expect(strip.locator("b")).to_have_text(["212", "205", "7"])
    expect(strip).to_have_attribute("data-colour", "green")
    page.evaluate("stage.strip = { today: 1213, safe: 205, held: 1008, colour: 'red' }")
    camps.pass_time(6)
    expect(strip.locator("b")).to_have_text(["1,213", "205", "1,008"])
    expect(strip).to_have_attribute("data-colour", "red")
    strip.click()
    assert page.evaluate("stage.table") == 1
    assert page.evaluate("signer.idle()") is True
    camps.press()
    assert page.evaluate("signer.idle()") is False
    camps.fill(LATIN, MAILBOX)
    page.evaluate("signer.stop()")
    assert remains(camps) == []
    expect(page.locator("#kiosk")).to_be_empty()


def test_the_tally_says_at_least_and_as_of_when(camps: Stage) -> None:
    camps.speak("English")
    expect(camps.page.locator(".sum")).to_have_text("212 signatures at least, as of 14:05")


def test_a_rehearsal_is_marked_in_every_language_on_every_page(
    texts: str, browser: Browser
) -> None:
    with stage(texts, browser, pack(), query="?training") as at:
        for name in ("attract", "form"):
            expect(at.page.locator(f".training .{name}")).to_be_visible()
            expect(at.page.locator(".band span")).to_have_count(3)
            at.press()
        at.fill(LATIN)
        at.press()
        expect(at.page.locator(".training .thanks")).to_be_visible()
        expect(at.page.locator(".band [lang=fr]")).to_be_visible()


@pytest.mark.parametrize(
    "changes",
    [{"collect_until": "2026-11-22T05:05:59Z"}, {"petitions": []}, {"key": None}],
    ids=["over", "no petition", "no key"],
)
def test_without_anything_to_sign_it_says_whom_to_ask(
    texts: str, browser: Browser, changes: dict[str, Any]
) -> None:
    with stage(texts, browser, pack(**changes)) as at:
        expect(at.page.locator(".pass h1")).to_be_visible()
        assert at.page.locator(".primary").count() == 0


# ---- for everybody


@pytest.mark.parametrize("screen", SCREENS)
def test_axe_finds_nothing_on_any_state_by_day_and_by_night(
    texts: str, browser: Browser, screen: str
) -> None:
    found: dict[str, list[str]] = {}

    def look(at: Stage, name: str) -> None:
        found[name] = faults(at.page)
        at.page.emulate_media(color_scheme="dark")
        found[f"{name} by night"] = faults(at.page, BY_CONTRAST)
        at.page.emulate_media(color_scheme="light")
        needs = at.page.evaluate(WIDE)
        found[f"{name} is too wide"] = [f"by {needs}"] if needs > 0 else []
        found[f"{name} is too small"] = at.page.evaluate(SMALL)
        at.page.evaluate("document.documentElement.dir = 'rtl'")
        found[f"{name} from right to left"] = [] if at.page.evaluate(WIDE) <= 0 else ["too wide"]
        at.page.evaluate("document.documentElement.dir = 'ltr'")

    with stage(texts, browser, pack(CAMPS, RETURN), **SCREENS[screen]) as at:
        look(at, "attract")
        at.press()
        look(at, "form")
        at.press()
        look(at, "errors")
        at.pass_time(61)
        look(at, "still")
        at.page.mouse.click(5, 5)
        at.fill(LATIN, MAILBOX)
        at.page.evaluate("stage.fails = true")
        at.press()
        look(at, "not saved")
        at.page.evaluate("stage.fails = false")
        at.press()
        shown(at.page, "more")
        look(at, "more")
        at.page.locator(".wide").click()
        look(at, "thanks")
        at.press()
        look(at, "pass")
    assert {name: said for name, said in found.items() if said} == {}
    assert len(found) == 40


WIDE: Final = "document.documentElement.scrollWidth - innerWidth"
#: Targets under 48 px (a box counts with its label), and text under 18 px.
SMALL: Final = """() => {
  const shown = (it) => it.getClientRects().length > 0 && !it.closest(".vh, svg");
  const name = (it) => `${it.localName}.${it.className} ${it.textContent.slice(0, 20)}`;
  const targets = [...document.querySelectorAll("button, select, summary, input:not([type=checkbox], [type=radio]), .tick, .choice:not(.only)")];
  const low = targets.filter((it) => shown(it) && Math.round(it.getBoundingClientRect().height) < 48).map((it) => `target ${name(it)}`);
  const texts = [...document.querySelectorAll(".signing *")].filter((it) => shown(it) && [...it.childNodes].some((n) => n.nodeType === 3 && n.data.trim()));
  return [...low, ...texts.filter((it) => parseFloat(getComputedStyle(it).fontSize) < 17.99).map((it) => `text ${name(it)}`)];
}"""


def test_a_keyboard_alone_is_enough(three: Stage) -> None:
    page, hands = three.page, Keyboard(three.page)
    hands.press(".tongue[lang=en]")
    hands.press(".primary")
    shown(page, "form")
    hands.to("input[type=text]")
    page.keyboard.insert_text(LATIN)
    page.keyboard.press("Enter")
    expect(page.locator("input[type=email]")).to_be_focused()
    page.keyboard.insert_text(MAILBOX)
    hands.press("input[aria-required=true]", "Space")
    hands.press(".give .primary")
    shown(page, "more")
    hands.press(".wide")
    shown(page, "thanks")
    hands.press(".act .primary")
    shown(page, "pass")
    hands.press(".act .primary")
    shown(page, "attract")
    assert three.saved()[0]["name"] == LATIN
