"""What leads, organisers and finance say of boxes and bags.

The same fields stand on the lead's phone (without a session) and in the console (with a token): a form
is made of the fields and of the kind of form that the page needs.
"""

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from wtforms import DateField, HiddenField, IntegerField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its stubs are older
from wtforms.validators import InputRequired, Length, NumberRange, Regexp, ValidationError
from wtforms.validators import Optional as MayBeEmpty

from campaign_app.cash import states
from campaign_app.core import clock
from campaign_app.core.errors import DomainError
from campaign_app.core.forms import ConsoleForm, PublicForm, no_control_characters
from campaign_app.core.i18n import OWN_NAMES, _, _l
from campaign_app.core.ids import random_uuid
from campaign_app.core.money import Money
from campaign_app.core.settings import settings
from campaign_app.petitions import mailboxes

LONGEST_ALIAS: Final = 60
LONGEST_REASON: Final = 300
MOST_DECLINED: Final = 10_000
NONCE: Final = re.compile(r"[A-Za-z0-9_-]{1,40}")
#: So long ago a deposit may be written down that was forgotten.
LATE: Final = timedelta(days=366)


def trimmed(value: str | None) -> str:
    """Take the white space off both ends."""
    return (value or "").strip()


def _at_most(longest: int) -> Length:
    return Length(
        max=longest, message=_l("Please write %(longest)s letters at most.", longest=longest)
    )


def _seal(label: str, hint: str) -> StringField:
    return StringField(
        label,
        description=hint,
        filters=[trimmed],
        validators=[
            InputRequired(_l("Type the number on the seal.")),
            Regexp(
                r"^[A-Za-z0-9][A-Za-z0-9 ./-]{0,19}$",
                message=_l(
                    "Type the number as it stands there: letters, digits, hyphens, 20 at most."
                ),
            ),
        ],
        render_kw={"maxlength": 20, "autocomplete": "off", "autocapitalize": "characters"},
    )


def _alias(label: str) -> StringField:
    return StringField(
        label,
        filters=[trimmed],
        validators=[
            InputRequired(_l("Write what the others call them.")),
            _at_most(LONGEST_ALIAS),
            no_control_characters,
        ],
        render_kw={"maxlength": LONGEST_ALIAS, "autocomplete": "off"},
    )


def _reason(label: str) -> StringField:
    return StringField(
        label,
        filters=[trimmed],
        validators=[
            InputRequired(_l("Write in a sentence why.")),
            _at_most(LONGEST_REASON),
            no_control_characters,
        ],
        render_kw={"maxlength": LONGEST_REASON, "autocomplete": "off"},
    )


class OpenFields:
    """A box goes to a stall."""

    box = SelectField(_l("Box"), coerce=int)
    seal = _seal(
        _l("Number on the seal"),
        _l("Show somebody that the box is empty, then seal it."),
    )


class CloseFields:
    """A box leaves the stall."""

    seal = _seal(
        _l("Number on the new seal"),
        _l("Seal the slot, too, so that nothing goes in or out any more."),
    )
    declined = IntegerField(
        _l("How many wanted no receipt"),
        description=_l("The law asks for it: who put something in and was offered a receipt."),
        default=0,
        validators=[
            InputRequired(_l("Write a number; 0 if nobody.")),
            NumberRange(0, MOST_DECLINED, _l("Write a number; 0 if nobody.")),
        ],
        render_kw={"inputmode": "numeric"},
    )


class CountersFields:
    """Who counts."""

    first = _alias(_l("Who counts first"))
    second = _alias(_l("Who counts second"))


class RenewFields:
    """Somebody lost their link, or somebody else counts."""

    letter = RadioField(
        _l("Whose link"),
        choices=[
            SelectChoice(states.FIRST, _l("of the first who counts")),
            SelectChoice(states.SECOND, _l("of the second who counts")),
        ],
    )
    alias = _alias(_l("Who counts with it"))


class ReasonFields:
    """Why."""

    reason = _reason(_l("Why?"))


class ThirdFields:
    """Who decides between two counts."""

    alias = _alias(_l("Who counts third"))
    reason = _reason(_l("Why do the counts differ?"))


class AgreeFields:
    """Which of the counts is right."""

    sheet = RadioField(_l("Which count is right"), coerce=int, validators=[InputRequired()])
    reason = _reason(_l("Why is it right?"))


class BagFields:
    """The money is in a bag."""

    seal = _seal(
        _l("Number on the bag’s seal"), _l("The bag stays sealed until the bank opens it.")
    )


class ReceiptFields:
    """Somebody gave cash and wants a receipt."""

    nonce = HiddenField()
    amount = StringField(
        _l("Amount"),
        filters=[trimmed],
        validators=[InputRequired(_l("Enter the amount in digits, for example 20."))],
        render_kw={"inputmode": "decimal", "autocomplete": "off", "maxlength": 20},
    )
    currency = SelectField(
        _l("Currency"), choices=[SelectChoice(one, one) for one in states.PIECES]
    )
    language = SelectField(_l("Language of the receipt"))
    name = StringField(
        _l("Name on the receipt"),
        filters=[trimmed],
        validators=[_at_most(120), no_control_characters],
        render_kw={"maxlength": 120, "autocomplete": "off"},
    )
    email = StringField(
        _l("E-mail address for the receipt"),
        filters=[trimmed],
        validators=[no_control_characters],
        render_kw={"inputmode": "email", "autocomplete": "off", "maxlength": 254},
    )

    money: Money | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language.choices = [(code, OWN_NAMES[code]) for code in settings().languages]
        if NONCE.fullmatch(self.nonce.data or "") is None:
            self.nonce.data = random_uuid().hex

    def validate_amount(self, field: StringField) -> None:
        """Take an amount as people write it."""
        try:
            self.money = Money.parse(field.data or "", str(self.currency.data))
        except DomainError as wrong:
            raise ValidationError(str(wrong.shown)) from None
        except ValueError:
            return  # no currency of ours; that field says so
        if not self.money:
            raise ValidationError(_("A gift is more than nothing."))

    def validate_email(self, field: StringField) -> None:
        """Take an address, or nothing."""
        if field.data and mailboxes.checked(field.data) is None:
            raise ValidationError(
                _("This is not an e-mail address. Leave the field empty if unsure.")
            )


class BoxForm(ConsoleForm):
    """A box of ours."""

    number = StringField(
        _l("Number on the box"),
        filters=[trimmed],
        validators=[
            InputRequired(_l("Type the number on the box.")),
            Regexp(
                r"^[A-Za-z0-9][A-Za-z0-9-]{0,11}$",
                message=_l("Letters, digits and hyphens, 12 at most."),
            ),
        ],
        render_kw={"maxlength": 12, "autocomplete": "off"},
    )
    label = StringField(
        _l("What people call it"),
        filters=[trimmed],
        validators=[_at_most(80), no_control_characters],
        render_kw={"maxlength": 80, "autocomplete": "off"},
    )


class DepositForm(ConsoleForm):
    """What goes to the bank."""

    amount = StringField(
        _l("Amount on the slip"),
        filters=[trimmed],
        validators=[InputRequired(_l("Enter the amount in digits, for example 20."))],
        render_kw={"inputmode": "decimal", "autocomplete": "off", "maxlength": 20},
    )
    slip = StringField(
        _l("Number of the deposit slip"),
        filters=[trimmed],
        validators=[
            InputRequired(_l("Type the number of the slip.")),
            _at_most(40),
            no_control_characters,
        ],
        render_kw={"maxlength": 40, "autocomplete": "off"},
    )
    sent_on = DateField(
        _l("Day of the deposit"), validators=[InputRequired(_l("Choose the day on the slip."))]
    )
    reason = StringField(
        _l("Why slip and bags differ"),
        description=_l("Only where they differ."),
        filters=[trimmed],
        validators=[MayBeEmpty(), _at_most(LONGEST_REASON), no_control_characters],
        render_kw={"maxlength": LONGEST_REASON, "autocomplete": "off"},
    )

    money: Money

    def __init__(self, currency: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._currency: Final = currency
        self.money = Money.none(currency)

    def validate_amount(self, field: StringField) -> None:
        """Take an amount of the account's currency."""
        try:
            self.money = Money.parse(field.data or "", self._currency)
        except DomainError as wrong:
            raise ValidationError(str(wrong.shown)) from None
        if not self.money:
            raise ValidationError(_("A deposit is more than nothing."))

    def validate_sent_on(self, field: DateField) -> None:
        """Take a day that can stand on a slip that lies here: not one to come."""
        today = clock.today()
        if field.data and not today - LATE <= field.data <= today + timedelta(days=1):
            raise ValidationError(_("Choose the day on the slip."))


class ExchangeForm(DepositForm):
    """What came of other money, and where it went."""

    amount = StringField(
        _l("Amount that came of it, as the slip says"),
        filters=[trimmed],
        validators=[InputRequired(_l("Enter the amount in digits, for example 20."))],
        render_kw={"inputmode": "decimal", "autocomplete": "off", "maxlength": 20},
    )
    reason = _reason(_l("Where it was exchanged, and at which rate"))


class LookForm(ConsoleForm):
    """What somebody found who looked again."""

    reason = _reason(_l("What did you look at, and what did you find?"))


class WhyForm(ConsoleForm):
    """Why something differs."""

    reason = _reason(_l("Why?"))


class ButtonForm(ConsoleForm):
    """Only the token."""


def made(fields: type[Any], kind: type[PublicForm] | type[ConsoleForm], **data: Any) -> Any:
    """Make a form of the fields, of the kind that a page needs."""
    form_class = type(f"{kind.__name__}Of{fields.__name__}", (fields, kind), {})
    return form_class(**data)


def one_of(field: Any, choices: Sequence[tuple[int, str]]) -> None:
    """Say what can be chosen."""
    field.choices = list(choices)
