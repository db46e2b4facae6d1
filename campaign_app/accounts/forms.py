"""The forms of the door: signing in, a new password, what a person may do."""

import unicodedata
from datetime import timedelta
from math import ceil
from typing import Any

from flask_security import ChangePasswordForm, LoginForm
from flask_security.forms import EqualToLocalize
from flask_security.utils import validate_redirect_url
from wtforms import BooleanField, EmailField, Form, PasswordField, SelectField, StringField
from wtforms.validators import DataRequired, Email, Length, ValidationError

from campaign_app.accounts.known_browser import browser_known_for
from campaign_app.accounts.models import RoleName
from campaign_app.accounts.passwords import LONGEST, guesses
from campaign_app.accounts.queries import current_person, tidy_email
from campaign_app.core.forms import ConsoleForm, no_control_characters
from campaign_app.core.i18n import OWN_NAMES, _, _l, ngettext
from campaign_app.core.settings import settings

LONGEST_EMAIL = 320
LONGEST_NAME = 200


def tidy_name(name: str | None) -> str:
    """Write a name as we keep it."""
    return unicodedata.normalize("NFC", name or "").strip()


def password_field(label: Any, missing: Any, *, autocomplete: str) -> PasswordField:
    """Ask for a password, and refuse what no hash could take."""
    return PasswordField(
        label,
        validators=[DataRequired(missing), Length(max=LONGEST), no_control_characters],
        render_kw={"autocomplete": autocomplete, "required": True, "maxlength": LONGEST},
    )


def email_field() -> EmailField:
    """Ask who somebody is."""
    return EmailField(
        _l("E-mail address"),
        filters=[tidy_email],
        validators=[
            DataRequired(_l("Type your e-mail address.")),
            Length(max=LONGEST_EMAIL),
            no_control_characters,
        ],
        render_kw={"autocomplete": "username", "dir": "ltr", "required": True},
    )


class SignInForm(LoginForm):
    """E-mail and password; one answer for every way to be wrong."""

    email = email_field()
    password = password_field(
        _l("Password"), _l("Type your password."), autocomplete="current-password"
    )
    remember = None  # type: ignore[assignment]  # how a form drops a field
    submit = None  # type: ignore[assignment]

    def validate(self, extra_validators: Any = None, **kwargs: Any) -> bool:
        """Say what is missing; check the rest slowly, and do not say which part was wrong."""
        if not Form.validate(self, extra_validators):
            return False
        account = (str(self.email.data), browser_known_for(str(self.email.data)))
        if waiting := guesses().wait(*account):
            self.form_errors.append(please_wait(waiting))
            return False
        if super().validate(extra_validators=extra_validators):
            guesses().forgive(*account)
            return True
        self.email.errors, self.password.errors = [], []
        self.form_errors.append(_("This e-mail address and password do not belong together."))
        return False

    def validate_next(self, field: Any) -> None:
        """Go nowhere but to our own pages."""
        if field.data and not validate_redirect_url(field.data):
            field.data = ""


class PasswordForm(ChangePasswordForm):
    """The old password, and twice the new one."""

    password = password_field(
        _l("Your password until now"),
        _l("Type the password that you have used until now."),
        autocomplete="current-password",
    )
    new_password = password_field(
        _l("New password"), _l("Type a new password."), autocomplete="new-password"
    )
    new_password_confirm = PasswordField(
        _l("New password again"),
        validators=[EqualToLocalize("new_password", message="RETYPE_PASSWORD_MISMATCH")],
        render_kw={"autocomplete": "new-password", "required": True, "maxlength": LONGEST},
    )
    submit = None  # type: ignore[assignment]

    def validate(self, extra_validators: Any = None, **kwargs: Any) -> bool:
        """Check the old password as slowly as at the door."""
        if not Form.validate(self, extra_validators):
            return False
        person = current_person()
        account = ("change", person.email if person else "")
        if waiting := guesses().wait(*account):
            self.form_errors.append(please_wait(waiting))
            return False
        if valid := super().validate(extra_validators=extra_validators):
            guesses().forgive(*account)
        return bool(valid)


def please_wait(waiting: timedelta) -> str:
    """Say how long to wait before the next try."""
    seconds = ceil(waiting.total_seconds())
    if seconds < 60:
        text = ngettext(
            "That was tried too often. Please wait %(num)s second.",
            "That was tried too often. Please wait %(num)s seconds.",
            seconds,
        )
    else:
        text = ngettext(
            "That was tried too often. Please wait %(num)s minute.",
            "That was tried too often. Please wait %(num)s minutes.",
            ceil(seconds / 60),
        )
    return str(text)


class RolesForm(ConsoleForm):
    """What a person may do: a box for each role."""

    administrator = BooleanField(
        _l("Administrator"),
        description=_l("Lets people in; keeps keys, rules, blocks, mail and the audit trail."),
    )
    organiser = BooleanField(
        _l("Organiser"),
        description=_l("Writes petitions, sets up events and codes, exports sealed records."),
    )
    finance = BooleanField(
        _l("Finance"), description=_l("Sees tallies; will keep donations and tickets.")
    )
    viewer = BooleanField(
        _l("Viewer"), description=_l("Sees tallies, petitions, places and codes.")
    )

    def chosen(self) -> list[str]:
        """List the roles whose box is ticked."""
        return [str(role) for role in RoleName if self[role].data]


class InviteForm(RolesForm):
    """Who is to be let in, in which language we write to them, and what they may do."""

    name = StringField(
        _l("Name"),
        filters=[tidy_name],
        validators=[
            DataRequired(_l("Type the name.")),
            Length(max=LONGEST_NAME),
            no_control_characters,
        ],
        render_kw={"autocomplete": "off", "required": True},
    )
    email = EmailField(
        _l("E-mail address"),
        description=_l("Their own: the link that arrives there opens the console."),
        filters=[tidy_email],
        validators=[
            DataRequired(_l("Type the e-mail address.")),
            Length(max=254),
            no_control_characters,
            Email(_l("This does not look like an address. Example: mina@example.org")),
        ],
        render_kw={"autocomplete": "off", "dir": "ltr", "required": True},
    )
    language = SelectField(_l("Language of the mail"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language.choices = [(code, OWN_NAMES[code]) for code in settings().languages]

    def validate_viewer(self, field: Any) -> None:
        """Ask for a role: without one the console stays shut."""
        if not self.chosen():
            raise ValidationError(
                _("Choose at least one role. Without one the console stays shut.")
            )


#: Roles as people read them.
ROLE_LABELS = {
    RoleName.ADMINISTRATOR: _l("Administrator"),
    RoleName.ORGANISER: _l("Organiser"),
    RoleName.FINANCE: _l("Finance"),
    RoleName.VIEWER: _l("Viewer"),
}
