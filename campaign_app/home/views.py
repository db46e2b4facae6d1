"""The front door: who we are, what is open to sign, what happens next, what came of it."""

from typing import Final

from flask import Blueprint, Response, current_app, render_template, url_for
from flask.typing import ResponseReturnValue

from campaign_app.core import cards
from campaign_app.core.access import public
from campaign_app.core.caching import Briefly
from campaign_app.core.i18n import _, _l, current_language, speak
from campaign_app.core.settings import facts, organisation, settings
from campaign_app.core.versions import of_page, shown, speak_as_wished, versions
from campaign_app.events import showing, slots
from campaign_app.events.cities import cities
from campaign_app.events.models import Event
from campaign_app.events.words import When, news_of, when
from campaign_app.home import agenda, queries
from campaign_app.home.models import ABOUT, CONTACT, FRONT
from campaign_app.petitions.offers import delivered, offered
from campaign_app.petitions.texts import rendered

bp: Final = Blueprint("home", __name__)
#: Where an app keeps its front page for a moment, by language.
KEPT: Final = "lantern_front_page"


@bp.get("/")
@public
def front() -> ResponseReturnValue:
    """Show the front page in the language the browser asks for."""
    speak_as_wished()
    return _front(bare=True)


@bp.get("/<language:lang>/")
@public
def index(lang: str) -> ResponseReturnValue:
    """Show the front page in a language."""
    speak(lang)
    return _front(bare=False)


@bp.get("/about")
@public
def bare_about() -> ResponseReturnValue:
    """Say who we are in the language the browser asks for."""
    speak_as_wished()
    return _written(ABOUT, bare=True)


@bp.get("/<language:lang>/about")
@public
def about(lang: str) -> ResponseReturnValue:
    """Say who we are."""
    speak(lang)
    return _written(ABOUT, bare=False)


@bp.get("/contact")
@public
def bare_contact() -> ResponseReturnValue:
    """Say how to reach us in the language the browser asks for."""
    speak_as_wished()
    return _written(CONTACT, bare=True)


@bp.get("/<language:lang>/contact")
@public
def contact(lang: str) -> ResponseReturnValue:
    """Say how to reach us."""
    speak(lang)
    return _written(CONTACT, bare=False)


@bp.get("/healthz")
@public
def healthy() -> ResponseReturnValue:
    """Tell a supervisor that this process answers."""
    return Response("ok", mimetype="text/plain")


def _front(*, bare: bool) -> Response:
    kept: Briefly[str, str] = current_app.extensions[KEPT]
    return shown(kept.get(current_language()), bare=bare)


def front_page(language: str) -> str:
    """Render the front page; a crowd costs one rendering a moment."""
    speak(language)
    next_up = agenda.coming()
    words = queries.shown(FRONT, language)
    return render_template(
        "home/index.html",
        words=words,
        card=_preview(FRONT, words),
        news=news_of(next_up.events),
        cities=cities(showing.places()),
        petitions=offered(language),
        delivered=delivered(language),
        agenda=next_up,
        when=when,
        heads=[head for fill in slots.HEAD.values() if (head := fill(next_up.events))],
        **of_page(versions("home.front", "home.index")),
    )


def _written(page: str, *, bare: bool) -> Response:
    words = queries.shown(page, current_language())
    html = render_template(
        f"home/{page}.html",
        words=words,
        card=_preview(page, words),
        body=rendered(words.text.body) if words else "",
        facts=facts(),
        **of_page(versions(f"home.bare_{page}", f"home.{page}")),
    )
    return shown(html, bare=bare)


@bp.get("/<language:lang>/<page:page>/card-<version>.png")
@public
def card(lang: str, page: str, version: str) -> ResponseReturnValue:
    """Draw what chats show of one of these pages."""
    speak(lang)
    words = queries.shown(page, lang)
    return cards.answer(_card_of(page, words), version, _image_of(page, words))


#: What a page is called where nobody has written one yet.
UNWRITTEN: Final = {
    FRONT: _l("Petitions and events"),
    ABOUT: _l("About us"),
    CONTACT: _l("How to reach us"),
}


def _preview(page: str, words: queries.Shown | None) -> cards.Preview:
    lead = (
        words.text.lead
        if words
        else _(
            "%(organisation)s asks for signatures on the street and hands them to those who can act.",
            organisation=organisation(current_language()),
        )
    )
    return cards.Preview(_card_of(page, words).title, lead, _image_of(page, words))


def _card_of(page: str, words: queries.Shown | None) -> cards.Card:
    title = words.text.title if words else str(UNWRITTEN[page])
    below = settings().public_url.partition("://")[2]
    return cards.card(title, below, current_language())


def _image_of(page: str, words: queries.Shown | None) -> str:
    values = {"lang": current_language(), "page": page}
    return cards.address(_card_of(page, words), "home.card", **values)


def site_links() -> list[tuple[str, str, str]]:
    """List the ways from each page that tells of us: (section, words, address)."""
    language = current_language()
    return [
        ("sign", _("Sign"), url_for("home.index", lang=language, _anchor="sign")),
        ("events", _("Events"), url_for("events.month", lang=language)),
        ("about", _("About us"), url_for("home.about", lang=language)),
    ]


def next_events() -> list[tuple[Event, When]]:
    """Give what comes next, for a page that leads nowhere."""
    return [(event, when(event)) for event in showing.coming(most=1)]
