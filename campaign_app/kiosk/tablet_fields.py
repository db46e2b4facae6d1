"""What organisers and leads alike type of a tablet: its name, and the volunteers' PIN."""

from typing import Any, Final

from wtforms import StringField
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from campaign_app.core import pins
from campaign_app.core.forms import no_control_characters
from campaign_app.core.i18n import _l

LONGEST_NAME: Final = 60
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
