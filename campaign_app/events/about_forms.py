"""What organisers write for the page of an event, and of a concert."""

from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import Any, Final

from wtforms import FieldList, Form, FormField, IntegerField, StringField, TextAreaField, TimeField
from wtforms.validators import Length, NumberRange, Optional

from campaign_app.core import wall_clock
from campaign_app.core.forms import no_control_characters
from campaign_app.core.i18n import OWN_NAMES, _, _l, direction
from campaign_app.events.about import About, Concert
from campaign_app.events.concerts import Set
from campaign_app.events.forms import TextsForm, trimmed
from campaign_app.events.models import Event

LONGEST_TEXT: Final = 1500
#: Empty rows for acts still to come; whoever needs more saves once.
SPARE: Final = 3
MOST_ACTS: Final = 40
DAY: Final = timedelta(days=1)
TIMES: Final = ["%H:%M", "%H:%M:%S"]


class AboutForm(TextsForm):
    """What any event says."""

    capacity = IntegerField(
        _l("How many may take part"),
        validators=[Optional(), NumberRange(1, 1_000_000, _l("Write a number from 1 up."))],
    )

    def said(self) -> About:
        """Give what was written."""
        return About(
            summaries=self.texts("summary"),
            find_notes=self.texts("find"),
            access_notes=self.texts("access"),
            capacity=self.capacity.data,
        )


def _short(longest: int) -> list[Any]:
    return [Length(max=longest, message=_l("This is too long.")), no_control_characters]


class ActForm(Form):
    """One act; a row without a name is none."""

    name = StringField(_l("Act"), filters=[trimmed], validators=_short(120))
    stage = StringField(_l("Stage"), filters=[trimmed], validators=_short(60))
    starts = TimeField(_l("From"), format=TIMES, validators=[Optional()])
    ends = TimeField(_l("Until"), format=TIMES, validators=[Optional()])


class ConcertForm(TextsForm):
    """What a concert says besides; its times are read on the night of the event."""

    doors = TimeField(_l("Doors open"), format=TIMES, validators=[Optional()])
    curfew = TimeField(_l("Over at the latest"), format=TIMES, validators=[Optional()])
    acts = FieldList(FormField(ActForm), max_entries=MOST_ACTS)

    def __init__(self, event: Event, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._event: Final = event
        self._starts: Final = datetime.fromisoformat(event.starts_local)
        self._ends: Final = datetime.fromisoformat(event.ends_local)
        self.form_errors: list[str] = []

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """Check each field, then the night as a whole."""
        fine = bool(super().validate(extra_validators))
        self.form_errors = [*self._wrong_frame(), *self._wrong_sets()] if fine else []
        return fine and not self.form_errors

    def _wrong_frame(self) -> Iterator[str]:
        if self.doors.data and self._doors() > self._starts:
            yield _("The doors must open before it begins.")
        if self.curfew.data and self._on_the_night(self.curfew.data) < self._ends:
            yield _("It ends later than it may. Move its end on its own page, or this time here.")

    def _wrong_sets(self) -> Iterator[str]:
        until: dict[str, str] = {}
        for row in self._rows():
            if not row["starts"].data or not row["ends"].data:
                yield _("Say from when until when “%(act)s” plays.", act=row["name"].data)
                return
        for one in self.sets():
            if not self._within(one):
                yield _("“%(act)s” plays outside of the event.", act=one.name)
            if one.starts_local < until.get(one.stage, ""):
                yield _("“%(act)s” begins before the act before it ends.", act=one.name)
            until[one.stage] = one.ends_local

    def _within(self, one: Set) -> bool:
        starts, ends = map(datetime.fromisoformat, (one.starts_local, one.ends_local))
        return self._starts <= starts < ends <= self._ends and all(
            map(self._exists, (starts, ends))
        )

    def _exists(self, there: datetime) -> bool:
        try:
            wall_clock.read(there, self._event.zone)
        except wall_clock.NotOnTheClock:
            return False
        return True

    def _rows(self) -> list[Any]:
        return [row for row in self.acts if row["name"].data]

    def said(self) -> Concert:
        """Give what was written."""
        doors, curfew = self.doors.data, self.curfew.data
        return Concert(
            access_notes=self.texts("access"),
            causes=self.texts("cause"),
            doors_local=_written(self._doors()) if doors else None,
            curfew_local=_written(self._on_the_night(curfew)) if curfew else None,
        )

    def sets(self) -> list[Set]:
        """Give the line-up as it will run: by time, then by stage."""
        sets = [
            Set(
                row["name"].data,
                row["stage"].data,
                _written(self._on_the_night(row["starts"].data)),
                _written(self._on_the_night(row["ends"].data)),
            )
            for row in self._rows()
        ]
        return sorted(sets, key=lambda one: (one.starts_local, one.stage))

    def _doors(self) -> datetime:
        """Read when the doors open: before the beginning, on its day."""
        return datetime.combine(self._starts.date(), self.doors.data or time())

    def _on_the_night(self, shown: time) -> datetime:
        """Read a time of the night: one before the beginning is after midnight."""
        there = datetime.combine(self._starts.date(), shown)
        return there if there >= self._starts else there + DAY


def _written(there: datetime) -> str:
    return there.strftime(wall_clock.FORMAT)


def about_of(event: Event) -> dict[str, Any]:
    """Fill the form of any event with what it says."""
    return {
        "capacity": event.capacity,
        **_by_language("summary", event.summaries),
        **_by_language("find", event.find_notes),
        **_by_language("access", event.access_notes),
    }


def concert_of(event: Event, acts: Any) -> dict[str, Any]:
    """Fill the form of a concert with what it says, and with room for more acts."""
    rows = [
        {
            "name": act.name,
            "stage": act.stage,
            "starts": _time(act.starts_local),
            "ends": _time(act.ends_local),
        }
        for act in acts
    ]
    return {
        "doors": _time(event.doors_local),
        "curfew": _time(event.curfew_local),
        "acts": [*rows, *([{}] * min(SPARE, MOST_ACTS - len(rows)))],
        **_by_language("access", event.access_notes),
        **_by_language("cause", event.causes),
    }


def _time(local: str | None) -> time | None:
    return datetime.fromisoformat(local).time() if local else None


def _by_language(stem: str, texts: Mapping[str, str]) -> dict[str, str]:
    return {f"{stem}_{language}": text for language, text in texts.items()}


def long_field(label: str, language: str) -> TextAreaField:
    """Make the field of a longer text in one language."""
    return TextAreaField(
        label,
        filters=[trimmed],
        validators=[
            Length(max=LONGEST_TEXT, message=_l("Please write 1,500 letters at most.")),
            no_control_characters,
        ],
        render_kw={"lang": language, "dir": direction(language), "maxlength": LONGEST_TEXT},
    )


@lru_cache
def about_form(languages: tuple[str, ...]) -> type[AboutForm]:
    """Give the form of any event its fields per language."""
    return type("AboutForm", (AboutForm,), _fields(["summary", "find", "access"], languages))


@lru_cache
def concert_form(languages: tuple[str, ...]) -> type[ConcertForm]:
    """Give the form of a concert its fields per language."""
    return type("ConcertForm", (ConcertForm,), _fields(["access", "cause"], languages))


def _fields(stems: list[str], languages: tuple[str, ...]) -> dict[str, TextAreaField]:
    """Make the fields of each text; the question stands above them, once."""
    return {
        f"{stem}_{language}": long_field(OWN_NAMES[language], language)
        for stem in stems
        for language in languages
    }
