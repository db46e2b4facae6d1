"""What the first person says of themselves."""

from typing import Any

from wtforms import EmailField, PasswordField, StringField
from wtforms.validators import DataRequired, Email, EqualTo, Length

from campaign_app.accounts.forms import LONGEST_EMAIL, password_field
from campaign_app.accounts.organisation_forms import one_line
from campaign_app.accounts.passwords import LONGEST, SHORTEST, WeakPassword, hashed
from campaign_app.accounts.queries import tidy_email
from campaign_app.core.forms import ConsoleForm, no_control_characters
from campaign_app.core.i18n import _l


class FirstPersonForm(ConsoleForm):
    """Name, mailbox and password of the first administrator."""

    name = StringField(
        _l("Your name"),
        filters=[one_line],
        validators=[DataRequired(_l("Type your name.")), Length(max=200), no_control_characters],
        render_kw={"autocomplete": "name", "required": True},
    )
    email = EmailField(
        _l("E-mail address"),
        filters=[tidy_email],
        validators=[
            DataRequired(_l("Type your e-mail address.")),
            Length(max=LONGEST_EMAIL),
            no_control_characters,
            Email(_l("This does not look like an address. Example: mina@example.org")),
        ],
        render_kw={"autocomplete": "username", "dir": "ltr", "required": True},
    )
    password = password_field(
        _l("New password"), _l("Type a new password."), autocomplete="new-password"
    )
    again = PasswordField(
        _l("New password again"),
        validators=[
            EqualTo("password", _l("The two new passwords differ. Type them again.")),
        ],
        render_kw={"autocomplete": "new-password", "required": True, "maxlength": LONGEST},
    )

    def secret(self) -> str | None:
        """Hash the password; None if it can be guessed, which the form then says."""
        try:
            return hashed(str(self.password.data))
        except WeakPassword as refused:
            found: Any = self.password
            found.errors = [str(refused.shown)]
            return None


__all__ = ["SHORTEST", "FirstPersonForm"]
