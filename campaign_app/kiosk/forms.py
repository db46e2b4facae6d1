"""What organisers say of tablets."""

from collections.abc import Sequence
from typing import Any, Final

from wtforms import SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from campaign_app.core import pins
from campaign_app.core.forms import ConsoleForm, no_control_characters
from campaign_app.core.i18n import OWN_NAMES, _, _l
from campaign_app.core.settings import settings

LONGEST_NAME: Final = 60
#: What is chosen where nothing is.
NONE: Final = 0
PIN_BOX: Final = {
    "inputmode": "numeric",
    "autocomplete": "off",
    "maxlength": pins.PIN_DIGITS,
    "pattern": "[0-9]{4}",
}


def trimmed(value: str | None) -> str:
    """Take the white space off both ends."""
    return (value or "").strip()


def name_field() -> Any:
    """Ask what people call a tablet."""
    return StringField(
        _l("Name"),
        description=_l("As it is written on its back: “Tablet 3”. The tally shows it."),
        filters=[trimmed],
        validators=[
            DataRequired(_l("Write what people call it.")),
            Length(max=LONGEST_NAME, message=_l("Please write 60 letters at most.")),
            no_control_characters,
        ],
        render_kw={"maxlength": LONGEST_NAME, "autocomplete": "off"},
    )


def pin_field() -> Any:
    """Ask for the PIN that guards the volunteers' side of a tablet."""
    return StringField(
        _l("PIN of the volunteers"),
        description=_l("Four digits. They open the volunteers’ side of this tablet."),
        filters=[trimmed],
        validators=[InputRequired(_l("Choose four digits."))],
        render_kw=PIN_BOX,
    )


def refuse_weak(_form: Any, field: Any) -> None:
    """Refuse digits that everybody would try first."""
    if not pins.is_pin(field.data or ""):
        raise ValidationError(str(pins.WeakPin.text))


class TabletForm(ConsoleForm):
    """How a tablet is called, and what its first page speaks."""

    name = name_field()
    language = SelectField(_l("Language of its first page"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language.choices = [(code, OWN_NAMES[code]) for code in settings().languages]


class EventForm(ConsoleForm):
    """For which event a tablet collects."""

    event = SelectField(_l("Collects for"), coerce=int, choices=[])

    def __init__(self, *args: Any, events: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.event.choices = [(NONE, _("No event: it rests")), *events]

    @property
    def event_id(self) -> int | None:
        """Give what was chosen."""
        return int(self.event.data) or None


class PinForm(ConsoleForm):
    """Another PIN for a tablet."""

    pin = pin_field()

    def validate_pin(self, field: StringField) -> None:
        """Refuse digits that everybody would try first."""
        refuse_weak(self, field)


class NewTabletForm(TabletForm):
    """A tablet to be made."""

    pin = pin_field()
    event = SelectField(_l("Collects for"), coerce=int, choices=[])
    validate_pin = PinForm.validate_pin

    def __init__(self, *args: Any, events: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.event.choices = [(NONE, _("No event yet")), *events]

    @property
    def event_id(self) -> int | None:
        """Give what was chosen."""
        return int(self.event.data) or None


class PetitionsForm(ConsoleForm):
    """What the tablets of an event ask to sign, in order."""

    first = SelectField(_l("First"), coerce=int, choices=[])
    second = SelectField(_l("Second"), coerce=int, choices=[])
    third = SelectField(_l("Third"), coerce=int, choices=[])

    def __init__(self, *args: Any, petitions: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        none = (NONE, _("None"))
        self.first.choices = [none, *petitions]
        self.second.choices = [none, *petitions]
        self.third.choices = [none, *petitions]

    @property
    def petition_ids(self) -> list[int]:
        """Give what was chosen, in order."""
        said = (self.first.data, self.second.data, self.third.data)
        return [int(one) for one in said if one]

    def validate_first(self, _field: SelectField) -> None:
        """Ask for one at least, and for none twice."""
        chosen = self.petition_ids
        if not chosen:
            raise ValidationError(_("Choose one petition at least."))
        if len(set(chosen)) < len(chosen):
            raise ValidationError(_("Choose each petition once."))
