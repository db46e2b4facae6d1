"""What a signer does with a stall's code, and with the mail that follows: "this was not me"."""

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from campaign_app.audit.services import SIGNER, acting_as
from campaign_app.core import db, web
from campaign_app.core.access import public, signed_link
from campaign_app.core.i18n import _, current_language, speak
from campaign_app.core.ids import in_groups
from campaign_app.outbox.services import seal_letter
from campaign_app.petitions import mailboxes, not_me, offers, stall_proof
from campaign_app.petitions.desk import Desk
from campaign_app.petitions.forms import CodeForm, StallForm
from campaign_app.petitions.pages import Typed, answer_page, desks
from campaign_app.petitions.privacy_pages import bp as petitions_bp
from campaign_app.petitions.secrets_of import Handle, Link, typed_code
from campaign_app.petitions.signing import keyring, lanes
from campaign_app.petitions.stall_code import DIGITS
from campaign_app.petitions.stall_proof import Thanks, Verdict
from campaign_app.petitions.views import event_of, found, spoken, thanked, typed_before
from campaign_app.petitions.witnessing import WITNESSED_MAIL

bp: Blueprint = petitions_bp


@bp.post("/<language:lang>/petitions/<slug>/stall-code")
@public
def stall_code(lang: str, slug: str) -> ResponseReturnValue:
    """Let the code that a volunteer shows count the signature of this phone."""
    desk = found(lang, slug)
    spoken(desk, lang)
    form, before = StallForm(request.form), typed_before(desk, lang)
    handle, code = Handle.read(form.handle.data or ""), typed_code(form.stall_code.data or "")
    if handle is None or len(code) != DIGITS:
        return _refused(desk, lang, form, before)
    typed = stall_proof.Typed(handle, code, event_of(before.action))
    thanks = _thanks(desk, lang, handle, before.address)
    verdict = db.transact(lambda: stall_proof.prove(desk, typed, thanks))
    if verdict is Verdict.REFUSED:
        return _refused(desk, lang, form, before)
    return thanked(desk, stall_proof.receipt(handle), at_stall=True)


def _refused(desk: Desk, lang: str, form: StallForm, before: Typed) -> Response:
    """Let the person try again; the same words whatever was wrong."""
    said = _(
        "This code does not count, or not any more. Look at the table again: it is new every ten "
        "minutes. After five tries only the mail confirms your signature."
    )
    code = CodeForm(request.form)
    form.stall_code.errors, code.code.data = [said], ""
    if not before.at_stall:  # switched off, or the stall has gone: the mail remains
        code.code.errors = [said]
    return web.page(answer_page(desk, lang, before, code, stall=form), 400)


def _thanks(desk: Desk, lang: str, handle: Handle, address: str) -> Thanks | None:
    """Close the mail with the receipt, for the mailbox that the form carried, if it is one."""
    mailbox = mailboxes.checked(address)
    plain = mailboxes.normalised(mailbox, desks().rules.get(None)) if mailbox else ""
    blind = keyring().blind_index(desk.uid, plain) if plain else None
    if blind is None:
        return None
    link, text = Link.new(desk.id, handle.row), desk.texts[lang]
    letter = seal_letter(
        to=address,
        template=WITNESSED_MAIL,
        language=lang,
        context={
            "name": "",
            "title": text.title,
            "ask": text.ask,
            "addressee": text.addressee,
            "receipt": in_groups(stall_proof.receipt(handle)),
            "not_me": not_me.address(lang, link),
        },
        lanes=lanes(desk.id, None),
    )
    return Thanks(blind, link, letter)


@bp.route("/<language:lang>/not-me/<token>", methods=["GET", "POST"])
@signed_link
def not_me_page(lang: str, token: str) -> ResponseReturnValue:
    """Ask for the one touch that takes a witnessed signature back; only the POST does."""
    speak(lang)
    link = Link.read(token)
    desk = desks().desk.get(link.petition) if link else None
    if request.method != "POST":  # HEAD, too, changes nothing
        return web.page(
            render_template(
                "petitions/not_me.html",
                petition_title=_title(desk),
                action=url_for("petitions.not_me_page", lang=lang, token=token),
            )
        )
    with acting_as(SIGNER):
        gone = link is not None and db.transact(lambda: not_me.take_back(link))
    return _taken_back(desk) if gone else _unknown()


def _title(desk: Desk | None) -> str:
    text = desk.texts.get(current_language()) if desk else None
    return text.title if text else ""


def _taken_back(desk: Desk | None) -> Response:
    return web.page(render_template("petitions/not_me_done.html", petition_title=_title(desk)))


def _unknown() -> Response:
    text = _("This link does not work any more, or was not copied as a whole.")
    html = render_template(
        "petitions/not_confirmed.html", text=text, offers=offers.offered(current_language())
    )
    return web.page(html, 410)
