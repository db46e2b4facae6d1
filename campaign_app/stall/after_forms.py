"""What leads and organisers say of the day: how many, what went wrong, what a picture shows."""

from functools import lru_cache
from typing import Any, Final

from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    Field,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its stubs are older
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, ValidationError
from wtforms.validators import Optional as MayBeEmpty

from campaign_app.core import pictures
from campaign_app.core.errors import DomainError
from campaign_app.core.forms import ConsoleForm, PublicForm, no_control_characters
from campaign_app.core.i18n import OWN_NAMES, _, _l
from campaign_app.core.uploads import LARGEST_FILE, FileTooLarge
from campaign_app.stall import kinds, photos
from campaign_app.stall.forms import trimmed

MOST_PEOPLE: Final = 100_000
LONGEST_INCIDENT: Final = 2000
LONGEST_WORDS: Final = 1000
LONGEST_ALT: Final = 300
FACES: Final = {
    photos.NOBODY: _l("Nobody can be recognised"),
    photos.AGREED: _l("Everybody who can be recognised agreed to be shown"),
    photos.NOT_ASKED: _l("Somebody can be recognised, and not everybody agreed"),
}


def _at_most(longest: int) -> list[Any]:
    text = _l("Please write %(longest)s letters at most.", longest=longest)
    return [Length(max=longest, message=text), no_control_characters]


def _people() -> IntegerField:
    return IntegerField(
        _l("How many people stopped to talk, roughly?"),
        validators=[
            MayBeEmpty(),
            NumberRange(0, MOST_PEOPLE, message=_l("Write a number from 0 to 100,000.")),
        ],
        render_kw={"inputmode": "numeric", "min": 0, "max": MOST_PEOPLE},
    )


def _alt(label: str, *more: Any, language: str = "") -> StringField:
    box = {"maxlength": LONGEST_ALT} | ({"lang": language} if language else {})
    checks = [*more, *_at_most(LONGEST_ALT)]
    return StringField(label, filters=[trimmed], validators=checks, render_kw=box)


def _faces() -> RadioField:
    return RadioField(
        _l("Who can be recognised?"),
        choices=[SelectChoice(*one) for one in FACES.items()],
        validators=[InputRequired(_l("Say whether anybody can be recognised."))],
    )


class PeopleForm(PublicForm):
    """How many stopped to talk."""

    talked_to = _people()


class IncidentForm(PublicForm):
    """What went wrong or nearly did."""

    kind = SelectField(
        _l("What happened?"), choices=[SelectChoice(*one) for one in kinds.OF_INCIDENT.items()]
    )
    words = TextAreaField(
        _l("What exactly, and what did you do?"),
        description=_l("No names. Only organisers read it; it is not shown here again."),
        filters=[trimmed],
        validators=[DataRequired(_l("Write what happened.")), *_at_most(LONGEST_INCIDENT)],
        render_kw={"maxlength": LONGEST_INCIDENT},
    )


class LeadPhotoForm(PublicForm):
    """A picture from the lead's phone."""

    photo = FileField(
        _l("Photo"),
        description=_l("5 MB at most. Where and with what it was taken is removed."),
        render_kw={"accept": "image/jpeg,image/png,image/webp"},
    )
    alt = _alt(_l("What it shows"), DataRequired(_l("Say what the photo shows.")))
    faces = _faces()

    drawn: pictures.Drawn

    def validate_photo(self, field: FileField) -> None:
        """Draw the picture anew."""
        if not field.data:
            raise ValidationError(_("Choose a picture first."))
        if field.data.stream.seek(0, 2) > LARGEST_FILE:
            raise ValidationError(str(FileTooLarge.text))
        field.data.stream.seek(0)
        try:
            self.drawn = pictures.read(field.data.stream)
        except DomainError as refused:
            raise ValidationError(str(refused.shown)) from None


class _PerLanguage(ConsoleForm):
    """A form with a field for each language, which is added below."""

    def texts(self, stem: str) -> dict[str, str]:
        """Give what was written, language by language."""
        return {name.removeprefix(f"{stem}_"): self.data[name] or "" for name in self.of(stem)}

    def of(self, stem: str) -> list[str]:
        """Name the fields that there are for each language."""
        return [field.name for field in self if field.name.startswith(f"{stem}_")]


class WordsForm(_PerLanguage):
    """What everybody may read of the day."""

    talked_to = _people()


class PhotoForm(_PerLanguage):
    """What a picture shows, who agreed, and whether everybody may see it."""

    faces = _faces()
    shown = BooleanField(_l("Show it on the page of the event"))

    def said(self) -> photos.Shown:
        """Give what was said."""
        alts = {language: text for language, text in self.texts("alt").items() if text}
        return photos.Shown(alts=alts, faces=str(self.faces.data), shown=bool(self.shown.data))

    def validate_shown(self, field: BooleanField) -> None:
        """Show nobody who was not asked, and nothing to those who cannot see it."""
        if field.data and self.faces.data == photos.NOT_ASKED:
            raise ValidationError(_("It cannot be shown before everybody in it agreed."))
        if field.data and not any(self.texts("alt").values()):
            raise ValidationError(_("Say in one language what the picture shows."))


@lru_cache
def words_form(languages: tuple[str, ...]) -> type[WordsForm]:
    """Give the form of the words its field per language."""
    return type("WordsForm", (WordsForm,), _per_language("words", languages))


@lru_cache
def photo_form(languages: tuple[str, ...]) -> type[PhotoForm]:
    """Give the form of a picture its field per language."""
    return type("PhotoForm", (PhotoForm,), _per_language("alt", languages))


def _per_language(stem: str, languages: tuple[str, ...]) -> dict[str, Field]:
    return {f"{stem}_{language}": _worded(stem, language) for language in languages}


def _worded(stem: str, language: str) -> Field:
    own = OWN_NAMES[language]
    if stem == "alt":
        return _alt(_l("What it shows, in %(language)s", language=own), language=language)
    return TextAreaField(
        _l("What came of it, in %(language)s", language=own),
        filters=[trimmed],
        validators=_at_most(LONGEST_WORDS),
        render_kw={"maxlength": LONGEST_WORDS, "lang": language},
    )
