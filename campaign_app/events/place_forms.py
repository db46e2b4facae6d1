"""What organisers say about a place, and the photograph of it."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from flask_wtf.file import FileField
from wtforms import Field, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, NumberRange, ValidationError
from wtforms.validators import Optional as MayBeEmpty

from campaign_app.core import pictures, wall_clock
from campaign_app.core.errors import DomainError
from campaign_app.core.forms import no_control_characters
from campaign_app.core.i18n import OWN_NAMES, _, _l, countries, current_language, direction
from campaign_app.core.settings import settings
from campaign_app.core.uploads import LARGEST_FILE, FileTooLarge
from campaign_app.events import kinds
from campaign_app.events.facts import LocationFacts
from campaign_app.events.forms import TextsForm, as_coordinates, text_field, trimmed

LONGEST: Final = 300
LONGEST_TEXT: Final = 2000
MOST_PEOPLE: Final = 1_000_000
YES, NO = "yes", "no"
#: What one can know of a place, or not know yet.
KNOWN: Final[Mapping[str, bool | None]] = {"": None, YES: True, NO: False}
#: Field → attribute of the facts, for texts per language.
TEXTS: Final[Mapping[str, str]] = {
    "name": "names",
    "city": "cities",
    "station": "stations",
    "line": "lines",
    "address": "addresses",
    "way": "directions",
    "lift": "lifts",
    "toilet": "toilets",
}


def _said(longest: int) -> list[Any]:
    too_long = _l("Please write %(longest)s letters at most.", longest=longest)
    return [Length(max=longest, message=too_long), no_control_characters]


def _known(label: str) -> SelectField:
    return SelectField(label, default="")


class LocationForm(TextsForm):
    """A place where a stall can stand."""

    kind = SelectField(_l("Kind of place"))
    country = SelectField(_l("Country"))
    zone = SelectField(_l("Time zone"))
    language = SelectField(_l("What most people read here"))
    coordinates = StringField(
        _l("Coordinates"),
        description=_l("Latitude and longitude, as maps copy them: 37.5295, 126.9654"),
        filters=[trimmed],
    )
    exit_number = StringField(_l("Number of the exit"), filters=[trimmed], validators=_said(12))
    indoor = _known(_l("Indoors"))
    power = _known(_l("Power"))
    shelter = _known(_l("Shelter from rain"))
    step_free = _known(_l("Reached without steps"))
    capacity = IntegerField(
        _l("How many people may be there"),
        validators=[
            MayBeEmpty(),
            NumberRange(min=0, max=MOST_PEOPLE, message=_l("Write a number up to one million.")),
        ],
        render_kw={"inputmode": "numeric"},
    )
    notes = TextAreaField(
        _l("Notes from last time"),
        description=_l("For us alone: where the wind comes from, whom to greet, what went wrong."),
        filters=[trimmed],
        validators=_said(LONGEST_TEXT),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = [(kind, str(label)) for kind, label in kinds.OF_LOCATION.items()]
        self.zone.choices = [(zone, zone) for zone in wall_clock.zones()]
        self.country.choices = [("", _("Choose a country")), *countries(current_language())]
        self.language.choices = [(code, OWN_NAMES[code]) for code in settings().languages]
        for field in self.known_fields():
            field.choices = [("", _("not known")), (YES, _("yes")), (NO, _("no"))]

    def known_fields(self) -> list[SelectField]:
        """List what can be known or not."""
        return [self.indoor, self.power, self.shelter, self.step_free]

    def holds(self, *stems: str) -> bool:
        """Tell whether something stands in the fields of a group, or is wrong there."""
        fields = [field for field in self if field.name.partition("_")[0] in stems]
        return any(field.data or field.errors for field in fields)

    def validate_country(self, field: SelectField) -> None:
        """Ask for a country: it is preselected for those who sign here."""
        if not field.data:
            raise ValidationError(_("Choose the country of the place."))

    def validate_coordinates(self, field: StringField) -> None:
        """Read two numbers on the globe, or nothing."""
        if field.data and as_coordinates(field.data) is None:
            raise ValidationError(
                _("Write latitude and longitude like this: 37.5295, 126.9654. Or leave it empty.")
            )

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """Check each field, and that the place has a name and a city in some language."""
        fine = bool(super().validate(extra_validators))
        named = self.in_some_language("name", _("Write the name of the place in one language."))
        city = self.in_some_language("city", _("Write the name of the city in one language."))
        return fine and named and city

    def facts(self) -> LocationFacts:
        """Give what was said about the place."""
        latitude, longitude = as_coordinates(self.coordinates.data or "") or (None, None)
        said: dict[str, Any] = {name: self.texts(stem) for stem, name in TEXTS.items()}
        said |= {field.name: KNOWN[field.data] for field in self.known_fields()}
        return LocationFacts(
            kind=self.kind.data,
            country=self.country.data,
            zone=self.zone.data,
            language=self.language.data,
            latitude=latitude,
            longitude=longitude,
            exit_number=self.exit_number.data or "",
            capacity=self.capacity.data,
            notes=self.notes.data or "",
            **said,
        )


@lru_cache
def location_form(languages: tuple[str, ...]) -> type[LocationForm]:
    """Give the form of a place its fields per language."""
    fields: dict[str, Field] = {}
    for language in languages:
        for stem, (label, longest) in _labels(OWN_NAMES[language]).items():
            fields[f"{stem}_{language}"] = _text(label, language, longest)
    return type("LocationForm", (LocationForm,), fields)


def _labels(own: str) -> Mapping[str, tuple[str, int]]:
    """Name the texts of a place in a language, and say how long they may be."""
    return {
        "name": (_l("Name in %(language)s", language=own), 120),
        "city": (_l("City in %(language)s", language=own), 120),
        "station": (_l("Station in %(language)s", language=own), 120),
        "line": (_l("Line in %(language)s", language=own), 120),
        "address": (_l("Address in %(language)s", language=own), LONGEST),
        "way": (_l("How one walks there, in %(language)s", language=own), LONGEST_TEXT),
        "lift": (_l("Nearest lift, in %(language)s", language=own), LONGEST),
        "toilet": (_l("Nearest toilet, in %(language)s", language=own), LONGEST),
    }


def _text(label: str, language: str, longest: int) -> Field:
    if longest == 120:
        return text_field(label, language)
    kind = TextAreaField if longest == LONGEST_TEXT else StringField
    spoken = {"lang": language, "dir": direction(language), "maxlength": longest}
    return kind(label, filters=[trimmed], validators=_said(longest), render_kw=spoken)


class PhotoForm(TextsForm):
    """A photograph, and what it shows for those who do not see it."""

    photo = FileField(
        _l("Photo"),
        description=_l(
            "PNG, JPEG or WebP, 5 MB at most. What the camera wrote into it is taken out."
        ),
        render_kw={"accept": "image/png,image/jpeg,image/webp"},
    )

    def __init__(self, *args: Any, has_photo: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._has_photo: Final = has_photo
        self.drawn: pictures.Drawn | None = None

    def validate_photo(self, field: FileField) -> None:
        """Draw the picture anew; one that is there already may stay."""
        if not field.data:
            if not self._has_photo:
                raise ValidationError(_("Choose a picture first."))
            return
        if field.data.stream.seek(0, 2) > LARGEST_FILE:
            raise ValidationError(str(FileTooLarge.text))
        field.data.stream.seek(0)
        try:
            self.drawn = pictures.read(field.data.stream)
        except DomainError as refused:
            raise ValidationError(str(refused.shown)) from None

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """Ask what the picture shows, in one language at least."""
        fine = bool(super().validate(extra_validators))
        told = self.in_some_language("alt", _("Say in one language what the picture shows."))
        return fine and told


@lru_cache
def photo_form(languages: tuple[str, ...]) -> type[PhotoForm]:
    """Give the form of a photograph its fields per language."""
    fields: dict[str, Field] = {}
    for language in languages:
        label = _l("What it shows, in %(language)s", language=OWN_NAMES[language])
        fields[f"alt_{language}"] = _text(label, language, LONGEST)
    return type("PhotoForm", (PhotoForm,), fields)
