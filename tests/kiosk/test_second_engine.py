"""The tablet saves, seals and delivers in a second engine, at the real server.

Where Debian's packages cannot be had this engine alone is skipped; Chromium is never.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from selenium.webdriver import WebKitGTK
from selenium.webdriver.common.by import By
from selenium.webdriver.support.expected_conditions import element_to_be_clickable as pressable
from selenium.webdriver.support.expected_conditions import visibility_of_element_located as seen
from selenium.webdriver.support.ui import Select, WebDriverWait

from campaign_app.core.db import transact
from campaign_app.kiosk import enrolling
from config import Config
from tests import given
from tests.kiosk import second_engine, stations
from tests.kiosk.chaos import truth
from tests.kiosk.chaos.post import HAND
from tests.kiosk.stations import Station
from tests.serving import SECRET, Serving, serving, until
from tools import webkit

PEOPLE = 12


@pytest.fixture
def engine_name() -> str:
    """Use one database: this is about the browser."""
    return "sqlite"


@pytest.fixture
def config(database_url: str, tmp_path: Path) -> Config:
    """Use the served application's own secret."""
    return Config.for_tests(database_url=database_url, instance_dir=tmp_path, secret_key=SECRET)


@pytest.fixture
def station(app: Flask) -> Station:
    """Stand somewhere."""
    return stations.station(app)


@pytest.fixture
def server(config: Config, station: Station, tmp_path: Path) -> Iterator[Serving]:
    """Serve what stands there."""
    with serving(Serving(config, tmp_path / "server.log")) as server:
        yield server


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[WebKitGTK]:
    """Start WebKitGTK with a home of its own, or skip."""
    kit = webkit.find_or_install()
    if kit is None:
        pytest.skip(f"no second engine on this machine. {webkit.ADVICE}")
    home = {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "data")}
    with second_engine.webkit(kit, home) as driver:
        yield driver


def click(browser: WebKitGTK, css: str) -> None:
    wait(browser).until(seen((By.CSS_SELECTOR, css))).click()


def wait(browser: WebKitGTK) -> WebDriverWait[WebKitGTK]:
    return WebDriverWait(browser, second_engine.PATIENCE)


def script(browser: WebKitGTK, work: str, *said: Any) -> Any:
    """Run an asynchronous function on the page; what it throws fails the test."""
    text = (
        "const done = arguments[arguments.length - 1];"
        f"({work})(...[...arguments].slice(0, -1)).then(it => done([it]), e => done(String(e)));"
    )
    found = browser.execute_async_script(text, *said)
    assert isinstance(found, list), found
    return found[0]


def enrol(browser: WebKitGTK, app: Flask, at: Station) -> None:
    with app.app_context():
        code = transact(partial(enrolling.make_code, at.tablet_id))
    wait(browser).until(seen((By.ID, "enrol-code"))).send_keys(code.spoken)
    click(browser, ".enrol form button")
    wait(browser).until(pressable((By.CSS_SELECTOR, ".preflight .primary"))).click()
    wait(browser).until(seen((By.CSS_SELECTOR, ".attract")))


def sign_by_hand(browser: WebKitGTK) -> None:
    click(browser, ".attract .primary")
    form = wait(browser).until(seen((By.CSS_SELECTOR, ".page.form")))
    form.find_element(By.CSS_SELECTOR, "input[type=text]").send_keys("김미나")
    form.find_element(By.CSS_SELECTOR, "input[type=email]").send_keys("mina@example.org")
    Select(form.find_element(By.TAG_NAME, "select")).select_by_value("KR")
    for box in form.find_elements(By.CSS_SELECTOR, "fieldset.parts input"):
        box.click()
    form.find_element(By.CSS_SELECTOR, ".give .primary").click()
    wait(browser).until(seen((By.CSS_SELECTOR, ".page.thanks")))
    # This driver presses only what is wholly in sight, and cannot scroll inside a page.
    browser.execute_script("document.querySelector('.thanks .primary').click()")


def people(number: int) -> list[dict[str, str]]:
    return [{"name": f"서명자 {one}", "email": "", "language": "ko"} for one in range(number)]


def test_webkit_saves_seals_and_delivers(
    app: Flask, server: Serving, station: Station, browser: WebKitGTK
) -> None:
    browser.get(f"http://127.0.0.1:{server.port}/kiosk/")
    enrol(browser, app, station)
    sign_by_hand(browser)
    script(browser, HAND)
    script(browser, "async () => { globalThis.thanked = async () => {}; }")
    script(browser, "async people => hand.sign(people)", people(PEOPLE))

    def nothing_is_held() -> bool:
        browser.execute_script("window.dispatchEvent(new Event('online'))")
        return not any(item["held"] for item in script(browser, "async () => hand.items()"))

    until(nothing_is_held, "envelopes stay on the tablet", second_engine.PATIENCE)
    found = truth.of_server(app, station.world.petition_id)
    assert set(found.states.values()) == {"counted"}
    assert given.counted(app, station.world.petition_id) == (PEOPLE + 1, 0)
