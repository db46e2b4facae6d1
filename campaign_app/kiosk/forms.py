"""What organisers say of tablets."""

from collections.abc import Sequence
from typing import Any, Final

from wtforms import SelectField, StringField
from wtforms.validators import ValidationError

from campaign_app.core.forms import ConsoleForm
from campaign_app.core.i18n import OWN_NAMES, _, _l
from campaign_app.core.settings import settings
from campaign_app.kiosk.tablet_fields import name_field, pin_field, refuse_weak

#: What is chosen where nothing is.
NONE: Final = 0


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
