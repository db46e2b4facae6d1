"""A small organisation without an engineer opens a new house, on a phone, without scripts."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from campaign_app.accounts import queries, setup
from campaign_app.core import db
from campaign_app.core.db import session
from campaign_app.core.settings import look_again, settings
from config import Config
from tests.accounts.people import PASSWORD
from tests.journeys.axe import BY_CONTRAST, faults
from tests.journeys.street import (
    PHONE,
    Street,
    Visitor,
    building,
    database,
    overflow,
    sign_in,
    visitor,
)
from tests.serving import Serving, serving

WHO = {
    "ko": {"name_ko": "창문지기", "address": "서울 종로구 1"},
    "en": {"name_en": "Window Watch", "address": "1 Lake Road, Geneva"},
}
MAILBOXES = {"privacy_contact": "privacy@example.org", "sender_address": "sign@example.org"}
MINA = {"ko": "미나", "en": "Mina"}


def code_of(app: Flask) -> str:
    with app.app_context():
        db.transact(partial(setup.prepare, anew=True))
        return setup.code()


@contextmanager
def new_house(
    engine: str, request: pytest.FixtureRequest, folder: Path
) -> Iterator[tuple[Street, str]]:
    """Serve an empty database as production does, which a demo never is; give its code, too."""
    with database(engine, request, folder) as url:
        app = building(url, folder)
        code = code_of(app)
        config: Config = app.config["LANTERN"]
        server = Serving(config, folder / "server.log", more={"LANTERN_ENV": "test"})
        with serving(server):
            yield Street(app, server), code
        with app.app_context():
            session.remove()
            db.db.engine.dispose()


def looked_at(page: Page) -> Page:
    """Look at a page as those do who work by ear, at night, or on the narrowest phone."""
    assert faults(page) == [], page.url
    assert overflow(page) == {}, page.url
    page.emulate_media(color_scheme="dark")
    assert faults(page, BY_CONTRAST) == [], page.url
    page.emulate_media(color_scheme="light")
    return page


def typed(page: Page, **fields: str) -> None:
    for name, text in fields.items():
        page.fill(f"main [name={name}]", text)


def press_by_keyboard(somebody: Visitor, selector: str = "main .primary") -> Page:
    """Walk to a button with the Tab key, and press it."""
    page = somebody.page
    for _step in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("it => document.activeElement.matches(it)", selector):
            break
    else:
        pytest.fail(f"Tab never reaches {selector}")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    return page


@pytest.mark.parametrize(("language", "engine"), [("ko", "sqlite"), ("en", "postgresql")])
def test_a_phone_sets_a_new_house_up(
    language: str, engine: str, request: pytest.FixtureRequest, tmp_path: Path, browser: Browser
) -> None:
    with new_house(engine, request, tmp_path) as (street, code):
        set_up(street, code, language, browser)
        with street.app.app_context():
            look_again()
            assert settings().privacy_contact == "privacy@example.org"
            assert queries.person_of("mina@example.org")
        with visitor(browser, street, language, **PHONE) as again:
            sign_in(again, "mina@example.org")
            assert again.page.locator(".todo").count() == 1


def set_up(street: Street, code: str, language: str, browser: Browser) -> None:
    """Go the whole way, with a slip on each page, partly by keyboard alone."""
    other = "en" if language == "ko" else "ko"
    with visitor(browser, street, other, **PHONE) as mina:
        page = looked_at(mina.go(f"/setup/{code}"))
        with page.expect_navigation():
            page.click(f"main a[hreflang={language}]")
        assert page.locator("html").get_attribute("lang") == language
        looked_at(page)
        typed(page, **WHO[language], privacy_contact="nobody")
        looked_at(mina.press(status=400))
        typed(page, **MAILBOXES)
        page.select_option("[name=country]", "KR")
        looked_at(press_by_keyboard(mina))
        typed(page, name=MINA[language], email="mina@example.org", password=PASSWORD)
        looked_at(mina.press(status=400))
        typed(page, password=PASSWORD, again=PASSWORD)
        looked_at(press_by_keyboard(mina))
        assert page.url.endswith("/console/setup")
        press_by_keyboard(mina, "main .primary")
        assert page.locator(".notice.good[role=status]").count() == 1
        looked_at(page)
        assert street.mail("mina@example.org")["To"] == "mina@example.org"
        assert page.locator(".todo .done").count() == 2
        with page.expect_navigation():
            page.click("main .primary")
        assert "/console/settings/" in page.url
        mina.go("/console/")
        assert page.locator(".todo .done").count() == 2
        looked_at(mina.go("/console/settings/organisation"))
        mina.go(f"/setup/{code}", 404)
        mina.go(f"/{language}/setup/{code}", 404)
        mina.go(f"/console/setup/{language}/{code}", 404)


def test_it_needs_no_scripts_and_its_notice_can_be_read_by_everybody(
    request: pytest.FixtureRequest, tmp_path: Path, browser: Browser
) -> None:
    with new_house("sqlite", request, tmp_path) as (street, code):
        for language in ("ko", "en", "fr"):
            with visitor(browser, street, language, **PHONE) as somebody:
                looked_at(somebody.go(f"/{language}/privacy"))
        plain = PHONE | {"java_script_enabled": False}
        with visitor(browser, street, "fr", **plain) as mina:
            page = mina.go(f"/fr/setup/{code}")
            typed(page, name_fr="Veille", **MAILBOXES)
            mina.press()
            typed(page, name="Mina", email="mina@example.org", password=PASSWORD, again=PASSWORD)
            mina.press()
            mina.press()
            assert page.locator(".notice.good").count() == 1
