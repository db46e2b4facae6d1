"""What organisers say when they take a signature out, or names away."""

import re
from datetime import date, timedelta
from typing import Any, Final

from wtforms import BooleanField, DateField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, ValidationError

from campaign_app.core import clock
from campaign_app.core.forms import ConsoleForm, no_control_characters
from campaign_app.core.i18n import _l
from campaign_app.petitions.console_forms import WholeNumberField, needed, one_line, too_long
from campaign_app.petitions.names_models import AGREED, EVERYBODY

#: Full-width letters included. A list or the trail must not carry a mailbox.
MAILBOX: Final = re.compile(r"\S[@＠]\S")
KEPT_FOR: Final = timedelta(days=30)
LONGEST_KEPT: Final = timedelta(days=366)
LONGEST_REASON: Final = 300
LARGEST_LIST: Final = 100_000_000


def no_mailbox(_form: Any, field: Any) -> None:
    """Refuse an address in words that are kept and read by others."""
    if MAILBOX.search(field.data or ""):
        raise ValidationError(
            _l("This looks like an e-mail address. Write the reason without naming anybody.")
        )


def reason(label: str, missing: str) -> StringField:
    """Make the field of a reason that stands in the audit trail."""
    return StringField(
        label,
        filters=[one_line],
        validators=[*needed(missing, LONGEST_REASON), no_mailbox],
        description=_l("It is kept in the audit trail. Name nobody in it."),
        render_kw={"maxlength": LONGEST_REASON, "autocomplete": "off"},
    )


class SignatureForm(ConsoleForm):
    """Why one signature is taken out, or put back."""

    reason = reason(_l("Why"), _l("Write why."))


class ListForm(ConsoleForm):
    """Whose names go onto a list, what for, and until when."""

    whose = RadioField(
        _l("Whose names"),
        choices=[
            (AGREED, _l("Only those who agreed to the hand-over: name and country")),
            (EVERYBODY, _l("Everybody who is counted: all that the record holds")),
        ],
        default=AGREED,
    )
    reason = reason(_l("What the list is for"), _l("Write what the list is for."))
    why_everybody = TextAreaField(
        _l("Why also those must be on it who did not agree"),
        filters=[one_line],
        validators=[
            Length(max=LONGEST_REASON, message=too_long(LONGEST_REASON)),
            no_control_characters,
            no_mailbox,
        ],
        description=_l("They agreed to be counted, not to be handed over."),
        render_kw={"maxlength": LONGEST_REASON, "rows": 2},
    )
    delete_by = DateField(
        _l("Delete it by"),
        default=lambda: clock.today() + KEPT_FOR,
        validators=[InputRequired(_l("Choose the day by which you will have deleted the list."))],
        description=_l(
            "On that day a mail reminds you, and every week until you say that it is deleted."
        ),
    )
    promised = BooleanField(
        _l("I keep the file on an encrypted disk and send it by no open mail"),
        validators=[
            InputRequired(_l("Please promise this: from here on the names are yours to guard."))
        ],
    )
    names = WholeNumberField(
        validators=[
            InputRequired(_l("Open the names first.")),
            NumberRange(0, LARGEST_LIST, _l("Open the names first.")),
        ]
    )

    @property
    def asks_for_everybody(self) -> bool:
        """Tell whether those are meant, too, who did not agree."""
        return bool(self.whose.data == EVERYBODY)

    def validate_why_everybody(self, field: TextAreaField) -> None:
        """Ask why, where those are named who did not agree."""
        if self.asks_for_everybody and not field.data:
            raise ValidationError(_l("Write why those who did not agree must be on the list."))

    def validate_delete_by(self, field: DateField) -> None:
        """Let a list live from a day to a year."""
        if not isinstance(field.data, date):
            return
        today = clock.today()
        if not today < field.data <= today + LONGEST_KEPT:
            raise ValidationError(_l("Choose a day after today, and within a year."))
