"""The forms of those who are not quite in: a first password, a forgotten one, a code."""

from typing import Any

from wtforms import PasswordField, StringField
from wtforms.validators import DataRequired, Length, ValidationError

from campaign_app.accounts.forms import email_field, password_field
from campaign_app.accounts.passwords import LONGEST, SHORTEST
from campaign_app.core.forms import ConsoleForm, PublicForm, no_control_characters
from campaign_app.core.i18n import _l


class ChoosePasswordForm(PublicForm):
    """A password of one's own, twice; the link in the address says whose."""

    new_password = password_field(
        _l("New password"), _l("Type a new password."), autocomplete="new-password"
    )
    new_password_confirm = PasswordField(
        _l("New password again"),
        render_kw={"autocomplete": "new-password", "required": True, "maxlength": LONGEST},
    )

    def validate_new_password(self, field: Any) -> None:
        """Refuse what can be guessed."""
        if len(field.data or "") < SHORTEST:
            raise ValidationError(_l("A password has 12 to 128 characters."))

    def validate_new_password_confirm(self, field: Any) -> None:
        """Catch a slip of the hand."""
        if field.data != self.new_password.data:
            raise ValidationError(_l("The two new passwords differ. Type them again."))


class ForgottenForm(ConsoleForm):
    """Whose password is forgotten."""

    email = email_field()


class CodeForm(ConsoleForm):
    """A code of the second factor."""

    code = StringField(
        _l("Code"),
        description=_l("Six digits from the app, or one of your recovery codes."),
        validators=[
            DataRequired(_l("Type the code.")),
            Length(max=40),
            no_control_characters,
        ],
        render_kw={
            "autocomplete": "one-time-code",
            "autocapitalize": "none",
            "spellcheck": "false",
            "dir": "ltr",
            "required": True,
        },
    )


class PasswordAgainForm(ConsoleForm):
    """The password once more, so that nobody uses a console that was left open."""

    password = password_field(
        _l("Your password"), _l("Type your password."), autocomplete="current-password"
    )


class EndBrowserForm(ConsoleForm):
    """Which browser is to be signed out."""

    browser = StringField(validators=[Length(max=64), no_control_characters])
