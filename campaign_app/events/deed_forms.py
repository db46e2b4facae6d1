"""What organisers say when something happens to an event: why, in their own words, and where to."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from wtforms import DateTimeLocalField, SelectField, SelectMultipleField, TextAreaField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from campaign_app.core import wall_clock
from campaign_app.core.forms import no_control_characters
from campaign_app.core.i18n import OWN_NAMES, _, _l, direction, pick
from campaign_app.events import kinds, queries
from campaign_app.events.changing import Elsewhere, Said
from campaign_app.events.forms import TextsForm, WhenForm, fold, trimmed, which_field

LONGEST_WORDS: Final = 300


class DeedForm(WhenForm):
    """Why something happens, for everybody to read."""

    reason = SelectField(_l("Why"), default="")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reasons = ((kind, str(label)) for kind, label in kinds.OF_REASON.items())
        self.reason.choices = [("", _("No reason is given")), *reasons]

    def said(self) -> Said:
        """Give the reason, and the words per language."""
        return Said(reason=self.reason.data or "", words=self.texts("words"))


class MoveForm(DeedForm):
    """Where to, and when."""

    location_id = SelectField(_l("Place"), coerce=int)
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
        self._places: Final = {place.id: place for place in queries.locations()}
        self.location_id.choices = [
            (place.id, f"{pick(place.names)} ({pick(place.cities)})")
            for place in self._places.values()
        ]

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """Check each field, that both times exist there, and that they are in order."""
        if not super().validate(extra_validators):
            return False
        zone = self._places[self.location_id.data].zone
        starts, ends = self.read("starts", zone), self.read("ends", zone)
        if starts is None or ends is None:
            return False
        if ends.moment <= starts.moment:
            self.ends.errors = [_("The end must come after the start.")]
        return not self.ends.errors

    def to(self) -> Elsewhere:
        """Give the place and the times."""
        return Elsewhere(
            location_id=self.location_id.data,
            starts_local=self.starts.data,
            ends_local=self.ends.data,
            starts_fold=fold(self.starts_fold),
            ends_fold=fold(self.ends_fold),
        )


class LateForm(DeedForm):
    """From when on."""

    starts = DateTimeLocalField(
        _l("Starts"),
        format=list(wall_clock.FORMATS),
        description=_l("As the clock at the place shows it."),
        validators=[InputRequired(_l("Say when the event starts."))],
    )


class CopyForm(TextsForm):
    """At which other places the same is planned."""

    places = SelectMultipleField(
        _l("Places"),
        coerce=int,
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        validators=[InputRequired(_l("Choose at least one place."))],
    )

    def __init__(self, *args: Any, besides: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places.choices = [
            (place.id, f"{pick(place.names)} ({pick(place.cities)})")
            for place in queries.locations()
            if place.id != besides
        ]


@lru_cache
def deed_form(kind: type[DeedForm], languages: tuple[str, ...]) -> type[DeedForm]:
    """Give a form its words per language."""
    fields = {f"words_{language}": _words(language) for language in languages}
    return type(kind.__name__, (kind,), fields)


def _words(language: str) -> TextAreaField:
    return TextAreaField(
        _l("More words in %(language)s", language=OWN_NAMES[language]),
        filters=[trimmed],
        validators=[
            Length(max=LONGEST_WORDS, message=_l("Please write 300 letters at most.")),
            no_control_characters,
        ],
        render_kw={
            "lang": language,
            "dir": direction(language),
            "maxlength": LONGEST_WORDS,
            "rows": 2,
        },
    )
