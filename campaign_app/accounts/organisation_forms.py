"""What administrators say of their organisation."""

from typing import Any, Final

from flask_wtf.file import FileField
from wtforms import (
    EmailField,
    Field,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Email, InputRequired, Length, NumberRange, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from campaign_app.core.forms import ConsoleForm, PublicForm, no_control_characters
from campaign_app.core.i18n import OWN_NAMES, _, _l, countries, current_language
from campaign_app.core.organisation import Facts
from config import SHIPPED_LANGUAGES

NAME: Final = 120
LONG: Final = 1000


def one_line(value: str | None) -> str:
    """Write a short text on one line, without idle white space."""
    return " ".join((value or "").split())


def plain_lines(value: str | None) -> str:
    """Write a text of several lines with one kind of line end and no empty ones."""
    return "\n".join(line for raw in (value or "").splitlines() if (line := one_line(raw)))


def _at_most(longest: int) -> Length:
    return Length(
        max=longest, message=_l("Please write %(longest)s letters at most.", longest=longest)
    )


def _line(label: str, longest: int = NAME, **more: Any) -> StringField:
    return StringField(
        label, filters=[one_line], validators=[_at_most(longest), no_control_characters], **more
    )


def _lines(label: str, rows: int, **more: Any) -> TextAreaField:
    return TextAreaField(
        label,
        filters=[plain_lines],
        validators=[_at_most(LONG), no_control_characters],
        render_kw={"rows": rows},
        **more,
    )


def _mailbox(label: str, **more: Any) -> EmailField:
    return EmailField(
        label,
        filters=[one_line],
        validators=[
            InputRequired(_l("Type an e-mail address.")),
            Length(max=254),
            no_control_characters,
            Email(_l("This does not look like an address. Example: mina@example.org")),
            _in_plain_letters,
        ],
        render_kw={"dir": "ltr", "autocapitalize": "none", "spellcheck": "false"},
        **more,
    )


def _in_plain_letters(form: Any, field: Field) -> None:
    """Mail servers between here and the reader may know plain letters only."""
    if not (field.data or "").isascii():
        raise ValidationError(_("Please use an address in plain Latin letters here."))


class _WhoWeAre:
    """The facts that are asked for first."""

    name_ko = _line(OWN_NAMES["ko"], render_kw={"lang": "ko"})
    name_en = _line(OWN_NAMES["en"], render_kw={"lang": "en"})
    name_fr = _line(OWN_NAMES["fr"], render_kw={"lang": "fr"})
    country = SelectField(_l("Country of your seat"))
    address = _lines(_l("Postal address"), 3, description=_l("As on an envelope, line by line."))
    privacy_contact = _mailbox(
        _l("Mailbox for questions about names and data"),
        description=_l("It stands at the foot of every public page."),
    )
    sender_name = _line(_l("Mails come from (name)"))
    sender_address = _mailbox(
        _l("Mails come from (address)"),
        description=_l("Your mail server must be allowed to send for this address."),
    )
    smallest_age = IntegerField(
        _l("Smallest age of a signer"),
        validators=[
            InputRequired(_l("Write an age in whole years.")),
            NumberRange(min=13, max=99, message=_l("Write an age between 13 and 99.")),
        ],
        description=_l("14 in Korea; other countries ask for 13 to 16."),
        render_kw={"inputmode": "numeric"},
    )

    def names_said(self) -> dict[str, str]:
        """Collect the names, language → name."""
        named = zip(SHIPPED_LANGUAGES, self.name_fields(), strict=True)
        return {language: str(field.data) for language, field in named if field.data}

    def name_fields(self) -> list[Field]:
        """List the fields of the name, one per language."""
        return [self[f"name_{language}"] for language in SHIPPED_LANGUAGES]  # type: ignore[index]  # a form

    def _say_countries(self) -> None:
        """Offer the countries in the reader's language."""
        names = countries(current_language())
        for field in self:  # type: ignore[attr-defined]  # a form
            if field.name in COUNTRIES:
                field.choices = [("", _("not said")), *names]

    def _is_named(self) -> bool:
        first = self.name_fields()[0]
        if not self.names_said() and not first.errors:
            first.errors = [_("Write the name in one language at least.")]
        return not first.errors


COUNTRIES: Final = frozenset({"country", "host_country", "mail_country"})


class OrganisationForm(_WhoWeAre, ConsoleForm):
    """Everything that the console asks."""

    languages = SelectMultipleField(
        _l("Languages offered"),
        choices=[(code, OWN_NAMES[code]) for code in SHIPPED_LANGUAGES],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        description=_l(
            "A language taken away is offered no longer; links already sent in it still work."
        ),
    )
    host_name = _line(_l("Who runs the server (company)"))
    host_country = SelectField(_l("Country of the server"))
    mail_name = _line(_l("Who carries the mail (company)"))
    mail_country = SelectField(_l("Country of the mail provider"))
    other_processors = _lines(
        _l("Others who handle data for you"), 3, description=_l("One a line: who, for what, where.")
    )
    authority = _line(
        _l("Authority to complain to"),
        300,
        description=_l("Leave it empty for the usual one of your country."),
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._say_countries()

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for a name, and for a language."""
        valid = super().validate(extra_validators)
        return self._is_named() and bool(valid)

    def validate_languages(self, field: Field) -> None:
        """Ask for one at least."""
        if not field.data:
            raise ValidationError(_("Choose one language at least."))

    def said(self) -> Facts:
        """Give what was said."""
        told = {name: value for name, value in self.data.items() if name in TOLD}
        chosen = tuple(code for code in SHIPPED_LANGUAGES if code in self.data["languages"])
        return Facts(**(told | {"names": self.names_said(), "languages": chosen}))


TOLD: Final = frozenset(Facts.__slots__) - {"names", "languages", "mark_hash"}


class FirstFactsForm(_WhoWeAre, PublicForm):
    """What a new house asks first; the rest can wait."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._say_countries()

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for a name."""
        valid = super().validate(extra_validators)
        return self._is_named() and bool(valid)


def filled(facts: Facts) -> dict[str, Any]:
    """Write what is known into a form's fields."""
    named = {f"name_{language}": facts.names.get(language, "") for language in SHIPPED_LANGUAGES}
    told = {name: getattr(facts, name) for name in Facts.__slots__ if name != "names"}
    return told | named | {"languages": list(facts.languages)}


class MarkForm(ConsoleForm):
    """The mark."""

    mark = FileField(
        _l("Picture"),
        description=_l("PNG or JPEG under 200 kB. It is made small: 64 pixels high at most."),
        render_kw={"accept": "image/png,image/jpeg,image/webp"},
    )

    def validate_mark(self, field: FileField) -> None:
        """Ask for a file."""
        if not field.data:
            raise ValidationError(_("Choose a picture first."))
