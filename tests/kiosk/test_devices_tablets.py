"""Tablets go from event to event, and what they take counts where they stand; the rest is put right."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from campaign_app.audit.models import AuditEntry
from campaign_app.core import clock
from campaign_app.core.db import session, transact
from campaign_app.core.wall_clock import hour_number
from campaign_app.events.changing import Said
from campaign_app.events.models import Event
from campaign_app.kiosk import (
    asking,
    gaps,
    keys,
    overview,
    resting,
    said,
    standing,
    states,
    tablets,
)
from campaign_app.kiosk.models import GapReport, Install, Tablet, TabletCode
from campaign_app.petitions import stall_code
from campaign_app.qr import queries as qr
from campaign_app.qr.models import TABLET, Placement
from campaign_app.stall import led
from tests import given
from tests.kiosk import devices
from tests.kiosk.stations import Station


def stands(tablet_id: int) -> dict[int, tuple[int | None, str, str]]:
    """Tell where each of a tablet's codes stands now: petition → event, name, kind."""
    query = (
        select(Placement)
        .join(TabletCode, TabletCode.code_id == Placement.code_id)
        .where(TabletCode.tablet_id == tablet_id, Placement.ends_at.is_(None))
    )
    found = session.scalars(query.execution_options(populate_existing=True))
    return {one.target_id: (one.event_id, one.board, one.kind) for one in found}


def another_petition(slug: str = "another") -> int:
    return transact(lambda: given.petition(slug).id)


def test_a_tablet_sent_to_an_event_stands_there_for_each_petition(
    app: Flask, station: Station
) -> None:
    tablet = devices.tablet(app, station.event_id)
    petition = station.world.petition_id
    with app.app_context():
        assert stands(tablet) == {petition: (station.event_id, "Tablet 7", TABLET)}
        other = another_petition()
        transact(partial(tablets.choose_petitions, station.event_id, [other, petition]))
        assert set(stands(tablet)) == {other, petition}
        transact(partial(tablets.choose_petitions, station.event_id, [other]))
        assert set(stands(tablet)) == {other}


def test_of_several_who_choose_at_once_the_last_ones_order_stands_whole(
    app: Flask, station: Station
) -> None:
    tablet = devices.tablet(app, station.event_id)
    with app.app_context():
        one, other = another_petition("one"), another_petition("other")
    orders = [[one, other], [other, one], [one], [other, one, station.world.petition_id]]

    def choose(order: list[int]) -> None:
        with app.app_context():
            transact(partial(tablets.choose_petitions, station.event_id, order))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(choose, orders))
    with app.app_context():
        assert asking.chosen(station.event_id) in orders
        assert set(stands(tablet)) == set(asking.chosen(station.event_id))


def test_a_lead_who_moves_the_stall_takes_the_tablets_along(app: Flask, station: Station) -> None:
    tablet = devices.tablet(app, station.event_id)
    with app.app_context():
        other = transact(lambda: given.location("elsewhere").id)
        told = Said(reason="", alias="Haneul")
        transact(partial(led.move_to, station.event_id, other, told))
        query = select(Placement.location_id).join(
            TabletCode, TabletCode.code_id == Placement.code_id
        )
        here = query.where(TabletCode.tablet_id == tablet, Placement.ends_at.is_(None))
        assert session.scalars(here).all() == [other]


def test_assigning_it_elsewhere_ends_what_it_stood_for(app: Flask, station: Station) -> None:
    tablet, petition = devices.tablet(app, station.event_id), station.world.petition_id
    event = devices.another_event(app, station)
    with app.app_context():
        transact(partial(tablets.choose_petitions, event, [petition]))
        transact(partial(tablets.assign, tablet, event))
        assert stands(tablet) == {petition: (event, "Tablet 7", TABLET)}
        transact(partial(tablets.assign, tablet, None))
        assert stands(tablet) == {}
        code = session.scalars(
            select(TabletCode.code_id).where(TabletCode.tablet_id == tablet)
        ).one()
        assert [one.event_id for one in qr.history(code)] == [event, station.event_id]


def test_a_new_name_stands_in_the_tally_from_then_on(app: Flask, station: Station) -> None:
    tablet = devices.tablet(app, station.event_id)
    with app.app_context():
        transact(partial(tablets.rename, tablet, "Blue one", "fr"))
        assert stands(tablet)[station.world.petition_id][1] == "Blue one"


def test_an_event_has_its_key_before_a_tablet_asks_for_it(app: Flask, station: Station) -> None:
    event = devices.another_event(app, station)
    with app.app_context():
        transact(partial(tablets.choose_petitions, event, [station.world.petition_id]))
        assert keys.current(event) is None
        transact(partial(tablets.assign, station.tablet_id, event))
        assert keys.current(event) is not None


def test_what_was_taken_counts_where_the_tablet_stood_in_that_hour(
    app: Flask, station: Station
) -> None:
    tablet, petition = devices.tablet(app, station.event_id), station.world.petition_id
    where = partial(standing.placement_for, tablet, petition, station.event_id)
    with app.app_context():
        other = transact(lambda: given.location("elsewhere").id)
        with clock.frozen(clock.now() + timedelta(hours=2)):
            transact(partial(_move, station.event_id, other, tablet))
            later = hour_number(clock.now())
        first, then = (transact(partial(where, hour)) for hour in (hour_number(clock.now()), later))
        before, after = session.get_one(Placement, first), session.get_one(Placement, then)
        assert (before.location_id, after.location_id) == (station.world.location_id, other)
        # A clock in 2001 counts at the place where it stood first.
        assert transact(partial(where, 0)) == first


def _move(event_id: int, location_id: int, tablet_id: int) -> None:
    session.get_one(Event, event_id).location_id = location_id
    session.flush()
    standing.place(session.get_one(Tablet, tablet_id))


def test_what_comes_late_for_a_petition_asked_no_more_has_a_place_still(
    app: Flask, station: Station
) -> None:
    tablet = devices.tablet(app, station.event_id)
    with app.app_context():
        other = another_petition()
        hour = hour_number(clock.now())
        placed = partial(standing.placement_for, tablet, other, station.event_id, hour)
        late = transact(placed)
        found = session.get_one(Placement, late)
        assert (found.kind, found.board, found.event_id) == (TABLET, "Tablet 7", station.event_id)
        assert found.ends_at is not None
        assert transact(placed) == late
        assert other not in stands(tablet)


def test_it_is_no_board_that_anybody_prints(app: Flask, station: Station) -> None:
    devices.tablet(app, station.event_id)
    with app.app_context():
        assert qr.standing_at_event(station.event_id) == []
        assert all(line.placement.kind != TABLET for line in qr.codes(qr.Filters()))


def test_the_lost_ones_stall_codes_end_with_it(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    def secret() -> bytes:
        return stall_code.secret_of(session.get_one(Event, station.event_id))

    with app.app_context():
        before = secret()
        transact(partial(tablets.put_into, station.tablet_id, states.DRAIN_ONLY))
        assert secret() == before
        transact(partial(tablets.put_into, station.tablet_id, states.LOST))
        assert secret() != before
        actions = session.scalars(select(AuditEntry.action)).all()
        assert {"tablet.drained", "tablet.lost", "stall_code.rotated"} <= set(actions)


def test_a_found_tablet_collects_only_once_it_is_enrolled_anew(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    devices.put(app, station.tablet_id, states.LOST)
    devices.put(app, station.tablet_id, states.ACTIVE)
    assert devices.pack(client, station.tablet.token).get_json()["state"] == "drain_only"
    token = devices.token(app, client, station.tablet_id)
    assert devices.pack(client, token).get_json()["state"] == "active"


@pytest.mark.parametrize("state", [states.LOST, states.CLOSED])
def test_a_lost_or_closed_tablet_is_sent_nowhere(app: Flask, station: Station, state: str) -> None:
    devices.put(app, station.tablet_id, state)
    with app.app_context(), pytest.raises(tablets.OutOfService):
        transact(partial(tablets.assign, station.tablet_id, station.event_id))


@pytest.mark.parametrize("chosen", [[], [1, 1], [1, 2, 3, 4]])
def test_an_event_asks_one_to_three_petitions(
    app: Flask, station: Station, chosen: list[int]
) -> None:
    with app.app_context(), pytest.raises(asking.WrongPetitions):
        transact(partial(tablets.choose_petitions, station.event_id, chosen))


# What happens by itself


def state_after(app: Flask, tablet_id: int, since_end: timedelta, event_id: int) -> str:
    """Let the job run so long after the event's end, and tell the tablet's state."""
    with app.app_context():
        ends = session.get_one(Event, event_id).ends_at
        with clock.frozen(ends + since_end):
            transact(resting.settle)
        session.expire_all()
        return session.get_one(Tablet, tablet_id).state


def test_it_collects_until_twelve_hours_after_the_end_and_delivers_for_sixty_days(
    app: Flask, station: Station
) -> None:
    at = partial(state_after, app, station.tablet_id, event_id=station.event_id)
    with app.app_context():
        install = session.scalars(select(Install)).one().id
        transact(
            lambda: session.add(
                GapReport(install_id=install, event_id=station.event_id, next_seq=3)
            )
        )
    assert at(timedelta(hours=11)) == states.ACTIVE
    assert at(timedelta(hours=13)) == states.DRAIN_ONLY
    assert at(timedelta(days=59)) == states.DRAIN_ONLY
    assert at(timedelta(days=61)) == states.DRAIN_ONLY  # its gap report is open
    with app.app_context():
        transact(_close_reports)
    assert at(timedelta(days=61)) == states.CLOSED


def _close_reports() -> None:
    for report in session.scalars(select(GapReport)):
        numbers = dict.fromkeys(gaps.KEPT, 0) | {"collected": 2, "received": 2, "counted": 2}
        report.closed_at, report.numbers = clock.now(), numbers | {"numbers": []}


def test_sent_to_the_next_event_it_collects_again(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    event = devices.another_event(app, station, later=timedelta(days=3))
    state_after(app, station.tablet_id, timedelta(hours=13), station.event_id)
    with app.app_context():
        transact(partial(tablets.choose_petitions, event, [station.world.petition_id]))
        transact(partial(tablets.assign, station.tablet_id, event))
    pack = devices.pack(client, station.tablet.token).get_json()
    assert pack["state"] == "active"
    assert pack["event"]["starts_at"] > pack["server_time"]


# What lists say


def test_the_numbers_of_all_installs_of_a_tablet_are_added_up(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    with app.app_context():
        old = session.scalars(select(Install)).one().id
    devices.token(app, client, station.tablet_id)
    with app.app_context():
        new = session.scalars(select(Install).where(Install.ended_at.is_(None))).one().id
        transact(partial(_report, old, station.event_id, 5, [[2, 3], [4, 4]]))
        transact(partial(_report, new, station.event_id, 3, []))
        line = overview.line(station.tablet_id)
        assert line is not None
        assert line.numbers == overview.Numbers(collected=6, safe=0, held=3, missing=3)
        transact(_close_reports)
        session.expire_all()
        line = overview.line(station.tablet_id)
        assert line is not None
        assert line.numbers == overview.Numbers(collected=4, safe=4)


def _report(install: int, event: int, next_seq: int, runs: list[list[int]]) -> None:
    session.merge(
        GapReport(install_id=install, event_id=event, next_seq=next_seq, held={"runs": runs})
    )


def test_a_silent_tablet_an_empty_battery_and_a_wrong_clock_are_named(
    app: Flask, station: Station
) -> None:
    with app.app_context():
        transact(lambda: _say(clock_offset=-600, battery=9, heard_at=clock.now()))
        line = overview.line(station.tablet_id)
        assert line is not None
        assert (line.silent, line.clock_off, line.low) == (False, -10, True)
        with clock.frozen(clock.now() + timedelta(minutes=40)):
            assert line.silent
            assert said.ago(line.heard_at or clock.now()) == "40 minutes ago"
        with clock.frozen(clock.now() + timedelta(days=3)):
            assert not line.silent


def _say(**facts: object) -> None:
    install = session.scalars(select(Install)).one()
    for name, value in facts.items():
        setattr(install, name, value)
