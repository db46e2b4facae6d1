"""Taking what a donor sent: the gift and the attempt to pay in one transaction, then the gateway's page."""

from functools import partial
from uuid import UUID

from campaign_app.core.db import transact
from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _l, current_language
from campaign_app.core.money import Money
from campaign_app.donations import queries, services, states
from campaign_app.donations.forms import GiveForm
from campaign_app.donations.menu import bank_for
from campaign_app.donations.patience import patience
from campaign_app.donations.services import NewGift
from campaign_app.donations.spots import Spot
from campaign_app.payments import taking
from campaign_app.payments.opening import till
from campaign_app.payments.taking import Wish


class TooManyAtOnce(DomainError):
    """Somebody tries cards, or a whole square gives at once: both are sent to the bank transfer."""

    status = 429
    text = _l(
        "So many people are giving by card here that we have to slow down. Please try again in a few "
        "minutes, or give by bank transfer or into the box."
    )


def begin(form: GiveForm, spot: Spot) -> tuple[UUID, UUID | None]:
    """Write down a gift and, by card, the attempt to pay; the same form twice is one of each."""
    new = form.way.data == states.CARD and not queries.known(form.nonce.data or "")
    if new and queries.is_burst(spot.placement_id):
        raise TooManyAtOnce
    return transact(partial(_begin, form, spot, current_language()))


def _begin(form: GiveForm, spot: Spot, language: str) -> tuple[UUID, UUID | None]:
    money = form.money
    if money is None:
        raise AssertionError("a form without an amount is never taken")
    gift = services.begin(_described(form, spot, money, language))
    if gift.way != states.CARD:
        return gift.id, None
    wish = Wish(nonce=gift.nonce, amount=money, subject=gift.subject, language=gift.language)
    return gift.id, taking.begin(wish, till().ways, till().book).id


def _described(form: GiveForm, spot: Spot, money: Money, language: str) -> NewGift:
    return NewGift(
        nonce=form.nonce.data or "",
        way=form.way.data,
        amount=money,
        book=till().book,
        entity=_entity(form.way.data, money),
        language=language,
        where=spot.where,
        no_name=bool(form.no_name.data),
        contact=form.contact,
    )


def _entity(way: str, money: Money) -> str:
    """Name who takes it: whose account fits this very amount."""
    known = till().ways
    account = known.account_for(money) if way == states.CARD else bank_for(money.currency)
    if account is None:
        raise taking.NoWayToPay
    return account.entity


def page_to_pay(payment_id: UUID) -> str:
    """Give the address of the gateway's page; NoAnswer if it is silent, AlreadyEnded if that is over."""
    return patience().ask(lambda: taking.open_page(payment_id, till()))
