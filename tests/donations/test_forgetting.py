"""Who gave is forgotten when the body that took the gift need no longer show it, and not before."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from campaign_app.core import clock
from campaign_app.core.db import session, transact
from campaign_app.core.money import Money
from campaign_app.donations import contacts, jobs, services, states
from campaign_app.donations.contacts import Contact
from campaign_app.donations.models import Donation
from campaign_app.donations.services import NewGift
from campaign_app.payments import ways
from campaign_app.payments.opening import till
from campaign_app.receipts import jobs as receipt_jobs
from campaign_app.receipts import keeping, paper, proving, rules
from campaign_app.receipts.keeping import Term
from campaign_app.receipts.models import GiftReceipt
from campaign_app.receipts.services import donor_of

SEOUL, FRIENDS = "pscore-kr", "friends-fr"
GIVEN = datetime(2026, 11, 23, 3, tzinfo=UTC)
#: By the calendar of Seoul still the day on which it is kept, and the next one.
LAST_DAY = datetime(2031, 11, 23, 14, 59, tzinfo=UTC)
DAY_AFTER = datetime(2031, 11, 23, 15, 1, tzinfo=UTC)


@contextmanager
def at(app: Flask, when: datetime) -> Iterator[None]:
    with app.app_context(), clock.frozen(when):
        yield


def give(app: Flask, nonce: str, entity: str = SEOUL, *, settles: bool = True) -> None:
    """Let Mina give."""

    def work() -> None:
        gift = services.begin(
            NewGift(
                nonce=nonce,
                way=states.CARD,
                amount=Money(20_000, "KRW"),
                book=till().book,
                entity=entity,
                language="ko",
                contact=Contact(name="미나", mail="mina@example.org"),
            )
        )
        if settles:
            services.settle(gift.id, on=clock.today())

    with at(app, GIVEN):
        transact(work)


def night(app: Flask, when: datetime) -> None:
    """Let the jobs of that night run."""
    with at(app, when):
        jobs.let_go()
        jobs.forget()
        receipt_jobs.forget()


def known(app: Flask) -> dict[str, tuple[str, str]]:
    """Tell of each gift which mailbox and which name on its receipt are left."""
    with app.app_context():
        session.rollback()
        papers = {one.subject: donor_of(one) for one in session.scalars(select(GiftReceipt))}
        return {
            gift.nonce: (contacts.open_(gift.id, gift.contact).mail, papers.get(gift.subject, ""))
            for gift in session.scalars(select(Donation))
        }


MINA = ("mina@example.org", "미나")


def test_a_korean_body_forgets_who_gave_five_years_after_the_gift_to_the_day(app: Flask) -> None:
    give(app, "one")
    night(app, LAST_DAY)
    assert known(app) == {"one": MINA}
    night(app, DAY_AFTER)
    assert known(app) == {"one": ("", "")}


def test_the_receipt_stays_whole_without_its_name(app: Flask) -> None:
    give(app, "one")
    night(app, DAY_AFTER)
    with app.app_context():
        receipt = session.scalars(select(GiftReceipt)).one()
        assert proving.prove(till().book) == []
        assert paper.said(receipt)["donor"][1] == ""
        assert paper.printed(receipt).startswith(b"%PDF")


def test_each_body_forgets_by_its_own_rules(app: Flask) -> None:
    give(app, "korea")
    give(app, "france", FRIENDS)
    night(app, DAY_AFTER)
    assert known(app) == {"korea": ("", ""), "france": MINA}


def test_a_body_may_set_years_of_its_own(app: Flask) -> None:
    give(app, "one")
    found = app.extensions[ways.WAYS]
    mine = {SEOUL: replace(found.entities[SEOUL], keep_years=7)}
    app.extensions[ways.WAYS] = replace(found, entities={**found.entities, **mine})
    night(app, DAY_AFTER)
    assert known(app) == {"one": MINA}
    night(app, DAY_AFTER.replace(year=2033))
    assert known(app) == {"one": ("", "")}


def test_a_body_that_left_the_settings_keeps_no_name_for_ever(app: Flask) -> None:
    give(app, "one")
    found = app.extensions[ways.WAYS]
    app.extensions[ways.WAYS] = replace(found, entities={FRIENDS: found.entities[FRIENDS]})
    night(app, datetime(2036, 12, 31, tzinfo=UTC))
    assert known(app) == {"one": MINA}
    night(app, datetime(2037, 1, 1, tzinfo=UTC))
    assert known(app) == {"one": ("", "")}


def test_who_began_to_give_and_did_not_is_forgotten_after_half_a_year(app: Flask) -> None:
    give(app, "never", settles=False)
    give(app, "came")
    night(app, datetime(2027, 5, 21, tzinfo=UTC))
    assert known(app)["never"] == ("mina@example.org", "")
    night(app, datetime(2027, 5, 23, tzinfo=UTC))
    assert known(app) == {"never": ("", ""), "came": MINA}


@pytest.mark.parametrize(
    ("term", "today", "kept_since"),
    [
        (Term(5, by_year=False), "2031-11-24", "2026-11-24"),
        (Term(5, by_year=False), "2028-02-29", "2023-02-28"),
        (Term(4, by_year=False), "2028-02-29", "2024-02-28"),
        (Term(10, by_year=True), "2036-12-31", "2026-01-01"),
        (Term(10, by_year=True), "2037-01-01", "2027-01-01"),
    ],
)
def test_a_term_ends_on_its_day(term: Term, today: str, kept_since: str) -> None:
    found = term.cut_off(datetime.fromisoformat(today).date())
    assert found.isoformat() == kept_since


def test_the_rules_name_korea_with_five_years_and_the_swiss_by_the_year() -> None:
    assert (rules.of("KR").keep_years, rules.of("KR").keep_from) == (5, "gift")
    assert (rules.of("CH").keep_years, rules.of("CH").keep_from) == (10, "year")


def test_donor_and_finance_read_how_long(app: Flask) -> None:
    page = app.test_client().get("/en/give/?currency=KRW").text
    assert "Names and mailboxes are deleted 5 years after the gift." in page
    with app.app_context():
        entity = ways.of_the_app().entities[SEOUL]
        assert keeping.term(entity) == Term(5, by_year=False)
