"""Forms: public ones without a cookie, console ones with a token; both speak our languages."""

import re
from typing import TYPE_CHECKING, Any, Final

import wtforms
from flask_wtf import FlaskForm
from flask_wtf.csrf import CSRFProtect
from wtforms.validators import ValidationError

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


class ConsoleForm(_Form):
    """A form of the console; its token is checked."""


class PublicForm(_Form):
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
