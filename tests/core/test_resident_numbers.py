"""Korean resident registration numbers are found however they are typed, and other numbers are left alone."""

import pytest
from flask import Flask
from wtforms import HiddenField, StringField, TelField, TextAreaField

from campaign_app.core.forms import RESIDENT_NUMBER, PublicForm
from campaign_app.core.resident_numbers import holds_one


@pytest.mark.parametrize(
    "text",
    [
        "901010-1234567",
        "9010101234567",
        "901010 1234567",
        "901010 - 1234567",
        "９０１０１０－１２３４５６７",
        "901010\u20131234567",
        "김영희 901010-2234567",
        "주민번호901010-2234567입니다",
        "(050229.4123456)",
        "890101-5678901",  # of somebody from abroad
    ],
)
def test_a_resident_number_is_found(text: str) -> None:
    assert holds_one(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "김영희",
        "1990-10-10",
        "901010",
        "901010-1******",  # nobody's number
        "901310-1234567",  # no such month
        "901032-1234567",  # no such day
        "901010-9234567",
        "901010-12345678",
        "110-901010-1234567",  # a bank account
        "a901010123456712b",
        "PSCORE-KR-2026-000012",
        "+82 10-9010-1012 3456",
        "2f9010101234567f",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert not holds_one(text)


class Filled(PublicForm):
    long_numbers = frozenset({"account"})

    name = StringField()
    why = TextAreaField()
    phone = TelField()
    account = StringField()
    nonce = HiddenField()


def test_a_form_says_at_the_field_that_it_wants_none_and_keeps_the_rest(app: Flask) -> None:
    number = "901010-1234567"
    with app.test_request_context(
        method="POST",
        data={"name": f"김영희 {number}", "why": number, "phone": number, "account": number},
    ):
        form = Filled()
        assert not form.validate()
        assert {name: list(said) for name, said in form.errors.items()} == {
            "name": [RESIDENT_NUMBER],
            "why": [RESIDENT_NUMBER],
        }
        assert form.name.data == f"김영희 {number}"
