"""What the finance role says of lists and of rows."""

from collections.abc import Sequence
from typing import Any, Final

from flask_wtf.file import FileField
from wtforms import BooleanField, SelectField, SelectMultipleField, StringField
from wtforms.validators import DataRequired, Email, Length, ValidationError
from wtforms.validators import Optional as MayBeEmpty
from wtforms.widgets import CheckboxInput, ListWidget

from campaign_app.core.forms import ConsoleForm, no_control_characters
from campaign_app.core.i18n import OWN_NAMES, _, _l, current_language, moment, pick
from campaign_app.core.settings import settings
from campaign_app.donations.contacts import Contact
from campaign_app.donations.services import Where
from campaign_app.events import queries as events
from campaign_app.events.models import Event
from campaign_app.payments import bank_csv, bank_days
from campaign_app.payments.bank_csv import Layout
from campaign_app.payments.ways import of_the_app
from campaign_app.transfers.unpromised import Unpromised

NONE: Final = -1
#: How much of a cell names a column.
_SAMPLE: Final = 24
_WIDEST: Final = 60


def trimmed(value: str | None) -> str:
    """Write a short text on one line, without idle white space."""
    return " ".join((value or "").split())


class UploadForm(ConsoleForm):
    """A bank's list."""

    bank = SelectField(_l("Bank account"))
    file = FileField(_l("List of transactions, as CSV"))
    look = BooleanField(_l("Show me first which column is what"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.bank.choices = [
            (one.key, f"{pick(one.bank)} {one.number} ({one.currency})")
            for one in of_the_app().banks.values()
        ]
        self.raw = b""

    def validate_file(self, field: FileField) -> None:
        """Take a file that a bank's list may be in."""
        self.raw = field.data.read() if field.data else b""
        if not self.raw:
            raise ValidationError(_("Choose the file that the bank gave you."))
        if len(self.raw) > bank_csv.LARGEST:
            raise ValidationError(
                _(
                    "This file is larger than 4 MB. Export fewer months at once, and choose that file."
                )
            )


class LayoutForm(ConsoleForm):
    """Which column of a bank's list is what."""

    head = SelectField(_l("Row with the names of the columns"), coerce=int)
    day = SelectField(_l("Day"), coerce=int)
    day_format = SelectField(_l("How days are written"))
    credit = SelectField(
        _l("Amount that came in"),
        coerce=int,
        description=_l(
            "Where one column has both directions, choose it: what is negative is left."
        ),
    )
    name = SelectField(_l("Who sent it"), coerce=int)
    memos = SelectMultipleField(
        _l("Where the reference may stand"),
        coerce=int,
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    time = SelectField(_l("Time of day"), coerce=int)
    balance = SelectField(
        _l("Balance after it"),
        coerce=int,
        description=_l("Time and balance tell apart two transfers that are alike."),
    )

    def __init__(self, rows: Sequence[Sequence[str]], guess: Layout | None, **kwargs: Any) -> None:
        super().__init__(data=_said(guess or _likely(rows)), **kwargs)
        top = rows[: bank_csv.DEEPEST_HEAD]
        self.head.choices = [(at, _row_label(at, row)) for at, row in enumerate(top)]
        at = self.head.data if self.head.data in range(len(top)) else 0
        columns = _columns(rows, at)
        for one in (self.day, self.credit):
            one.choices = columns
        for one in (self.name, self.time, self.balance):
            one.choices = [(NONE, _("No column")), *columns]
        self.memos.choices = columns
        self.day_format.choices = [(how, bank_csv_example(how)) for how in bank_days.DAYS]

    def layout(self) -> Layout:
        """Give what was chosen."""
        return Layout(
            head=self.head.data,
            day=self.day.data,
            credit=self.credit.data,
            name=_column(self.name.data),
            memos=tuple(self.memos.data or ()),
            time=_column(self.time.data),
            balance=_column(self.balance.data),
            day_format=self.day_format.data,
        )


def bank_csv_example(how: str) -> str:
    """Show a way of writing days by an example."""
    return (
        how.replace("%Y", "2026").replace("%y", "26").replace("%m", "11").replace("%d", "14")
    )  # a day that cannot be read in two ways


def _likely(rows: Sequence[Sequence[str]]) -> Layout:
    """Begin with the first row that has several cells, where no word of a head is known."""
    head = next((at for at, row in enumerate(rows) if sum(map(bool, row)) > 2), 0)
    return Layout(head=min(head, bank_csv.DEEPEST_HEAD - 1), day=0, credit=0)


def _said(layout: Layout) -> dict[str, Any]:
    return {
        "head": layout.head,
        "day": layout.day,
        "day_format": layout.day_format,
        "credit": layout.credit,
        "name": NONE if layout.name is None else layout.name,
        "memos": list(layout.memos),
        "time": NONE if layout.time is None else layout.time,
        "balance": NONE if layout.balance is None else layout.balance,
    }


def _column(chosen: int) -> int | None:
    return None if chosen == NONE else chosen


def _row_label(at: int, row: Sequence[str]) -> str:
    said = " · ".join(cell for cell in row if cell)[:_WIDEST]
    return f"{at + 1}: {said}"


def _columns(rows: Sequence[Sequence[str]], head: int) -> list[tuple[int, str]]:
    """Name columns by their number, their head and the first thing in them."""
    below = rows[head + 1 : head + 11]
    width = max((len(row) for row in rows[head : head + 11]), default=0)
    return [(at, _column_label(at, rows[head], below)) for at in range(min(width, _WIDEST))]


def _column_label(at: int, head: Sequence[str], below: Sequence[Sequence[str]]) -> str:
    named = head[at][:_SAMPLE] if at < len(head) else ""
    first = next((row[at][:_SAMPLE] for row in below if at < len(row) and row[at]), "")
    return f"{at + 1}: {named}" + (f" ({first})" if first else "")


class IgnoreForm(ConsoleForm):
    """Why a row is none of ours."""

    reason = StringField(
        _l("Why it is not accounted for here"),
        description=_l("For instance: interest, our own money from another account. No names."),
        filters=[trimmed],
        validators=[
            DataRequired(_l("Say why; the ledger leaves it out for this reason.")),
            Length(max=300, message=_l("Please write 300 letters at most.")),
            no_control_characters,
        ],
    )


class UnpromisedForm(ConsoleForm):
    """A gift that nobody announced: what for, and whom to thank."""

    purpose = SelectField(_l("Given for"))
    language = SelectField(_l("Language of the receipt"))
    name = StringField(
        _l("Name on the receipt"),
        filters=[trimmed],
        validators=[Length(max=120), no_control_characters],
    )
    mail = StringField(
        _l("Where the receipt is sent"),
        filters=[trimmed],
        validators=[
            MayBeEmpty(),
            Length(max=254),
            Email(_l("This does not look like an address. Example: mina@example.org")),
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, data={"language": current_language()}, **kwargs)
        self._events: Final = {f"event-{one.id}": one for one in events.near()}
        self._campaigns: Final = {f"campaign-{one.id}": one for one in events.campaigns()}
        self.purpose.choices = [
            ("", _("Nothing in particular")),
            *((key, pick(one.names)) for key, one in self._campaigns.items()),
            *((key, _event_label(one)) for key, one in self._events.items()),
        ]
        self.language.choices = [(code, OWN_NAMES[code]) for code in settings().languages]

    def told(self) -> Unpromised:
        """Give what was said."""
        return Unpromised(
            language=self.language.data,
            where=self._where(),
            contact=Contact(name=self.name.data or "", mail=self.mail.data or ""),
        )

    def _where(self) -> Where:
        event = self._events.get(self.purpose.data)
        if event:
            return Where(
                campaign_id=event.campaign_id, event_id=event.id, location_id=event.location_id
            )
        campaign = self._campaigns.get(self.purpose.data)
        return Where(campaign_id=campaign.id if campaign else None)


def _event_label(event: Event) -> str:
    place = pick(event.location.names)
    return f"{pick(event.titles)} – {place}, {moment(event.starts_at, event.zone, 'short')}"
