"""Who is on shift on the lead's phone: aliases and hours, no contacts; and the lead handed on."""

from functools import partial
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from campaign_app.audit.models import AuditEntry
from campaign_app.core import clock
from campaign_app.core.db import session, transact
from campaign_app.shifts import kit, services
from campaign_app.shifts.models import KitItem, SignUp
from campaign_app.shifts.services import ShiftPlan
from campaign_app.stall import leads
from campaign_app.stall.models import LeadLink
from tests.shifts import crewing
from tests.stall.conftest import PIN, Stall, a_link


@pytest.fixture
def crew(stall: Stall, app: Flask) -> dict[str, UUID]:
    """Put Haneul on the lead's shift and Bora at the board; Dasom asks."""
    with app.app_context():
        plan = partial(services.add_shift, stall.event)
        lead = transact(lambda: plan(ShiftPlan(role="lead", least=1, most=1)).id)
        board = transact(lambda: plan(ShiftPlan(role="board", least=1, most=3)).id)
        return {
            "Haneul": crewing.confirmed(lead, "Haneul"),
            "Bora": crewing.confirmed(board, "Bora", phone="+82 10 5555 0101"),
            "Dasom": crewing.asked(board, "Dasom"),
        }


def row(number: UUID) -> SignUp:
    session.rollback()
    return session.get_one(SignUp, number)


def test_the_lead_sees_aliases_and_nothing_to_reach_anybody_by(
    stall: Stall, crew: dict[str, UUID], client: FlaskClient
) -> None:
    stall.open(client)
    page = client.get(f"{stall.page}crew").text
    assert all(alias in page for alias in crew)
    assert "example.org" not in page
    assert "5555" not in page


def test_the_lead_says_who_may_come_who_came_and_for_how_long(
    stall: Stall, crew: dict[str, UUID], app: Flask, client: FlaskClient
) -> None:
    stall.open(client)

    def say(alias: str, deed: str, **fields: object) -> int:
        path = f"{stall.page}crew/{crew[alias]}/{deed}"
        return client.post(path, data=fields).status_code

    assert say("Dasom", "confirm") == 303
    assert say("Dasom", "missed") == 303
    assert say("Bora", "came") == 303
    assert say("Bora", "hours", lasted="150") == 303
    assert say("Bora", "hours", lasted="7") == 400
    assert say("Bora", "hours", lasted="-15") == 400
    assert say("Bora", "dance") == 404

    with app.app_context():
        assert (row(crew["Dasom"]).state, row(crew["Dasom"]).came) == ("confirmed", False)
        bora = row(crew["Bora"])
        assert (bora.came, bora.minutes, bora.said_by) == (True, 150, "Haneul")
        deed = select(AuditEntry).where(AuditEntry.action == "shift.hours_confirmed")
        assert session.scalars(deed).one().actor == "Haneul"
    assert "2:30" in client.get(f"{stall.page}crew").text


def test_people_and_things_of_another_event_are_unknown(
    stall: Stall, app: Flask, client: FlaskClient
) -> None:
    other = crewing.stall(app, "hongdae", days=(clock.now() - crewing.STARTS).days + 2)
    with app.app_context():
        number = crewing.asked(other.board, "Eunji")
        transact(partial(kit.add, other.event, ["Tent"]))
        thing = session.scalars(select(KitItem.id)).one()
    stall.open(client)
    assert client.post(f"{stall.page}crew/{number}/confirm").status_code == 404
    assert client.post(f"{stall.page}crew/{number}/hours", data={"lasted": "60"}).status_code == 404
    assert client.post(f"{stall.page}kit/{thing}/pack").status_code == 404
    with app.app_context():
        assert row(number).state == "asked"


def test_things_are_ticked_off_on_the_way_there_and_back(
    stall: Stall, app: Flask, client: FlaskClient
) -> None:
    with app.app_context():
        transact(partial(kit.add, stall.event, ["Tent"]))
        thing = session.scalars(select(KitItem.id)).one()
    stall.open(client)
    assert client.post(f"{stall.page}kit/{thing}/pack").status_code == 303
    assert client.post(f"{stall.page}kit/{thing}/return").status_code == 303
    assert client.post(f"{stall.page}kit/{thing}/eat").status_code == 404
    with app.app_context():
        tent = session.get_one(KitItem, thing)
        assert (tent.packed_by, tent.returned_by) == ("Haneul", "Haneul")
    assert client.get(f"{stall.page}kit").text.count('aria-pressed="true"') == 2


def handed_to(
    client: FlaskClient, stall: Stall, pin: str = "8064", **fields: object
) -> tuple[int, str]:
    """Hand the lead over; give the status and the address that is shown."""
    answer = client.post(
        f"{stall.page}hand-over",
        data={"who": "", "alias": "", "language": "ko", "pin": pin} | fields,
    )
    _before, _between, rest = answer.text.partition("/stall/")
    return answer.status_code, rest.partition("/")[0]


def test_the_lead_is_handed_to_a_volunteer_and_the_old_link_ends(
    stall: Stall, crew: dict[str, UUID], app: Flask, client: FlaskClient
) -> None:
    stall.open(client)

    status, token = handed_to(client, stall, who=crew["Bora"])

    assert status == 200
    assert client.get(stall.page).status_code == 404
    theirs = app.test_client()
    assert theirs.post(f"/stall/{token}/open", data={"pin": PIN}).status_code == 400
    assert theirs.post(f"/stall/{token}/open", data={"pin": "8064"}).status_code == 303
    assert '<html lang="ko"' in theirs.get(f"/stall/{token}/").text
    with app.app_context():
        assert row(crew["Bora"]).shift.role == "lead"
        assert row(crew["Haneul"]).shift.role == "board"
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "lead.handed_on"))
        assert [(one.actor, one.detail["to"]) for one in entry] == [("Haneul", "Bora")]


def test_the_lead_is_handed_to_somebody_without_a_shift(
    stall: Stall, app: Flask, client: FlaskClient
) -> None:
    stall.open(client)
    assert handed_to(client, stall)[0] == 400  # to nobody
    assert handed_to(client, stall, alias="Garam", pin="1234")[0] == 400
    assert handed_to(client, stall, alias="Garam", who="no-such-person")[0] == 400
    assert client.get(stall.page).status_code == 200

    assert handed_to(client, stall, alias="Garam")[0] == 200

    assert client.get(stall.page).status_code == 404
    with app.app_context():
        current = leads.current(stall.event)
        assert current is not None
        assert current.alias == "Garam"


def test_who_no_longer_leads_hands_nothing_over(stall: Stall, app: Flask) -> None:
    with app.app_context():
        mine = session.scalars(select(LeadLink.id)).one()
        transact(lambda: leads.revoke(stall.event))
        with pytest.raises(leads.NoLongerLeads):
            transact(partial(leads.hand_on, mine, a_link("Garam", "8064")))
        assert leads.current(stall.event) is None
