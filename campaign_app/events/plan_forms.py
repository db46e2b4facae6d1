"""Planning months in one form: places, each with its rule and its hours."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any, Final

from wtforms import DateField, HiddenField, SelectField, StringField, TimeField
from wtforms.validators import InputRequired, Length, Optional

from campaign_app.core import clock, wall_clock
from campaign_app.core.forms import no_control_characters
from campaign_app.core.i18n import OWN_NAMES, _, _l, pick
from campaign_app.core.settings import settings
from campaign_app.events import kinds, queries, rhythm
from campaign_app.events.facts import SeriesFacts
from campaign_app.events.forms import TextsForm, text_field, trimmed
from campaign_app.events.models import Location
from campaign_app.events.recurrence import DAY, NTHS, NoRule, Recurring, Rule

#: How many places the form offers at first, and at most.
ROWS: Final = 4
MOST_ROWS: Final = 12
MINUTES_A_DAY: Final = 24 * 60
#: A stall that ends "before" it begins goes on past midnight, but not for longer than that.
LONGEST_NIGHT: Final = 12 * 60
LONGEST_REASON: Final = 300


@dataclass(frozen=True, slots=True)
class Line:
    """One place of the form, with its rule understood."""

    number: int
    place: Location
    plan: Recurring


class PlanForm(TextsForm):
    """Titles for all; then line by line a place, how often, and from when to when."""

    rows: int = ROWS
    kind = SelectField(_l("Kind of event"))
    campaign_id = SelectField(_l("Campaign"), coerce=int)
    first = DateField(_l("From"), validators=[InputRequired(_l("Choose the first day."))])
    until = DateField(
        _l("Until"),
        description=_l("Leave it empty if it goes on: six months are always planned ahead."),
        validators=[Optional()],
    )
    #: What the shown dates were shown for.
    seen = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places: Final = {place.id: place for place in queries.locations()}
        self.kind.choices = [(kind, str(label)) for kind, label in kinds.OF_EVENT.items()]
        campaigns = [(one.id, pick(one.names)) for one in queries.campaigns()]
        self.campaign_id.choices = [(0, _("None")), *campaigns]
        if self.first.data is None and not self.first.raw_data:
            self.first.data = clock.today()
        for number in self.numbers:
            self._offer(number)
        self.lines: list[Line] = []

    @property
    def _first(self) -> date:
        return self.first.data or clock.today()

    @property
    def numbers(self) -> range:
        """Number the lines."""
        return range(1, self.rows + 1)

    def _offer(self, number: int) -> None:
        shown = [(p.id, f"{pick(p.names)} ({pick(p.cities)})") for p in self.places.values()]
        place, often, on, *_times = self.of_line(number)
        place.choices = [(0, _("No place")), *shown]
        often.choices = [(key, str(text)) for key, text in rhythm.OF_OFTEN.items()]
        days = [(str(day), str(day)) for day in range(1, 32)]
        named = list(rhythm.weekdays().items())
        on.choices = {_("Weekday"): named, _("Day of the month"): days}

    def of_line(self, number: int) -> list[Any]:
        """List the fields of a line."""
        return [self[f"{name}_{number}"] for name in ("place", "often", "on", "starts", "ends")]

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """Check each field, and understand each line that names a place."""
        fine = bool(super().validate(extra_validators))
        titled = self.in_some_language("title", _("Write the title in one language."))
        if not (fine and titled):
            return False
        if self.until.data and self.until.data < self._first:
            self.until.errors = [_("The last day must come after the first.")]
            return False
        self.lines = [line for number in self.numbers if (line := self._line(number))]
        wrong = any(field.errors for number in self.numbers for field in self.of_line(number))
        if not self.lines and not wrong:
            self["place_1"].errors = [_("Choose at least one place.")]
        return bool(self.lines) and not wrong

    def _line(self, number: int) -> Line | None:
        place, often, on, starts, ends = self.of_line(number)
        if not place.data:
            return None
        minutes = self._minutes(starts, ends)
        try:
            rule = Rule(often.data, on.data)
        except NoRule:
            by_day = often.data == DAY
            on.errors = [_("Choose a day of the month.") if by_day else _("Choose a weekday.")]
            return None
        return Line(number, self.places[place.data], self._plan(rule, number, minutes))

    def _plan(self, rule: Rule, number: int, minutes: int) -> Recurring:
        starts = self[f"starts_{number}"].data or time()
        begins = datetime.combine(self._first, starts)
        return Recurring(
            rule=rule,
            starts_local=begins.strftime(wall_clock.FORMAT),
            minutes=minutes,
            zone=self.places[self[f"place_{number}"].data].zone,
            ends_on=self.until.data.isoformat() if self.until.data else "",
        )

    def _minutes(self, starts: Any, ends: Any) -> int:
        """Tell how long it lasts; an end "before" the start is after midnight."""
        for field, message in (
            (starts, _("Say when the event starts.")),
            (ends, _("Say when the event ends.")),
        ):
            if field.data is None:
                field.errors = [message]
        if starts.data is None or ends.data is None:
            return 1
        lasts = (_minute(ends.data) - _minute(starts.data)) % MINUTES_A_DAY
        if lasts == 0 or (ends.data < starts.data and lasts > LONGEST_NIGHT):
            ends.errors = [_("The end must come after the start.")]
        return lasts or 1

    def facts(self, line: Line, rests: Mapping[str, str]) -> SeriesFacts:
        """Give what was said about one line."""
        return SeriesFacts(
            location_id=line.place.id,
            kind=self.kind.data,
            titles=self.texts("title"),
            campaign_id=self.campaign_id.data or None,
            rule=line.plan.rule.text,
            starts_local=line.plan.starts_local,
            minutes=line.plan.minutes,
            ends_on=line.plan.ends_on,
            rests=rests,
        )

    @property
    def fingerprint(self) -> str:
        """Tell these rules from any others, so that only dates that were shown are saved."""
        said = repr([(line.number, line.place.id, line.plan) for line in self.lines])
        return hashlib.sha256(said.encode()).hexdigest()[:16]


def _minute(value: time) -> int:
    return value.hour * 60 + value.minute


class OffForm(TextsForm):
    """Why a date is taken off the calendar."""

    reason = StringField(
        _l("Why"),
        filters=[trimmed],
        validators=[
            InputRequired(_l("Say why.")),
            Length(max=LONGEST_REASON, message=_l("Please write 300 letters at most.")),
            no_control_characters,
        ],
    )


class RestForm(OffForm):
    """A day on which a series rests, and why."""

    day = DateField(_l("Day"), validators=[InputRequired(_l("Choose the day."))])

    def said(self) -> tuple[date, str]:
        """Give the day and the reason."""
        return self.day.data or clock.today(), self.reason.data or ""


@lru_cache
def plan_form(languages: tuple[str, ...], rows: int) -> type[PlanForm]:
    """Give the form its titles per language and its lines."""
    fields: dict[str, Any] = {"rows": rows}
    for language in languages:
        title = _l("Title in %(language)s", language=OWN_NAMES[language])
        fields[f"title_{language}"] = text_field(title, language)
    for number in range(1, rows + 1):
        nth = NTHS[min(number, 4) - 1]
        fields |= {
            f"place_{number}": SelectField(_l("Place"), coerce=int, default=0),
            f"often_{number}": SelectField(_l("Comes again"), default=nth),
            f"on_{number}": SelectField(_l("On which day"), default="SA"),
            f"starts_{number}": _time_field(_l("Starts"), time(14)),
            f"ends_{number}": _time_field(_l("Ends"), time(18)),
        }
    return type("PlanForm", (PlanForm,), fields)


def _time_field(label: str, default: time) -> TimeField:
    return TimeField(label, format=["%H:%M", "%H:%M:%S"], default=default, validators=[Optional()])


def lines_shown(asked: str | None) -> int:
    """Read how many lines somebody wants."""
    number = int(asked) if asked and asked.isdecimal() and len(asked) < 3 else ROWS
    return min(max(number, 1), MOST_ROWS)


def form_of(rows: int) -> type[PlanForm]:
    """Give the form in the languages offered now."""
    return plan_form(settings().languages, rows)


def day_of(key: str) -> date:
    """Read the day of a date's name."""
    return date.fromisoformat(key[:10])


def chosen(values: Sequence[str]) -> set[str]:
    """Read the days that were ticked; what is no day is none."""
    return {value for value in values if _is_day(value)}


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
