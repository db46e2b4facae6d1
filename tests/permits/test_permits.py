"""Permits, and the one word by which an event may be confirmed."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from campaign_app.core import clock, files
from campaign_app.core.db import session, transact
from campaign_app.core.files import StoredFile
from campaign_app.events import changing
from campaign_app.events.changing import Elsewhere, PermitsMissing
from campaign_app.events.models import Event, Location
from campaign_app.permits import jobs, queries, services, troubles
from campaign_app.permits.facts import Paper, Stands
from campaign_app.permits.models import Permit, PermitPaper
from campaign_app.permits.rules import NOTHING
from tests.asked import questions
from tests.permits import asking
from tests.permits.asking import NOTICE, STATION, asked, gate_of, says, stands

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
PDF = Paper(content=b"%PDF-1.7 signed by Kim Mina", mime="application/pdf", name="permit.pdf")


@pytest.fixture(autouse=True)
def inside(app: Flask) -> Iterator[None]:
    with app.app_context(), clock.frozen(NOW):
        yield


@pytest.fixture
def event_id(app: Flask) -> int:
    return asking.planned(app)


# The gate


def test_while_nobody_has_said_anything_the_gate_waits(event_id: int) -> None:
    assert gate_of(event_id) == "waiting"
    with pytest.raises(PermitsMissing):
        transact(lambda: changing.confirm(event_id))


def test_an_event_can_be_confirmed_when_all_is_filed(event_id: int) -> None:
    notice, consent = asked(event_id, NOTICE, STATION)
    assert gate_of(event_id) == "waiting"
    stands(notice, "filed")
    assert gate_of(event_id) == "waiting"
    stands(consent, "granted")
    assert gate_of(event_id) == "filed"
    assert transact(lambda: changing.confirm(event_id)).state == "confirmed"
    stands(notice, "granted")
    assert gate_of(event_id) == "granted"


def test_a_decision_takes_a_name_a_day_and_a_reason(event_id: int) -> None:
    permit = asked(event_id)[0]
    stands(permit, "goes_ahead", by="Kim Mina", reason="The police never answered")
    assert gate_of(event_id) == "goes_ahead"
    kept = session.get_one(Permit, permit.id)
    assert (kept.decided_by, kept.decided_on) == ("Kim Mina", "2026-11-14")
    assert kept.reason == "The police never answered"
    entry = asking.trail("permit.goes_ahead")[0]
    assert entry.detail["by"] == "Kim Mina"
    for missing in ("by", "on", "reason"):
        with pytest.raises(IntegrityError):
            stands(permit, "not_needed", **{missing: ""})


def test_an_event_of_which_somebody_decides_that_it_needs_nothing(event_id: int) -> None:
    transact(lambda: services.decide_nothing(event_id, says("not_needed")))
    assert [one.rule for one in queries.of_event(event_id)] == [NOTHING]
    assert gate_of(event_id) == "not_needed"


def test_what_is_recorded_by_mistake_can_be_taken_back(event_id: int) -> None:
    permit = asked(event_id)[0]
    stands(permit, "granted")
    transact(lambda: services.stand(permit.id, Stands(state="to_file")))
    kept = session.get_one(Permit, permit.id)
    assert (kept.answered_on, kept.named) == ("", {})
    assert gate_of(event_id) == "waiting"


def test_a_rule_is_put_on_the_list_once(event_id: int) -> None:
    asked(event_id)
    transact(lambda: services.add(event_id, [NOTICE], "The market hall"))
    transact(lambda: services.add(event_id, [], "The market hall"))
    assert [one.rule or one.title for one in queries.of_event(event_id)] == [
        NOTICE,
        "The market hall",
    ]
    assert {one.key for one in queries.proposals(session.get_one(Event, event_id))} == {
        "kr-district-office",
        STATION,
    }


def test_only_what_was_never_asked_can_be_taken_off_the_list(event_id: int) -> None:
    notice, consent = asked(event_id, NOTICE, STATION)
    stands(notice, "filed")
    with pytest.raises(services.AlreadyAsked):
        transact(lambda: services.remove(notice.id))
    transact(lambda: services.remove(consent.id))
    assert gate_of(event_id) == "filed"
    with pytest.raises(services.NoSuchPermit):
        transact(lambda: services.remove(consent.id))


def test_two_who_record_at_once_leave_a_gate_that_fits(app: Flask, event_id: int) -> None:
    permits = asked(event_id, NOTICE, STATION, "kr-district-office")
    numbers = [one.id for one in permits]
    session.rollback()
    gathered = threading.Barrier(len(numbers))

    def record(number: int) -> None:
        with app.app_context():
            gathered.wait()
            transact(lambda: services.stand(number, says("granted")))

    threads = [threading.Thread(target=record, args=(number,)) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert gate_of(event_id) == "granted"


def test_confirming_and_refusing_at_once_end_in_one_order_or_the_other(
    app: Flask, event_id: int
) -> None:
    permit = asked(event_id)[0].id
    transact(lambda: services.stand(permit, says("filed")))
    session.rollback()
    gathered = threading.Barrier(2)
    refused: list[str] = []

    def refuse() -> None:
        with app.app_context():
            gathered.wait()
            transact(lambda: services.stand(permit, says("refused")))

    def confirm() -> None:
        with app.app_context():
            gathered.wait()
            try:
                transact(lambda: changing.confirm(event_id))
            except PermitsMissing:
                refused.append("waiting")

    threads = [threading.Thread(target=work) for work in (refuse, confirm)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    session.rollback()
    state, stood = session.execute(
        select(Event.state, Event.permit_gate).where(Event.id == event_id)
    ).one()
    assert (state, stood) == (("draft", "waiting") if refused else ("confirmed", "filed"))


# What happens afterwards


def test_a_refusal_of_a_confirmed_event_is_told_loudly_and_takes_nothing_back(app: Flask) -> None:
    number = asking.confirmed(app)
    permit = queries.of_event(number)[0]
    outcome = stands(permit, "refused")
    assert [one.id for one in outcome.shut] == [number]
    event = session.get_one(Event, number)
    assert (event.state, event.permit_gate) == ("confirmed", "filed")
    assert len(asking.trail("event.permits_fell_short")) == 1
    assert "was refused, and this event is announced" in said(number)[0]
    stands(permit, "goes_ahead")
    assert gate_of(number) == "goes_ahead"
    assert said(number) == []


def test_what_fell_short_while_it_was_confirmed_does_not_confirm_it_again(app: Flask) -> None:
    number = asking.confirmed(app)
    stands(queries.of_event(number)[0], "refused")
    jobs.settle()
    assert gate_of(number) == "filed"  # it is confirmed: nothing is taken back
    transact(lambda: changing.postpone(number))
    jobs.settle()
    assert gate_of(number) == "waiting"
    with pytest.raises(PermitsMissing):
        transact(lambda: changing.confirm(number))
    jobs.settle()
    assert len(asking.trail("event.permits_stand")) == 2


def said(number: int) -> list[str]:
    """Say what does not fit for an event as it is now."""
    session.rollback()
    return troubles.of_event(session.get_one(Event, number), queries.of_event(number))


def test_a_move_goes_through_and_warns_that_the_notice_names_exit_1(app: Flask) -> None:
    number = asking.confirmed(app)
    exit_8 = transact(lambda: asking.station("yongsan-8", exit_number="8")).id
    assert said(number) == []
    moved = transact(lambda: changing.move(number, Elsewhere(location_id=exit_8)))
    assert moved.state == "moved"
    assert said(number) == [
        "“Notice of an outdoor assembly” names Yongsan station, exit 1; the event is now at "
        "Yongsan station, exit 8. Tell whoever was asked."
    ]
    permit = queries.of_event(number)[0]
    stands(permit, "granted")  # what they granted was asked before the move
    assert len(said(number)) == 1
    transact(lambda: services.told(permit.id))
    assert said(number) == []
    assert len(asking.trail("permit.told")) == 1


def test_another_time_than_the_notice_names_is_told_until_it_is_filed_again(app: Flask) -> None:
    number = asking.confirmed(app)
    transact(lambda: changing.move(number, Elsewhere(starts_local="2026-12-12T16:00")))
    assert "names 12/12/26" in said(number)[0]
    stands(queries.of_event(number)[0], "filed")
    assert said(number) == []


def test_what_the_notice_named_stays_said_when_the_place_is_renamed_later(app: Flask) -> None:
    number = asking.confirmed(app)

    def rename() -> None:
        event = session.get_one(Event, number)
        event.location.names = {"en": "Yongsan plaza"}

    transact(rename)
    exit_8 = transact(lambda: asking.station("yongsan-8", exit_number="8")).id
    transact(lambda: changing.move(number, Elsewhere(location_id=exit_8)))
    assert "names Yongsan station, exit 1;" in said(number)[0]


def test_an_announced_event_whose_notice_is_late_is_told_and_a_draft_is_not(app: Flask) -> None:
    number = asking.confirmed(app)
    asked(number, NOTICE, STATION)
    late = queries.of_event(number)[1].id
    transact(lambda: services.set_due(late, "2026-11-19T18:00"))
    assert "was to be filed by" in said(number)[0]
    transact(lambda: changing.cancel(number))
    assert said(number) == []


# Several dates


@pytest.fixture
def dates() -> list[int]:
    def plan() -> list[int]:
        place = asking.station()
        made = asking.series(place, "2026-12-12", "2027-01-09", "2027-02-13", "2027-03-13")
        return [one.id for one in made]

    return transact(plan)


def states(dates: list[int]) -> list[list[str]]:
    session.rollback()
    return [[one.state for one in queries.of_event(number)] for number in dates]


def test_a_notice_is_filed_for_all_dates_of_a_series_until_a_day(dates: list[int]) -> None:
    permit = asked(dates[0])[0]
    outcome = transact(lambda: services.stand(permit.id, says("filed"), until="2027-02-13"))
    assert outcome.dates == 3
    assert states(dates) == [["filed"], ["filed"], ["filed"], []]
    assert [gate_of(number) for number in dates] == ["filed", "filed", "filed", "waiting"]
    named = [queries.of_event(number)[0].named["starts_local"] for number in dates[:3]]
    assert named == ["2026-12-12T14:00", "2027-01-09T14:00", "2027-02-13T14:00"]


def test_dates_that_stand_otherwise_lie_before_or_are_elsewhere_stay_as_they_are(
    dates: list[int],
) -> None:
    elsewhere = transact(lambda: asking.station("yongsan-8", exit_number="8")).id
    transact(lambda: changing.move(dates[3], Elsewhere(location_id=elsewhere)))
    transact(lambda: services.add(dates[0], [NOTICE], until="2027-12-31"))
    assert states(dates) == [["to_file"], ["to_file"], ["to_file"], []]
    stands(queries.of_event(dates[2])[0], "granted")
    outcome = transact(
        lambda: services.stand(queries.of_event(dates[1])[0].id, says("filed"), "2027-12-31")
    )
    assert outcome.dates == 1
    assert states(dates) == [["to_file"], ["filed"], ["granted"], []]


def test_an_event_without_a_series_is_meant_alone(event_id: int) -> None:
    permit = asked(event_id)[0]
    outcome = transact(lambda: services.stand(permit.id, says("filed"), "2030-01-01"))
    assert outcome.dates == 1


def test_a_deadline_of_our_own_lies_as_long_before_each_date(dates: list[int]) -> None:
    permit = asked(dates[0])[0]
    transact(lambda: services.set_due(permit.id, "2026-12-01T18:00", until="2027-01-31"))
    assert [one.due_local for number in dates for one in queries.of_event(number)] == [
        "2026-12-01T18:00",
        "2026-12-29T18:00",
    ]
    transact(lambda: services.set_due(permit.id, ""))
    assert queries.of_event(dates[0])[0].due_local == ""


def test_one_paper_belongs_to_all_its_dates_and_goes_with_the_last(dates: list[int]) -> None:
    permit = asked(dates[0])[0]
    transact(lambda: services.attach(permit.id, PDF, until="2027-01-31"))
    papers = session.scalars(select(PermitPaper).order_by(PermitPaper.id)).unique().all()
    assert len({one.file_id for one in papers}) == 1
    assert [one.permit.event_id for one in papers] == dates[:2]
    assert files.content_of(papers[0].file) == PDF.content
    stored = session.execute(text("SELECT content FROM stored_file")).scalars().all()
    assert all(b"Kim" not in bytes(one) for one in stored)
    numbers = [one.id for one in papers]
    for left, number in ((1, numbers[0]), (0, numbers[1])):
        transact(partial(services.detach, number))
        assert session.scalar(select(func.count()).select_from(StoredFile)) == left


def test_a_permit_with_a_paper_is_no_mistake(event_id: int) -> None:
    permit = asked(event_id)[0]
    transact(lambda: services.attach(permit.id, PDF))
    with pytest.raises(services.AlreadyAsked):
        transact(lambda: services.remove(permit.id))


# What is due


def test_what_is_open_is_sorted_by_its_deadline(app: Flask) -> None:
    place = transact(asking.station).id

    def plan(starts: str) -> int:
        return transact(
            lambda: asking.event(session.get_one(Location, place), starts, titles={"en": starts})
        ).id

    soon, week, later, silent = (
        plan(day)
        for day in ("2026-11-21T14:00", "2026-11-25T14:00", "2026-12-12T14:00", "2026-12-13T14:00")
    )
    over = plan("2026-11-19T14:00")
    for number in (soon, week, later, over):
        asked(number)
    consent = asked(later, STATION)[1]
    district = asked(week, "kr-district-office")[1]
    stands(district, "filed")
    found = queries.due()
    assert [line.event.id for line in found.overdue] == [soon]
    assert [line.event.id for line in found.this_week] == [week]
    assert [(line.event.id, line.permit is None) for line in found.later] == [
        (later, False),
        (silent, True),
    ]
    assert [line.permit for line in found.undated] == [consent]
    assert [line.permit for line in found.filed] == [district]
    assert queries.overdue() == 1
    transact(lambda: services.stand(queries.of_event(soon)[0].id, says("goes_ahead")))
    assert queries.overdue() == 0


def test_what_was_called_off_or_has_no_date_yet_is_not_due(app: Flask) -> None:
    number = asking.confirmed(app)
    asked(number, STATION)
    assert len(queries.due().undated) == 1
    transact(lambda: changing.postpone(number))
    assert queries.due().is_empty


def test_the_board_asks_as_often_for_many_events_as_for_few(app: Flask) -> None:
    place = transact(asking.station).id

    def plan(days: range) -> None:
        for day in days:
            made = asking.event(session.get_one(Location, place), f"2026-12-{day:02}T14:00")
            services.add(made.id, [NOTICE, STATION])

    def asked_for() -> int:
        session.remove()
        with questions() as seen:
            queries.due()
        return len(seen)

    transact(lambda: plan(range(1, 3)))
    few = asked_for()
    transact(lambda: plan(range(3, 20)))
    assert asked_for() == few <= 4
