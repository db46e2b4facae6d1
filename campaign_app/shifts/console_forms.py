"""What organisers say of shifts, people and kit."""

from collections.abc import Mapping
from typing import Any, Final

from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, ValidationError
from wtforms.validators import Optional as MayBeEmpty

from campaign_app.core import wall_clock
from campaign_app.core.forms import ConsoleForm, no_control_characters
from campaign_app.core.i18n import OWN_NAMES, _, _l, current_language, pick
from campaign_app.core.settings import settings
from campaign_app.events import queries as events
from campaign_app.shifts import words
from campaign_app.shifts.forms import (
    CERTIFIED,
    LONGEST_NAME,
    Certified,
    Reachable,
    alias_field,
    trimmed,
)
from campaign_app.shifts.kit import MOST_ITEMS
from campaign_app.shifts.models import MOST_MINUTES, ROLES
from campaign_app.shifts.services import ShiftPlan

MOST_SEATS: Final = 200


class ConsoleCertificateForm(Certified, ConsoleForm):
    """Asked for by an organiser."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language.choices = [(code, OWN_NAMES[code]) for code in CERTIFIED]


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


class AddForm(Reachable, ConsoleForm):
    """Somebody who told an organiser that they come."""

    shift = SelectField(_l("Shift"), coerce=int)
    alias = alias_field(_l("What do they want to be called?"))
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
        """Let time run forward, in years that have a calendar."""
        if any(day.data and day.data.year not in wall_clock.YEARS for day in (self.first, field)):
            raise ValidationError(_("Choose a year between 1970 and 2199."))
        if self.first.data and field.data and field.data < self.first.data:
            raise ValidationError(_("The last day comes before the first."))
