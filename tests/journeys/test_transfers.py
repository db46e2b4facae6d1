"""The finance role and a bank's list: laid out, accepted, decided by hand, on a desk and on a phone."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from campaign_app.core.db import session
from campaign_app.donations import states as giving
from campaign_app.payments.opening import till
from campaign_app.transfers import queries
from tests.accounts.people import let_in
from tests.journeys.axe import BY_CONTRAST, faults
from tests.journeys.conftest import OpenStreet
from tests.journeys.street import DESK, PHONE, Street, Visitor, overflow, sign_in, visitor
from tests.transfers.lists import Line, gift, kookmin, promised, woori


@dataclass(frozen=True)
class Built:
    """The letters of what was promised."""

    kept: str
    other: str


def build(app: Flask) -> Built:
    """Let two of the finance role in, and two donors promise."""
    let_in(app, "finance", name="Mina")
    let_in(app, "finance", name="Jun")
    return Built(promised(app, 20_000), promised(app, 50_000))


@pytest.fixture(scope="module")
def served(open_street: OpenStreet) -> tuple[Street, Built]:
    """Serve the console to both."""
    return open_street("sqlite", build)


def looked_at(page: Page) -> None:
    """Nothing on a page is hard to use, by day or by night, on a desk or on a phone."""
    assert overflow(page) == {}, page.url
    page.set_viewport_size(DESK["viewport"])
    page.emulate_media(color_scheme="dark")
    dark = faults(page, BY_CONTRAST)
    page.emulate_media(color_scheme="light")
    assert faults(page) + dark == [], page.url


def bring(somebody: Visitor, path: Path) -> Page:
    """Choose the bank's file and send it."""
    somebody.go("/console/money/transfers/")
    somebody.page.set_input_files("[name=file]", path)
    return somebody.press("form[action$=upload] button")


def test_a_banks_list_from_the_first_column_to_the_last_row(
    served: tuple[Street, Built], browser: Browser, tmp_path: Path
) -> None:
    street, built = served
    lines = [
        Line(20_000, "김미나", built.kept.upper(), balance=1_020_000),
        Line(30_000, "이준호", "모름", balance=1_050_000),
        Line(37, "예금이자", balance=1_050_037),
    ]
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    first.write_bytes(kookmin(lines).encode("cp949"))
    second.write_bytes(woori(lines[:1]).encode("cp949"))
    with visitor(browser, street, "en", **DESK) as mina:
        sign_in(mina, "mina@example.org")
        page = bring(mina, first)
        looked_at(page)
        page.select_option("[name=credit]", "1")
        mina.press(status=400)
        looked_at(page)
        page.select_option("[name=credit]", "5")
        mina.press("[name=show]")
        mina.press()
        looked_at(page)
        assert page.locator("[name=accept]:checked").count() == 1
        mina.press()
        page.locator("a.by-hand").first.click()
        page.fill("[name=reference]", built.other)
        mina.press("[role=search] .button >> nth=-1")
        looked_at(page)
        mina.press(".the-gift .primary")
        looked_at(page)
        mina.go("/console/money/transfers/3")
        page.locator("details", has=page.locator("[name=reason]")).locator("summary").click()
        page.fill("[name=reason]", "interest")
        mina.press("form[action$=ignore] .button")
        mina.go("/console/money/transfers/done")
        looked_at(page)
        bring(mina, second)
        mina.press()
        looked_at(page)
        page.check("[name=row]")
        mina.press("[name=known]")
    with street.app.app_context():
        assert [gift(one).state for one in (built.kept, built.other)] == [giving.SETTLED] * 2
        assert gift(built.other).minor == 30_000
        session.rollback()
        assert queries.unassigned(till().book) == {}
        assert queries.waiting() == 0


def test_a_phone_shows_what_is_ticked_in_every_language(
    served: tuple[Street, Built], browser: Browser, tmp_path: Path
) -> None:
    street, _built = served
    letters = promised(street.app, 7_000)
    path = tmp_path / "more.csv"
    path.write_bytes(woori([Line(7_000, "박서연", letters)]).encode("cp949"))
    for language in ("ko", "fr"):
        with visitor(browser, street, language, **PHONE) as jun:
            sign_in(jun, "jun@example.org")
            page = bring(jun, path)
            box = page.locator("[name=accept]:checked + label")
            assert letters.upper() in box.inner_text()
            edge = box.bounding_box()
            assert edge
            assert edge["x"] + edge["width"] <= 360
            assert overflow(page) == {}
