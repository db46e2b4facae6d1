"""One sentence per change, for everybody: on the page, behind the code, in the chat."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask

from campaign_app.core import clock
from campaign_app.core.db import session, transact
from campaign_app.events import changing, notices
from campaign_app.events.changing import Elsewhere, Said
from campaign_app.events.models import Event, Location
from tests.asked import questions
from tests.events.planned import SATURDAY, exit_of, gated, nations, stall


@pytest.fixture(autouse=True)
def inside(app: Flask) -> Iterator[None]:
    with app.app_context(), clock.frozen(SATURDAY):
        yield


@pytest.fixture
def exit_1() -> Location:
    return exit_of("1")


@pytest.fixture
def announced(exit_1: Location) -> Event:
    made = stall(exit_1)
    gated(made)
    return transact(lambda: changing.confirm(made.id))


def said(event: Event, language: str = "en") -> str:
    session.rollback()
    found = session.get_one(Event, event.id)
    change = notices.latest(found)
    return notices.notice(found, change, language) if change else ""


def moved(event: Event, why: Said = changing.NOTHING_SAID, **to: object) -> None:
    transact(lambda: changing.move(event.id, Elsewhere(**to), why))  # type: ignore[arg-type]


def test_an_announcement_is_no_news(announced: Event) -> None:
    assert said(announced) == ""


def test_an_exit_of_the_same_station_is_named_by_its_number(announced: Event) -> None:
    moved(announced, location_id=exit_of("8").id)
    assert said(announced) == "Today at exit 8, not exit 1."
    with clock.frozen(SATURDAY - timedelta(days=2)):
        assert said(announced).startswith("On Saturday")
        assert said(announced).endswith("at exit 8, not exit 1.")


def test_another_place_is_named_in_full_with_the_reason(announced: Event) -> None:
    moved(announced, Said(reason="rain"), location_id=nations(zone="Asia/Seoul").id)
    assert said(announced) == (
        "Today at Place des Nations, not Yongsan station, exit 1. The rain is too heavy."
    )


def test_another_day_says_both_days(announced: Event) -> None:
    moved(announced, starts_local="2026-11-21T14:00")
    sentence = said(announced)
    assert "November 21" in sentence
    assert "no longer on Saturday, November 14" in sentence


def test_another_hour_today_says_the_hours(announced: Event) -> None:
    moved(announced, starts_local="2026-11-14T15:00", ends_local="2026-11-14T18:30")
    assert said(announced).replace("\u202f", " ") == (
        "Today from 3:00 PM to 6:30 PM: the time has changed."
    )


def test_another_day_and_place_say_all_four(announced: Event) -> None:
    moved(announced, location_id=exit_of("8").id, starts_local="2026-11-21T14:00")
    for part in ("November 21", "exit 8", "November 14", "exit 1"):
        assert part in said(announced)


def test_late_repeats_where_it_was_moved_to(announced: Event) -> None:
    moved(announced, location_id=exit_of("8").id)
    transact(lambda: changing.late(announced.id, "2026-11-14T15:00"))
    assert said(announced).replace("\u202f", " ") == (
        "Today we begin later, at 3:00 PM. The place is exit 8, not exit 1."
    )


def test_postponed_then_dated_then_cancelled_then_resumed(announced: Event) -> None:
    transact(lambda: changing.postpone(announced.id, Said(reason="heat")))
    assert said(announced) == (
        "Not today: it is postponed. The new date is not known yet. It is too hot."
    )
    moved(announced, starts_local="2026-11-21T14:00")
    assert said(announced).startswith("The new date: Saturday, November 21")
    transact(lambda: changing.cancel(announced.id, Said(reason="police")))
    assert "November 21, 2026 is cancelled. The police asked us to." in said(announced)
    transact(lambda: changing.resume(announced.id))
    assert said(announced).startswith("It takes place after all: on Saturday, November 21")


def test_stopped_says_since_when(announced: Event) -> None:
    with clock.frozen(SATURDAY + timedelta(hours=5)):
        transact(lambda: changing.stop(announced.id, Said(reason="dust")))
        assert said(announced).replace("\u202f", " ") == (
            "Today we ended early, at 3:30 PM. There is too much fine dust in the air."
        )


def test_the_words_of_the_lead_follow_in_their_language_only(announced: Event) -> None:
    words = {"en": "Look for the yellow banner.", "ko": "노란 현수막을 찾으세요."}
    moved(announced, Said(words=words, alias="Mina"), location_id=exit_of("8").id)
    assert said(announced) == "Today at exit 8, not exit 1. Look for the yellow banner."
    assert said(announced, "ko").endswith("노란 현수막을 찾으세요.")
    assert "banner" not in said(announced, "fr")
    assert "Mina" not in said(announced)


def test_the_news_of_a_month_cost_as_many_questions_as_those_of_a_day(exit_1: Location) -> None:
    exit_8, found = exit_of("8"), []
    for _number in range(6):
        made = stall(exit_1)
        gated(made)
        transact(lambda: changing.confirm(made.id))  # noqa: B023 -- runs at once
        transact(lambda: changing.move(made.id, Elsewhere(location_id=exit_8.id)))  # noqa: B023
        found.append(session.get_one(Event, made.id))

    def asked(events: list[Event]) -> int:
        news = notices.latest_of([one.id for one in events])
        return len(notices.notices([(one, news[one.id]) for one in events], "en"))

    assert counting(lambda: asked(found[:1])) == counting(lambda: asked(found)) == 2


def counting(work: Callable[[], object]) -> int:
    session.expunge_all()
    with questions() as seen:
        work()
    return len(seen)


def test_the_chat_text_says_what_where_when_and_the_address(announced: Event) -> None:
    moved(announced, Said(reason="station"), location_id=exit_of("8").id)
    text = notices.chat_text(session.get_one(Event, announced.id), "en")
    title, news, when, place, link = text.splitlines()
    assert title == "Saturday stall"
    assert news == "Today at exit 8, not exit 1. The station asked us to."
    assert "November 14" in when
    assert place == "Yongsan station, exit 8"
    assert link.endswith(f"/en/events/{announced.letters}")
    transact(lambda: changing.cancel(announced.id))
    cancelled = notices.chat_text(session.get_one(Event, announced.id), "ko")
    assert len(cancelled.splitlines()) == 4


def test_a_board_without_news_asks_one_small_question(app: Flask, announced: Event) -> None:
    assert notices.near(announced.id) is None
    assert counting(lambda: notices.near(announced.id)) == 1
