"""What a donor says: how much, by which way, and, only if they like, who they are."""

import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Any, Final

from email_validator import EmailNotValidError, validate_email
from wtforms import BooleanField, EmailField, HiddenField, RadioField, StringField
from wtforms.validators import Length, StopValidation, ValidationError

from campaign_app.core.errors import DomainError
from campaign_app.core.forms import PublicForm, no_control_characters
from campaign_app.core.i18n import _, _l, current_language
from campaign_app.core.money import Money
from campaign_app.donations import states
from campaign_app.donations.contacts import Contact
from campaign_app.donations.menu import Menu
from campaign_app.payments.methods import LEAST, MOST

OWN: Final = "own"
#: Says that a form was sent to be shown in another currency, with all that was typed.
INTO: Final = "into"
NONCE: Final = re.compile(r"[A-Za-z0-9_-]{16,40}")
LONGEST: Final = 120
LONGEST_MAIL: Final = 254

WAYS: Final = {
    states.CARD: _l("By card or by phone"),
    states.TRANSFER: _l("By bank transfer"),
}


def draw_nonce() -> str:
    """Draw what makes a form sent twice one gift."""
    return secrets.token_urlsafe(18)


def only_looks(said: Mapping[str, str]) -> bool:
    """Tell whether a form comes to be changed, rather than to be taken."""
    return said.get("step") == "change" or bool(said.get(INTO))


def trimmed(value: str | None) -> str:
    """Take the white space off both ends."""
    return (value or "").strip()


def no_wrong_mailbox(form: Any, field: Any) -> None:
    """Ask for an address that letters can be sent to, or for none."""
    if not field.data:
        raise StopValidation
    try:
        validate_email(field.data, check_deliverability=False)
    except EmailNotValidError:
        raise ValidationError(
            _("This is not an e-mail address. Correct it, or leave it empty.")
        ) from None


class GiveForm(PublicForm):
    """The form of the page to give on."""

    nonce = HiddenField()
    currency = HiddenField()
    amount = RadioField(_l("How much?"), validate_choice=False)
    own = StringField(_l("Another amount"), filters=[trimmed])
    way = RadioField(_l("How?"), validate_choice=False)
    no_name = BooleanField(_l("No name anywhere"))
    name = StringField(
        _l("Name for the receipt"),
        filters=[trimmed],
        validators=[
            Length(max=LONGEST, message=_l("Please write 120 letters at most.")),
            no_control_characters,
        ],
    )
    mail = EmailField(
        _l("E-mail for the receipt"),
        filters=[trimmed],
        validators=[
            Length(max=LONGEST_MAIL, message=_l("Please write 254 letters at most.")),
            no_control_characters,
            no_wrong_mailbox,
        ],
    )

    def __init__(self, formdata: Any, *, menu: Menu, wished: str = "") -> None:
        super().__init__(formdata, data=_at_first(menu, wished) if formdata is None else None)
        self.menu: Final = menu
        self.money: Money | None = None
        self.currency.data = menu.currency
        self.amount.choices = self._amounts()
        self.way.choices = [(way.key, WAYS[way.key]) for way in menu.ways]
        if formdata is not None and len(menu.ways) == 1:
            self.way.data = menu.ways[0].key
        if formdata is not None and only_looks(formdata):
            self._move_in()
        if NONCE.fullmatch(self.nonce.data or "") is None:
            self.nonce.data = draw_nonce()

    def _move_in(self) -> None:
        """Choose anew what is not offered here, or was not said."""
        if self.amount.data != OWN and not self._is_offered(self.amount.data or ""):
            self.amount.data = self.menu.usual.plain
        if self.menu.way(self.way.data or "") is None:
            self.way.data = self.menu.ways[0].key

    def _is_offered(self, amount: str) -> bool:
        return amount in {money.plain for money in self.menu.amounts}

    def _amounts(self) -> Sequence[tuple[str, str]]:
        language = current_language()
        named = [(money.plain, money.brief(language)) for money in self.menu.amounts]
        return [*named, (OWN, _("Another amount"))]

    def validate(self, extra_validators: Any = None) -> bool:
        """Read everything; who wants no name is asked for none, and nothing of it is looked at."""
        if self.no_name.data:
            self.name.data = self.mail.data = ""
        fine = super().validate(extra_validators)
        return self._way_is_fine() & self._amount_is_fine() & fine

    def _way_is_fine(self) -> bool:
        if self.menu.way(self.way.data or "") is None:
            self.way.errors = [_("Choose how you want to give.")]
            return False
        return True

    def _amount_is_fine(self) -> bool:
        """Read the amount chosen, or the one typed; what is wrong is said at its own field."""
        chosen = self.amount.data or ""
        if chosen != OWN and not self._is_offered(chosen):
            self.amount.errors = [_("Choose an amount.")]
            return False
        field, typed = (self.own, self.own.data) if chosen == OWN else (self.amount, chosen)
        try:
            self.money = Money.parse(typed or "", self.menu.currency)
            wrong = self._beyond(self.money)
        except DomainError as refused:
            wrong = str(refused.shown)
        field.errors = [*field.errors, wrong] if wrong else field.errors
        return not field.errors

    def _beyond(self, money: Money) -> str:
        """Say that an amount is too small or too large for its way."""
        least, most = Money(LEAST[money.currency], money.currency), MOST[money.currency]
        if money < least:
            return _("The smallest amount is %(amount)s.", amount=least.brief(current_language()))
        if self.way.data == states.CARD and money.minor > most:
            return _(
                "By card you can give %(amount)s at most. For more, please choose the bank transfer "
                "or write to us.",
                amount=Money(most, money.currency).brief(current_language()),
            )
        return ""

    @property
    def contact(self) -> Contact:
        """Say whom to thank; nobody where no name was wanted."""
        if self.no_name.data:
            return Contact()
        return Contact(name=self.name.data or "", mail=self.mail.data or "")


def _at_first(menu: Menu, wished: str) -> dict[str, Any]:
    """Fill a new form: an amount to begin with, and the first way."""
    amounts = {money.plain for money in menu.amounts}
    own = wished if wished and wished not in amounts else ""
    amount = OWN if own else (wished or menu.usual.plain)
    return {"amount": amount, "own": own, "way": menu.ways[0].key, "nonce": draw_nonce()}
