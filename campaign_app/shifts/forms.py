"""What volunteers say of themselves, and what organisers say of shifts and kit."""

import re
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID, uuid4

from email_validator import EmailNotValidError, validate_email
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, ValidationError
from wtforms.validators import Optional as MayBeEmpty
from wtforms.widgets import CheckboxInput, ListWidget

from campaign_app.core import wall_clock
from campaign_app.core.forms import ConsoleForm, PublicForm, no_control_characters
from campaign_app.core.i18n import OWN_NAMES, _, _l, current_language, pick
from campaign_app.core.settings import settings
from campaign_app.events import queries as events
from campaign_app.shifts import words
from campaign_app.shifts.kit import MOST_ITEMS
from campaign_app.shifts.models import MOST_MINUTES, ROLES
from campaign_app.shifts.services import ShiftPlan
from campaign_app.shifts.volunteers import FEWEST_DIGITS, Contact

LONGEST_ALIAS: Final = 60
LONGEST_NAME: Final = 120
LONGEST_CONTACT: Final = 254
MOST_DIGITS: Final = 15
MOST_SEATS: Final = 200
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


def _alias(label: str) -> StringField:
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


class _Reachable:
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


class SignUpForm(_Reachable, PublicForm):
    """Which shift, and who."""

    shift = RadioField(_l("Which shift?"), coerce=_row, validate_choice=False)
    alias = _alias(_l("What may we call you?"))
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


class _Certified:
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


class CertificateForm(_Certified, PublicForm):
    """Asked for by a volunteer."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language.choices = [(code, OWN_NAMES[code]) for code in CERTIFIED]


class ConsoleCertificateForm(_Certified, ConsoleForm):
    """Asked for by an organiser."""

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


# Organisers


class ShiftForm(ConsoleForm):
    """What a shift needs."""

    role = SelectField(_l("Task"))
    least = IntegerField(
        _l("At least"),
        default=1,
        validators=[
            InputRequired(_l("Say how many it takes.")),
            NumberRange(0, MOST_SEATS, message=_l("Write a number from 0 to 200.")),
        ],
    )
    most = IntegerField(
        _l("At most"),
        default=2,
        validators=[
            InputRequired(_l("Say how many there is room for.")),
            NumberRange(1, MOST_SEATS, message=_l("Write a number from 1 to 200.")),
        ],
    )
    starts = DateTimeLocalField(
        _l("From"),
        format=list(wall_clock.FORMATS),
        description=_l("Empty: as long as the event, wherever it moves."),
        validators=[MayBeEmpty()],
    )
    ends = DateTimeLocalField(
        _l("Until"), format=list(wall_clock.FORMATS), validators=[MayBeEmpty()]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.role.choices = [(role, str(words.OF_ROLE[role])) for role in ROLES]

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """Check each field, and that they fit each other."""
        if not super().validate(extra_validators):
            return False
        if (self.most.data or 0) < (self.least.data or 0):
            self.most.errors = [_("There must be room for as many as it takes.")]
        if (self.starts.data is None) != (self.ends.data is None):
            self.ends.errors = [_("Write both times, or neither.")]
        return not self.errors

    def plan(self) -> ShiftPlan:
        """Give what was said."""
        return ShiftPlan(
            role=self.role.data,
            least=self.least.data or 0,
            most=self.most.data or 0,
            starts_local=self.starts.data,
            ends_local=self.ends.data,
        )


class AddForm(_Reachable, ConsoleForm):
    """Somebody who told an organiser that they come."""

    shift = SelectField(_l("Shift"), coerce=int)
    alias = _alias(_l("What do they want to be called?"))
    language = SelectField(_l("In which language do we write to them?"))

    def offer(self, shifts: list[tuple[int, str]]) -> None:
        """Offer the shifts of the event."""
        self.shift.choices = shifts
        self.language.choices = [(code, OWN_NAMES[code]) for code in settings().languages]
        if not self.language.data:
            self.language.data = current_language()


class HoursForm(ConsoleForm):
    """How long somebody was there."""

    minutes = IntegerField(
        _l("Minutes"),
        validators=[
            MayBeEmpty(),
            NumberRange(0, MOST_MINUTES, message=_l("Write a number from 0 to 1440.")),
        ],
    )


class UseForm(ConsoleForm):
    """Which template, and how far."""

    template = SelectField(_l("Template"), coerce=int)
    whole_series = BooleanField(_l("For all coming events of this series"))


def _template_name() -> StringField:
    return StringField(
        _l("Name of the template"),
        filters=[trimmed],
        validators=[
            DataRequired(_l("Give the template a name.")),
            Length(max=LONGEST_NAME, message=_l("Please write 120 letters at most.")),
            no_control_characters,
        ],
        render_kw={"maxlength": LONGEST_NAME},
    )


class KeepForm(ConsoleForm):
    """How a template is called."""

    name = _template_name()
    for_campaign = BooleanField(_l("Only for events of this campaign"))


class LinesForm(ConsoleForm):
    """Things, one a line."""

    lines = TextAreaField(
        _l("Things to bring"),
        description=_l("One thing a line."),
        validators=[DataRequired(_l("Write at least one thing.")), no_control_characters],
    )

    def validate_lines(self, field: TextAreaField) -> None:
        """Keep lines short, and the list such that somebody ticks it off."""
        things = self.things()
        if not things:
            raise ValidationError(_("Write at least one thing."))
        if len(things) > MOST_ITEMS or any(len(one) > LONGEST_NAME for one in things):
            raise ValidationError(_("Write a hundred lines of 120 letters at most."))

    def things(self) -> list[str]:
        """List what was written, each once."""
        named = (trimmed(line) for line in (self.lines.data or "").splitlines())
        return list(dict.fromkeys(line for line in named if line))


class KitTemplateForm(LinesForm):
    """A kit list to copy from."""

    name = _template_name()
    campaign_id = SelectField(_l("Campaign"), coerce=int)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        campaigns = [(one.id, pick(one.names)) for one in events.campaigns()]
        self.campaign_id.choices = [(0, _("All campaigns")), *campaigns]


class PeriodForm(ConsoleForm):
    """From which day to which."""

    first = DateField(_l("From"), validators=[InputRequired(_l("Choose the first day."))])
    last = DateField(_l("Until"), validators=[InputRequired(_l("Choose the last day."))])

    def validate_last(self, field: DateField) -> None:
        """Let time run forward."""
        if self.first.data and field.data and field.data < self.first.data:
            raise ValidationError(_("The last day comes before the first."))
