"""Letters to volunteers: each once, in their language, and only the newest news."""

from datetime import timedelta
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from campaign_app.core import clock, db
from campaign_app.core.db import session
from campaign_app.events import changing
from campaign_app.events.changing import Elsewhere, Said
from campaign_app.outbox import registry
from campaign_app.outbox.models import OutboxRow
from campaign_app.shifts import forgetting, jobs, services, volunteers
from campaign_app.shifts.models import SignUp, Volunteer
from tests import given
from tests.shifts import crewing
from tests.shifts.crewing import Stall, asked, confirmed, seats, whose

pytestmark = pytest.mark.usefixtures("inside")


@pytest.fixture(autouse=True)
def only_what_is_asked_for(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the other rooms' repeated jobs rest while the clock jumps; ours are called by name."""
    monkeypatch.setattr(registry, "repeated", {})


def do(work: Any, *args: Any, **said: Any) -> Any:
    return db.transact(lambda: work(*args, **said))


def subjects(app: Flask, alias: str = "mina") -> list[str]:
    """List what one person got, without who sends it."""
    given.send_mail(app)
    return [str(mail["Subject"]).partition(": ")[2] for mail in of(app, alias)]


def of(app: Flask, alias: str = "mina") -> list[EmailMessage]:
    return [mail for mail in given.mails(app) if str(mail["To"]).startswith(f"{alias}@")]


def test_asking_and_the_answer_are_told_once(app: Flask, stall: Stall) -> None:
    mina = asked(stall.board, "Mina", language="fr")
    jun = asked(stall.board, "Jun")
    assert len(subjects(app)) == 1
    do(services.confirm, mina)
    do(services.decline, jun)
    for _replay in range(2):
        jobs.tell({"sign_up": str(mina)})
        jobs.tell({"sign_up": str(jun)})
    assert len(subjects(app)) == 2
    assert "samedi 21 novembre 2026" in given.text_of(of(app)[-1])
    assert subjects(app, "jun")[-1] == "This time without you: Saturday at Yonsei"


def test_of_an_answer_that_changes_before_the_mail_goes_only_the_last_is_told(
    app: Flask, stall: Stall
) -> None:
    mina = asked(stall.board, "Mina")
    do(services.confirm, mina)
    assert subjects(app) == ["Your shift is confirmed: Saturday at Yonsei"]


def test_a_move_is_told_in_each_ones_language_with_the_new_time(app: Flask, stall: Stall) -> None:
    confirmed(stall.board, "Mina", language="fr")
    confirmed(stall.board, "Jun", language="ko")
    given.send_mail(app)
    do(changing.move, stall.event, Elsewhere(starts_local="2026-11-22T15:00"), Said(reason="rain"))
    assert len(subjects(app)) == 2
    assert "dimanche 22 novembre 2026" in given.text_of(of(app)[-1])
    assert "2026년 11월 22일" in given.text_of(of(app, "jun")[-1])
    for _replay in range(2):
        jobs.tell_change({"event": stall.event, "sequence": 2})
    assert len(subjects(app)) == 2


def test_a_later_change_takes_back_what_still_waits(app: Flask, stall: Stall) -> None:
    mina = confirmed(stall.board, "Mina")
    given.send_mail(app)
    do(changing.move, stall.event, Elsewhere(starts_local="2026-11-22T15:00"))
    jobs.tell_change({"event": stall.event, "sequence": 2})
    do(changing.cancel, stall.event)
    jobs.tell_change({"event": stall.event, "sequence": 3})
    waiting = select(OutboxRow).where(OutboxRow.ref == f"shift-change:{stall.event}:{whose(mina)}")
    assert len(session.scalars(waiting).all()) == 1
    assert len(subjects(app)) == 2
    assert "cancelled" in given.text_of(of(app)[-1])
    # The job of the step before comes late, as after a crash: there is nothing new in it.
    jobs.tell_change({"event": stall.event, "sequence": 2})
    assert len(subjects(app)) == 2


def test_of_two_shifts_at_one_event_one_mail_tells(app: Flask, stall: Stall) -> None:
    half: dict[str, Any] = {"least": 1, "most": 1, "role": "board"}
    first, second = (
        do(
            services.add_shift,
            stall.event,
            services.ShiftPlan(
                **half,
                starts_local=f"2026-11-21T{begin}:00",
                ends_local=f"2026-11-21T{begin + 2}:00",
            ),
        ).id
        for begin in (14, 16)
    )
    confirmed(first, "Mina")
    confirmed(second, "Mina")
    given.send_mail(app)
    before = len(of(app))
    do(changing.postpone, stall.event)
    assert len(subjects(app)) == before + 1
    assert "Your own page" in given.text_of(of(app)[-1])


def test_announcing_what_was_a_draft_is_no_news(app: Flask, stall: Stall) -> None:
    confirmed(stall.board, "Mina")
    given.send_mail(app)
    jobs.tell_change({"event": stall.event, "sequence": 1})
    jobs.tell_change({"event": 999, "sequence": 1})
    assert len(subjects(app)) == 1


def test_whoever_cancelled_hears_no_more(app: Flask, stall: Stall) -> None:
    mina = confirmed(stall.board, "Mina")
    given.send_mail(app)
    do(services.cancel, mina, whose(mina))
    do(changing.cancel, stall.event)
    assert len(subjects(app)) == 1


def test_another_time_of_a_shift_is_told_to_those_on_it(app: Flask, stall: Stall) -> None:
    confirmed(stall.board, "Mina")
    given.send_mail(app)
    facts: dict[str, Any] = {"role": "board", "least": 1, "most": 3}
    do(services.change_shift, stall.board, services.ShiftPlan(**facts))
    assert len(subjects(app)) == 1
    half: dict[str, Any] = {"starts_local": "2026-11-21T16:00", "ends_local": "2026-11-21T18:00"}
    do(services.change_shift, stall.board, services.ShiftPlan(**facts, **half))
    assert subjects(app)[-1] == "This has changed: Saturday at Yonsei"
    assert "4:00\u202fPM to 6:00\u202fPM" in given.text_of(of(app)[-1])


def test_what_waited_too_long_is_told_to_nobody(app: Flask, stall: Stall) -> None:
    mina = confirmed(stall.board, "Mina")
    with clock.frozen(crewing.ENDS):
        jobs.tell({"sign_up": str(mina)})
        assert session.get_one(SignUp, mina).told_state == "confirmed"
    do(changing.postpone, stall.event)
    with clock.frozen(crewing.NOW + timedelta(days=3)):
        jobs.tell_change({"event": stall.event, "sequence": 2})
    session.rollback()
    assert session.scalars(select(OutboxRow).where(OutboxRow.is_mail)).all() == []


def test_the_one_who_gave_a_seat_away_is_told_and_the_one_who_took_it(
    app: Flask, stall: Stall
) -> None:
    mina = confirmed(stall.tablet, "Mina")
    other = crewing.stall(app, "hongdae", days=7)
    jun = whose(confirmed(other.board, "Jun"))
    given.send_mail(app)
    do(services.offer, mina, whose(mina), offered=True)
    do(services.take, mina, jun)
    assert subjects(app)[-1] == "Somebody took over your shift: Saturday at Yonsei"
    assert subjects(app, "jun")[-1] == "Your shift is confirmed: Saturday at Yonsei"


def test_the_day_before_each_is_reminded_once_and_again_when_the_hour_changes(
    app: Flask, stall: Stall
) -> None:
    confirmed(stall.board, "Mina")
    asked(stall.tablet, "Jun")
    given.send_mail(app)
    jobs.remind()
    assert len(subjects(app)) == 1
    with clock.frozen(crewing.STARTS - timedelta(hours=23)):
        for _time in range(3):
            jobs.remind()
        assert subjects(app)[-1] == "Soon it is your turn: Saturday at Yonsei"
        assert len(subjects(app)) == 2
        do(changing.late, stall.event, "2026-11-21T15:00")
        jobs.remind()
        assert len(subjects(app)) == 4
        do(changing.cancel, stall.event)
        jobs.remind()
        assert len(subjects(app)) == 5
    assert len(subjects(app, "jun")) == 3


def test_a_mailbox_that_is_typed_again_gets_its_own_link(app: Flask, stall: Stall) -> None:
    mina = confirmed(stall.board, "Mina")
    given.send_mail(app)
    do(services.sign_up, stall.tablet, crewing.newcomer("Who", email="mina@example.org"))
    assert subjects(app)[-1] == "Your shifts"
    assert crewing.token(mina) in given.text_of(of(app)[-1])
    assert "Who" not in given.text_of(of(app)[-1])


def test_nothing_readable_waits_in_the_outbox(app: Flask, stall: Stall) -> None:
    mina = confirmed(stall.board, "Mina")
    jobs.tell({"sign_up": str(mina)})
    session.rollback()
    held = b"".join(row.payload for row in session.scalars(select(OutboxRow)))
    assert b"mina@" not in held.lower()
    assert crewing.token(mina).encode() not in held


# Forgetting


def volunteers_left() -> dict[str, bool]:
    """Tell of whom there is still a way to reach them."""
    session.rollback()
    return {one.alias: one.contact is not None for one in session.scalars(select(Volunteer))}


def test_sixty_days_after_the_last_event_nobody_can_be_reached_and_hours_stay(
    app: Flask, stall: Stall
) -> None:
    later = crewing.stall(app, "hongdae", days=30)
    mina, jun = confirmed(stall.board, "Mina"), confirmed(stall.board, "Jun", phone="01012345678")
    link = crewing.token(mina)
    confirmed(later.board, "Sol")
    confirmed(stall.lead, "Sol")
    with clock.frozen(crewing.ENDS):
        do(services.confirm_hours, mina, 120)
        do(services.mark, jun, came=False)
    with clock.frozen(crewing.ENDS + forgetting.KEPT_FOR):
        jobs.forget()
        assert volunteers_left() == {"Mina": True, "Jun": True, "Sol": True}
    with clock.frozen(crewing.ENDS + forgetting.KEPT_FOR + timedelta(seconds=1)):
        jobs.forget()
        assert volunteers_left() == {"Mina": False, "Sol": True}
        assert seats(stall.board) == 1
        found = volunteers.by_link(link)
        assert found is not None
        assert volunteers.contact_of(found) == volunteers.NOBODY
        assert (found.mail_mark, found.phone_mark, found.form_key) == (None, None, None)
        assert session.get_one(SignUp, mina).minutes == 120
    with clock.frozen(crewing.ENDS + timedelta(days=91)):
        jobs.forget()
        assert volunteers_left() == {"Mina": False}


def test_after_the_time_no_byte_of_a_contact_is_left(app: Flask, stall: Stall) -> None:
    mina = confirmed(stall.board, "Mina")
    closed = session.get_one(Volunteer, whose(mina)).contact
    with clock.frozen(crewing.ENDS + timedelta(days=61)):
        jobs.forget()
    session.rollback()
    values = [
        value
        for table in (Volunteer.__table__, SignUp.__table__)
        for row in session.execute(select(table)).all()
        for value in row
    ]
    assert closed not in values
    assert values == []


def test_whoever_asks_to_be_forgotten_is_at_once(app: Flask, stall: Stall) -> None:
    mina = confirmed(stall.board, "Mina")
    who, link = whose(mina), crewing.token(mina)
    do(forgetting.forget, who)
    assert volunteers_left() == {}
    assert seats(stall.board) == 0
    assert volunteers.by_link(link) is None


def test_a_box_opens_only_where_it_belongs_and_with_its_key(app: Flask, stall: Stall) -> None:
    mina, jun = confirmed(stall.board, "Mina"), confirmed(stall.board, "Jun")
    one, other = (session.get_one(Volunteer, whose(number)) for number in (mina, jun))
    assert volunteers.contact_of(one).email == "mina@example.org"
    one.contact = other.contact
    assert volunteers.contact_of(one) == volunteers.NOBODY
    key_dir = app.config["LANTERN"].key_dir
    for file in key_dir.rglob("shifts*"):
        file.unlink()
    assert volunteers.contact_of(other) == volunteers.NOBODY
    assert volunteers.token_of(other) == ""


def test_rows_say_neither_mailbox_nor_number_nor_link(app: Flask, stall: Stall) -> None:
    numbers: list[UUID] = [
        confirmed(stall.board, "Mina"),
        confirmed(stall.board, "Jun", phone="010-1234-5678"),
    ]
    links = [crewing.token(number) for number in numbers]
    session.rollback()
    held = "".join(
        str(dict(row._mapping))
        for table in db.Base.metadata.sorted_tables
        for row in session.execute(select(table)).all()
    )
    for secret in ("mina@example.org", "1234", stall.link, *links):
        assert secret not in held
