"""Whoever has signed can pass the petition on; what comes of it is counted as shared, of nobody."""

import re
from urllib.parse import unquote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaign_app.core import db
from campaign_app.petitions import queries, recount, services, tally_ground
from campaign_app.petitions.tally_sheet import CUTS, sheet
from campaign_app.qr import queries as qr
from campaign_app.qr import services as qr_services
from campaign_app.qr import visits
from campaign_app.qr.facts import StandsFor
from campaign_app.qr.services import NoSuchCode
from tests import given
from tests.accounts.people import send, signed_in
from tests.given import World

BOT = "facebookexternalhit/1.1"


@pytest.fixture
def shared(world: World) -> str:
    """Give the address that the page after confirming shows."""
    return f"/en/petitions/{world.slug}?from=shared"


def confirm(app: Flask, client: FlaskClient, address: str = "mina@example.org") -> TestResponse:
    """Prove the mailbox that was signed with last."""
    given.send_mail(app)
    mail = next(m for m in reversed(given.mails(app)) if address in m["To"])
    return client.post(given.link_of(mail))


def opened(app: Flask, world: World) -> int:
    """Tell how often shared links were opened."""
    with app.app_context():
        visits.counter.flush()
        link = qr.shared("petition", world.petition_id)
        assert link
        return qr.visits_of(link.code_id).get(link.id, 0)


def test_the_page_after_confirming_offers_a_link_without_board_or_signer(
    app: Flask, client: FlaskClient, world: World, shared: str
) -> None:
    given.sign(client, f"/q/{world.code}?lang=en")
    page = confirm(app, client).text
    assert f'href="http://localhost{shared}"' in page
    assert world.code not in page
    mail = re.search(r'href="mailto:\?([^"]+)"', page)
    assert mail
    body = unquote(mail[1].replace("&amp;", "&"))
    assert f"http://localhost{shared}" in body
    assert given.TITLES["en"] in body
    assert "mina" not in body.lower()
    assert "hidden>Share</button>" in page  # nothing to press where no script runs


def test_who_signs_by_it_is_counted_as_shared(
    app: Flask, client: FlaskClient, world: World, shared: str
) -> None:
    page = client.get(shared).text
    assert f'action="{shared}"' in page
    given.sign(client, shared)
    confirm(app, client)
    assert given.counted(app, world.petition_id) == (1, 0)
    assert lines(app, world, "place") == {"Shared link": 1}
    assert lines(app, world, "event") == {"Shared link": 1}
    assert lines(app, world, "board") == {"Shared link": 1}
    with app.app_context():
        assert recount.check(world.petition_id) == []


def lines(app: Flask, world: World, by: str, **said: str) -> dict[str, int]:
    """Cut the tally as the page does."""
    with app.test_request_context("/"):
        ground = tally_ground.read(queries.get(world.petition_id))
        filters, dropped = tally_ground.asked(ground, said)
        assert dropped == []
        return {line.name: line.row.counted for line in sheet(ground, by, filters).lines}


def test_shared_can_be_filtered_for_and_is_not_outside_an_event(
    app: Flask, client: FlaskClient, world: World, shared: str
) -> None:
    for number, path in enumerate((shared, shared, f"/en/petitions/{world.slug}")):
        address = f"signer{number}@example.org"
        given.sign(client, path, address)
        confirm(app, client, address)
    assert lines(app, world, "place") == {"Shared link": 2, "Outside an event": 1}
    for name in ("place", "event"):
        assert lines(app, world, "country", **{name: "shared"}) == {"South Korea": 2}
        assert lines(app, world, "country", **{name: "0"}) == {"South Korea": 1}


def test_tallies_and_their_files_name_it(
    app: Flask, client: FlaskClient, world: World, shared: str
) -> None:
    given.sign(client, shared)
    confirm(app, client)
    mina = signed_in(app, "organiser")
    page = f"/console/petitions/{world.petition_id}/tallies"
    for by in CUTS:
        assert mina.get(f"{page}?by={by}").status_code == 200
        file = send(mina, f"{page}.csv", by=by)
        assert file.status_code == 200
        assert ("Shared link" in file.text) == (by in ("place", "event", "board"))
    assert mina.get(f"{page}?place=shared").status_code == 200


def test_a_visit_is_counted_once_for_a_person_and_never_for_a_machine(
    app: Flask, client: FlaskClient, world: World, shared: str
) -> None:
    page = client.get(shared).text
    other = re.findall(r'<li><a href="([^"]+)" lang="ko"', page)[0].replace("&amp;", "&")
    assert client.get(other).status_code == 200
    client.get(shared, headers={"User-Agent": BOT})
    client.get(f"/en/petitions/{world.slug}")
    assert opened(app, world) == 1


def test_another_language_still_counts_as_shared(
    app: Flask, client: FlaskClient, world: World, shared: str
) -> None:
    page = client.get(shared).text
    other = re.findall(r'<li><a href="([^"]+)" lang="ko"', page)[0].replace("&amp;", "&")
    given.sign(client, other)
    confirm(app, client)
    assert lines(app, world, "place") == {"Shared link": 1}


def test_the_plain_page_leads_to_its_other_languages(client: FlaskClient, world: World) -> None:
    page = client.get(f"/en/petitions/{world.slug}").text
    found = re.findall(r'<li><a href="([^"]+)" lang="(\w\w)"', page)
    assert found == [(f"/{code}/petitions/{world.slug}", code) for code in given.LANGUAGES]
    assert all(client.get(path).status_code == 200 for path, _code in found)


def test_changing_the_address_leads_back_to_the_shared_page(
    client: FlaskClient, world: World, shared: str
) -> None:
    answer = given.sign(client, shared)
    assert f'action="{shared}"' in answer.text
    wrong = client.post(
        f"/en/petitions/{world.slug}/code",
        data={"handle": "x", "code": "123456", "action": shared},
    )
    assert f'name="action" value="{shared}"' in wrong.text


@pytest.mark.parametrize("asks", ["", "?from=", "?from=elsewhere", "?from=shared%00"])
def test_any_other_origin_is_none(app: Flask, client: FlaskClient, world: World, asks: str) -> None:
    path = f"/en/petitions/{world.slug}"
    assert f'action="{path}"' in client.get(path + asks).text
    assert opened(app, world) == 0


def test_a_petition_has_one_link_however_often_it_opens(app: Flask, world: World) -> None:
    def again() -> None:
        services.pause(queries.get(world.petition_id))
        services.open_petition(queries.get(world.petition_id))

    with app.app_context():
        before = qr.shared("petition", world.petition_id)
        db.transact(again)
        after = qr.shared("petition", world.petition_id)
        assert before
        assert after
        assert before.id == after.id


def test_it_is_no_board_that_could_be_moved_or_revoked(app: Flask, world: World) -> None:
    mina = signed_in(app, "organiser")
    with app.app_context():
        link = qr.shared("petition", world.petition_id)
        assert link
        standing, letters = StandsFor.of(link), link.code.letters
        code, row = link.code_id, link.id
        for deed in (
            lambda: qr_services.revoke(code, "x"),
            lambda: qr_services.put_away(code),
            lambda: qr_services.re_point(code, standing),
        ):
            with pytest.raises(NoSuchCode):
                db.transact(deed)
    assert letters not in mina.get("/console/codes/").text.replace("-", "")
    for path in ("", "/move", "/revoke", "/put-away", "/print"):
        assert mina.get(f"/console/codes/{code}{path}").status_code == 404
    assert mina.get(f"/console/codes/placements/{row}/correct").status_code == 404


def test_who_confirms_after_the_end_is_not_asked_to_share(
    app: Flask, client: FlaskClient, world: World
) -> None:
    given.sign(client, f"/en/petitions/{world.slug}")
    with app.app_context():
        db.transact(lambda: services.close(queries.get(world.petition_id), "x", "x"))
    page = confirm(app, client).text
    assert "Your signature counts" in page
    assert "from=shared" not in page


def test_the_console_says_how_often_links_were_opened(
    app: Flask, client: FlaskClient, world: World, shared: str
) -> None:
    client.get(shared)
    assert opened(app, world) == 1
    page = signed_in(app, "viewer", name="Vera").get(f"/console/petitions/{world.petition_id}")
    assert "opened 1 time<" in page.text
