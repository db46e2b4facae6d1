"""Each number a tablet gave is in one place: it came, the tablet holds it, or it is missing."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from random import Random

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given as examples
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from campaign_app.core import clock
from campaign_app.core.db import session, transact
from campaign_app.events.models import Event
from campaign_app.kiosk import closing, expecting, gaps, jobs, keys, opening, runs, states
from campaign_app.kiosk.models import EventKey, GapReport, Install, Intake
from campaign_app.kiosk.models import Tablet as TabletRow
from campaign_app.petitions import keeping
from tests.kiosk import intake, stations
from tests.kiosk.stations import Station
from tests.kiosk.tablet import Tablet, signature

NUMBERS = st.lists(st.integers(1, 40))


@examples(NUMBERS, NUMBERS)
def test_runs_are_sets_of_numbers(some: list[int], others: list[int]) -> None:
    one, two = runs.of(some), runs.of(others)
    assert runs.size(one) == len(set(some))
    assert runs.joined(one, two) == runs.of([*some, *others])
    assert runs.without(one, two) == runs.of(set(some) - set(others))


def test_runs_are_told_as_people_write_them() -> None:
    assert runs.told([(3, 5), (9, 9)]) == "3–5, 9"


@contextmanager
def later(app: Flask, station: Station, after_the_end: timedelta) -> Iterator[None]:
    """Let time pass until so long after the event's end."""
    with app.app_context():
        ends_at = session.get_one(Event, station.event_id).ends_at
        session.rollback()
        with clock.frozen(ends_at + after_the_end):
            yield


def gap(app: Flask, station: Station) -> gaps.Gap:
    """Read the one gap report."""
    with app.app_context():
        session.rollback()
        [found] = gaps.of_event(station.event_id)
        return found


def close(app: Flask, station: Station, why: str = "") -> None:
    """Close the one gap report."""
    with app.app_context():
        install = session.scalars(select(GapReport.install_id)).one()
        transact(partial(closing.close, install, station.event_id, why))


def test_what_an_eviction_took_is_missing_to_the_number(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    tablet = station.tablet
    items = [tablet.sign() for _signer in range(10)]
    for item in (*items[2:5], items[8]):
        tablet.lose(item)
    tablet.send(client, items[:2])
    tablet.settle({item.id.hex: "stored" for item in items[:2]})
    found = gap(app, station)
    assert (found.collected, found.received, found.still_there, found.lost) == (10, 2, 4, 4)
    assert runs.told(found.missing) == "3–5, 9"
    assert runs.told(found.held) == "6–8, 10"
    assert not found.is_whole


def test_what_came_is_not_held_though_the_tablet_said_so_before(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    station.tablet.sign()
    station.tablet.deliver(client)
    found = gap(app, station)
    assert (found.still_there, found.waiting) == (0, 1)
    intake.opened(app, station)
    assert gap(app, station).is_whole


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_after_any_history_the_report_is_the_truth(
    app: Flask, client: FlaskClient, station: Station, seed: int
) -> None:
    chance = Random(seed)
    tablet = station.tablet
    for _step in range(60):
        what = chance.choice("ssssvdeoh")
        if what == "s":
            who = chance.randrange(6)
            tablet.sign(email=f"p{who}@example.org" if who < 4 else "")
        elif what == "v" and tablet.held:
            tablet.void(chance.choice(tablet.held))
        elif what == "d":
            answer = tablet.send(client, tablet.held)
            if chance.random() < 0.7:  # else the answer is lost on its way
                tablet.settle(answer.get_json()["results"])
        elif what == "e" and tablet.held and chance.random() < 0.3:
            tablet.lose(chance.choice(tablet.held))
        elif what == "o":
            intake.opened(app, station)
        else:
            tablet.put({"v": 1, "kind": "nonsense"}) if chance.random() < 0.2 else None
    tablet.send(client)
    intake.opened(app, station)
    found = gap(app, station)
    with app.app_context():
        came = set(session.scalars(select(Intake.seq)))
        session.rollback()
    held = {item.seq for item in tablet.held} - came
    every = set(range(1, tablet.next_seq))
    assert found.collected == len(every)
    assert found.received == len(came)
    assert runs.joined(found.held) == runs.of(held)
    assert runs.joined(found.missing) == runs.of(every - came - held)
    assert found.collected == sum(found.fates.values()) + found.still_there + found.lost
    assert found.fates.get(states.COUNTED, 0) == sum(intake.counted(app, station).values())


def test_each_enrolment_has_numbers_of_its_own(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    station.tablet.sign()
    station.tablet.deliver(client)

    def anew() -> Tablet:
        row = session.get_one(TabletRow, station.tablet_id)
        event = session.get_one(Event, station.event_id)
        return stations.installed(row, event, station.tablet.paper)

    with app.app_context():
        again = transact(anew)
    again.sign()
    again.deliver(client)
    with app.app_context():
        assert [one.collected for one in gaps.of_event(station.event_id)] == [1, 1]


def test_an_envelope_whose_number_another_one_has_is_told_though_no_number_is_missing(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    tablet = station.tablet
    tablet.sign()
    tablet.deliver(client)
    intake.opened(app, station)
    twin = tablet.sealed(signature(tablet.paper), seq=1)
    for _time in range(2):
        assert tablet.send(client, [twin]).get_json()["results"] == {twin.id.hex: "conflict"}
    found = gap(app, station)
    assert (found.lost, found.still_there, found.report.conflicts) == (0, 0, 1)
    with later(app, station, timedelta(hours=1)), pytest.raises(closing.WhyNot):
        close(app, station)


# Closing


def test_a_report_closes_when_all_is_there_and_the_numbering_is_forgotten(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    tablet = station.tablet
    first = tablet.sign(email="jo@example.org")
    tablet.sign(email="jo@example.org")
    tablet.void(tablet.sign())
    tablet.deliver(client)
    intake.opened(app, station)
    with pytest.raises(closing.NotOverYet):
        close(app, station)
    with later(app, station, timedelta(hours=1)):
        close(app, station)
        with pytest.raises(closing.NoSuchReport):
            close(app, station)
    found = gap(app, station)
    assert found.is_closed
    told = {"counted": 1, "duplicate": 1, "voided": 1, "void": 1}
    assert {fate: n for fate, n in found.fates.items() if n} == told
    assert (found.collected, found.received, found.lost) == (4, 4, 0)
    assert intake.state(app, first) == "unknown"
    assert intake.counted(app, station) == {"witnessed": 1}


def test_what_is_undecided_keeps_a_report_open_whatever_anybody_says(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    station.tablet.sign(name="=1+1")
    station.tablet.deliver(client)
    with later(app, station, timedelta(hours=1)):
        with pytest.raises(closing.Undecided):
            close(app, station, "we are tired")
        intake.opened(app, station)
        with pytest.raises(closing.Undecided):
            close(app, station, "we are tired")
        with app.app_context():
            assert transact(partial(closing.close_whole, station.event_id)) == 0


@pytest.mark.parametrize("what", ["missing", "held", "unheard"])
def test_a_report_that_is_not_whole_closes_only_for_a_reason(
    app: Flask, client: FlaskClient, station: Station, what: str
) -> None:
    if what == "unheard":
        with app.app_context():
            install = session.scalars(select(Install.id)).one()
            transact(partial(expecting.note, install, station.event_id))
    else:
        item = station.tablet.sign()
        if what == "missing":
            station.tablet.lose(item)
        station.tablet.send(client)
    with later(app, station, timedelta(hours=1)):
        with pytest.raises(closing.WhyNot):
            close(app, station)
        close(app, station, "It fell into the Han river.")
    found = gap(app, station)
    assert found.report.closed_why == "It fell into the Han river."
    assert (found.lost, found.still_there) == (int(what == "missing"), int(what == "held"))


def test_a_tablet_that_is_heard_after_the_event_and_has_nothing_is_whole(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    with app.app_context():
        install = session.scalars(select(Install.id)).one()
        transact(partial(expecting.note, install, station.event_id))
    assert not gap(app, station).is_whole
    with later(app, station, timedelta(hours=1)):
        station.tablet.send(client, reports=[])
        assert gap(app, station).is_whole


def test_what_comes_after_closing_waits_and_counts_only_once_somebody_says_so(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    tablet = station.tablet
    known = tablet.sign()
    tablet.send(client, [known])  # the answer is lost
    intake.opened(app, station)
    with later(app, station, timedelta(hours=1)):
        close(app, station)
        late = tablet.sign()
        assert set(tablet.deliver(client).values()) == {"stored"}
        intake.opened(app, station)
        for item in (known, late):
            assert intake.state(app, item) == "quarantined: after_closing"
        assert gap(app, station).late == 2
        with app.app_context():
            opening.open_again([known.id, late.id])
    assert intake.counted(app, station) == {"no_mailbox": 2}


# The key


def key_file(app: Flask) -> list[str]:
    """List the seeds on disk."""
    return [path.name for path in (app.config["LANTERN"].key_dir / "intake").glob("*.key")]


def destroy(app: Flask, station: Station) -> bool:
    """Let the key go if it may."""
    with app.app_context():
        return transact(partial(closing.destroy_if_done, station.event_id))


def test_the_key_goes_when_nothing_can_come_any_more_and_not_before(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    station.tablet.sign()
    station.tablet.deliver(client)
    intake.opened(app, station)
    with later(app, station, timedelta(hours=13)):
        assert not destroy(app, station)  # a report is open
    with later(app, station, timedelta(hours=1)):
        close(app, station)
        assert not destroy(app, station)  # a tablet may still collect
    assert len(key_file(app)) == 1
    with later(app, station, timedelta(hours=12)):
        assert destroy(app, station)
        assert not destroy(app, station)
    assert key_file(app) == []
    with app.app_context():
        assert keys.current(station.event_id) is None
        assert session.scalars(select(EventKey.destroyed_at)).one() is not None
    # what is sealed to it from then on opens for nobody
    item = station.tablet.sign()
    with later(app, station, timedelta(hours=13)):
        station.tablet.deliver(client)
        with app.app_context():
            opening.open_again([item.id])
    assert intake.state(app, item) == "quarantined: no_key"


def test_with_numbers_missing_the_key_stays_ninety_days_and_until_somebody_was_warned(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    station.tablet.lose(station.tablet.sign())
    station.tablet.send(client)
    with later(app, station, timedelta(hours=12)):
        close(app, station, "stolen")
        assert not destroy(app, station)
    with later(app, station, timedelta(days=75)), app.app_context():
        assert closing.to_warn() == []
    with later(app, station, timedelta(days=100)):
        assert not destroy(app, station)  # nobody was warned
        with app.app_context():
            [(key, _event, _until)] = closing.to_warn()
            warned = update(EventKey).where(EventKey.key_id == key.key_id)
            transact(lambda: session.execute(warned.values(warned_at=clock.now())))
        assert not destroy(app, station)
    with later(app, station, timedelta(days=115)):
        assert destroy(app, station)
    assert key_file(app) == []


def test_a_late_envelope_keeps_the_key(app: Flask, client: FlaskClient, station: Station) -> None:
    station.tablet.send(client)
    with later(app, station, timedelta(hours=12)):
        close(app, station)
        station.tablet.sign()
        station.tablet.deliver(client)
        assert not destroy(app, station)


def test_an_open_report_keeps_the_petitions_index_key(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    station.tablet.sign()
    station.tablet.deliver(client)
    intake.opened(app, station)
    petition = station.world.petition_id
    with app.app_context():
        assert keeping.AWAITED["kiosk"](petition)
        assert not keeping.AWAITED["kiosk"](petition + 1)
    with later(app, station, timedelta(hours=1)):
        close(app, station)
    with app.app_context():
        assert not keeping.AWAITED["kiosk"](petition)


def test_a_closed_report_holds_no_numbering(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    for _signer in range(3):
        station.tablet.sign()
    station.tablet.deliver(client)
    intake.opened(app, station)
    with later(app, station, timedelta(hours=1)), app.app_context():
        assert transact(partial(closing.close_whole, station.event_id)) == 1
        assert session.scalar(select(func.count()).select_from(Intake)) == 0
        numbers = session.scalars(select(GapReport.numbers)).one() or {}
        assert numbers["numbers"] == []


def test_a_tablet_heard_when_it_can_collect_no_more_closes_its_report_by_itself(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    station.tablet.sign()
    station.tablet.deliver(client)
    intake.opened(app, station)
    with later(app, station, timedelta(hours=13)):
        jobs.settle()
        assert not gap(app, station).is_closed
        station.tablet.send(client)
        jobs.settle()
    assert gap(app, station).is_closed
    assert key_file(app) == []
