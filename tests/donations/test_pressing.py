"""One form, sent by many hands at once: one gift, one page to pay on, one key to it."""

import threading
from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.donations import page
from tests.donations.conftest import Stall
from tests.payments.giving import Giving


def test_twenty_who_send_one_form_at_once_are_led_to_one_page(
    app: Flask, stall: Stall, giving: Giving
) -> None:
    html = app.test_client().get(stall.tent).text
    said = page.form(html) | {"amount": "own", "own": "20000", "mail": "mina@example.org"}
    answers: list[TestResponse] = []

    def send() -> None:
        answers.append(app.test_client().post(page.action(html), data=said))

    hands = [threading.Thread(target=send) for _one in range(20)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert len(giving.things("checkout.session")) == 1
    led = {answer.location for answer in answers if answer.status_code == 303}
    [bank] = [one for one in led if "/payments/local/" in one]
    assert bank.endswith(giving.things("checkout.session")[0]["id"])
    # Whoever found too many asking at once is told to press again, and is led to the same page.
    later = app.test_client().post(page.action(html), data=said)
    assert later.location == bank
    [gift] = giving.gifts()
    giving.pay(gift)
    giving.deliver(times=5)
    giving.work()
    said_now = giving.said(gift)
    assert (said_now.state, said_now.receipts, said_now.letters) == ("settled", [20000], 1)
    assert giving.wrong() == []


@pytest.mark.parametrize(
    ("deed", "state"),
    [(Giving.pay, "settled"), (Giving.promise, "pending"), (Giving.decline, "begun")],
)
@pytest.mark.parametrize("prompt", [True, False], ids=["told at once", "told late"])
def test_who_goes_back_to_the_first_amount_gets_a_page_that_counts(
    client: FlaskClient,
    giving: Giving,
    deed: Callable[[Giving, UUID], object],
    state: str,
    prompt: bool,
) -> None:
    """5,000, back, 6,000, back, 5,000: the closed pages end neither gift that is tried again."""
    html = client.get("/ko/give/").text
    for own in ("5000", "6000", "5000"):
        client.post(page.action(html), data=page.form(html) | {"amount": "own", "own": own})
        if prompt:
            giving.deliver()
            giving.work()
    five, six = sorted(giving.gifts(), key=lambda one: giving.page(one)["amount_total"])
    assert [one["status"] for one in giving.pages(five)] == ["expired", "open"]
    deed(giving, five)
    giving.deliver()
    giving.work()
    assert giving.said(five).state == state
    assert giving.said(six).state == "ended"
    assert giving.wrong() == []
