"""What a lead sees and does on the day: counts, and deeds that everybody reads of at once."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from campaign_app.audit.models import AuditEntry
from campaign_app.core.db import session, transact
from campaign_app.events.models import Event, EventChange
from campaign_app.permits import services as permits
from campaign_app.permits.facts import Stands
from campaign_app.permits.models import Permit
from campaign_app.qr.models import Placement
from campaign_app.qr.queries import standing
from tests import given
from tests.stall.conftest import Stall, shown


def test_the_counts_are_those_of_the_boards(stall: Stall, app: Flask, client: FlaskClient) -> None:
    given.sign(app.test_client(), f"/q/{stall.world.code}")
    stall.open(client)

    page = client.get(stall.page).text
    numbers = client.get(f"{stall.page}numbers.json")

    assert (shown(page, "all-counted"), shown(page, "all-awaiting")) == ("0", "1")
    assert "Board 2" in page
    assert "mina@example.org" not in page
    assert "김미나" not in page
    assert numbers.json is not None
    assert numbers.json["numbers"]["all-awaiting"] == "1"
    again = client.get(
        f"{stall.page}numbers.json", headers={"If-None-Match": numbers.headers["ETag"]}
    )
    assert again.status_code == 304


def test_numbers_and_deeds_need_the_pin(stall: Stall, client: FlaskClient) -> None:
    assert "numbers" not in client.get(f"{stall.page}numbers.json").text
    answer = client.post(f"{stall.page}say/move", data={"place": stall.exit_8, "reason": ""})
    assert answer.status_code == 403
    assert 'name="pin"' in answer.text


def test_a_lead_reads_the_sentence_before_everybody_does(stall: Stall, client: FlaskClient) -> None:
    stall.open(client)
    choose = client.get(f"{stall.page}say/move").text
    assert "Yongsan station, exit 8" in choose

    seen = client.get(f"{stall.page}say/move?place={stall.exit_8}").text

    assert "Today at exit 8, not exit 1." in seen
    assert 'lang="ko"' in seen


def test_a_move_takes_the_boards_along_and_is_told_everywhere(
    stall: Stall, app: Flask, client: FlaskClient
) -> None:
    stall.open(client)

    client.post(f"{stall.page}say/move", data={"place": stall.exit_8, "reason": "rain"})

    with app.app_context():
        event = session.get_one(Event, stall.event)
        assert (event.state, event.location_id) == ("moved", stall.exit_8)
        board = session.scalar(
            select(Placement).where(
                Placement.code_id == stall.world.code_id, Placement.ends_at.is_(None)
            )
        )
        assert board is not None
        assert (board.event_id, board.location_id) == (stall.event, stall.exit_8)
        change = session.scalars(select(EventChange).order_by(EventChange.sequence.desc())).first()
        assert change is not None
        assert (change.kind, change.reason, change.alias) == ("moved", "rain", "Haneul")
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "event.moved")).one()
        assert (entry.actor, entry.person_id) == ("Haneul", None)
    code = client.get(f"/q/{stall.world.code}?lang=en").text
    assert "Today at exit 8, not exit 1." in code
    assert "Today at exit 8, not exit 1." in client.get(stall.page).text


@pytest.mark.parametrize(
    ("deed", "chosen", "state"),
    [
        ("late", {"minutes": "90"}, "confirmed"),
        ("stop", {}, "done"),
        ("postpone", {}, "postponed"),
    ],
)
def test_each_deed_is_told_and_what_ended_can_be_taken_up_again(
    stall: Stall, app: Flask, client: FlaskClient, deed: str, chosen: dict[str, str], state: str
) -> None:
    stall.open(client)

    client.post(f"{stall.page}say/{deed}", data={**chosen, "reason": "heat"})

    with app.app_context():
        event = session.get_one(Event, stall.event)
        assert (event.state, event.sequence) == (state, 2)
    assert "It is too hot." in client.get(stall.page).text
    if state != "confirmed":
        client.post(f"{stall.page}say/resume", data={"reason": ""})
        with app.app_context():
            assert session.get_one(Event, stall.event).state == "confirmed"


def test_a_place_that_was_not_offered_changes_nothing(
    stall: Stall, app: Flask, client: FlaskClient
) -> None:
    stall.open(client)
    for place in ("999", "-1", "x", str(stall.exit_1), ""):
        answer = client.post(f"{stall.page}say/move", data={"place": place, "reason": ""})
        assert answer.status_code == 200
    client.post(f"{stall.page}say/late", data={"minutes": "-600", "reason": ""})
    client.post(f"{stall.page}say/move", data={"place": stall.exit_8, "reason": "nonsense"})
    assert client.get(f"{stall.page}say/dance").status_code == 404
    with app.app_context():
        event = session.get_one(Event, stall.event)
        assert (event.location_id, event.sequence) == (stall.exit_1, 1)


def test_the_lead_chooses_the_language(stall: Stall, client: FlaskClient) -> None:
    stall.open(client)
    client.post(f"{stall.page}language", data={"language": "ko"})
    assert '<html lang="ko"' in client.get(stall.page).text
    client.post(f"{stall.page}language", data={"language": "xx"})
    assert '<html lang="ko"' in client.get(stall.page).text


def test_a_lead_puts_one_board_at_another_exit_and_away_and_up_again(
    stall: Stall, app: Flask, client: FlaskClient
) -> None:
    given.sign(app.test_client(), f"/q/{stall.world.code}")
    stall.open(client)
    board = f"{stall.page}boards/{stall.world.code_id}"

    def put(where: str) -> tuple[int | None, int | None] | None:
        assert client.post(board, data={"where": where}).status_code == 303
        with app.app_context():
            now = standing(stall.world.code_id)
            return (now.event_id, now.location_id) if now else None

    assert "Yongsan station, exit 8" in client.get(board).text
    assert put(f"{stall.event}-{stall.exit_8}") == (stall.event, stall.exit_8)
    page = client.get(stall.page).text
    assert page.count(">Board 2<") == 1  # one board, one number, wherever it stood
    assert shown(page, "all-awaiting") == "1"
    assert put("away") is None
    assert "no longer here" in client.get(stall.page).text
    assert put(f"{stall.event}-{stall.exit_1}") == (stall.event, stall.exit_1)
    with app.app_context():
        deeds = select(AuditEntry).where(AuditEntry.action.in_(("code.put_away",)))
        assert session.scalars(deeds).one().actor == "Haneul"


def test_a_board_goes_where_it_was_offered_and_nowhere_else(
    stall: Stall, app: Flask, client: FlaskClient
) -> None:
    stall.open(client)
    board = f"{stall.page}boards/{stall.world.code_id}"
    for where in ("", "nowhere", "999-999", f"999-{stall.exit_8}", f"{stall.event}-x"):
        assert client.post(board, data={"where": where}).status_code == 404
    assert client.get(f"{stall.page}boards/999").status_code == 404
    with app.app_context():
        now = standing(stall.world.code_id)
        assert now is not None
        assert now.location_id == stall.exit_1


def test_a_board_that_was_put_elsewhere_on_purpose_does_not_come_along(
    stall: Stall, app: Flask, client: FlaskClient
) -> None:
    stall.open(client)
    board = f"{stall.page}boards/{stall.world.code_id}"
    client.post(board, data={"where": f"{stall.event}-{stall.world.location_id}"})
    client.post(f"{stall.page}say/move", data={"place": stall.exit_8, "reason": ""})
    with app.app_context():
        now = standing(stall.world.code_id)
        assert now is not None
        assert now.location_id == stall.world.location_id


def test_a_move_goes_through_and_the_lead_reads_what_the_notice_names(
    stall: Stall, app: Flask, client: FlaskClient
) -> None:
    with app.app_context():
        transact(lambda: permits.add(stall.event, [], "Police notice"))
        asked = session.scalars(select(Permit)).unique().one()
        transact(lambda: permits.stand(asked.id, Stands(state="filed", on="2026-11-01")))
    stall.open(client)
    assert "Police notice" not in client.get(stall.page).text

    client.post(f"{stall.page}say/move", data={"place": stall.exit_8, "reason": ""})

    page = client.get(stall.page).text
    assert "“Police notice” names Yongsan station, exit 1" in page
    assert "the event is now at Yongsan station, exit 8" in page
