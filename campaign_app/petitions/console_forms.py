"""What organisers say of a petition, its words and its consent parts."""

import re
from typing import Any, Final

from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, ValidationError

from campaign_app.core.forms import ConsoleForm, no_control_characters
from campaign_app.core.i18n import OWN_NAMES, _, _l, countries, current_language, direction
from campaign_app.core.settings import settings
from campaign_app.petitions import placeholders, queries
from campaign_app.petitions.console_frame import ORIGINS

SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
KIND: Final = re.compile(r"[a-z0-9]+([-_][a-z0-9]+)*")
LARGEST_GOAL: Final = 100_000_000
LONGEST_BODY: Final = 20_000
LONGEST_WORDING: Final = 4_000


def one_line(value: str | None) -> str:
    """Write a short text on one line, without idle white space."""
    return " ".join((value or "").split())


def plain_lines(value: str | None) -> str:
    """Write a long text with one kind of line end, so that a hash means the same everywhere."""
    text = (value or "").replace("\r\n", "\n").replace("\r", "\n")
    return "\n".join(line.rstrip() for line in text.split("\n")).strip()


def needed(message: str, longest: int) -> list[Any]:
    """Ask for a text of a length that the database can keep."""
    return [
        DataRequired(message),
        Length(max=longest, message=too_long(longest)),
        no_control_characters,
    ]


def too_long(longest: int) -> str:
    """Say how much fits."""
    return _l("Please write %(longest)s letters at most.", longest=longest)


def line(label: str, missing: str, longest: int, **more: Any) -> StringField:
    """Make the field of a text that must be there, on one line."""
    return StringField(
        label,
        filters=[one_line],
        validators=needed(missing, longest),
        render_kw={"maxlength": longest},
        **more,
    )


def lines(label: str, missing: str, longest: int, **more: Any) -> TextAreaField:
    """Make the field of a longer text that must be there."""
    return TextAreaField(
        label,
        filters=[plain_lines],
        validators=needed(missing, longest),
        render_kw={"maxlength": longest},
        **more,
    )


class WholeNumberField(IntegerField):
    """A number whose one message says which numbers are meant, whatever was typed."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Leave what is no number to the range check, which says what to write."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            self.data = None


class TextForm(ConsoleForm):
    """The words of a petition in one language."""

    title = line(_l("Title"), _l("Write the title."), 160)
    summary = lines(
        _l("Summary"),
        _l("Write a summary of one or two sentences."),
        600,
        description=_l("One or two sentences; they stand above the full text."),
    )
    ask = lines(
        _l("What we ask"),
        _l("Write in one sentence what we ask."),
        600,
        description=_l("One sentence; it stands above the form."),
    )
    addressee = line(_l("Of whom"), _l("Write who the petition is for."), 200)
    body = lines(
        _l("Full text"),
        _l("Write the full text."),
        LONGEST_BODY,
        description=_l(
            "Markdown: an empty line begins a paragraph, ## a heading, - a list, **bold**, "
            "[words](https://address) a link. Images and HTML are left out."
        ),
    )
    origin = RadioField(
        _l("Who wrote these words"),
        choices=list(ORIGINS.items()),
        description=_l("The public page says so if a machine drafted the words."),
        default="human",
    )
    follows = BooleanField(_l("It now says what the newest source text says"))
    #: Digest of the newest words when the form was opened; the revision shown as the source.
    seen = HiddenField()
    source = HiddenField()

    def speak(self, language: str) -> None:
        """Tell browser and screen reader in which language the boxes are written."""
        spoken(language, self.title, self.summary, self.ask, self.addressee, self.body)


def spoken(language: str, *fields: Field) -> None:
    """Mark boxes with the language that is written in them."""
    for field in fields:
        field.render_kw = {**(field.render_kw or {}), "lang": language, "dir": direction(language)}


class ApproveForm(ConsoleForm):
    """Yes to exactly these words; alone only with a reason."""

    reason = TextAreaField(
        _l("Why nobody else could read it"),
        filters=[plain_lines],
        validators=[Length(max=300, message=too_long(300)), no_control_characters],
        description=_l("It is kept in the history and in the audit trail."),
        render_kw={"maxlength": 300, "rows": 2},
    )
    seen = HiddenField()
    alone = False

    def validate_reason(self, field: TextAreaField) -> None:
        """Ask the one who is alone for a reason."""
        if self.alone and not field.data:
            raise ValidationError(_("Write why nobody else could read this text."))


class ConsentForm(ConsoleForm):
    """A new version of a consent part: its words, and whether they are required."""

    required = BooleanField(
        _l("Required"), description=_l("Nobody can sign without ticking a required part.")
    )
    position = WholeNumberField(
        _l("Order"),
        description=_l("Parts with a smaller number stand first."),
        validators=[
            InputRequired(_l("Write a number from 0 to 99.")),
            NumberRange(0, 99, _l("Write a number from 0 to 99.")),
        ],
        default=0,
    )
    title = line(_l("Beside the box"), _l("Write a few words that stand beside the box."), 200)
    wording = lines(_l("Wording"), _l("Write what is agreed to."), LONGEST_WORDING)

    def speak(self, language: str) -> None:
        """Tell browser and screen reader in which language the boxes are written."""
        spoken(language, self.title, self.wording)

    def validate_title(self, field: StringField) -> None:
        """Refuse a placeholder that nobody can fill."""
        _known_placeholders(field.data or "")

    def validate_wording(self, field: TextAreaField) -> None:
        """Refuse a placeholder that nobody can fill."""
        _known_placeholders(field.data or "")


def _known_placeholders(text: str) -> None:
    unknown = placeholders.unknown(text)
    if unknown:
        raise ValidationError(
            _(
                "There is no placeholder %(name)s. There are: %(known)s.",
                name=unknown[0],
                known=", ".join(placeholders.written()),
            )
        )


class NewConsentForm(ConsentForm):
    """A consent part that there was not: its kind, language and country besides."""

    language = SelectField(_l("Language"))
    country = SelectField(
        _l("Country"),
        description=_l("In this country it stands in the place of the part of the same kind."),
    )
    kind = line(
        _l("Kind"),
        _l("Name the kind of the part."),
        20,
        description=_l(
            "sign, handover and news are known to Lantern; any other short word makes a part "
            "of your own, for example sensitive."
        ),
    )

    def __init__(self, petition_id: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._petition_id: Final = petition_id
        self.language.choices = [(code, OWN_NAMES[code]) for code in settings().languages]
        self.country.choices = [("", _("every country")), *countries(current_language())]

    def validate_kind(self, field: StringField) -> None:
        """Take a short word that is not in use yet."""
        field.data = (field.data or "").lower()
        if not KIND.fullmatch(field.data):
            raise ValidationError(_("Use small letters, digits and hyphens only."))
        named = (field.data, self.language.data, self.country.data)
        parts = queries.parts(self._petition_id)
        if named in {(part.kind, part.language, part.country) for part in parts}:
            raise ValidationError(
                _("There is a part of this kind already. Write a new version of that one.")
            )


class CheckedForm(ConsoleForm):
    """Who of the law has read a wording."""

    checked_by = StringField(
        _l("Checked by"),
        filters=[one_line],
        validators=[Length(max=200, message=too_long(200)), no_control_characters],
    )


class CloseForm(ConsoleForm):
    """The petition's name, typed, so that nobody closes one by accident."""

    name = StringField(
        _l("Type the petition's name"),
        filters=[one_line],
        validators=[
            DataRequired(_l("Type the petition's name to close it.")),
            no_control_characters,
        ],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    without_proof = StringField(
        _l("Why you close it without a proof"),
        filters=[one_line],
        validators=[Length(max=300, message=too_long(300)), no_control_characters],
        description=_l("Leave it empty after a proof. It is kept in the audit trail."),
        render_kw={"maxlength": 300},
    )


class ExportForm(ConsoleForm):
    """Why sealed signatures leave the server."""

    reason = line(
        _l("What you need it for"),
        _l("Write what you need the export for."),
        300,
        description=_l("It is kept in the audit trail with your name."),
    )
