"""What organisers say of permits."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from flask_wtf.file import FileField
from wtforms import (
    DateField,
    DateTimeLocalField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import InputRequired, Length, ValidationError
from wtforms.validators import Optional as MayBeEmpty
from wtforms.widgets import CheckboxInput, ListWidget

from campaign_app.core import wall_clock
from campaign_app.core.forms import ConsoleForm, no_control_characters
from campaign_app.core.i18n import _, _l, pick
from campaign_app.core.uploads import LARGEST_FILE, FileTooLarge
from campaign_app.core.wall_clock import today_in
from campaign_app.events.models import Event
from campaign_app.permits.facts import Paper, Stands
from campaign_app.permits.models import FILED, GOES_AHEAD, GRANTED, NOT_NEEDED, REFUSED, TO_FILE
from campaign_app.permits.rules import Rule

EARLIEST: Final = date(2000, 1, 1)
LATEST: Final = date(2199, 12, 31)
LONGEST_NAME: Final = 120
#: How a file begins → what it is.
PAPERS: Final[Mapping[bytes, str]] = {
    b"%PDF-": "application/pdf",
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
}


def trimmed(value: str | None) -> str:
    """Write a short text on one line, without idle white space."""
    return " ".join((value or "").split())


def _line(label: str, longest: int, *more: Any, **rest: Any) -> StringField:
    too_long = _l("Please write %(longest)s letters at most.", longest=longest)
    checks = [*more, Length(max=longest, message=too_long), no_control_characters]
    return StringField(label, filters=[trimmed], validators=checks, **rest)


class DatesForm(ConsoleForm):
    """Something that may be said of one date or of several dates of a series."""

    until = DateField(
        _l("Also for the dates of this series until"),
        description=_l(
            "Leave it empty for this date alone. Dates at another place, and dates whose permit "
            "stands differently, stay as they are."
        ),
        validators=[MayBeEmpty()],
    )

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.event: Final = event
        if event.series_id is None:
            del self.until

    def until_day(self) -> str:
        """Give the last day meant, or nothing."""
        day = self.until.data if "until" in self else None
        return day.isoformat() if day else ""

    def today(self) -> date:
        """Tell the day at the place."""
        return today_in(self.event.zone)


class StandsForm(DatesForm):
    """How a permit stands from now on."""

    state: str

    def said(self) -> Stands:
        """Give what was said."""
        said = {name: self.data[name] for name in ("reference", "by", "reason") if name in self}
        return Stands(state=self.state, on=self.day(), **said)

    def day(self) -> str:
        """Give the day on which it happened, if there is one."""
        return self.data["on"].isoformat() if "on" in self else ""


class _HappenedForm(StandsForm):
    """Something that happened on a day."""

    on = DateField(_l("On"), validators=[InputRequired(_l("Say on which day."))])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.on.data is None and not self.on.raw_data:
            self.on.data = self.today()

    def validate_on(self, field: DateField) -> None:
        """Refuse a day that has not come, and one that nobody can mean."""
        day = field.data or EARLIEST
        if day > self.today():
            raise ValidationError(_("This day has not come yet."))
        if day < EARLIEST:
            raise ValidationError(_("Choose a day after 1999."))


class FiledForm(_HappenedForm):
    """It was filed."""

    state = FILED
    reference = _line(_l("Their number for it"), 80)


class GrantedForm(_HappenedForm):
    """It was granted."""

    state = GRANTED
    reference = _line(_l("Their number for it"), 80)


class RefusedForm(_HappenedForm):
    """It was refused."""

    state = REFUSED
    reason = _line(_l("What they said"), 500)


class _DecisionForm(_HappenedForm):
    """Somebody of ours decided."""

    by = _line(_l("Who decided"), LONGEST_NAME, InputRequired(_l("Write the name of who decided.")))
    reason = _line(_l("Why"), 500, InputRequired(_l("Write down why.")))


class NotNeededForm(_DecisionForm):
    """It is not needed."""

    state = NOT_NEEDED


class GoesAheadForm(_DecisionForm):
    """The event goes ahead without it."""

    state = GOES_AHEAD


class ToFileForm(StandsForm):
    """It is to be filed (again)."""

    state = TO_FILE


#: State → its form.
OF_STATE: Final[Mapping[str, type[StandsForm]]] = {
    one.state: one
    for one in (FiledForm, GrantedForm, RefusedForm, NotNeededForm, GoesAheadForm, ToFileForm)
}


class AddForm(DatesForm):
    """What has to be asked for an event."""

    rules = SelectMultipleField(
        _l("What may have to be asked here"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    title = _line(_l("Something else"), LONGEST_NAME)

    def __init__(self, *args: Any, proposed: list[Rule], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rules.choices = [
            (rule.key, f"{pick(rule.what)}: {pick(rule.whom)}") for rule in proposed
        ]

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for something."""
        fine = bool(super().validate(extra_validators))
        if fine and not self.rules.data and not self.title.data:
            self.title.errors = [_("Choose something, or write what it is.")]
            return False
        return fine


class DueForm(DatesForm):
    """A deadline of our own."""

    due = DateTimeLocalField(
        _l("Our own deadline"),
        format=list(wall_clock.FORMATS),
        description=_l("As the clock at the place shows it. Empty: that of the rule."),
        validators=[MayBeEmpty()],
    )

    def validate_due(self, field: DateTimeLocalField) -> None:
        """Refuse what lies far away."""
        said: datetime | None = field.data
        if said is not None and not EARLIEST <= said.date() <= LATEST:
            raise ValidationError(_("Choose a year between 2000 and 2199."))

    def due_local(self) -> str:
        """Give the deadline, or nothing."""
        return self.due.data.strftime(wall_clock.FORMAT) if self.due.data else ""


class PaperForm(DatesForm):
    """A paper that belongs to a permit."""

    paper = FileField(
        _l("Paper"),
        description=_l("PDF, JPEG or PNG, 5 MB at most. Only organisers can open it."),
        render_kw={"accept": "application/pdf,image/jpeg,image/png"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "until" in self:  # another form of the page asks the same
            self.until.id = self.until.label.field_id = "paper-until"

    def validate_paper(self, field: FileField) -> None:
        """Ask for a paper of a kind that we keep."""
        if not field.data:
            raise ValidationError(_("Choose a file first."))
        self._content: bytes = field.data.stream.read(LARGEST_FILE + 1)
        if len(self._content) > LARGEST_FILE:
            raise ValidationError(str(FileTooLarge.text))
        if kind_of(self._content) is None:
            raise ValidationError(_("This is neither a PDF nor a JPEG or PNG picture."))

    def said(self) -> Paper:
        """Give the paper."""
        name = self.paper.data.filename or ""
        return Paper(content=self._content, mime=kind_of(self._content) or "", name=plain(name))


def kind_of(content: bytes) -> str | None:
    """Tell what a file is by how it begins; its name may say anything."""
    return next((kind for start, kind in PAPERS.items() if content.startswith(start)), None)


def plain(name: str) -> str:
    """Keep of a file's name what can be shown, without folders."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in last if letter.isprintable()).strip()[-LONGEST_NAME:]
