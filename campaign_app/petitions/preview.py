"""A text as the public would meet it, before it is public: the signing page, with nothing to sign."""

from dataclasses import replace
from typing import Any, Final

from flask import Response, render_template, request, url_for
from markupsafe import Markup

from campaign_app.core import clock, web
from campaign_app.core.i18n import _, speak
from campaign_app.petitions import queries, states, tally, wording
from campaign_app.petitions.desk import Desk, PartNow, facts_for, text_now
from campaign_app.petitions.forms import sign_form
from campaign_app.petitions.models import PetitionText
from campaign_app.petitions.pages import desks, shown
from campaign_app.petitions.public_total import tallied

FORM: Final = '<form method="post"'
#: A form that takes no focus, no touch and no key.
INERT_FORM: Final = '<form inert method="post"'


def page(text: PetitionText) -> Response:
    """Render the signing page around one revision; its form goes nowhere."""
    speak(text.language)
    desk = _as_if_open(text)
    now = desk.texts[text.language]
    form = sign_form(desk, now, text.language, desk.country)
    form.hidden = []
    petition = replace(shown(desk, now), accepts=True, count_url="")
    html = render_template(
        "petitions/sign.html",
        petition=petition,
        count=tallied(tally.total(desk.id), desk.goal),
        form=form,
        action=request.path,
        board="",
        languages=(),
        notice=_notice(text),
        robots="noindex",
    )
    return web.page(html.replace(FORM, INERT_FORM))


def _notice(text: PetitionText) -> Markup:
    """Say what this page is not, and lead back."""
    key: dict[str, Any] = {
        "petition_id": text.petition_id,
        "lang": text.language,
        "revision": text.revision,
    }
    return Markup('{} <a href="{}">{}</a>').format(
        _("This is a preview. Nothing can be signed here."),
        url_for("petitions_console.revision", **key),
        _("Back to the console"),
    )


def _as_if_open(text: PetitionText) -> Desk:
    """Stand the revision on the petition's desk, as it will be once it is approved."""
    desk = desks().desk.get(text.petition_id)
    assert desk is not None  # noqa: S101 -- the text belongs to it
    parts = desk.parts.get(text.language) or _shipped(text)
    return replace(
        desk,
        state=states.OPEN,
        texts={**desk.texts, text.language: text_now(text, 0, text.language)},
        parts={**desk.parts, text.language: parts},
        opens_at=min(desk.opens_at, clock.now()),
    )


def _shipped(text: PetitionText) -> list[PartNow]:
    """Write the consent parts that a language will get with its first approved text."""
    if text.language not in wording.languages():
        return []
    facts = facts_for(queries.get(text.petition_id), text.addressee, text.language)
    return [
        PartNow(
            id=number,
            kind=part.kind,
            language=text.language,
            country=part.country,
            position=part.position,
            required=part.required,
            title=part.title,
            wording=part.text,
            sha256=part.sha256,
        )
        for number, part in enumerate(wording.default_parts(text.language, facts))
    ]
