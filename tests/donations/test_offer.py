"""Giving after signing, on paper at the stall, and never on a tablet."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select

from campaign_app.core.db import session, transact
from campaign_app.donations.models import Donation
from campaign_app.events import queries as events
from campaign_app.petitions.signing_models import Signature
from campaign_app.qr import services as qr
from campaign_app.stall import kit
from tests import given
from tests.accounts.people import signed_in
from tests.donations import page
from tests.donations.conftest import Stall

ROOT = Path(__file__).resolve().parents[2]


def confirmed(app: Flask, client: FlaskClient, stall: Stall) -> tuple[str, str]:
    """Sign and confirm; give the link of the mail and the page of thanks."""
    given.sign(client, f"/q/{stall.world.code}?lang=en", email="mina@example.org")
    given.send_mail(app)
    link = given.link_of(given.mails(app)[-1])
    return link, client.post(link).text


def test_the_thanks_for_a_signature_lead_to_giving_and_take_nothing_along(
    app: Flask, client: FlaskClient, stall: Stall
) -> None:
    link, thanks = confirmed(app, client, stall)
    found = re.findall(r'<a href="([^"]*give[^"]*)"([^>]*)>', thanks)
    assert found == [("/en/give/", ' rel="noreferrer"')]
    opened = client.get(found[0][0])
    for secret in (link.rpartition("/")[2], stall.world.slug, stall.world.code, stall.world.uid):
        assert secret not in opened.text


def test_a_gift_and_a_signature_of_one_person_share_nothing(
    app: Flask, client: FlaskClient, stall: Stall
) -> None:
    confirmed(app, client, stall)
    page.give(client, "/en/give/", way="transfer", mail="mina@example.org", name="김미나")
    with app.app_context():
        gift = session.scalars(select(Donation)).one()
        signature = session.scalars(select(Signature)).one()
        theirs = {str(value) for value in _values(signature) if _tells(value)}
        ours = {str(value) for value in _values(gift) if _tells(value)}
    assert ours & theirs == set()


def _values(row: object) -> list[object]:
    table = type(row).__table__  # type: ignore[attr-defined]  # a mapped class has a table
    return [getattr(row, column.key) for column in table.columns]


def _tells(value: object) -> bool:
    """Leave out what half of all rows say: yes, no, a language, a small number."""
    return not isinstance(value, bool | int | None) and len(str(value)) > 4


@pytest.mark.parametrize("language", ["ko", "en", "fr"])
def test_a_tent_says_on_both_sides_where_to_give_and_under_which_number(
    app: Flask, stall: Stall, language: str
) -> None:
    client = signed_in(app, "organiser")
    answer = client.get(f"/console/codes/{stall.code_id}/tent.pdf?language={language}")
    assert answer.status_code == 200
    (sheet,) = PdfReader(BytesIO(answer.data)).pages
    assert sheet.mediabox.width == pytest.approx(595, abs=1)
    text = sheet.extract_text()
    assert text.count(f"/q/{stall.letters}") == 2
    assert text.count("2026-000") == 2


def test_a_tent_is_printed_in_each_language(app: Flask, stall: Stall) -> None:
    answer = signed_in(app, "organiser").get(f"/console/codes/{stall.code_id}/tent.pdf")
    assert len(PdfReader(BytesIO(answer.data)).pages) == 3


def test_a_code_to_give_by_never_asks_for_a_signature_on_paper(app: Flask, stall: Stall) -> None:
    client = signed_in(app, "organiser")
    for name in ("poster", "sheet"):
        answer = client.get(f"/console/codes/{stall.code_id}/{name}.pdf")
        assert answer.headers["Location"] == f"/console/codes/{stall.code_id}/tent.pdf"
    with app.test_request_context():
        event = events.event(stall.event_id)
        assert event is not None
        sheets = kit.sheets(event, kit.usual(event, "ko"))
    of_tent = [sheet["kind"] for sheet in sheets if stall.letters in str(sheet.get("address"))]
    assert set(of_tent) == {"tent"}


def test_a_board_has_no_tent_and_a_lost_one_is_not_printed_again(app: Flask, stall: Stall) -> None:
    client = signed_in(app, "organiser")
    assert client.get(f"/console/codes/{stall.world.code_id}/tent.pdf").status_code == 404
    with app.app_context():
        transact(lambda: qr.revoke(stall.code_id, "lost"))
    assert client.get(f"/console/codes/{stall.code_id}/tent.pdf").status_code == 409


def test_the_console_offers_codes_to_give_by(app: Flask, stall: Stall) -> None:
    client = signed_in(app, "organiser")
    new = client.get(f"/console/codes/new?event={stall.event_id}").text
    assert 'value="gift:0"' in new
    assert f'value="gift:{stall.campaign_id}"' in new
    shown = client.get(f"/console/events/{stall.event_id}").text
    assert f"/console/codes/{stall.code_id}/tent.pdf" in shown
    code = client.get(f"/console/codes/{stall.code_id}").text
    assert "tent.pdf" in code
    assert "poster.pdf" not in code


def test_the_tables_of_signatures_do_not_know_the_tent(app: Flask, stall: Stall) -> None:
    client = signed_in(app, "organiser")
    for path in ("/console/", f"/console/petitions/{stall.world.petition_id}"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "Table tent 1" not in answer.text


# Never a card form on a tablet


def test_nothing_of_a_tablet_leads_to_giving() -> None:
    files = [
        *(ROOT / "templates" / "kiosk").rglob("*.html"),
        *(ROOT / "static" / "js" / "kiosk").rglob("*.js"),
    ]
    assert len(files) > 5
    for file in files:
        assert not re.search(r"/give\b|checkout", file.read_text("utf-8")), file


def test_a_tablet_shows_no_page_but_its_own(client: FlaskClient, stall: Stall) -> None:
    """Its policy lets no form leave, and its worker answers for its own addresses only."""
    shell = client.get("/kiosk/")
    assert shell.status_code == 200
    led_to = re.findall(r'(?:href|action|src)="([^"]+)"', shell.text)
    assert led_to
    assert [one for one in led_to if "/give" in one or "/q/" in one] == []
    worker = client.get("/kiosk/sw.js")
    assert worker.headers.get("Service-Worker-Allowed", "/kiosk/").startswith("/kiosk")
    assert client.get("/kiosk/give/").status_code == 404
