"""What organisers say about places and events."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from wtforms import DateTimeLocalField, Field, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from campaign_app.core import wall_clock
from campaign_app.core.forms import ConsoleForm, no_control_characters
from campaign_app.core.i18n import (
    OWN_NAMES,
    _,
    _l,
    direction,
    pick,
)
from campaign_app.core.settings import settings
from campaign_app.events import kinds, queries
from campaign_app.events.facts import EventFacts

LONGEST_NAME: Final = 120


def trimmed(value: str | None) -> str:
    """Take the white space off both ends."""
    return (value or "").strip()


class TextsForm(ConsoleForm):
    """A form with short texts, one field per language: `name_ko`, `name_en`, …"""

    def texts(self, stem: str) -> dict[str, str]:
        """Collect what was written, language → text."""
        fields = ((language, self[f"{stem}_{language}"]) for language in settings().languages)
        return {language: field.data for language, field in fields if field.data}

    def fields_of(self, stem: str) -> list[Field]:
        """List the fields of one text, one per language."""
        return [self[f"{stem}_{language}"] for language in settings().languages]

    def in_some_language(self, stem: str, message: str) -> bool:
        """Ask for at least one language; say so at the first field."""
        first = self.fields_of(stem)[0]
        if not self.texts(stem) and not first.errors:
            first.errors = [message]
        return not first.errors


def text_field(label: str, language: str) -> StringField:
    """Make the field of a short text in one language."""
    return StringField(
        label,
        filters=[trimmed],
        validators=[
            Length(max=LONGEST_NAME, message=_l("Please write 120 letters at most.")),
            no_control_characters,
        ],
        render_kw={"lang": language, "dir": direction(language), "maxlength": LONGEST_NAME},
    )


def as_coordinates(text: str) -> tuple[float, float] | None:
    """Read "37.5295, 126.9654"; None if it is no point on the globe."""
    try:
        latitude, longitude = (float(part) for part in text.replace(",", " ").split())
    except ValueError:
        return None
    on_globe = abs(latitude) <= 90 and abs(longitude) <= 180
    return (latitude, longitude) if on_globe else None


class WhenForm(TextsForm):
    """A form with times on the clock of a place: refuses those it skips, asks for those it repeats."""

    def read(self, name: str, zone: str) -> wall_clock.Reading | None:
        """Understand a time; None, with the reason at its field, if that is not possible."""
        field, which = self[name], self[f"{name}_fold"]
        if field.data is None:
            return None
        try:
            reading = wall_clock.read(field.data, zone, fold=fold(which))
        except wall_clock.NotOnTheClock as refused:
            field.errors = [str(refused.shown)]
            return None
        if reading.twice and not self._chosen(field, which, zone):
            return None
        return reading

    def _chosen(self, field: Field, which: Field, zone: str) -> bool:
        """Ask which of the two is meant."""
        offer(which, field.data, zone)
        if which.data not in {"0", "1"}:
            which.errors = [_("The clock shows this time twice. Choose which one is meant.")]
        return not which.errors


def fold(which: Field) -> int:
    """Tell which of two times was chosen: 0 the first, 1 the second."""
    return int(which.data == "1")


def offer(which: Any, shown: datetime, zone: str) -> None:
    """Show the two moments of a time that the clock shows twice."""
    first, second = (wall_clock.read(shown, zone, fold=number).moment for number in (0, 1))
    if first == second:
        return
    said = {"time": f"{shown:%H:%M}"}
    which.choices = [
        ("0", _("First: %(time)s %(zone)s", zone=wall_clock.abbreviation(first, zone), **said)),
        ("1", _("Second: %(time)s %(zone)s", zone=wall_clock.abbreviation(second, zone), **said)),
    ]


def which_field(label: str) -> RadioField:
    """Make the question that only a time shown twice asks."""
    return RadioField(label, choices=[], validate_choice=False)


class EventForm(WhenForm):
    """One date at one place."""

    kind = SelectField(_l("Kind of event"))
    location_id = SelectField(_l("Place"), coerce=int)
    campaign_id = SelectField(_l("Campaign"), coerce=int)
    starts = DateTimeLocalField(
        _l("Starts"),
        format=list(wall_clock.FORMATS),
        description=_l("As the clock at the place shows it."),
        validators=[InputRequired(_l("Say when the event starts."))],
    )
    starts_fold = which_field(_l("Which of the two does it start at?"))
    ends = DateTimeLocalField(
        _l("Ends"),
        format=list(wall_clock.FORMATS),
        validators=[InputRequired(_l("Say when the event ends."))],
    )
    ends_fold = which_field(_l("Which of the two does it end at?"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = [(kind, str(label)) for kind, label in kinds.OF_EVENT.items()]
        self._places: Final = {place.id: place for place in queries.locations()}
        self.location_id.choices = [
            (place.id, f"{pick(place.names)} ({pick(place.cities)})")
            for place in self._places.values()
        ]
        campaigns = [(one.id, pick(one.names)) for one in queries.campaigns()]
        self.campaign_id.choices = [(0, _("None")), *campaigns]

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """Check each field, that both times exist there, and that they are in order."""
        fine = bool(super().validate(extra_validators))
        titled = self.in_some_language("title", _("Write the title in one language."))
        return fine and titled and self._in_order()

    def _in_order(self) -> bool:
        zone = self._places[self.location_id.data].zone
        starts, ends = self.read("starts", zone), self.read("ends", zone)
        if starts is None or ends is None:
            return False
        if ends.moment <= starts.moment:
            self.ends.errors = [_("The end must come after the start.")]
            return False
        return True

    def facts(self) -> EventFacts:
        """Give what was said about the event."""
        return EventFacts(
            location_id=self.location_id.data,
            campaign_id=self.campaign_id.data or None,
            kind=self.kind.data,
            titles=self.texts("title"),
            starts_local=self.starts.data or "",
            ends_local=self.ends.data or "",
            starts_fold=fold(self.starts_fold),
            ends_fold=fold(self.ends_fold),
        )


@lru_cache
def event_form(languages: tuple[str, ...]) -> type[EventForm]:
    """Give the form of an event its fields per language."""
    fields: dict[str, StringField] = {}
    for language in languages:
        title = _l("Title in %(language)s", language=OWN_NAMES[language])
        fields[f"title_{language}"] = text_field(title, language)
    return type("EventForm", (EventForm,), fields)
