"""Strangers sign on a real tablet at a real server, and each receipt opens what they signed."""

import re
from collections.abc import Iterator
from functools import partial
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.street import passer_by
from tests.kiosk import intake, table_stall
from tests.kiosk.table_stall import Device, Stall, opened
from tests.serving import until

TONGUES: Final = {"en": "English", "ko": "한국어", "fr": "Français"}
SIGNERS: Final = {
    "ko": ("쀍뛟꿻", "hangul@marker.example.org"),
    "en": ("Zyxwina Marker", ""),
    "fr": ("Zoé Märkér", "latin@marker.example.org"),
}
#: Everything in every database of the browser, its bytes read as letters.
STORED: Final = """async () => {
  const asked = (it) => new Promise((done, failed) => { it.onsuccess = () => done(it.result); it.onerror = failed; });
  const texts = [];
  const written = (name, it) => it instanceof Uint8Array || it instanceof ArrayBuffer
    ? ["utf-8", "utf-16le"].map((kind) => new TextDecoder(kind).decode(it)).join() : it;
  for (const { name } of await indexedDB.databases()) {
    const open = await asked(indexedDB.open(name));
    for (const store of open.objectStoreNames) {
      const rows = await asked(open.transaction(store).objectStore(store).getAll());
      texts.push(JSON.stringify(rows, written));
    }
    open.close();
  }
  return texts.concat(JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href]));
}"""


@pytest.fixture(scope="module")
def stall(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stall]:
    """Serve a stall with one petition in three languages."""
    with opened(request, tmp_path_factory.mktemp("signer")) as found:
        yield found


@pytest.fixture(scope="module")
def device(stall: Stall, browser: Browser) -> Iterator[Device]:
    """Enrol a tablet there, and begin."""
    with table_stall.device(browser, stall) as found:
        found.collecting()
        yield found


def sign(page: Page, language: str) -> str:
    """Sign in a language; give the code of the receipt, and pass the tablet on."""
    name, mailbox = SIGNERS[language]
    page.get_by_role("button", name=TONGUES[language], exact=True).click()
    page.locator(".attract .primary").click()
    page.locator("input[type=text]").fill(name)
    if mailbox:
        page.locator("input[type=email]").fill(mailbox)
    else:
        page.locator(".give .tick input").first.check()
    page.locator("input[aria-required=true]").check()
    page.locator(".give .primary").click()
    expect(page.locator(".thanks h1")).to_contain_text(name)
    code = page.locator(".code").inner_text()
    page.locator(".act .primary").click()
    page.locator(".pass .primary").click()
    expect(page.locator(".attract")).to_be_visible()
    return code.replace("-", "")


def remains(page: Page, receipts: dict[str, str]) -> list[str]:
    """Look for signers in the page and in all that the browser stores, which is not nothing."""
    stored = "".join(page.evaluate(STORED))
    assert '"seq":' in stored
    left = (page.content() + stored).replace("-", "")
    marks = [mark for pair in SIGNERS.values() for mark in (*pair, *pair[0].split()) if mark]
    return [mark for mark in (*marks, *receipts.values()) if mark in left]


def test_each_signature_counts_and_its_receipt_opens_it(
    stall: Stall, device: Device, browser: Browser
) -> None:
    page = device.page
    length = page.evaluate("history.length")
    page.context.set_offline(True)
    receipts = {language: sign(page, language) for language in SIGNERS}
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(device.strip.locator("b")).to_have_text(["3", "0", "3"], timeout=20_000)
    assert remains(page, receipts) == []
    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(device.strip.locator("b")).to_have_text(["3", "3", "0"], timeout=20_000)
    counts = partial(intake.counted, stall.street.app, stall.at)
    until(lambda: counts() == {"witnessed": 2, "no_mailbox": 1}, "they are not counted")
    for language, code in receipts.items():
        with passer_by(browser, stall.street, language) as somebody:
            shown = somebody.go(f"/{language}/receipt#{code}")
            field = shown.locator("[name=code]")
            expect(field).to_have_value("-".join(re.findall("....", code)))
            assert shown.url == f"{stall.street.base}/{language}/receipt"
            somebody.press()
            expect(shown.locator(".facts").first).to_contain_text(TONGUES[language])
    mail = stall.street.mail("hangul@marker.example.org")
    assert "-".join(re.findall("....", receipts["ko"])) in mail.as_string().replace("=\n", "")
    assert remains(page, receipts) == []
    assert page.evaluate("history.length") == length


def test_what_a_signer_typed_waits_behind_the_pin_and_goes_once_it_opens(device: Device) -> None:
    page = device.page
    page.locator(".attract .primary").click()
    page.locator("input[type=text]").fill("Zyxwina Marker")
    device.strip.click()
    device.head("Your PIN")
    expect(page.locator("input[type=text]")).to_be_hidden()
    device.press("Back")
    expect(page.locator("input[type=text]")).to_have_value("Zyxwina Marker")
    device.pin()
    expect(page.get_by_role("heading", name="Your PIN")).to_have_count(0)
    boxes = page.locator("input").evaluate_all("all => all.map((it) => it.value)")
    assert "Zyxwina" not in page.content() + " ".join(boxes)


def test_without_scripts_a_receipt_is_typed_and_a_stray_fragment_changes_nothing(
    stall: Stall, browser: Browser
) -> None:
    with passer_by(browser, stall.street, "en", scripts=False) as somebody:
        page = somebody.go("/en/receipt#3479acdefghj")
        expect(page.locator("[name=code]")).to_have_value("")
    with passer_by(browser, stall.street, "en") as somebody:
        page = somebody.go("/en/receipt#<img src=x>")
        expect(page.locator("[name=code]")).to_have_value("")
        assert "#" not in page.url
