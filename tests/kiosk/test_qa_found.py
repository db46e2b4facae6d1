"""A tablet that was lost and found again collects once somebody types a new code into it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import func, select

from campaign_app.core.db import session
from campaign_app.kiosk import states, tablets
from campaign_app.kiosk.models import Intake
from tests.kiosk import table_stall
from tests.kiosk.table_stall import Device, Stall, device
from tests.serving import until


@pytest.fixture(scope="module")
def stall(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stall]:
    """Serve a stall."""
    with table_stall.opened(request, tmp_path_factory.mktemp("stall")) as opened:
        yield opened


@pytest.fixture
def tablet(browser: Browser, stall: Stall) -> Iterator[Device]:
    """Lend a tablet that nobody enrolled yet."""
    with device(browser, stall) as lent:
        yield lent


def counted(stall: Stall) -> int:
    """Count what came of tablets' envelopes."""
    with stall.street.app.app_context():
        session.rollback()
        return session.scalar(select(func.count()).where(Intake.state == states.COUNTED)) or 0


def put(stall: Stall, state: str) -> None:
    """Bring the tablet into a state, as an organiser does."""
    stall.deed(tablets.put_into, stall.at.tablet_id, state)


def test_a_tablet_that_was_found_is_enrolled_by_a_new_code_and_collects(
    tablet: Device, stall: Stall
) -> None:
    page = tablet.page
    tablet.collecting()
    put(stall, states.LOST)
    tablet.table()
    tablet.press("Send now")
    page.locator(".bar .primary").click()
    tablet.head("This tablet is reported as lost.")
    put(stall, states.ACTIVE)
    tablet.press("Look now")
    tablet.head("This tablet only sends what it holds.")
    # The volunteer's view says the same, and not that signing goes on.
    tablet.press("For volunteers")
    tablet.pin()
    tablet.head("Tablet 3")
    expect(page.locator(".state-head")).to_have_text("This tablet only sends what it holds.")
    expect(page.get_by_text("Signing goes on.")).to_have_count(0)
    page.locator(".bar .primary").click()
    tablet.press("Enrol it again")
    page.fill("#enrol-code", stall.code())
    tablet.press("Enrol")
    tablet.head("Check this tablet")
    expect(tablet.begin).to_be_enabled(timeout=20_000)
    tablet.begin.click()
    tablet.sign()
    tablet.next_person()
    until(lambda: counted(stall) == 1, "what was signed after it was found does not count")
