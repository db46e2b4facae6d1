"""Public pages: sign, prove the mailbox, see and withdraw."""

import hashlib
import json
import re
from typing import Final

from flask import Blueprint, Response, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from campaign_app.core import cards, clock, db, web
from campaign_app.core.access import public, signed_link
from campaign_app.core.i18n import _, current_language, speak
from campaign_app.core.ids import in_groups
from campaign_app.core.settings import settings
from campaign_app.petitions import confirming, offers, signing, slots, states, tally
from campaign_app.petitions.confirming import Outcome, Verdict
from campaign_app.petitions.desk import Desk, SharedLink, TextNow, text_now
from campaign_app.petitions.forms import CodeForm, SignForm, entry, sign_form
from campaign_app.petitions.pages import (
    PUBLIC_SECONDS,
    Place,
    Typed,
    answer_page,
    card_of,
    desks,
    image_of,
    pages,
    sign_page,
    switcher,
)
from campaign_app.petitions.public_total import tallied
from campaign_app.petitions.queries import signable_text
from campaign_app.petitions.secrets_of import CODE_DIGITS, Handle, Link, typed_code
from campaign_app.petitions.signing import Attempt, Fate
from campaign_app.qr import pointing, visits
from campaign_app.qr.models import SHARED

bp = Blueprint("petitions", __name__)

#: A board's own page, with or without a language.
CODE_PAGE: Final = re.compile(r"/q/(?P<letters>[a-z0-9]{4,16})(\?lang=[A-Za-z-]{2,12})?")


def found(lang: str, slug: str) -> Desk:
    """Find a petition that the public may see, or answer 404 in the address's language."""
    speak(lang)
    desk = desks().by_slug(slug)
    if desk is None or desk.state not in states.SHOWN or not desk.languages():
        abort(404)
    return desk


def spoken(desk: Desk, lang: str) -> TextNow:
    """Take the text in the address's language, or answer 404."""
    speak(lang)
    if lang not in desk.languages():
        abort(404)
    return desk.texts[lang]


@bp.route("/<language:lang>/petitions/<slug>", methods=["GET", "POST"])
@public
def sign(lang: str, slug: str) -> ResponseReturnValue:
    """Show a petition and take a signature."""
    desk = found(lang, slug)
    spoken(desk, lang)
    shared = desk.shared if request.args.get("from") == SHARED else None
    own = url_for("petitions.sign", lang=lang, slug=slug)
    if request.method == "POST":
        place = Place(by_sharing(own) if shared else own, country=desk.country)
        return take(desk, lang, place, shared.placement_id if shared else None)
    return _by_shared_link(desk, lang, own, shared) if shared else _shown(desk, lang, own, "")


def _by_shared_link(desk: Desk, lang: str, own: str, shared: SharedLink) -> Response:
    """Count the visit; another language's page is no further one, so its address has a `lang`."""
    if visits.is_visit(request):
        visits.count_shared(shared.code_id, shared.placement_id)
    return _shown(desk, lang, by_sharing(own), f"?from={SHARED}&lang={{0}}")


def _shown(desk: Desk, lang: str, action: str, asks: str) -> Response:
    lead = url_for("petitions.sign", lang="LANG", slug=desk.slug).replace("LANG", "{0}", 1)
    return pages().get(desk, lang, Place(action, country=desk.country), lead + asks)


def by_sharing(address: str) -> str:
    """Mark an address as one that somebody shared; nothing in it tells who."""
    return f"{address}?from={SHARED}"


def take(desk: Desk, language: str, place: Place, placement_id: int | None) -> Response:
    """Take what a signing form sent; the answer is the same whoever sent it."""
    speak(language)
    text = _text_seen(desk, language)
    said = None if request.form.get("step") == "change" else entry(desk, language)
    if said is None or not desk.accepts(clock.now()):
        return _not_yet(desk, text, place, language)
    attempt = Attempt(
        desk=desk,
        text=text,
        parts=said.parts,
        name=said.name,
        address=said.address,
        mailbox=said.mailbox,
        country=said.country,
        language=language,
        placement_id=placement_id,
    )
    at_stall = pages().at_stall(desk, place.event_id)
    typed = Typed(said.address, place.action, said.again(text), at_stall)
    return answered(desk, language, typed, _stored(attempt))


def answered(desk: Desk, language: str, typed: Typed, handle: str) -> Response:
    """Say what to do next; nothing here tells whether this mailbox was new."""
    return web.page(pages().answer(desk, language, typed, handle))


def _not_yet(desk: Desk, text: TextNow, place: Place, language: str) -> Response:
    """Show the form again: to change it, with what is wrong, or because nothing is taken now."""
    form = sign_form(desk, text, language, place.country)
    if request.form.get("step") == "change":
        return _again(desk, text, place, form, status=200)
    fine = form.validate()
    right = form.boxes_are_fine() and fine
    return _again(desk, text, place, form, status=409 if right else 400)


def _stored(attempt: Attempt) -> str:
    """Seal, then write; give the handle for the answer page."""
    prepared = signing.prepare(attempt, desks())
    if prepared is None:
        return signing.handle_for(None, Fate.TOO_MANY_MAILS)
    fate = pages().store(prepared)
    if fate is Fate.TAKEN:
        pages().pace.add((attempt.desk.id, attempt.placement_id or 0, signing.this_quarter()))
    return signing.handle_for(prepared, fate)


def _text_seen(desk: Desk, language: str) -> TextNow:
    """Tie the signature to the revision that the form was shown with."""
    live = desk.texts[language]
    seen = request.form.get("text", "")
    if seen == str(live.id) or not seen.isdecimal() or len(seen) > 9:
        return live
    older = signable_text(desk.id, int(seen))
    if older is None or older.language != language:
        return live
    return text_now(older, 0, desk.source_language)


def _again(desk: Desk, text: TextNow, place: Place, form: SignForm, *, status: int) -> Response:
    """Show the form again with what was typed."""
    languages = switcher(desk, lambda code: url_for("petitions.sign", lang=code, slug=desk.slug))
    html = sign_page(desk, text, place, form, languages=languages, failed=status == 400)
    return web.page(html, status)


@bp.post("/<language:lang>/petitions/<slug>/code")
@public
def confirm_code(lang: str, slug: str) -> ResponseReturnValue:
    """Prove a mailbox by the six digits of its mail."""
    desk = found(lang, slug)
    spoken(desk, lang)
    form = CodeForm(request.form)
    handle, code = Handle.read(form.handle.data or ""), typed_code(form.code.data or "")
    outcome = Outcome(Verdict.WRONG_CODE)
    if handle is not None and len(code) == CODE_DIGITS:
        outcome = db.transact(lambda: confirming.by_code(desk, handle, code))
    if outcome.verdict is Verdict.CONFIRMED:
        return thanked(desk, outcome.receipt)
    if outcome.verdict in (Verdict.WRONG_CODE, Verdict.TOO_MANY_CODES):
        return _wrong_code(desk, lang, form, outcome.verdict)
    return _not_confirmed(outcome.verdict)


def _wrong_code(desk: Desk, lang: str, form: CodeForm, verdict: Verdict) -> Response:
    """Let the person try again; the same words whether there is such a signature or not."""
    form.code.errors = [_too_many() if verdict is Verdict.TOO_MANY_CODES else _wrong()]
    return web.page(answer_page(desk, lang, typed_before(desk, lang), form), 400)


def typed_before(desk: Desk, lang: str) -> Typed:
    """Read what the signing form had sent from the answer page that carries it."""
    again = [(name[6:], value) for name, value in request.form.items() if name[:6] == "again-"]
    action = _own_action(request.form.get("action", ""), desk, lang)
    at_stall = pages().at_stall(desk, event_of(action))
    return Typed(dict(again).get("email", ""), action, again, at_stall)


def event_of(action: str) -> int | None:
    """Tell at which event the board of a signing form stands now."""
    board = CODE_PAGE.fullmatch(action)
    pointed = pointing.find(board["letters"]) if board else None
    return pointed.event_id if pointed else None


def _own_action(asked: str, desk: Desk, lang: str) -> str:
    """Lead "change it" back to the board's own form, and to no other page."""
    own = url_for("petitions.sign", lang=lang, slug=desk.slug)
    return asked if CODE_PAGE.fullmatch(asked) or asked == by_sharing(own) else own


def _wrong() -> str:
    return _("This code does not fit. Please look at the newest e-mail from us and type it again.")


def _too_many() -> str:
    return _(
        "This code was typed wrong five times. Please open the link in the e-mail instead; "
        "it still works."
    )


@bp.route("/<language:lang>/confirm/<token>", methods=["GET", "POST"])
@signed_link
def confirm(lang: str, token: str) -> ResponseReturnValue:
    """Ask for the one touch that confirms; only the POST does."""
    speak(lang)
    link = Link.read(token)
    desk = desks().desk.get(link.petition) if link else None
    if request.method == "POST":
        if link is None or desk is None:
            return _not_confirmed(Verdict.GONE)
        outcome = db.transact(lambda: confirming.by_link(desk, link))
        done = outcome.verdict is Verdict.CONFIRMED
        return thanked(desk, outcome.receipt) if done else _not_confirmed(outcome.verdict)
    title = desk.texts[lang].title if desk and lang in desk.texts else ""
    html = render_template(
        "petitions/confirm.html",
        petition_title=title,
        action=url_for("petitions.confirm", lang=lang, token=token),
    )
    return web.page(html)


def thanked(desk: Desk, receipt: str, *, at_stall: bool = False) -> Response:
    """Say thank you, show the number, hand over the receipt."""
    language = current_language()
    text = desk.texts.get(language) or next(iter(desk.texts.values()), None)
    html = render_template(
        "petitions/confirmed.html",
        petition_title=text.title if text else "",
        share_url=_share_url(desk, text),
        count=tallied(tally.total(desk.id), desk.goal),
        goal=desk.goal,
        receipt=in_groups(receipt),
        at_stall=at_stall,
        offers=offers.offered(language, besides=desk.id),
        after=[fill() for fill in slots.AFTER_SIGNING.values()],
    )
    return web.page(html)


def _share_url(desk: Desk, text: TextNow | None) -> str | None:
    """Address the petition for friends: without the board, and nothing of whoever shares it."""
    if text is None or not desk.accepts(clock.now()):
        return None
    own = url_for("petitions.sign", lang=text.language, slug=desk.slug)
    return settings().public_url + by_sharing(own)


def _not_confirmed(verdict: Verdict) -> Response:
    """Say kindly why nothing was counted, and what to do."""
    late = verdict is Verdict.TOO_LATE
    text = _(
        "This petition has closed, and the day after it in which signatures could still be "
        "confirmed has passed. Your signature was not counted."
    )
    html = render_template(
        "petitions/not_confirmed.html",
        text=text if late else None,
        offers=offers.offered(current_language()),
    )
    return web.page(html, 409 if late else 410)


@bp.get("/<language:lang>/petitions/<slug>/card-<version>.png")
@public
def card(lang: str, slug: str, version: str) -> ResponseReturnValue:
    """Draw what chats show of a petition."""
    desk = found(lang, slug)
    text = spoken(desk, lang)
    return cards.answer(card_of(text), version, image_of(desk, text))


@bp.get("/<language:lang>/petitions/<slug>/count.json")
@public
def count(lang: str, slug: str) -> ResponseReturnValue:
    """Tell the tally to pages that are looked at."""
    desk = found(lang, slug)
    spoken(desk, lang)
    said = tally.total(desk.id)
    shown = tallied(said, desk.goal)
    body = json.dumps(
        {
            "counted": said.counted,
            "awaiting": said.awaiting,
            "text": shown.text,
            "goal": desk.goal,
            "as_of": said.changed_at.isoformat(timespec="seconds"),
        },
        ensure_ascii=False,
    ).encode()
    return _cacheable(body, "application/json")


def _cacheable(body: bytes, mimetype: str) -> Response:
    response = Response(body, mimetype=mimetype)
    response.headers["Cache-Control"] = f"public, max-age={PUBLIC_SECONDS}"
    response.set_etag(hashlib.sha256(body).hexdigest()[:20])
    response.make_conditional(request)
    return response
