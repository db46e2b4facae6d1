"""Pages of refunds: asked for from a gift, looked at by a second person, followed until the money arrived."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from campaign_app.accounts.models import Person
from campaign_app.accounts.queries import current_person
from campaign_app.accounts.queries import person as person_of
from campaign_app.audit.services import record
from campaign_app.core import clock, web
from campaign_app.core.access import Permission, requires
from campaign_app.core.db import transact
from campaign_app.core.errors import DomainError
from campaign_app.core.forms import ConsoleForm
from campaign_app.core.i18n import _
from campaign_app.donations.models import Donation
from campaign_app.finance import refund_list, returning, telling
from campaign_app.finance import refund_queries as queries
from campaign_app.finance import refund_words as words
from campaign_app.finance.console import csv_file
from campaign_app.finance.refund_forms import (
    AloneForm,
    MistakeForm,
    OutsideForm,
    RefundForm,
    SlipForm,
)
from campaign_app.payments import outside, refunding, states, steps
from campaign_app.payments.by_hand import Slip
from campaign_app.payments.opening import till
from campaign_app.payments.refunding import Wish
from campaign_app.payments.taking_models import Payment, Refund

console_bp: Final = Blueprint("refunds_console", __name__, url_prefix="/console/money/refunds")
#: Where a payment stands at the gateway, by the mode.
AT_GATEWAY: Final = {
    "stripe_test": "https://dashboard.stripe.com/test/payments/",
    "stripe_live": "https://dashboard.stripe.com/payments/",
}


@console_bp.get("/")
@requires(Permission.FINANCE)
def index() -> ResponseReturnValue:
    """List refunds, those first that wait for somebody."""
    state, number = request.args.get("state", ""), _page_number()
    book = till().book
    found = queries.refunds(book, state, number)
    return page(
        "refunds",
        state=state,
        page=number,
        rows=found[: queries.A_PAGE],
        more=len(found) > queries.A_PAGE,
        counts=queries.counts(book),
        held=queries.held(book),
    )


@console_bp.post("/list.csv")
@requires(Permission.FINANCE)
def as_file() -> ResponseReturnValue:
    """Hand all refunds out as a file."""
    if not ConsoleForm().validate_on_submit():
        abort(400)
    book = till().book
    body = refund_list.as_csv(book)
    transact(partial(record, "refund.exported", f"money:{book}"))
    return csv_file(body, f"refunds_{clock.today()}.csv")


def _page_number() -> int:
    text = request.args.get("page", "")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 6 else 1


@console_bp.route("/new/<donation>", methods=["GET", "POST"])
@requires(Permission.FINANCE)
def new(donation: str) -> ResponseReturnValue:
    """Ask for a gift, or a part of it, to go back."""
    gift = queries.gift(donation) or abort(404)
    left = queries.left(gift)
    form = RefundForm(gift.currency, data={"amount": left.money.plain})
    if not form.validate_on_submit():
        return _new_page(gift, form, 400 if form.errors else 200)
    wish = Wish(amount=form.money(), reason=form.reason.data or "", person_id=whoever().id)
    try:
        row = transact(partial(returning.ask, gift.id, wish))
    except DomainError as refused:
        form.form_errors.append(str(refused.shown))
        return _new_page(gift, form, refused.status)
    telling.tell(list(telling.of_refunds(Refund.id == row.id)))  # else the next look does
    flash(_asked(row), "good")
    return redirect(url_for(".refund", refund=row.id.hex), 303)


@console_bp.post("/new/<donation>/mistake")
@requires(Permission.FINANCE)
def mistake(donation: str) -> ResponseReturnValue:
    """Take a receipt for cash back that should not be: nothing was in the box, or another amount."""
    gift, form = queries.gift(donation) or abort(404), MistakeForm()
    if not form.validate_on_submit():
        blank = {"amount": queries.left(gift).money.plain}
        return _new_page(gift, RefundForm(gift.currency, formdata=None, data=blank), 400, form)
    try:
        transact(partial(returning.was_a_mistake, gift.id, form.why.data or ""))
    except DomainError as refused:
        flash(str(refused.shown), "bad")
        return redirect(url_for(".new", donation=donation), 303)
    flash(_("The receipt is cancelled. No money moves."), "good")
    return redirect(url_for("money_gifts.show", gift=gift.id), 303)


def _asked(row: Refund) -> str:
    if row.state == states.ASKED:
        return _("It is asked for. Somebody else must allow it now.")
    return _("It may leave: one person is enough for this amount.")


def _new_page(
    gift: Donation, form: RefundForm, status: int, wrong: MistakeForm | None = None
) -> Response:
    return page(
        "refund_new",
        status,
        gift=gift,
        form=form,
        wrong=wrong or MistakeForm(formdata=None),
        left=queries.left(gift),
        limit=refunding.threshold(gift.entity, gift.currency),
        before=queries.of_gift(gift),
    )


@console_bp.get("/<refund>")
@requires(Permission.FINANCE)
def refund(refund: str) -> ResponseReturnValue:
    """Show a refund: how it stands, what can be done, and what happened."""
    return refund_page(refund_or_404(refund))


def refund_page(row: Refund, status: int = 200, **forms: Any) -> Response:
    """Show a refund; a form that was refused stands there as it was sent."""
    me = whoever()
    given: dict[str, Any] = {
        "alone_form": AloneForm(formdata=None),
        "outside_form": OutsideForm(row, formdata=None),
        "slip_form": SlipForm(row, formdata=None),
    }
    return page(
        "refund",
        status,
        row=row,
        mine=row.asked_by == me.id,
        must_wait=refunding.must_wait(row, me.id),
        gift=queries.gift_of(row.about),
        timeline=steps.of(row.name),
        gateway_url=at_gateway(row.payment),
        **(given | forms),
    )


def at_gateway(payment: Payment | None) -> str:
    """Write where the gateway itself shows a payment; the demo's has a page of its own for each."""
    if till().ways.mode == "local" and payment and payment.session_id:
        return f"/payments/local/{payment.account}/checkout/{payment.session_id}"
    base = AT_GATEWAY.get(till().ways.mode, "")
    return f"{base}{payment.intent_id}" if base and payment and payment.intent_id else ""


@console_bp.post("/<refund>/<deed>")
@requires(Permission.FINANCE)
def do(refund: str, deed: str) -> ResponseReturnValue:
    """Allow a refund, refuse it, look again at one, or note that it came back."""
    row, me = refund_or_404(refund), whoever().id
    work = DEEDS.get(deed) or abort(404)
    if not ConsoleForm().validate_on_submit():
        abort(400)
    return _do(row, partial(work, row.id, me))


def _allowed(refund_id: UUID, me: int) -> str:
    refunding.allow(refund_id, me)
    return _("It is allowed.")


def _refused(refund_id: UUID, me: int) -> str:
    refunding.refuse(refund_id, me)
    return _("Nothing is sent.")


def _looked_again(refund_id: UUID, me: int) -> str:
    refunding.look_again(refund_id, me)
    return _("Two people have looked at it now.")


def _came_back(refund_id: UUID, me: int) -> str:
    returning.came_back(refund_id, me)
    return _("It is noted that the money came back. The gift has its receipt again.")


DEEDS: Final[dict[str, Callable[[UUID, int], str]]] = {
    "allow": _allowed,
    "refuse": _refused,
    "look-again": _looked_again,
    "came-back": _came_back,
}


@console_bp.post("/<refund>/alone")
@requires(Permission.FINANCE)
def alone(refund: str) -> ResponseReturnValue:
    """Act alone, for a reason that is shown."""
    row, form = refund_or_404(refund), AloneForm()
    if not form.validate_on_submit():
        return refund_page(row, 400, alone_form=form)
    me, why = whoever().id, form.reason.data or ""

    def work() -> str:
        refunding.allow_alone(row.id, me, why)
        return _("It is allowed. The page says that one person did it.")

    return _do(row, work)


@console_bp.post("/<refund>/outside")
@requires(Permission.FINANCE)
def ask_outside(refund: str) -> ResponseReturnValue:
    """Send somebody outside a link to look at it."""
    row = refund_or_404(refund)
    form = OutsideForm(row)
    if not form.validate_on_submit():
        return refund_page(row, 400, outside_form=form)
    sent, me = outside.write(row, form.known[int(form.who.data)]), whoever().id

    def work() -> str:
        outside.post(row.id, sent, me)
        return _("%(name)s gets a mail with a link.", name=sent.name)

    return _do(row, work)


@console_bp.post("/<refund>/slip")
@requires(Permission.FINANCE)
def slip(refund: str) -> ResponseReturnValue:
    """Note that the money went back by bank."""
    row = refund_or_404(refund)
    form = SlipForm(row)
    if not form.validate_on_submit():
        return refund_page(row, 400, slip_form=form)
    said = Slip(
        bank=form.bank.data,
        number=form.number.data or "",
        on=form.on.data or clock.today(),
        person_id=whoever().id,
    )

    def work() -> str:
        returning.sent_back(row.id, said)
        return _("It is noted. The receipt says now what stayed.")

    return _do(row, work)


def _do(row: Refund, work: Callable[[], str]) -> ResponseReturnValue:
    """Do something with a refund and say so, or say why not."""
    try:
        flash(transact(work), "good")
    except DomainError as refused:
        flash(str(refused.shown), "bad")
    return redirect(url_for(".refund", refund=row.id.hex), 303)


def whoever() -> Person:
    """Give the person signed in."""
    return current_person() or abort(404)


def name_of(person_id: int | None) -> str:
    """Name a person of ours; nobody where nobody was noted."""
    found = person_of(person_id) if person_id else None
    return found.name if found else ""


def refund_or_404(name: str) -> Refund:
    """Find a refund, or answer that there is none."""
    return queries.refund(name) or abort(404)


def page(name: str, status: int = 200, **facts: Any) -> Response:
    """Answer with a page of this room."""
    html = render_template(
        f"finance/{name}.html", states=states, words=words, name_of=name_of, **facts
    )
    return web.page(html, status)
