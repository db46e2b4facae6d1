"""Numbers of payment cards are refused wherever people write; other numbers are not."""

import importlib
import inspect
import pkgutil
from typing import Any, Final

import pytest
from flask import Flask
from flask_wtf import FlaskForm
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from wtforms import Form, StringField, TextAreaField
from wtforms.fields.core import UnboundField

import campaign_app
from campaign_app.core.card_numbers import holds_one, is_luhn_valid
from campaign_app.core.forms import HOLD_OTHER_NUMBERS, ConsoleForm, FreeOfCards, PublicForm
from campaign_app.petitions import names

CARDS: Final = ("4111111111111111", "378282246310005", "6304000000000000", "4222222222222")
#: (form, field) that say themselves why they hold long numbers.
SPARED: Final = {("KitForm", "phone"), ("SlipForm", "number")}


def with_check_digit(digits: str) -> str:
    return next(digits + last for last in "0123456789" if is_luhn_valid(digits + last))


@pytest.mark.parametrize(
    "text",
    [
        *CARDS,
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "4111\u20111111\u20111111\u20111111",
        "3782 822463 10005",
        "my card: 4111 1111 1111 1111 12/28 123",
        "4111 1111 1111 1111 12 28",
        "４１１１１１１１１１１１１１１１",
        "card=4111111111111111.",
        "카드 4111 1111 1111 1111 입니다",
    ],
)
def test_a_card_is_seen_however_it_is_written(text: str) -> None:
    assert holds_one(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Kim Mina",
        "010-1234-5678",
        "2026-11-22 and 2026-11-23",
        "4111 1111 1111 1112",
        "0000 0000 0000 0000",
        "12345678901",
        "411111111111111111111111",
        "a4111111111111111b",
        "20,000 won on 2026-11-22",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert not holds_one(text)


@given(st.text("0123456789", min_size=12, max_size=18), st.sampled_from(["", " ", "-"]))
def test_every_length_that_a_card_has_is_seen_in_groups_of_four(digits: str, mark: str) -> None:
    if set(digits) == {"0"}:
        return
    number = with_check_digit(digits)
    if len(set(number)) == 1:
        return
    assert holds_one(mark.join(number[at : at + 4] for at in range(0, len(number), 4)))


@given(st.text("0123456789", min_size=12, max_size=18), st.integers(0, 18), st.integers(1, 9))
def test_one_wrong_digit_is_no_card(digits: str, place: int, more: int) -> None:
    if set(digits) == {"0"}:
        return
    number = with_check_digit(digits)
    place %= len(number)
    wrong = number[:place] + str((int(number[place]) + more) % 10) + number[place + 1 :]
    assert not is_luhn_valid(wrong)


# The forms of the house


def every_module() -> list[Any]:
    found = pkgutil.walk_packages(campaign_app.__path__, "campaign_app.")
    return [importlib.import_module(module.name) for module in found]


def every_form() -> list[type[Form]]:
    classes = {
        one
        for module in every_module()
        for _name, one in inspect.getmembers(module, inspect.isclass)
        if issubclass(one, Form) and one.__module__.startswith("campaign_app.")
    }
    return sorted(classes, key=lambda one: (one.__module__, one.__name__))


def free_text(form: type[Form]) -> list[str]:
    """Name the fields of a form in which people write freely."""
    found = []
    for name in dir(form):
        field = getattr(form, name)
        if not isinstance(field, UnboundField):
            continue
        kind = field.field_class
        if issubclass(kind, StringField | TextAreaField) and not issubclass(
            kind, HOLD_OTHER_NUMBERS
        ):
            found.append(name)
    return found


def fields_that_take(form: type[FreeOfCards], number: str) -> list[str]:
    """Fill every free-text field with a card, and name those that let it through."""
    bare: Any = type(form.__name__, (form,), {"__init__": FlaskForm.__init__})  # asks no database
    said = MultiDict(dict.fromkeys(free_text(form), number))
    filled = bare(said, meta={"csrf": False})
    filled.is_free_of_cards()
    return [name for name in free_text(form) if not filled[name].errors]


@pytest.fixture
def engine_name() -> str:
    """Ask no database."""
    return "sqlite"


def test_no_form_of_the_house_takes_a_card_in_any_field(app: Flask) -> None:
    forms = [one for one in every_form() if issubclass(one, FreeOfCards)]
    assert len(forms) > 60
    took = set()
    with app.test_request_context(method="POST"):
        for form in forms:
            took |= {(form.__name__, name) for name in fields_that_take(form, CARDS[0])}
    assert took == SPARED


def test_a_form_with_a_check_of_its_own_keeps_that_of_the_house() -> None:
    for form in every_form():
        if "validate" in vars(form) and form is not FreeOfCards and issubclass(form, FreeOfCards):
            assert "super().validate(" in inspect.getsource(form.validate), form


def test_forms_that_are_not_the_houses_hold_no_free_text_of_ours() -> None:
    """Those of signing in belong to the library: mailbox and passwords; and forms within forms."""
    others = [
        one
        for one in every_form()
        if not issubclass(one, FreeOfCards) and one.__name__ not in {"_Form"}
    ]
    assert {one.__name__ for one in others} <= {
        "ActForm",
        "SignInForm",
        "PasswordForm",
        "ForgottenForm",
    }
    assert issubclass(ConsoleForm, FreeOfCards)
    assert issubclass(PublicForm, FreeOfCards)


def test_nobody_is_called_like_a_card() -> None:
    assert names.refusal("Kim 4111 1111 1111 1111") is not None
    assert names.refusal("김미나") is None
