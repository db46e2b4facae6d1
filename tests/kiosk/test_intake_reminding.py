"""Lead and organisers are told daily which tablet still holds how many, and before a key goes."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from campaign_app.core import clock
from campaign_app.core.db import session, transact
from campaign_app.events.models import Event
from campaign_app.kiosk import closing, expecting, jobs, reminding
from campaign_app.kiosk.models import EventKey, GapReport, Install
from campaign_app.outbox.models import OutboxRow
from campaign_app.shifts import services as shifts
from campaign_app.shifts.models import LEAD
from tests import given
from tests.kiosk import intake
from tests.kiosk.stations import Station
from tests.shifts import crewing

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"])


@contextmanager
def later(app: Flask, station: Station, **after_the_end: float) -> Iterator[None]:
    with app.app_context():
        ends_at = session.get_one(Event, station.event_id).ends_at
        session.rollback()
        with clock.frozen(ends_at + timedelta(**after_the_end)):
            yield


def posted(template: str) -> int:
    """Count the mails of a kind that wait."""
    session.rollback()
    return len(session.scalars(select(OutboxRow.id).where(OutboxRow.template == template)).all())


def told(app: Flask) -> list[tuple[str, str]]:
    """Send what waits, and list what was said of tablets: to whom, and the text."""
    given.send_mail(app)
    return [
        (str(mail["To"]), given.text_of(mail))
        for mail in given.mails(app)
        if "Tablet 3" in given.text_of(mail)
    ]


def a_lead(app: Flask, station: Station) -> None:
    """Let Haneul lead the stall, and Bora stand at a tablet, each with a mailbox."""

    def plan(role: str) -> int:
        return shifts.add_shift(station.event_id, shifts.ShiftPlan(role=role, least=1, most=1)).id

    with app.app_context():
        for role, alias in ((LEAD, "Haneul"), ("tablet", "Bora")):
            crewing.confirmed(transact(partial(plan, role)), alias)


def test_they_are_told_from_two_hours_after_the_end_daily_until_the_tablet_is_empty(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    a_lead(app, station)
    for _signer in range(3):
        station.tablet.sign()
    station.tablet.send(client)
    texts: dict[str, str] = {}
    # what was sent waits no more
    for after, mails in ((1, 0), (2, 3), (3, 0), (20, 0), (26, 3)):
        with later(app, station, hours=after):
            reminding.remind()
            assert posted(reminding.MAIL) == mails, after
            texts = dict(told(app)) if after == 2 else texts
    assert set(texts) == {
        "author@ngo.example",
        "reviewer@ngo.example",
        "haneul@example.org",
    }
    assert "3" in texts["haneul@example.org"]
    assert "Tablet 3" in texts["haneul@example.org"]
    assert "/console/" not in texts["haneul@example.org"]
    assert f"/console/kiosk/events/{station.event_id}/report" in texts["author@ngo.example"]
    with later(app, station, hours=51):
        station.tablet.deliver(client)
        reminding.remind()
        assert posted(reminding.MAIL) == 3


def test_a_tablet_that_never_spoke_is_named_and_a_closed_report_is_not(
    app: Flask, station: Station
) -> None:
    with app.app_context():
        install = session.scalars(select(Install.id)).one()
        transact(partial(expecting.note, install, station.event_id))
    with later(app, station, hours=3):
        reminding.remind()
        assert posted(reminding.MAIL) == 2
        transact(partial(closing.close, install, station.event_id, "It was never switched on."))
    with later(app, station, hours=30):
        reminding.remind()
        assert posted(reminding.MAIL) == 2


def test_organisers_hear_two_weeks_before_a_key_goes_with_numbers_missing(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    station.tablet.lose(station.tablet.sign())
    station.tablet.send(client)
    with later(app, station, hours=13):
        install = session.scalars(select(GapReport.install_id)).one()
        transact(partial(closing.close, install, station.event_id, "It was stolen."))
    for days, mails, keys in ((70, 0, 1), (77, 2, 1), (89, 2, 1), (92, 2, 0)):
        with later(app, station, days=days):
            reminding.warn()
            jobs.settle()
            left = select(EventKey).where(EventKey.destroyed_at.is_(None))
            assert len(session.scalars(left).all()) == keys, days
            assert posted(reminding.KEY_MAIL) == mails, days
    with later(app, station, days=92):
        [(_to, text), _other] = told(app)
    assert "no. 1" in text or "빠진 번호: 1." in text  # in the language of whoever gets it
    assert intake.counted(app, station) == {}
