"""The frame of pages about money: who may come in, and what every page says."""

import pytest
from flask import Flask

from tests.accounts.people import signed_in


def test_finance_sees_money_and_the_way_there(app: Flask) -> None:
    client = signed_in(app, "finance")
    assert 'href="/console/money/" aria-current="page"' in client.get("/console/money/").text


@pytest.mark.parametrize("role", ["administrator", "organiser", "viewer"])
def test_nobody_else_learns_that_there_is_a_page(app: Flask, role: str) -> None:
    client = signed_in(app, role)
    assert client.get("/console/money/").status_code == 404
    assert "/console/money/" not in client.get("/console/").text


def test_who_is_not_signed_in_is_asked_to(app: Flask) -> None:
    answer = app.test_client().get("/console/money/")
    assert answer.status_code == 303
    assert "/console/sign-in" in answer.headers["Location"]


def test_every_page_says_that_no_money_moves(app: Flask) -> None:
    assert "TEST book" in signed_in(app, "finance").get("/console/money/").text
