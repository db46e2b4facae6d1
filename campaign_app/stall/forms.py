"""What leads and organisers say about the day."""

from typing import Any, Final

from wtforms import HiddenField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from campaign_app.core.forms import ConsoleForm, PublicForm, no_control_characters
from campaign_app.core.i18n import OWN_NAMES, _, _l
from campaign_app.core.settings import settings
from campaign_app.events import kinds
from campaign_app.events.notices import WHY
from campaign_app.stall import leads

LONGEST_ALIAS: Final = 60
PIN_BOX: Final = {
    "inputmode": "numeric",
    "autocomplete": "off",
    "maxlength": leads.PIN_DIGITS,
    "pattern": "[0-9]{4}",
}


def trimmed(value: str | None) -> str:
    """Take the white space off both ends."""
    return (value or "").strip()


class PinForm(PublicForm):
    """The four digits that the organiser told the lead."""

    pin = StringField(
        _l("Your PIN"),
        filters=[trimmed],
        validators=[InputRequired(_l("Type the four digits of your PIN."))],
        render_kw=PIN_BOX,
    )

    def validate_pin(self, field: StringField) -> None:
        """Refuse what cannot be a PIN without using a try up."""
        digits = field.data or ""
        if len(digits) != leads.PIN_DIGITS or not (digits.isascii() and digits.isdigit()):
            raise ValidationError(_("A PIN has four digits."))


class SayForm(PublicForm):
    """What the lead tells everybody: the deed is in the address, the reason is chosen here."""

    place = HiddenField()
    minutes = HiddenField()
    reason = RadioField(_l("Why?"), validate_choice=True, default="")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(name, str(WHY.get(name, label))) for name, label in kinds.OF_REASON.items()]
        known = [(name, words) for name, words in named if name in WHY]
        self.reason.choices = [*known, ("", _("Without a reason"))]


class LanguageForm(PublicForm):
    """The language of the lead's page."""

    language = SelectField(_l("Language"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language.choices = [(code, OWN_NAMES[code]) for code in settings().languages]


class LeadForm(ConsoleForm):
    """Who leads a stall."""

    alias = StringField(
        _l("What the volunteers call them"),
        description=_l("A nickname, no full name: it stands in the trail of what was done."),
        filters=[trimmed],
        validators=[
            InputRequired(_l("Write what the volunteers call them.")),
            Length(max=LONGEST_ALIAS, message=_l("Please write 60 letters at most.")),
            no_control_characters,
        ],
        render_kw={"maxlength": LONGEST_ALIAS},
    )
    language = SelectField(_l("Language of their page"))
    pin = StringField(
        _l("PIN"),
        description=_l("Four digits. Tell them in person or by telephone, never with the link."),
        filters=[trimmed],
        validators=[InputRequired(_l("Choose four digits."))],
        render_kw=PIN_BOX,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language.choices = [(code, OWN_NAMES[code]) for code in settings().languages]

    def validate_pin(self, field: StringField) -> None:
        """Refuse digits that everybody would try first."""
        if not leads.is_pin(field.data or ""):
            raise ValidationError(str(leads.WeakPin.text))


class NewPinForm(ConsoleForm):
    """Another PIN for the same link."""

    pin = LeadForm.pin
    validate_pin = LeadForm.validate_pin
