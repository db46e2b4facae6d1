"""A row of the bank's list counts once, however often and in whatever words it is told."""

from datetime import timedelta
from functools import partial
from threading import Barrier, Thread

import pytest
from flask import Flask

from campaign_app.core.db import session, transact
from campaign_app.core.errors import DomainError
from campaign_app.core.money import Money
from campaign_app.payments import ledger
from campaign_app.payments.opening import till
from campaign_app.transfers import importing, queries, states
from campaign_app.transfers.models import BankRow, BankStatement
from tests.transfers.lists import DAY, KOREAN, Line, bring, kookmin, read, reading, shinhan, woori

MINA = Line(20_000, "김미나", "K7QX", balance=1_020_000)
JUNHO = Line(5_000, "이준호", "", time="16:10:00", balance=1_025_000)
ANNA = Line(7_000, "Anna", "", on=DAY + timedelta(days=1), balance=1_032_000)


@pytest.fixture(autouse=True)
def inside(app: Flask):  # type: ignore[no-untyped-def]
    """Ask within the app."""
    with app.app_context():
        yield


def entered() -> dict[str, Money]:
    """Tell what is unassigned, by the ledger; it must be what the rows say."""
    session.rollback()
    told = dict(queries.unassigned(till().book))
    rows = session.query(BankRow).filter_by(state=states.UNASSIGNED).all()
    by_rows: dict[str, Money] = {}
    for row in rows:
        by_rows[row.currency] = by_rows.get(row.currency, Money.none(row.currency)) + row.money
    assert told == by_rows
    assert ledger.prove(till().book) == []
    return told


def counts(made: BankStatement) -> tuple[int, int, int]:
    return made.fresh, made.known, made.doubtful


@pytest.mark.parametrize("shape", KOREAN)
def test_a_list_is_entered_once_however_often_it_comes(shape: str) -> None:
    text = KOREAN[shape]([MINA, JUNHO, ANNA])
    first, again = bring(text), bring(text)
    assert (first.id, counts(first)) == (again.id, (3, 0, 0))
    assert entered() == {"KRW": Money(32_000, "KRW")}
    assert queries.waiting() == 3


def test_lists_that_overlap_add_what_is_new_only() -> None:
    bring(kookmin([MINA, JUNHO]))
    later = bring(kookmin([JUNHO, ANNA]))
    assert counts(later) == (1, 1, 0)
    assert entered() == {"KRW": Money(32_000, "KRW")}


def test_two_rows_alike_on_one_day_are_two_transfers() -> None:
    alike = MINA.but(balance=0)
    bring(shinhan([alike]))
    both = bring(shinhan([alike, alike]))
    assert counts(both) == (1, 1, 0)
    bring(shinhan([alike, alike, JUNHO]))
    assert entered() == {"KRW": Money(45_000, "KRW")}


def test_a_list_in_other_words_is_not_entered_a_second_time() -> None:
    bring(kookmin([MINA, JUNHO]))
    other = bring(woori([MINA, JUNHO, ANNA]))
    assert counts(other) == (1, 0, 2)
    assert entered() == {"KRW": Money(32_000, "KRW")}
    doubtful = queries.open_rows(states.DOUBTFUL)
    assert {row.minor for row in doubtful} == {20_000, 5_000}


def test_a_list_saved_by_a_spreadsheet_is_not_entered_a_second_time() -> None:
    bring(kookmin([MINA, JUNHO]))
    saved = kookmin([MINA, JUNHO]).replace('"1,020,000"', "1020000").replace(":11,", ",")
    assert counts(bring(saved)) == (0, 1, 1)


def test_more_rows_of_one_amount_than_are_known_are_new() -> None:
    bring(kookmin([MINA]))
    other = bring(woori([MINA, MINA.but(name="박서연", balance=1_040_000)]))
    assert counts(other) == (1, 0, 1)


def test_two_people_who_bring_one_file_at_once_enter_it_once(app: Flask) -> None:
    text, gate = kookmin([MINA, JUNHO, ANNA]), Barrier(4)
    made: list[int] = []

    def come() -> None:
        with app.app_context():
            gate.wait()
            made.append(bring(text).id)

    people = [Thread(target=come) for _one in range(4)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    assert len(made) == 4
    assert len(set(made)) == 1
    assert entered() == {"KRW": Money(32_000, "KRW")}


def test_two_people_who_bring_overlapping_files_at_once_enter_each_row_once(app: Flask) -> None:
    texts = [kookmin([MINA, JUNHO]), kookmin([JUNHO, ANNA]), kookmin([MINA, JUNHO, ANNA])]
    gate = Barrier(len(texts))

    def come(text: str) -> None:
        with app.app_context():
            gate.wait()
            bring(text)

    people = [Thread(target=come, args=[text]) for text in texts]
    for one in people:
        one.start()
    for one in people:
        one.join()
    assert entered() == {"KRW": Money(32_000, "KRW")}


def test_nothing_that_names_a_donor_is_readable_in_the_database() -> None:
    bring(kookmin([MINA, JUNHO]))
    for row in session.query(BankRow):
        plain = f"{row.mark} {row.source} {row.told!r} {row.reason}".encode()
        assert "김미나".encode() not in (row.told or b"") + plain
        assert row.mark not in {one.mark for one in read(kookmin([MINA, JUNHO]))}


def test_a_list_without_money_that_came_is_refused_with_a_sentence() -> None:
    with pytest.raises(DomainError):
        bring(kookmin([]))
    assert session.query(BankStatement).count() == 0


def test_a_list_that_was_cut_short_goes_on_when_it_comes_again() -> None:
    lines = [Line(1_000 + n, balance=n) for n in range(importing.AT_ONCE * 2 + 3)]
    text = kookmin(lines)
    found = reading(text)
    begun = transact(partial(importing.begin, found, None))
    transact(partial(importing.add, found, begun.statement_id, next(begun.parts)))
    assert session.query(BankRow).count() == importing.AT_ONCE
    made = bring(text)
    assert (made.id, counts(made)) == (begun.statement_id, (len(lines), 0, 0))
    assert entered() == {"KRW": Money(sum(one.amount for one in lines), "KRW")}
    assert queries.waiting() == len(lines)


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_more_rows_than_one_upload_can_carry_are_refused() -> None:
    with pytest.raises(importing.TooManyRows):
        reading(shinhan([Line(1)] * (importing.MOST_ROWS + 1)))
