"""One phone hands in one count of a box: who holds both links needs a second phone, or says they were alone."""

from flask.testing import FlaskClient

from campaign_app.cash import counting, states
from campaign_app.cash.counters import Link
from tests.cash.counted import Cash

SUM = "KRW30000;0"


def hands_in(phone: FlaskClient, link: Link, language: str = "en") -> int:
    said = {"KRW-10000": "3", "seen": SUM, "do": "hand-in"}
    return phone.post(f"/{language}/count/{link.token}", data=said).status_code


def test_one_phone_does_not_hand_in_both_counts_and_keeps_what_was_typed(cash: Cash) -> None:
    row, first, second = cash.shared_out()
    phone = cash.app.test_client()
    assert hands_in(phone, first) == 303
    answer = phone.post(
        f"/en/count/{second.token}", data={"KRW-10000": "3", "seen": SUM, "do": "hand-in"}
    )
    assert answer.status_code == 400
    assert "Two people count on two phones" in answer.text
    assert 'name="KRW-10000" value="3"' in answer.text
    assert cash.state(row) == states.COUNTING
    assert hands_in(cash.app.test_client(), second) == 303
    assert cash.state(row) == states.COUNTED


def test_each_counts_again_on_the_phone_they_counted_on_before(cash: Cash) -> None:
    row, first, second = cash.shared_out()
    mina, theo = cash.app.test_client(), cash.app.test_client()
    hands_in(mina, first)
    cash.hand_in(second, {"KRW-10000": 2})
    cash.do(counting.recount, row, "Two notes stuck together.")
    assert (hands_in(mina, first), hands_in(theo, second)) == (303, 303)
    assert cash.state(row) == states.COUNTED


def test_one_phone_counts_another_box_for_somebody_else(cash: Cash) -> None:
    _row, first, _second = cash.shared_out()
    _other, _third, fourth = cash.shared_out(1)
    phone = cash.app.test_client()
    assert (hands_in(phone, first), hands_in(phone, fourth)) == (303, 303)


def test_the_phone_remembers_a_letter_and_nothing_else(cash: Cash) -> None:
    row, first, _second = cash.shared_out()
    answer = cash.app.test_client().post(
        f"/ko/count/{first.token}", data={"KRW-10000": "3", "seen": SUM, "do": "hand-in"}
    )
    said = answer.headers["Set-Cookie"]
    assert said.startswith(f"lantern-count-{row}=A; ")
    assert "Path=/ko/count" in said
    assert "HttpOnly" in said
