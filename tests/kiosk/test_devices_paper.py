"""Paper for tablets: one page each, in every language, with an address that opens the right page."""

from functools import partial
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader

from campaign_app.core.db import session, transact
from campaign_app.events.models import Event
from campaign_app.kiosk import tablets
from campaign_app.stall import kit, set_up
from tests.accounts import people
from tests.kiosk.stations import Station
from tests.paper import decoded, families, seen, text_of

PAPER = "/console/kiosk/{}.pdf?language={}"


@pytest.fixture
def engine_name() -> str:
    """What is printed does not depend on what keeps the data: one engine is enough here."""
    return "sqlite"


@pytest.mark.parametrize("language", ["ko", "en", "fr"])
def test_each_sheet_is_one_page_whose_code_opens_the_tablets_page(
    app: Flask, station: Station, language: str
) -> None:
    organiser = people.signed_in(app, "organiser")
    for which in set_up.OF:
        answer = organiser.get(PAPER.format(which, language))
        assert answer.mimetype == "application/pdf"
        pages = seen(answer.data)
        assert len(pages) == 1
        assert decoded(pages[0])[0] == [f"{app.config['PUBLIC_URL']}/kiosk/"]
        assert families(answer.data) <= {"NotoSans", "NotoSansKR"}


def test_the_sheets_say_what_keeps_names_from_a_keyboard(app: Flask, station: Station) -> None:
    organiser = people.signed_in(app, "organiser")
    ipad, android, first = (
        " ".join(text_of(organiser.get(PAPER.format(which, "en")).data).split())
        for which in set_up.OF
    )
    for said in ("Guided Access", "Add to Home Screen", "Predictive Text", "Auto-Lock: Never"):
        assert said in ipad
    for said in ("App pinning", "Install app", "Autofill service: None", "Battery saver"):
        assert said in android
    assert "start the training" in first


def test_the_kit_brings_the_page_for_the_first_stall_only_where_a_tablet_comes_along(
    app: Flask, station: Station
) -> None:
    def kinds() -> list[str]:
        event = session.get_one(Event, station.event_id)
        return [str(sheet["kind"]) for sheet in kit.sheets(event, kit.usual(event, "en"))]

    with app.test_request_context():
        assert kinds().count("setup") == 2  # Korean at the place, English for who prints
        transact(partial(tablets.assign, station.tablet_id, None))
        assert "setup" not in kinds()


def test_the_whole_kit_is_printed_with_it(app: Flask, station: Station) -> None:
    made = people.signed_in(app, "organiser").get(f"/console/events/{station.event_id}/kit.pdf")
    assert len(PdfReader(BytesIO(made.data)).pages) >= 5


def test_nobody_else_prints_it_and_nothing_else_is_printed(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    address = PAPER.format("ipad", "en")
    assert client.get(address).status_code == 303
    assert people.signed_in(app, "viewer").get(address).status_code == 404
    organiser = people.signed_in(app, "organiser", name="Sori")
    assert organiser.get("/console/kiosk/windows.pdf").status_code == 404
    assert organiser.get(PAPER.format("ipad", "xx")).status_code == 200
