"""The page on names and backups, as an administrator meets it on a phone and at a desk."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser

from campaign_app.core import clock, db
from campaign_app.petitions import jobs, names_end, queries, services
from tests import given
from tests.accounts.people import let_in
from tests.journeys.axe import faults
from tests.journeys.conftest import OpenStreet
from tests.journeys.street import DESK, Street, sign_in, visitor

SIZES: dict[str, dict[str, Any]] = {
    "desk": DESK,
    "phone, dark": {"viewport": {"width": 360, "height": 740}, "color_scheme": "dark"},
}


def build(app: Flask) -> None:
    """A petition whose names went, and an administrator."""
    world = given.world(app)
    given.sign(app.test_client(), f"/q/{world.code}")
    let_in(app, "administrator", name="Admin")
    with app.app_context():
        db.transact(lambda: services.close(queries.get(world.petition_id), world.slug, world.slug))
        for days in (170, 184):
            with clock.frozen(clock.now() + timedelta(days=days)):
                jobs.as_job(names_end.warn)()
                jobs.as_job(jobs.forget_names)()


@pytest.fixture(scope="module")
def served(open_street: OpenStreet) -> Street:
    """Serve it."""
    return open_street("sqlite", build)[0]


@pytest.mark.parametrize("size", SIZES)
def test_names_and_backups_can_be_read_by_everybody(
    served: Street, browser: Browser, size: str
) -> None:
    with visitor(browser, served, "en", **SIZES[size]) as somebody:
        sign_in(somebody, "admin@example.org")
        page = somebody.go("/console/settings/keeping")
        assert faults(page) == []
        page.locator("details.how summary").click()
        assert faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert "agreed before and after" in page.locator("main").inner_text()
