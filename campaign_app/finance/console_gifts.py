"""Gifts in the console: the list without donors, one gift's story, and, noted each time, its donor."""

from typing import Any, Final
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from campaign_app.audit.services import record
from campaign_app.core import web
from campaign_app.core.access import Permission, requires
from campaign_app.core.db import session, transact
from campaign_app.core.forms import ConsoleForm
from campaign_app.core.i18n import _
from campaign_app.donations import contacts, forgetting, states, thanking, words
from campaign_app.donations.models import Donation
from campaign_app.events import queries as events
from campaign_app.finance import gifts, timeline
from campaign_app.finance.words import DEEDS
from campaign_app.payments.opening import till
from campaign_app.receipts import services as receipts

console_bp: Final = Blueprint("money_gifts", __name__, url_prefix="/console/money/gifts")


@console_bp.get("/")
@requires(Permission.FINANCE)
def index() -> ResponseReturnValue:
    """List gifts, by filter or by a number that somebody holds."""
    wish = gifts.asked(request.args)
    listed = gifts.found(till().book, wish)
    html = render_template(
        "finance/gifts.html",
        wish=wish,
        gifts=listed[: gifts.PAGE],
        more=len(listed) > gifts.PAGE,
        words=words,
        events=events.near(),
        places=events.locations(),
        ways=till().ways,
    )
    return web.page(html)


@console_bp.get("/<uuid:gift>")
@requires(Permission.FINANCE)
def show(gift: UUID) -> ResponseReturnValue:
    """Show what happened to a gift; of its donor only whether there is something to thank."""
    return _shown(_gift(gift))


def _shown(gift: Donation, **more: Any) -> ResponseReturnValue:
    html = render_template(
        "finance/gift.html",
        gift=gift,
        story=timeline.story(gift),
        deeds=DEEDS,
        form=ConsoleForm(formdata=None),
        settled=gift.state == states.SETTLED,
        **more,
    )
    return web.page(html)


def _gift(gift: UUID) -> Donation:
    found = session.get(Donation, gift)
    return found if found is not None and found.book == till().book else abort(404)


@console_bp.post("/<uuid:gift>/contact")
@requires(Permission.FINANCE)
def contact(gift: UUID) -> ResponseReturnValue:
    """Open whom to thank, and note who did; the page that shows it is shown once."""
    _asked()
    found = _gift(gift)
    transact(lambda: record("donation.contact_read", timeline.audit_subject(found)))
    return _shown(found, contact=contacts.open_(found.id, found.contact))


@console_bp.get("/<uuid:gift>/forget")
@requires(Permission.FINANCE)
def ask_to_forget(gift: UUID) -> ResponseReturnValue:
    """Say what is removed with a contact and what stays."""
    found = _gift(gift)
    html = render_template("finance/forget.html", gift=found, form=ConsoleForm(formdata=None))
    return web.page(html)


@console_bp.post("/<uuid:gift>/forget")
@requires(Permission.FINANCE)
def forget(gift: UUID) -> ResponseReturnValue:
    """Remove whom to thank; the gift, its number and its receipt stay."""
    _asked()
    found = _gift(gift)

    def work() -> bool:
        removed = forgetting.forget(found.id)
        if removed:
            record("donation.contact_removed", timeline.audit_subject(found))
        return removed

    if transact(work):
        flash(_("The contact is removed. The gift and its receipt stay."), "good")
    return redirect(url_for(".show", gift=gift), 303)


@console_bp.post("/<uuid:gift>/thank")
@requires(Permission.FINANCE)
def thank(gift: UUID) -> ResponseReturnValue:
    """Send the letter with the receipt once more."""
    _asked()
    found = _gift(gift)
    receipt = receipts.latest(found.subject)
    counts = receipt is not None and not receipts.is_cancelled(receipt)
    if receipt is None or not counts or not contacts.open_(found.id, found.contact).mail:
        flash(_("There is no letter to send: no receipt that counts, or no mailbox."), "warn")
        return redirect(url_for(".show", gift=gift), 303)

    def work() -> None:
        thanking.thank(found, receipt)
        record("donation.thanked_again", timeline.audit_subject(found))

    transact(work)
    flash(_("The letter is on its way."), "good")
    return redirect(url_for(".show", gift=gift), 303)


def _asked() -> None:
    if not ConsoleForm().validate_on_submit():
        abort(400)
