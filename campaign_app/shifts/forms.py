"""What volunteers say of themselves; organisers' forms are in console_forms.py."""

import re
from typing import Any, Final
from uuid import UUID, uuid4

from email_validator import EmailNotValidError, validate_email
from wtforms import (
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import DataRequired, Length, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from campaign_app.core.forms import PublicForm, no_control_characters
from campaign_app.core.i18n import OWN_NAMES, _, _l, current_language
from campaign_app.core.settings import settings
from campaign_app.shifts.volunteers import FEWEST_DIGITS, Contact

LONGEST_ALIAS: Final = 60
LONGEST_NAME: Final = 120
LONGEST_CONTACT: Final = 254
MOST_DIGITS: Final = 15
NUMBER: Final = re.compile(r"[\d\s()+./-]+")
#: In what a certificate can be had.
CERTIFIED: Final = ("ko", "en")


def trimmed(value: str | None) -> str:
    """Take the white space off both ends, and what is more than one space inside."""
    return " ".join((value or "").split())


def reachable(typed: str) -> Contact | None:
    """Read a mailbox or a number; None if it is neither."""
    if "@" in typed:
        try:
            return Contact(email=validate_email(typed, check_deliverability=False).normalized)
        except EmailNotValidError:
            return None
    digits = sum(sign.isdigit() for sign in typed)
    fits = NUMBER.fullmatch(typed) and FEWEST_DIGITS <= digits <= MOST_DIGITS
    return Contact(phone=typed) if fits else None


def _row(value: Any) -> int:
    """Read a row's number; 0 is none."""
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


class Ticks(SelectMultipleField):
    """Several boxes under one question."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def alias_field(label: str) -> StringField:
    """Make the field of an alias."""
    return StringField(
        label,
        description=_l("Any name you like. It need not be your real one."),
        filters=[trimmed],
        validators=[
            DataRequired(_l("Say what we may call you.")),
            Length(max=LONGEST_ALIAS, message=_l("Please write 60 letters at most.")),
            no_control_characters,
        ],
        render_kw={"maxlength": LONGEST_ALIAS, "autocomplete": "nickname"},
    )


class Reachable:
    """A way to reach somebody: a mailbox or a number in one field."""

    contact = StringField(
        _l("E-mail or phone"),
        description=_l("Only the organisers see it."),
        filters=[trimmed],
        validators=[
            Length(max=LONGEST_CONTACT, message=_l("Please write 254 letters at most.")),
            no_control_characters,
        ],
        render_kw={"maxlength": LONGEST_CONTACT, "autocomplete": "email"},
    )
    reached: Contact

    def validate_contact(self, field: StringField) -> None:
        """Read it as one of the two."""
        found = reachable(field.data or "")
        if found is None:
            raise ValidationError(
                _("Write an e-mail address or a phone number at which we can reach you.")
            )
        self.reached = found


class SignUpForm(Reachable, PublicForm):
    """Which shift, and who."""

    shift = RadioField(_l("Which shift?"), coerce=_row, validate_choice=False)
    alias = alias_field(_l("What may we call you?"))
    speaks = Ticks(_l("Which languages do you speak?"), validate_choice=False)
    form_key = HiddenField()

    def offer(self, shifts: list[tuple[int, str]]) -> None:
        """Offer the shifts that have a seat, and our languages."""
        self.shift.choices = shifts
        self.speaks.choices = [(code, OWN_NAMES[code]) for code in settings().languages]
        if not self.shift.data and len(shifts) == 1:
            self.shift.data = shifts[0][0]
        if not self.form_key.data:
            self.form_key.data = str(uuid4())

    def validate_shift(self, field: RadioField) -> None:
        """Ask for one of those that are left."""
        if field.data not in {choice[0] for choice in field.choices or ()}:
            raise ValidationError(_("Choose a shift that still has room."))

    @property
    def key(self) -> UUID | None:
        """Tell which page this is; None if somebody wrote their own."""
        try:
            return UUID(self.form_key.data or "")
        except ValueError:
            return None

    @property
    def spoken(self) -> list[str]:
        """List the languages that we know; the page's own if none was ticked."""
        chosen = [code for code in settings().languages if code in (self.speaks.data or ())]
        return chosen or [current_language()]


class Certified:
    """The name on a certificate; it is written on it and kept nowhere."""

    name = StringField(
        _l("Name on the certificate"),
        description=_l("It is written on the certificate and kept nowhere."),
        filters=[trimmed],
        validators=[
            DataRequired(_l("Write the name that the certificate is for.")),
            Length(max=LONGEST_NAME, message=_l("Please write 120 letters at most.")),
            no_control_characters,
        ],
        render_kw={"maxlength": LONGEST_NAME, "autocomplete": "name"},
    )
    language = SelectField(
        _l("Language of the certificate"),
        default=lambda: "ko" if current_language() == "ko" else "en",
    )


class CertificateForm(Certified, PublicForm):
    """Asked for by a volunteer."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language.choices = [(code, OWN_NAMES[code]) for code in CERTIFIED]


class PortalNameForm(PublicForm):
    """The name by which the volunteering portal knows somebody."""

    portal_name = StringField(
        _l("Your name on the volunteering portal (1365)"),
        description=_l(
            "Only if you want your hours recorded there. It is deleted along with your contact."
        ),
        filters=[trimmed],
        validators=[
            Length(max=LONGEST_NAME, message=_l("Please write 120 letters at most.")),
            no_control_characters,
        ],
        render_kw={"maxlength": LONGEST_NAME, "autocomplete": "name"},
    )
