"""What organisers decide about what tablets delivered."""

import uuid
from collections.abc import Sequence
from typing import Any, Final

from flask_wtf.file import FileField
from wtforms import BooleanField, SelectMultipleField, StringField
from wtforms.validators import Length, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from campaign_app.core.forms import ConsoleForm, no_control_characters
from campaign_app.core.i18n import _, _l
from campaign_app.kiosk.models import Intake

LONGEST: Final = 500
AGAIN, DISCARD = "again", "discard"


def _trimmed(value: str | None) -> str:
    return " ".join((value or "").split())


def _why(label: str) -> StringField:
    checks = [
        Length(max=LONGEST, message=_l("Please write 500 letters at most.")),
        no_control_characters,
    ]
    return StringField(label, filters=[_trimmed], validators=checks)


class CloseForm(ConsoleForm):
    """A report is closed."""

    why = _why(_l("Why you close it although not everything came"))


def _row(value: Any) -> uuid.UUID:
    return value if isinstance(value, uuid.UUID) else uuid.UUID(hex=str(value))


class WaitingForm(ConsoleForm):
    """Some of what waits is decided about."""

    items = SelectMultipleField(
        _l("What do you decide about?"),
        coerce=_row,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    all = BooleanField(_l("All that waits for this reason"))
    why = _why(_l("Why"))

    def __init__(self, *args: Any, waiting: Sequence[Intake], labels: Sequence[str]) -> None:
        super().__init__(*args)
        self.items.choices = [
            (row.id.hex, label) for row, label in zip(waiting, labels, strict=True)
        ]
        self.deed = AGAIN
        self.asks_why = False

    def means(self, deed: str, *, asks_why: bool) -> None:
        """Say which button was pressed: discarding always asks why, counting sometimes."""
        self.deed, self.asks_why = deed, asks_why or deed == DISCARD

    def validate_items(self, field: Any) -> None:
        """Ask for one at least."""
        if not field.data and not self.all.data:
            raise ValidationError(_("Tick what you decide about."))

    def validate_why(self, field: Any) -> None:
        """Ask why, where names may be lost or let in."""
        if self.asks_why and not field.data:
            raise ValidationError(_("Write down why. It stands in the audit trail."))


class UploadForm(ConsoleForm):
    """The sealed file of a tablet that finds no network."""

    file = FileField(_l("The file from the tablet"))

    def validate_file(self, field: Any) -> None:
        """Ask for a file."""
        if not field.data or not field.data.filename:
            raise ValidationError(_("Choose the file that the tablet wrote."))
