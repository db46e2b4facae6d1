"""What signers send."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from email_validator import ValidatedEmail
from flask import request
from wtforms import EmailField, HiddenField, SelectField, StringField
from wtforms.validators import ValidationError

from campaign_app.core import i18n
from campaign_app.core.forms import PublicForm, no_control_characters
from campaign_app.core.i18n import _l
from campaign_app.petitions import mailboxes, names
from campaign_app.petitions.desk import Desk, PartNow, TextNow


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
        if found is None or len(field.data) > mailboxes.LONGEST:
            raise ValidationError(
                _l("This is not an e-mail address. Please write it like mina@example.org.")
            )
        self.mailbox = found

    def validate_country(self, field: Any) -> None:
        """Take a country of the list."""
        if field.data not in i18n.ISO_COUNTRIES:
            raise ValidationError(_l("Choose the country where you live."))

    def agreed(self) -> list[PartNow]:
        """List the parts that were ticked."""
        return [box.part for box in self.parts if box.checked]

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
    chosen = form.country.data if form.country.data in i18n.ISO_COUNTRIES else country
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


class AgainForm(PublicForm):
    """A mailbox whose receipt shall be sent again."""

    email = EmailField(_l("E-mail"))
    mailbox: ValidatedEmail

    validate_email = SignForm.validate_email
