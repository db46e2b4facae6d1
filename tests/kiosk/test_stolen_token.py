"""A token in a stranger's hands: it reads nothing, ever, and adds nothing that nobody looks at.

A tablet that is lost may still hold signatures of people who were thanked, so what it sends is kept,
for an organiser to look at; one that is closed is not heard at all.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from campaign_app.core.db import Base, session, transact
from campaign_app.kiosk import states
from campaign_app.kiosk.models import Intake
from campaign_app.kiosk.models import Tablet as TabletRow
from tests import given, urls
from tests.faults.markers import Marked, traces
from tests.kiosk.stations import Station

#: What the house notes of its own work, whoever sends what.
OWN_WORK: Final = {"periodic", "book_proof"}
OWN: Final = ("/api/v1/kiosk/pack", "/api/v1/kiosk/batch")
SIGNERS: Final = (Marked("ba"), Marked("be"))


def set_state(app: Flask, at: Station, state: str) -> None:
    with app.app_context():
        where = TabletRow.id == at.tablet_id
        transact(lambda: session.execute(update(TabletRow).where(where).values(state=state)))


def carrying(at: Station) -> dict[str, str]:
    return {"Authorization": f"Bearer {at.tablet.token}"}


def everywhere(app: Flask, at: Station) -> Iterator[tuple[str, str]]:
    """Name every address of the house, and each way to ask for it."""
    rules: list[Rule] = list(app.url_map.iter_rules())
    for rule in rules:
        for path in urls.of(app, rule, at.world):
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                yield method, path


def rows(app: Flask) -> dict[str, int]:
    """Count the rows of every table."""
    with app.app_context():
        session.rollback()
        count = select(func.count())
        tables = Base.metadata.sorted_tables
        return {table.name: session.scalar(count.select_from(table)) or 0 for table in tables}


def without_what_passes(answer: TestResponse) -> tuple[int, str | None, int]:
    """Give of an answer what a token could change."""
    return answer.status_code, answer.headers.get("Location"), len(answer.data)


def test_a_token_opens_no_address_but_its_own(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    app.testing = False
    for method, path in everywhere(app, station):
        if path in OWN:
            continue
        plain, carried = (
            app.test_client().open(path, method=method, headers=headers)
            for headers in ({}, carrying(station))
        )
        assert without_what_passes(carried) == without_what_passes(plain), (method, path)


def test_what_it_may_ask_for_names_nobody(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    for who in SIGNERS:
        station.tablet.sign(name=who.name, email=who.email)
    sent = station.tablet.send(client, station.tablet.held)
    given.send_mail(app)
    assert given.counted(app, station.world.petition_id) == (len(SIGNERS), 0)
    again = station.tablet.send(client, station.tablet.held)
    pack = client.get(OWN[0], headers=carrying(station))
    assert pack.status_code == sent.status_code == again.status_code == 200
    for answer in (sent, again, pack):
        assert traces(answer.data) == []
        assert traces(str(answer.headers).encode()) == []


@pytest.mark.parametrize("state", [states.LOST, states.CLOSED])
def test_after_revocation_it_adds_nothing(
    app: Flask, client: FlaskClient, station: Station, state: str
) -> None:
    set_state(app, station, state)
    before = rows(app)
    station.tablet.sign()
    station.tablet.send(client, station.tablet.held)
    given.send_mail(app)
    assert given.counted(app, station.world.petition_id) == (0, 0)
    grown = {name for name, number in rows(app).items() if number > before[name]} - OWN_WORK
    # A lost tablet's envelopes wait for somebody to look; a closed one leaves no trace.
    assert grown <= ({"intake", "gap_report"} if state == states.LOST else set())


def test_what_comes_late_from_a_lost_tablet_waits_for_review(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    early = station.tablet.sign()
    station.tablet.deliver(client)
    given.send_mail(app)
    set_state(app, station, states.LOST)
    late = [station.tablet.sign(name=f"나중 {one}") for one in range(3)]
    assert set(station.tablet.deliver(client).values()) == {"stored"}
    given.send_mail(app)
    with app.app_context():
        found = {row.id: (row.state, row.reason) for row in session.scalars(select(Intake))}
    assert found[early.id][0] == states.COUNTED
    assert {found[item.id] for item in late} == {(states.QUARANTINED, states.FROM_LOST)}
    assert given.counted(app, station.world.petition_id) == (1, 0)


def test_a_closed_tablet_is_not_heard(app: Flask, client: FlaskClient, station: Station) -> None:
    set_state(app, station, states.CLOSED)
    ask: list[Callable[[], TestResponse]] = [
        partial(client.get, OWN[0], headers=carrying(station)),
        partial(station.tablet.send, client, [station.tablet.sign()]),
    ]
    for answer in (one() for one in ask):
        assert (answer.status_code, answer.get_json()["error"]) == (401, "device_closed")


def test_a_lost_tablet_gets_no_pack(app: Flask, client: FlaskClient, station: Station) -> None:
    set_state(app, station, states.LOST)
    answer = client.get(OWN[0], headers=carrying(station))
    assert (answer.status_code, answer.get_json()["error"]) == (403, "device_lost")
