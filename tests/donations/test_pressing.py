"""One form, sent by many hands at once: one gift, one page to pay on, one key to it."""

import threading

from flask import Flask
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
