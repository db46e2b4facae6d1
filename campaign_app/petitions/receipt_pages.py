"""What a signer does with the receipt. The code travels in the post, never in an address."""

from dataclasses import replace

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from campaign_app.audit.services import SIGNER, acting_as
from campaign_app.core import db, web
from campaign_app.core.access import public
from campaign_app.core.i18n import _, current_language, speak
from campaign_app.core.ids import in_groups
from campaign_app.core.settings import settings
from campaign_app.outbox.services import Letter, seal_letter
from campaign_app.petitions import mailboxes, receipts, states, tally
from campaign_app.petitions.desk import Desk
from campaign_app.petitions.forms import AgainForm, ReceiptForm
from campaign_app.petitions.pages import desks
from campaign_app.petitions.public_total import tallied
from campaign_app.petitions.queries import shown
from campaign_app.petitions.receipts import Resent, Signed
from campaign_app.petitions.secrets_of import new_receipt
from campaign_app.petitions.signing import keyring, lanes
from campaign_app.petitions.texts import rendered
from campaign_app.petitions.views import bp as petitions_bp

bp: Blueprint = petitions_bp


@bp.route("/<language:lang>/receipt", methods=["GET", "POST"])
@public
def receipt(lang: str) -> ResponseReturnValue:
    """Show a signer what they signed."""
    speak(lang)
    form = ReceiptForm(request.form if request.method == "POST" else None)
    if request.method == "POST":
        signed = _found(form)
        return _unknown(form) if signed is None else _shown(signed, form.typed)
    return _ask(form, 200)


def _found(form: ReceiptForm) -> Signed | None:
    return receipts.find(form.typed) if form.typed.strip() else None


def _ask(form: ReceiptForm, status: int) -> Response:
    action = url_for("petitions.receipt", lang=current_language())
    return web.page(render_template("petitions/receipt.html", form=form, action=action), status)


def _unknown(form: ReceiptForm) -> Response:
    form.code.errors = [
        _("This code opens nothing. Please compare it with your receipt, letter by letter.")
    ]
    return _ask(form, 400)


def _shown(signed: Signed, code: str, said: str = "") -> Response:
    lang = current_language()
    html = render_template(
        "petitions/receipt_shown.html",
        signed=signed,
        body_html=rendered(signed.body),
        state_text=_state(signed),
        said=said,
        hidden=[("code", code)],
        news_action=url_for("petitions.end_news", lang=lang) if signed.may_end_news else None,
        withdraw_action=url_for("petitions.withdraw", lang=lang)
        if signed.may_be_withdrawn
        else None,
    )
    return web.page(html)


def _state(signed: Signed) -> str:
    """Say whether the signature is counted."""
    said = {states.CONFIRMED: _("Counted"), states.WITHDRAWN: _("Withdrawn")}
    return said.get(signed.state, _("No longer counted"))


@bp.post("/<language:lang>/receipt/news")
@public
def end_news(lang: str) -> ResponseReturnValue:
    """Take back the consent to news."""
    speak(lang)
    form = ReceiptForm(request.form)
    signed = _found(form)
    if signed is None:
        return _unknown(form)
    db.transact(lambda: receipts.end_news(signed))
    now = receipts.find(form.typed) or signed
    return _shown(now, form.typed, _("You will get no more news."))


@bp.post("/<language:lang>/receipt/withdraw")
@public
def withdraw(lang: str) -> ResponseReturnValue:
    """Ask once more, then take the signature back."""
    speak(lang)
    form = ReceiptForm(request.form)
    signed = _found(form)
    if signed is None:
        return _unknown(form)
    if request.form.get("sure") != "yes":
        return _ask_once_more(signed, form.typed)
    with acting_as(SIGNER):
        db.transact(lambda: receipts.withdraw(signed))
    return _withdrawn(replace(signed, state=states.WITHDRAWN))


def _ask_once_more(signed: Signed, code: str) -> Response:
    html = render_template(
        "petitions/receipt_withdraw.html",
        petition_title=signed.title,
        action=url_for("petitions.withdraw", lang=current_language()),
        hidden=[("code", code), ("sure", "yes")],
    )
    return web.page(html)


def _withdrawn(signed: Signed) -> Response:
    desk = desks().desk.get(signed.petition_id)
    goal = desk.goal if desk else 0
    html = render_template(
        "petitions/withdrawn.html",
        petition_title=signed.title,
        count=tallied(tally.total(signed.petition_id), goal),
        goal=goal,
        sign_url=url_for("petitions.sign", lang=current_language(), slug=signed.slug),
    )
    return web.page(html)


@bp.route("/<language:lang>/receipt/again", methods=["GET", "POST"])
@public
def receipt_again(lang: str) -> ResponseReturnValue:
    """Send a further receipt to a mailbox that signed; everybody reads the same answer."""
    speak(lang)
    form = AgainForm(request.form if request.method == "POST" else None)
    if request.method == "POST" and form.validate():
        for petition in shown():
            _send_again(petition.id, form)
        return web.page(render_template("petitions/receipt_again_sent.html"))
    status = 400 if form.errors else 200
    action = url_for("petitions.receipt_again", lang=lang)
    html = render_template("petitions/receipt_again.html", form=form, action=action)
    return web.page(html, status)


def _send_again(petition_id: int, form: AgainForm) -> None:
    """Mail a further receipt for one petition, if this mailbox signed it."""
    desk = desks().desk.get(petition_id)
    mailbox = mailboxes.normalised(form.mailbox, desks().rules.get(None))
    blind = keyring().blind_index(desk.uid, mailbox) if desk else None
    if desk is None or blind is None:
        return
    resent = receipts.signed_by(petition_id, blind)
    if resent is None:
        return
    code = new_receipt()
    letter = _letter(desk, resent, form.email.data or "", code)
    db.transact(lambda: receipts.send_again(resent, blind, code, letter))


def _letter(desk: Desk, resent: Resent, address: str, code: str) -> Letter:
    link = settings().public_url + url_for("petitions.receipt", lang=resent.language)
    return seal_letter(
        to=address,
        template="petitions/receipt",
        language=resent.language,
        context={"code": in_groups(code), "link": link, "title": resent.title},
        lanes=lanes(desk.id, None),
    )
