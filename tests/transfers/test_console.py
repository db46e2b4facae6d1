"""The finance role brings a bank's list and accepts what was recognised; nobody else sees a name."""

import codecs
import re
from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread
from typing import Final

import pytest
from flask import Flask

from campaign_app import create_app
from campaign_app.audit.models import AuditEntry
from campaign_app.core import clock
from campaign_app.core.db import session, transact
from campaign_app.core.money import Money
from campaign_app.donations import states as giving
from campaign_app.donations.models import Donation
from campaign_app.events.models import Location
from campaign_app.payments import ledger
from campaign_app.payments.opening import till
from campaign_app.receipts.models import GiftReceipt
from campaign_app.transfers import jobs, queries, states
from campaign_app.transfers.models import BankLayout, BankRow, BankUpload
from config import Config
from tests import given
from tests.accounts.people import signed_in, token_of
from tests.cash.conftest import cash as cash  # a stall with two boxes
from tests.cash.counted import WON, Cash
from tests.events.announced import told
from tests.faults.nasty import ASKED, FORM, NASTY, body_of
from tests.transfers.desk import HOME, Desk, finance
from tests.transfers.lists import KOREAN, Line, gift, kookmin, promised, shinhan, woori


def unassigned(app: Flask) -> dict[str, Money]:
    with app.app_context():
        session.rollback()
        assert ledger.prove(till().book) == []
        return dict(queries.unassigned(till().book))


def entered(app: Flask) -> int:
    with app.app_context():
        session.rollback()
        return session.query(BankRow).count()


@pytest.mark.parametrize("shape", KOREAN)
def test_a_promise_becomes_a_settled_gift_with_a_receipt(app: Flask, shape: str) -> None:
    letters = promised(app, 20_000)
    listed = [Line(20_000, "김미나", letters.upper()), Line(5_000, "이준호", balance=1_025_000)]
    desk = finance(app)
    text = KOREAN[shape](listed)
    assert desk.enter(text).status_code == 303
    assert unassigned(app) == {"KRW": Money(25_000, "KRW")}
    assert desk.offered(ticked=True) == desk.offered()
    assert desk.accept().status_code == 303
    with app.app_context():
        assert gift(letters).state == giving.SETTLED
        assert session.query(GiftReceipt).one().minor == 20_000
    assert unassigned(app) == {"KRW": Money(5_000, "KRW")}
    desk.enter(text)
    desk.enter(text + "\n")
    assert entered(app) == 2
    assert unassigned(app) == {"KRW": Money(5_000, "KRW")}


# How a bank's list is read


def test_the_first_list_of_a_bank_is_laid_out_by_a_person_and_the_next_is_not(app: Flask) -> None:
    desk = finance(app)
    answer = desk.bring(kookmin([Line(20_000, "김미나", "K7QX")]))
    assert "/layout/" in answer.location
    page = desk.client.get(answer.location).text
    assert "김미나" in page
    assert "K7QX" in page
    assert "20,000" in page
    assert entered(app) == 0
    assert desk.lay_out(answer).location.endswith(HOME)
    assert entered(app) == 1
    above = "새 공지,,,,,,,\n" + kookmin([Line(20_000, "김미나", "K7QX"), Line(7_000)])
    assert desk.bring(above).location.endswith(HOME)
    assert entered(app) == 2


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_wrong_column_is_said_in_a_sentence_and_the_file_is_not_lost(app: Flask) -> None:
    desk = finance(app)
    answer = desk.bring(kookmin([Line(20_000, "3일 김미나")]))
    wrong = desk.lay_out(answer, credit="2")
    assert wrong.status_code == 400
    assert "Row 5 has no amount" in wrong.text
    assert entered(app) == 0
    nothing = desk.lay_out(answer, credit="7", day="7")
    assert nothing.status_code == 400
    assert "No money came in" in nothing.text
    assert desk.lay_out(answer, credit="77").status_code == 400
    assert desk.lay_out(answer, head="nonsense").status_code == 400
    assert desk.lay_out(answer).status_code == 303
    assert entered(app) == 1


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_look_at_other_columns_enters_and_keeps_nothing(app: Flask) -> None:
    desk = finance(app)
    answer = desk.bring(kookmin([Line(20_000, "김미나", "K7QX")]))
    shown = desk.lay_out(answer, name="-1", show="1")
    assert shown.status_code == 200
    assert "김미나" not in shown.text.split("<details>")[0].split("</form>")[-1]
    with app.app_context():
        assert session.query(BankLayout).count() == entered(app) == 0


def test_a_list_with_another_head_is_laid_out_anew(app: Flask) -> None:
    desk = finance(app)
    desk.enter(kookmin([Line(20_000)]))
    answer = desk.bring(shinhan([Line(7_000)]))
    assert "/layout/" in answer.location
    assert "another head than before" in desk.client.get(answer.location).text
    desk.lay_out(answer)
    assert desk.bring(shinhan([Line(7_000), Line(8_000)])).location.endswith(HOME)
    assert entered(app) == 3
    with app.app_context():
        assert session.query(BankLayout).count() == 1
        assert session.query(BankUpload).count() == 0


def test_a_list_waits_closed_and_for_an_hour_only(app: Flask) -> None:
    desk = finance(app)
    answer = desk.bring(kookmin([Line(20_000, "Kim Mina")]), encoding="utf-8")
    with app.app_context():
        kept = session.query(BankUpload).one()
        assert b"Kim Mina" not in kept.content
        kept.created_at = clock.now() - timedelta(minutes=61)
        session.commit()
    assert desk.client.get(answer.location).status_code == 404
    with app.app_context():
        jobs.drop_uploads()
        assert session.query(BankUpload).count() == 0


@pytest.mark.parametrize("engine_name", ["sqlite"])
@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"%PDF-1.7 \n1 0 obj, <<, >>",
        b"PK\x03\x04\x14\x00\x06\x00, an Excel file that somebody called .csv",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00\x00, an old one",
        "<html><table><tr><td>거래일시, 입금액</td></tr></table></html>".encode(),
        b"a sentence",
        b"\n\n\n",
    ],
    ids=["nothing", "pdf", "xlsx", "xls", "html", "text", "blank"],
)
def test_what_is_no_list_is_refused_in_words(app: Flask, raw: bytes) -> None:
    desk = finance(app)
    answer = desk.bring(raw)
    assert answer.status_code == 400
    assert re.search(r"as CSV|Choose the file", answer.text)
    assert entered(app) == 0


@pytest.mark.parametrize("engine_name", ["sqlite"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16", "utf-16-be"])
def test_every_encoding_of_one_list_enters_its_rows_once(app: Flask, encoding: str) -> None:
    desk, text = finance(app), woori([Line(20_000, "김미나"), Line(5_000, "이준호")])
    desk.enter(text)
    mark = codecs.BOM_UTF16_BE if encoding == "utf-16-be" else b""
    desk.enter(mark + text.encode(encoding))
    assert entered(app) == 2
    assert unassigned(app) == {"KRW": Money(25_000, "KRW")}


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_list_that_is_too_large_is_refused_in_words(app: Flask) -> None:
    desk = finance(app)
    assert "4 MB" in desk.bring(b"a,b\n" * 1_100_000).text
    assert desk.bring(b"a,b\n" * 1_600_000).status_code == 413


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_bank_that_is_not_in_the_settings_is_refused(app: Flask) -> None:
    assert finance(app).bring(kookmin([Line(1)]), bank="nowhere").status_code == 400


# Deciding


def test_what_was_ticked_is_accepted_once_by_two_people_at_once(app: Flask) -> None:
    letters = [promised(app, 20_000 + number) for number in range(3)]
    mina, jun = finance(app), finance(app, "Jun")
    mina.enter(kookmin([Line(20_000 + n, memo=one) for n, one in enumerate(letters)]))
    offers, gate = mina.offered(ticked=True), Barrier(2)
    assert len(offers) == 3

    def press(desk: Desk) -> None:
        gate.wait()
        assert desk.accept(*offers).status_code == 303

    both = [Thread(target=press, args=[desk]) for desk in (mina, jun)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert unassigned(app) == {}
    with app.app_context():
        assert session.query(GiftReceipt).count() == 3
    assert mina.accept(*offers).status_code == 303
    assert "decided this row meanwhile" in mina.page()
    with app.app_context():
        session.rollback()
        assert session.query(GiftReceipt).count() == 3


def test_a_gift_is_found_by_hand_by_its_letters(app: Flask) -> None:
    letters = promised(app, 50_000)
    desk = finance(app)
    desk.enter(kookmin([Line(20_000, "남편이 보냄")]))
    page = desk.page(f"1?reference={letters[:2].upper()}-{letters[2:]}")
    assert f'value="gift:{letters}"' in page
    assert "No transfer was promised under ZZZZ" in desk.page("1?reference=zzzz")
    desk.send("1/accept", accept=f"gift:{letters}")
    with app.app_context():
        assert gift(letters).money == Money(20_000, "KRW")
    assert letters.upper() in desk.page("1")
    desk.send("1/mend")
    assert unassigned(app) == {"KRW": Money(20_000, "KRW")}


def test_a_gift_that_nobody_announced_counts_for_the_event_it_was_for(app: Flask) -> None:
    world = given.world(app)
    with app.app_context():
        event = transact(lambda: told(session.get_one(Location, world.location_id)).id)
    desk = finance(app)
    desk.enter(kookmin([Line(20_000)]))
    bad = desk.send("1/gift", purpose=f"event-{event}", language="ko", mail="no address")
    assert bad.status_code == 400
    assert "does not look like an address" in bad.text
    desk.send(
        "1/gift", purpose=f"event-{event}", language="ko", name="김미나", mail="m@example.org"
    )
    with app.app_context():
        made = session.query(Donation).one()
        assert (made.event_id, made.location_id) == (event, world.location_id)
        assert made.state == giving.SETTLED
        assert "김미나".encode() not in (made.contact or b"")


def test_a_bag_that_the_bank_counted_otherwise_is_chosen_by_hand(app: Flask, cash: Cash) -> None:
    deposit = cash.deposited(cash.counted())
    desk = finance(app)
    with app.app_context():
        today = clock.today()
    desk.enter(kookmin([Line(WON.minor - 500, "현금입금", on=today)]))
    assert desk.offered() == []
    assert f'value="cash:deposit:{deposit}"' in desk.page("1")
    desk.send("1/accept", accept=f"cash:deposit:{deposit}")
    assert unassigned(app) == {}
    assert cash.holds("deposit") == 0
    assert cash.holds("bank", detail="seoul") == WON.minor - 500
    assert abs(cash.holds("variance")) == 500


def test_nothing_is_left_out_without_a_reason(app: Flask) -> None:
    desk = finance(app)
    desk.enter(kookmin([Line(37, "예금이자")]))
    assert desk.send("1/ignore", reason="  ").status_code == 400
    assert unassigned(app) == {"KRW": Money(37, "KRW")}
    desk.send("1/ignore", reason="interest")
    assert unassigned(app) == {}
    assert "interest" in desk.page("done")


def test_rows_that_may_be_known_are_asked_about(app: Flask) -> None:
    desk = finance(app)
    desk.enter(kookmin([Line(20_000)]))
    desk.enter(woori([Line(20_000)]))
    assert 'name="row" value="2"' in desk.page()
    desk.send("doubtful", row="2", known="1")
    with app.app_context():
        session.rollback()
        assert session.get_one(BankRow, 2).state == states.KNOWN
    assert unassigned(app) == {"KRW": Money(20_000, "KRW")}
    assert 'name="row"' not in desk.page()


@pytest.mark.parametrize(
    "offer", ["", "1", "x gift:k7qx", "1 gift:", "9999 gift:k7qx", "1 payout:"]
)
def test_an_offer_that_is_none_changes_nothing(app: Flask, offer: str) -> None:
    desk = finance(app)
    desk.enter(kookmin([Line(20_000)]))
    assert desk.accept(offer).status_code == 303
    assert unassigned(app) == {"KRW": Money(20_000, "KRW")}


# Who may see a name


@pytest.mark.parametrize("role", ["organiser", "administrator", "viewer"])
def test_for_everybody_else_there_is_no_such_page(app: Flask, role: str) -> None:
    desk = finance(app)
    desk.enter(kookmin([Line(20_000)]))
    answer = desk.bring(shinhan([Line(1)]))
    other = Desk(signed_in(app, role, name="Other"))
    for path in ("", "done", "1", answer.location.removeprefix(HOME)):
        assert other.client.get(HOME + path).status_code == 404, path
    for path in ("accept", "doubtful", "upload", "example", "1/mend", "1/gift", "1/accept"):
        assert other.send(path).status_code == 404, path
    assert unassigned(app) == {"KRW": Money(20_000, "KRW")}


def test_each_look_at_names_is_in_the_trail_and_lists_without_names_are_not(app: Flask) -> None:
    desk = finance(app)
    desk.enter(kookmin([Line(20_000, "김미나"), Line(5_000, "이준호")]))

    def looks() -> int:
        with app.app_context():
            session.rollback()
            return session.query(AuditEntry).filter_by(action="transfers.read").count()

    before = looks()
    for path, shows in (("", True), ("1", True), ("done", False)):
        assert ("김미나" in desk.page(path)) is shows, path
    assert looks() == before + 2
    desk.send("1/ignore", reason="interest")
    desk.send("2/ignore", reason="interest")
    before = looks()
    assert "김미나" not in desk.page("done") + desk.page()
    assert looks() == before


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_what_a_stranger_writes_into_a_transfer_is_text(app: Flask) -> None:
    desk = finance(app)
    desk.enter(kookmin([Line(20_000, "<script>alert(1)</script>", "{{ 7*7 }}")]))
    for path in ("", "1"):
        page = desk.page(path)
        assert "<script>alert" not in page
        assert "&lt;script&gt;" in page


# The demo's bank writes a list


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_outside_of_the_demo_no_list_is_made_up(app: Flask) -> None:
    desk = finance(app)
    assert "example" not in desk.page()
    assert desk.send("example").status_code == 404


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_the_demos_bank_lists_what_was_promised(config: Config) -> None:
    app = create_app(replace(config, payments="local"))
    letters = promised(app, 20_000)
    desk = finance(app)
    listed = desk.send("example").data
    desk.enter(listed)
    assert len(desk.offered(ticked=True)) == 1
    desk.accept()
    with app.app_context():
        assert gift(letters).state == giving.SETTLED
        assert queries.waiting() == 2


#: Where something may be sent, and in which fields.
TAKES: Final = {
    "accept": ("accept",),
    "doubtful": ("row", "new"),
    "1/accept": ("accept",),
    "1/gift": ("purpose", "language", "name", "mail"),
    "1/ignore": ("reason",),
}
KEYS: Final = (b"gift:", b"payout:", b"cash:deposit:", b"1 payout:")


def test_whatever_is_sent_the_answer_is_a_page(app: Flask) -> None:
    desk = finance(app)
    desk.enter(kookmin([Line(20_000, "김미나")]))
    waits = desk.bring(shinhan([Line(7_000)])).location.removeprefix(HOME)
    token = token_of(desk.client).encode()
    takes = TAKES | {waits: ("head", "day", "credit", "memos", "day_format", "name")}
    for path, names in takes.items():
        for wrong in map(NASTY.__getitem__, ASKED):
            for before in KEYS if "accept" in names else (b"",):
                sent = [(name, before + wrong) for name in names] + [("csrf_token", token)]
                answer = desk.client.post(HOME + path, data=body_of(sent), content_type=FORM)
                assert answer.status_code in (303, 400), (path, wrong, before)
    for wrong in NASTY.values():
        for path in ("1", "done"):
            query = body_of([("reference", wrong), ("before", wrong)])
            assert desk.client.get(f"{HOME}{path}?{query}").status_code == 200, wrong
    assert entered(app) == 1
