"""What leads and organisers say about the day."""

from collections.abc import Sequence
from typing import Any, Final, Self
from uuid import UUID

from wtforms import HiddenField, RadioField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from campaign_app.core.forms import ConsoleForm, PublicForm, no_control_characters
from campaign_app.core.i18n import OWN_NAMES, _, _l
from campaign_app.core.settings import settings
from campaign_app.events import kinds
from campaign_app.events.notices import WHY
from campaign_app.kiosk import tablet_fields
from campaign_app.shifts.queries import OnShift
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


class TabletPinForm(PublicForm):
    """Another PIN for a tablet."""

    pin = tablet_fields.pin_field()

    def validate_pin(self, field: StringField) -> None:
        """Refuse digits that everybody would try first."""
        tablet_fields.refuse_weak(self, field)


class NewTabletForm(TabletPinForm):
    """A tablet that the lead brings to the stall."""

    name = tablet_fields.name_field()


class HoursForm(PublicForm):
    """How long somebody was on shift, in quarters of an hour."""

    lasted = SelectField(_l("How long"), coerce=int, choices=[])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lasted.choices = [(n, f"{n // 60}:{n % 60:02}") for n in range(0, 16 * 60 + 1, 15)]

    @property
    def minutes(self) -> int:
        """Give what was chosen."""
        return int(self.lasted.data)

    @classmethod
    def of(cls, one: OnShift) -> Self:
        """Ask for the hours of one person, who is likely to have stayed to the end."""
        lasted = one.span.minutes if one.minutes is None else one.minutes
        form = cls(formdata=None, lasted=min(round(lasted / 15) * 15, 16 * 60))
        form.lasted.id = f"lasted-{one.sign_up}"
        return form


class HandOverForm(PublicForm):
    """Who leads from now on."""

    who = RadioField(_l("Who leads from now on?"), default="")
    alias = StringField(
        _l("What the volunteers call them"),
        filters=[trimmed],
        validators=[
            Length(max=LONGEST_ALIAS, message=_l("Please write 60 letters at most.")),
            no_control_characters,
        ],
        render_kw={"maxlength": LONGEST_ALIAS, "autocomplete": "off"},
    )
    language = SelectField(_l("Language of their page"))
    pin = StringField(
        _l("Their PIN"),
        description=_l("Four digits. Let them choose and type it."),
        filters=[trimmed],
        validators=[InputRequired(_l("Choose four digits."))],
        render_kw=PIN_BOX,
    )

    def __init__(self, *args: Any, others: Sequence[OnShift], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._aliases: Final = {str(one.sign_up): one.alias for one in others}
        self.who.choices = [*self._aliases.items(), ("", _("Somebody else"))]
        self.language.choices = [(code, OWN_NAMES[code]) for code in settings().languages]

    @property
    def to_whom(self) -> str:
        """Give the next lead's alias."""
        return self._aliases.get(self.who.data or "") or self.alias.data or ""

    @property
    def sign_up(self) -> UUID | None:
        """Give the next lead's place on the roster, if they have one."""
        return UUID(self.who.data) if self.who.data in self._aliases else None

    def validate_alias(self, field: StringField) -> None:
        """Ask for a name where none was chosen."""
        if not self.to_whom:
            raise ValidationError(_("Write what the volunteers call them."))

    def validate_pin(self, field: StringField) -> None:
        """Refuse digits that everybody would try first."""
        if not leads.is_pin(field.data or ""):
            raise ValidationError(str(leads.WeakPin.text))


class LeadForm(ConsoleForm):
    """Who leads a stall."""

    alias = StringField(
        _l("What the volunteers call them"),
        description=_l("A nickname, no full name: it stands in the trail of what was done."),
        filters=[trimmed],
        validators=[
            DataRequired(_l("Write what the volunteers call them.")),
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
