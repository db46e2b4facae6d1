"""What signers send."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from email_validator import ValidatedEmail
from flask import request
from wtforms import EmailField, HiddenField, SelectField, StringField
from wtforms.validators import ValidationError

from campaign_app.core import i18n
from campaign_app.core.forms import (
    PublicForm,
    has_control_characters,
    no_control_characters,
)
from campaign_app.core.i18n import _l
from campaign_app.petitions import mailboxes, names
from campaign_app.petitions.desk import Desk, PartNow, TextNow

COUNTRIES: Final = frozenset(i18n.ISO_COUNTRIES)


@dataclass(frozen=True, slots=True)
class Entry:
    """What a form said in which nothing is wrong."""

    name: str
    address: str
    mailbox: ValidatedEmail
    country: str
    parts: Sequence[PartNow]

    def again(self, text: TextNow) -> list[tuple[str, str]]:
        """List what was sent, so that "change it" loses nothing."""
        fields = [("name", self.name), ("email", self.address), ("country", self.country)]
        ticked = [(f"part-{part.id}", "1") for part in self.parts]
        return [("step", "change"), *fields, ("text", str(text.id)), *ticked]


def entry(desk: Desk, language: str) -> Entry | None:
    """Read what was sent; None if something is wrong with it, and `SignForm` says what.

    A form object costs a twentieth of a signature, and nearly all forms are right the first time.
    """
    sent = request.form
    name, typed, country = (sent.get(field, "") for field in ("name", "email", "country"))
    name, mailbox = names.cleaned(name), mailboxes.checked(typed)
    if mailbox is None or has_control_characters(typed):
        return None
    if country not in COUNTRIES or names.refusal(name) is not None:
        return None
    parts = desk.parts_for(language, country)
    ticked = [part for part in parts if f"part-{part.id}" in sent]
    if any(part.required and part not in ticked for part in parts):
        return None
    return Entry(name, typed.strip(), mailbox, country, ticked)


@dataclass(slots=True)
class PartBox:
    """A consent part as a box to tick."""

    part: PartNow
    checked: bool = False
    error: str | None = None

    @property
    def field_name(self) -> str:
        """Name the box by its part, so that another wording is another box."""
        return f"part-{self.part.id}"

    @property
    def id(self) -> str:
        """Address the box within the page."""
        return self.field_name

    @property
    def required(self) -> bool:
        """Tell whether the form cannot be sent without it."""
        return self.part.required

    @property
    def title(self) -> str:
        """Say in a few words what is agreed to."""
        return self.part.title

    @property
    def wording(self) -> str:
        """Say it whole."""
        return self.part.wording


class SignForm(PublicForm):
    """Name, mailbox, country, and the boxes."""

    name = StringField(_l("Your name"))
    email = EmailField(_l("E-mail"))
    country = SelectField(_l("Country"), validate_choice=False)

    parts: Sequence[PartBox] = ()
    hidden: Sequence[tuple[str, str]] = ()
    mailbox: ValidatedEmail

    def validate_name(self, field: Any) -> None:
        """Take any script; refuse what is no name."""
        field.data = names.cleaned(field.data or "")
        refusal = names.refusal(field.data)
        if refusal is not None:
            raise ValidationError(refusal)

    def validate_email(self, field: Any) -> None:
        """Take what the standards call an address."""
        no_control_characters(self, field)
        field.data = (field.data or "").strip()
        if not field.data:
            raise ValidationError(_l("Enter your e-mail address."))
        found = mailboxes.checked(field.data)
        if found is None:
            raise ValidationError(
                _l("This is not an e-mail address. Please write it like mina@example.org.")
            )
        self.mailbox = found

    def validate_country(self, field: Any) -> None:
        """Take a country of the list."""
        if field.data not in COUNTRIES:
            raise ValidationError(_l("Choose the country where you live."))

    def boxes_are_fine(self) -> bool:
        """Mark each required box that was not ticked."""
        for box in self.parts:
            if box.required and not box.checked:
                box.error = _l("Tick this box if you agree. Without it we may not take your name.")
        return not any(box.error for box in self.parts)


def sign_form(desk: Desk, text: TextNow, language: str, country: str) -> SignForm:
    """Build the form for a desk; what was sent is kept, country decides the boxes."""
    sent = request.method == "POST"
    form = SignForm(request.form if sent else None)
    form.country.choices = i18n.countries(language)
    if not sent:
        form.country.data = country
    chosen = form.country.data if form.country.data in COUNTRIES else country
    form.parts = [
        PartBox(part, checked=sent and f"part-{part.id}" in request.form)
        for part in desk.parts_for(language, chosen)
    ]
    form.hidden = [("text", str(text.id))]
    return form


class ReceiptForm(PublicForm):
    """A receipt code as typed."""

    code = StringField(_l("Your receipt code"))

    @property
    def typed(self) -> str:
        """Give the code as typed, cut where no code reaches."""
        return (self.code.data or "")[:200]


class CodeForm(PublicForm):
    """The six digits of the mail."""

    code = StringField(_l("The 6-digit code from the e-mail"))
    handle = HiddenField()


class StallForm(PublicForm):
    """The four digits that a stall shows."""

    stall_code = StringField(_l("Stall code"))
    handle = HiddenField()


class AgainForm(PublicForm):
    """A mailbox whose receipt shall be sent again."""

    email = EmailField(_l("E-mail"))
    mailbox: ValidatedEmail

    validate_email = SignForm.validate_email
