"""What a row may have been: four letters however they were written, an amount and a day, money on its way."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_app.core.ids import READABLE
from campaign_app.core.money import Money
from campaign_app.transfers import matching
from campaign_app.transfers.matching import LIKELY, POSSIBLE, SURE, Awaited, Line, Promise, Proposal
from campaign_app.transfers.references import Written

DAY = date(2026, 11, 14)
WON = Money(20_000, "KRW")
MINA = Promise(reference="k7qx", money=WON, on=DAY - timedelta(days=1))


def line(name: str = "", memo: str = "", money: Money = WON, on: date = DAY) -> Line:
    return Line(on=on, money=money, written=Written.in_(name, memo))


def found(row: Line, *promises: Promise, awaited: tuple[Awaited, ...] = ()) -> list[Proposal]:
    return matching.proposals(row, promises or (MINA,), awaited)


@pytest.mark.parametrize(
    ("name", "memo"),
    [
        ("김미나", "K7QX"),
        ("김미나", "k7qx"),
        ("김미나k7qx", ""),
        ("k7qx김미나", ""),
        ("후원K7QX", ""),
        ("김미나", "참조: K7QX 감사합니다"),
        ("KIM MINA", "Ｋ７ＱＸ"),
        ("VIR SEPA MINA KIM/K7QX", ""),
        ("mina (k7qx)", ""),
    ],
)
def test_the_letters_are_found_wherever_and_however_they_stand(name: str, memo: str) -> None:
    [one] = found(line(name, memo))
    assert (one.key, one.degree, one.why) == ("gift:k7qx", SURE, matching.REFERENCE)


@pytest.mark.parametrize(
    ("name", "memo"),
    [
        ("김미나", "K70X"),
        ("김미나", "KZQX"),
        ("김미나 k7q", ""),
        ("minakimk7qx", ""),
        ("김미나", "k7qx5000"),
    ],
    ids=["a nought", "a letter that none has", "cut to seven", "glued on", "glued before"],
)
def test_letters_that_are_nearly_right_are_likely_if_the_amount_is(name: str, memo: str) -> None:
    [one] = found(line(name, memo))
    assert (one.key, one.degree, one.why) == ("gift:k7qx", LIKELY, matching.ALMOST)
    late = line(name, memo, on=DAY + timedelta(days=40), money=Money(5_000, "KRW"))
    assert found(late) == []


@pytest.mark.parametrize("memo", ["K7QY", "K7Q", "7QX", "후원", "", "00000000"])
def test_other_letters_are_no_reference(memo: str) -> None:
    late = line("김미나", memo + " ", on=DAY + timedelta(days=40))
    assert [one.why for one in found(late)] == ([matching.ALMOST] if memo == "K7Q" else [])


def test_another_amount_than_promised_is_shown_and_never_sure() -> None:
    [one] = found(line(memo="K7QX", money=Money(30_000, "KRW")))
    assert (one.why, one.degree, one.money) == (matching.OTHER_AMOUNT, LIKELY, WON)
    [other] = found(line(memo="K7QX", money=Money(20_000, "JPY")))
    assert other.degree == LIKELY


def test_an_amount_alone_is_possible_within_two_weeks_of_the_promise() -> None:
    assert [one.degree for one in found(line("김미나"))] == [POSSIBLE]
    assert [one.degree for one in found(line(on=MINA.on + timedelta(days=14)))] == [POSSIBLE]
    assert found(line(on=MINA.on + timedelta(days=15))) == []
    assert [one.degree for one in found(line(on=MINA.on - timedelta(days=1)))] == [POSSIBLE]
    assert found(line(on=MINA.on - timedelta(days=2))) == []


def test_a_reference_makes_mere_amounts_disappear() -> None:
    others = [Promise(reference=f"aaa{letter}", money=WON, on=DAY) for letter in "347"]
    assert [one.key for one in found(line(memo="K7QX"), MINA, *others)] == ["gift:k7qx"]


def test_guesses_are_few_and_the_nearest_day_comes_first() -> None:
    many = [
        Promise(reference=f"aa{n:02}".replace("0", "x"), money=WON, on=DAY - timedelta(days=n))
        for n in range(9)
    ]
    listed = found(line(), *many)
    assert len(listed) == matching.MOST
    assert [one.on for one in listed] == sorted((one.on for one in listed), reverse=True)


def test_two_references_in_one_row_are_none_of_them_sure() -> None:
    both = Promise(reference="mnpq", money=WON, on=DAY)
    listed = found(line(memo="K7QX mnpq"), MINA, both)
    assert {one.degree for one in listed} == {LIKELY}
    assert len(listed) == 2


def test_a_reference_whose_money_came_is_one_more_gift_of_that_donor() -> None:
    kept = Promise(reference="k7qx", money=WON, on=DAY, settled=True)
    [one] = found(line(memo="K7QX", money=Money(5_000, "KRW")), kept)
    assert (one.key, one.degree) == ("again:k7qx", LIKELY)
    assert found(line("김미나"), kept) == []


def test_money_on_its_way_is_likely_when_it_comes_in_full_within_two_weeks() -> None:
    bag = Awaited(key="cash:deposit:1", label="Bag 0412", money=Money(30_500, "KRW"), on=DAY)
    row = line("현금입금", money=bag.money, on=DAY + timedelta(days=3))
    [one] = found(row, awaited=(bag,))
    assert (one.key, one.degree, one.label) == ("cash:deposit:1", LIKELY, "Bag 0412")
    assert found(line(money=Money(30_400, "KRW")), awaited=(bag,)) == []
    assert found(line(money=bag.money, on=DAY + timedelta(days=15)), awaited=(bag,)) == []
    assert found(line(money=bag.money, on=DAY - timedelta(days=2)), awaited=(bag,)) == []


LETTERS = st.text(alphabet=READABLE, min_size=4, max_size=4)


@given(reference=LETTERS, name=st.text(alphabet="김미나이준호박서연 ,./-", max_size=12))
def test_whatever_korean_name_stands_beside_it_the_reference_is_found(
    reference: str, name: str
) -> None:
    promise = Promise(reference=reference, money=WON, on=DAY)
    for told in (f"{name}{reference.upper()}", f"{reference}{name}"):
        [one] = found(line(told), promise)
        assert one.degree == SURE


@given(told=st.text(max_size=60), memo=st.text(max_size=60), reference=LETTERS)
def test_whatever_a_bank_tells_nothing_is_sure_without_the_letters(
    told: str, memo: str, reference: str
) -> None:
    promise = Promise(reference=reference, money=WON, on=DAY)
    for one in found(line(told, memo), promise):
        assert one.degree < SURE or reference in Written.in_(told, memo).words
