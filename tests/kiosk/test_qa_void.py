"""Of two signatures of the last two minutes, one touch too many takes back one."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import func, select

from campaign_app.core.db import session
from campaign_app.kiosk import states
from campaign_app.kiosk.models import Intake
from tests.kiosk import table_stall
from tests.kiosk.table_stall import Device, Stall, device
from tests.serving import until

GO = "Take this signature back"


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


def voided(stall: Stall) -> int:
    """Count what the server took back."""
    with stall.street.app.app_context():
        session.rollback()
        return session.scalar(select(func.count()).where(Intake.state == states.VOIDED)) or 0


def test_a_second_tap_does_not_take_the_signature_before_back(tablet: Device, stall: Stall) -> None:
    tablet.collecting()
    for name in ("Kim Mina", "Lee Jun"):
        tablet.sign(name)
        tablet.next_person()
    tablet.table()
    tablet.press("Take back the last signature")
    go = tablet.page.get_by_role("button", name=GO)
    go.dblclick()
    expect(tablet.page.get_by_text("It is taken back and will not count.")).to_be_visible()
    expect(go).to_be_hidden()
    tablet.page.wait_for_timeout(700)  # the page looks again twice a second
    expect(go).to_be_hidden()
    # Whoever means the one before, too, says so.
    tablet.press("Back")
    tablet.numbers(2, 2, 0)
    expect(tablet.page.get_by_text("Taken back today: 1.")).to_be_visible()
    until(lambda: voided(stall) == 1, "the server did not hear of it")
    tablet.press("Take back the last signature")
    expect(go).to_be_visible()
