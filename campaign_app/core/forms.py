"""Forms: public ones without a cookie, console ones with a token; both speak our languages."""

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Final

import wtforms
from flask_wtf import FlaskForm
from flask_wtf.csrf import CSRFProtect
from wtforms import FieldList, FormField, PasswordField, StringField, TelField, TextAreaField
from wtforms.validators import ValidationError

from campaign_app.core import card_numbers, resident_numbers
from campaign_app.core.i18n import _l

csrf: Final = CSRFProtect()
#: All but line ends and tabs.
CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


if TYPE_CHECKING:

    class _Form(wtforms.Form):
        """What Flask-WTF's form does; it ships no types."""

        def __init__(self, formdata: Any = ..., **kwargs: Any) -> None: ...

        def validate_on_submit(self, extra_validators: Any = None) -> bool: ...

        def hidden_tag(self, *fields: Any) -> Any: ...

else:
    _Form = FlaskForm


#: Numbers of cards are refused in every free-text field; these hold secrets, or phone numbers.
HOLD_OTHER_NUMBERS: Final = (PasswordField, TelField)
CARD_NUMBER: Final = _l(
    "This looks like a card number. Please take it out: we never want card numbers."
)
#: Korean law forbids keeping them; who wants a donation receipt enters theirs at Hometax.
RESIDENT_NUMBER: Final = _l(
    "This looks like a resident registration number. Please take it out: we never want it."
)


class FreeOfCards(_Form):
    """A form in which nobody leaves the number of a payment card, or of a Korean resident."""

    #: Names of fields that hold other long numbers: phones, bank accounts, codes.
    long_numbers: ClassVar[frozenset[str]] = frozenset()

    def validate(self, extra_validators: Any = None) -> bool:
        """Check as the fields say, and refuse such numbers in all of them."""
        fine = super().validate(extra_validators)
        return self.is_free_of_cards() and fine

    def is_free_of_cards(self) -> bool:
        """Look for numbers that we never want; each is told at its field."""
        looked_at = [one for one in _free_text(self) if one.short_name not in self.long_numbers]
        found = [(field, wrong) for field in looked_at if (wrong := _unwanted(field))]
        for field, wrong in found:
            field.errors = [*field.errors, wrong]
        return not found


def _free_text(fields: Iterable[Any]) -> Iterator[Any]:
    """List the fields in which people write, those of forms within a form, too."""
    for field in fields:
        if isinstance(field, FieldList | FormField):
            yield from _free_text(field)
        elif isinstance(field, StringField | TextAreaField):
            yield field


def _unwanted(field: Any) -> str | None:
    if isinstance(field, HOLD_OTHER_NUMBERS) or not isinstance(field.data, str):
        return None
    return unwanted_in(field.data)


def unwanted_in(text: str) -> str | None:
    """Say which number that we never want stands in a text."""
    if resident_numbers.holds_one(text):
        return RESIDENT_NUMBER
    return CARD_NUMBER if card_numbers.holds_one(text) else None


class ConsoleForm(FreeOfCards):
    """A form of the console; its token is checked."""


class PublicForm(FreeOfCards):
    """A form for passers-by: no session to protect, so no token and no cookie (see web.origin)."""

    class Meta:
        """Without a session there is nothing a forged post could borrow."""

        csrf = False
        # Every message of a public form is ours; WTForms' own would be read from disk each time.
        locales = False


def has_control_characters(text: str) -> bool:
    """Tell whether there is one that no keyboard writes."""
    return CONTROL.search(text) is not None


def no_control_characters(form: Any, field: Any) -> None:
    """Refuse NUL and other characters that no keyboard writes."""
    if has_control_characters(field.data or ""):
        raise ValidationError(
            _l("This contains a character that cannot be shown. Please type it again.")
        )
