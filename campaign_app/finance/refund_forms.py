"""What the people of finance say about refunds."""

from typing import Any, Final

from wtforms import DateField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from campaign_app.core.errors import DomainError
from campaign_app.core.forms import ConsoleForm, no_control_characters
from campaign_app.core.i18n import _l, pick
from campaign_app.core.money import Money
from campaign_app.core.wall_clock import today_in
from campaign_app.payments import by_hand, outside
from campaign_app.payments.by_hand import LONGEST_SLIP
from campaign_app.payments.taking_models import Refund
from campaign_app.payments.ways import of_the_app

LONGEST_REASON: Final = 300
#: Where a body has no account of the currency, and where somebody comes to the office.
ELSEWHERE: Final = _l("Another account, or cash of the office: not kept in these books")


def _text(label: str, needed: str, longest: int) -> StringField:
    checks = [InputRequired(needed), Length(max=longest), no_control_characters]
    return StringField(label, filters=[_trimmed], validators=checks)


def _trimmed(text: str | None) -> str:
    return " ".join((text or "").split())


class RefundForm(ConsoleForm):
    """How much shall go back, and why."""

    amount = StringField(
        _l("Amount to give back"), validators=[InputRequired(_l("Say how much.")), Length(max=40)]
    )
    reason = _text(_l("Why it goes back"), _l("Say why it goes back."), LONGEST_REASON)

    def __init__(self, currency: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._currency: Final = currency

    def validate_amount(self, field: Any) -> None:
        """Take an amount of the gift's currency."""
        try:
            self.money()
        except DomainError as wrong:
            raise ValidationError(str(wrong.shown)) from None

    def money(self) -> Money:
        """Read the amount."""
        return Money.parse(self.amount.data or "", self._currency)


class MistakeForm(ConsoleForm):
    """Why a receipt for cash says what was never in the box."""

    why = _text(_l("What was wrong"), _l("Say what was wrong."), LONGEST_REASON)


class AloneForm(ConsoleForm):
    """Why somebody acts alone."""

    reason = _text(_l("Why you act alone"), _l("Say why you act alone."), LONGEST_REASON)


class OutsideForm(ConsoleForm):
    """Who outside shall look."""

    who = RadioField(_l("Who shall look"), validators=[InputRequired(_l("Choose somebody."))])

    def __init__(self, row: Refund, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known: Final = outside.known(row.of_entity)
        self.who.choices = [
            (str(n), f"{one.name} ({one.mail})") for n, one in enumerate(self.known)
        ]


class SlipForm(ConsoleForm):
    """What the bank's slip says."""

    long_numbers = frozenset({"number"})  # a bank may count as cards do
    bank = SelectField(_l("From where it was sent"))
    number = _text(
        _l("Number on the bank’s slip"), _l("Write down the number on the slip."), LONGEST_SLIP
    )
    on = DateField(_l("Day of the transfer"), validators=[InputRequired(_l("Say on which day."))])

    def __init__(self, row: Refund, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._today: Final = today_in(of_the_app().zone_of(row.of_entity))
        self.bank.choices = [
            *((one.key, f"{pick(dict(one.bank))} {one.number}") for one in by_hand.banks(row)),
            (by_hand.ELSEWHERE, str(ELSEWHERE)),
        ]

    def validate_on(self, field: Any) -> None:
        """Take no day that has not come: what is recorded has happened."""
        if field.data and field.data > self._today:
            raise ValidationError(_l("This day has not come yet."))
