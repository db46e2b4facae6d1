"""The signing page: rendered once for a crowd, with holes for what differs from board to board."""

import gzip
import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import brotli
from flask import Response, abort, current_app, render_template, request, url_for
from markupsafe import Markup, escape

from campaign_app.core import cards, clock, i18n, web
from campaign_app.core.caching import Briefly
from campaign_app.core.flushing import Flusher
from campaign_app.core.i18n import _, speak
from campaign_app.core.settings import settings
from campaign_app.core.together import Together
from campaign_app.petitions import forgetting, handed, stall_code, states, tally, wording
from campaign_app.petitions.desk import Desk, Desks, TextNow
from campaign_app.petitions.forms import CodeForm, SignForm, StallForm, sign_form
from campaign_app.petitions.public_total import tallied
from campaign_app.petitions.signing import Fate, Prepared, store
from campaign_app.petitions.tally import write_pace
from campaign_app.petitions.texts import rendered

DESKS: Final = "lantern_desks"
HOLE: Final = "@@{}@@"
HOLES: Final = ("action", "board", "news")
#: Where a page leads to another language's: the address of a place has that language in it.
LEADS: Final = re.compile("@@lead-([A-Za-z-]+)@@")
PUBLIC_SECONDS: Final = 5


@dataclass(frozen=True, slots=True)
class Shown:
    """A petition as a page shows it."""

    slug: str
    language: str
    title: str
    summary: str
    ask: str
    addressee: str
    body_html: Markup
    privacy_html: Markup
    goal: int
    state: str
    accepts: bool
    closes: datetime | None
    opens: datetime
    ended: datetime | None
    revision: int
    by_machine: bool
    by_one_person: bool
    url: str
    count_url: str


def desks() -> Desks:
    """Give this app's desks."""
    found: Desks = current_app.extensions[DESKS]
    return found


def language_for(desk: Desk, fallback: str) -> str:
    """Choose the page's language: asked by ?lang, else by the browser, else the place's."""
    offered = desk.languages()
    asked = request.args.get("lang", "")
    if asked in offered:
        return asked
    found = i18n.wished(offered)
    if found is None:
        found = fallback if fallback in offered else (offered or (desk.source_language,))[0]
    return found


def shown(desk: Desk, text: TextNow) -> Shown:
    """Write a petition for a page, in the text's language."""
    facts = desk.facts(text.language)
    return Shown(
        slug=desk.slug,
        language=text.language,
        title=text.title,
        summary=text.summary,
        ask=text.ask,
        addressee=text.addressee,
        body_html=rendered(text.body),
        privacy_html=rendered(wording.privacy(text.language, facts)),
        goal=desk.goal,
        state=desk.state,
        accepts=desk.accepts(clock.now()),
        closes=desk.closes_at,
        opens=desk.opens_at,
        revision=text.revision,
        by_machine=text.by_machine,
        by_one_person=text.by_one_person,
        ended=desk.ended_at(),
        url=url_for("petitions.sign", lang=text.language, slug=desk.slug),
        count_url=url_for("petitions.count", lang=text.language, slug=desk.slug),
    )


def switcher(desk: Desk, address: Callable[[str], str]) -> list[tuple[str, str, str]]:
    """List the languages of a page with their addresses."""
    return [(code, i18n.OWN_NAMES.get(code, code), address(code)) for code in desk.languages()]


@dataclass(frozen=True, slots=True)
class Place:
    """What differs from board to board: where the form goes and where the visitor stands."""

    action: str
    board: str = ""
    country: str = ""
    #: What changed of the event at which the board stands.
    news: str = ""
    event_id: int | None = None


def sign_page(desk: Desk, text: TextNow, place: Place, form: SignForm, **more: Any) -> str:
    """Render the signing page whole."""
    own, accepts = (
        url_for("petitions.sign", lang=text.language, slug=desk.slug),
        desk.accepts(clock.now()),
    )
    return render_template(
        "petitions/sign.html",
        petition=shown(desk, text),
        count=tallied(tally.total(desk.id), desk.goal),
        form=form,
        action=place.action,
        board=place.board,
        news=place.news,
        canonical=settings().public_url + own,
        image=image_of(desk, text),
        alternates=alternates(desk),
        offers=[] if accepts else _others(desk),
        handed=handed.shown(desk.id, text.language) if desk.state == states.DELIVERED else [],
        names_deleted=forgetting.deleted_on(desk),
        notice=_("A newer version of this text exists in another language.")
        if text.outdated
        else None,
        **more,
    )


def card_of(text: TextNow) -> cards.Card:
    """Say what the picture of a petition shows."""
    return cards.card(text.title, text.addressee, text.language)


def image_of(desk: Desk, text: TextNow) -> str:
    """Address the picture of a petition."""
    values = {"lang": text.language, "slug": desk.slug}
    return cards.address(card_of(text), "petitions.card", **values)


def _others(desk: Desk) -> list[Any]:
    """List what else can be signed, so that a closed petition is no dead end."""
    return [offer for offer in current_app.extensions[web.OFFERS]() if offer.id != desk.id]


def alternates(desk: Desk) -> list[tuple[str, str]]:
    """Address a petition in each language that it is offered in."""
    return [
        (code, settings().public_url + url_for("petitions.sign", lang=code, slug=desk.slug))
        for code in desk.languages()
    ]


@dataclass(frozen=True, slots=True)
class Base:
    """A page with holes, and its version."""

    html: str
    version: bytes


BaseKey = tuple[int, str, str, bool]


def _base(key: BaseKey) -> Base:
    """Render the page of (petition, language, country, on a board?) with holes for the place."""
    petition_id, language, country, on_board = key
    desk = desks().desk.get(petition_id)
    if desk is None:  # deleted since the caller met it
        abort(404)
    text, hole = desk.texts[language], HOLE.format
    form = sign_form(desk, text, language, country)
    languages = switcher(desk, lambda code: hole(f"lead-{code}"))
    place = Place(hole("action"), hole("board") if on_board else "", country, hole("news"))
    html = sign_page(desk, text, place, form, languages=languages)
    return Base(html, hashlib.sha256(html.encode()).digest())


@dataclass(frozen=True, slots=True)
class Typed:
    """What a person sent, as the answer shows and carries it."""

    address: str
    action: str
    again: Sequence[tuple[str, str]]
    #: A stall stands there now whose code would count, too.
    at_stall: bool = False


def answer_page(
    desk: Desk, language: str, typed: Typed, form: CodeForm, *, stall: StallForm | None = None
) -> str:
    """Render the answer to a signing form: where the mail goes, and the fields for the codes."""
    speak(language)
    return render_template(
        "petitions/answer.html",
        code_form=form,
        code_url=url_for("petitions.confirm_code", lang=language, slug=desk.slug),
        petition_title=desk.texts[language].title,
        address=typed.address,
        action=typed.action,
        again=typed.again,
        stall_form=(stall or StallForm(None)) if typed.at_stall else None,
        stall_url=url_for("petitions.stall_code", lang=language, slug=desk.slug),
    )


#: A page cut at its holes: text, hole, text, hole, … text.
Cut = tuple[str, ...]


def _answer_base(key: tuple[int, str, bool]) -> Cut:
    """Render the answer page of (petition, language, at a stall?) with holes, cut at these."""
    petition_id, language, at_stall = key
    desk = desks().desk.get(petition_id)
    if desk is None:  # deleted since the caller met it
        abort(404)
    form = CodeForm(None)
    form.handle.data = HOLE.format("handle")
    holes = Typed(HOLE.format("address"), HOLE.format("action"), [(NAME, VALUE)], at_stall)
    return tuple(_AT_HOLES.split(answer_page(desk, language, holes, form)))


NAME: Final = HOLE.format("name")
VALUE: Final = HOLE.format("value")
_AT_HOLES: Final = re.compile(
    rf'(<input type="hidden" name="(?:again-)?{NAME}" value="{VALUE}">|@@(?:address|action|handle)@@)'
)


def person_filled(cut: Cut, typed: Typed, handle: str) -> str:
    """Fill the holes of an answer page; values are escaped here, and never looked at again."""
    pairs = [(escape(name), escape(value)) for name, value in typed.again]
    values = {
        HOLE.format("address"): str(escape(typed.address)),
        HOLE.format("action"): str(escape(typed.action)),
        HOLE.format("handle"): str(escape(handle)),
        _hidden(NAME, VALUE): "".join(_hidden(name, value) for name, value in pairs),
        _hidden(f"again-{NAME}", VALUE): "".join(
            _hidden(f"again-{name}", value) for name, value in pairs
        ),
    }
    return "".join(values[part] if place % 2 else part for place, part in enumerate(cut))


def _hidden(name: str, value: str) -> str:
    return f'<input type="hidden" name="{name}" value="{value}">'


class Pages:
    """The signing pages of one app, kept compressed per place and language."""

    pace: Final = Flusher[tuple[int, int, int]]("pace", write_pace)

    def __init__(self) -> None:
        self._bases: Final = Briefly(_base)
        self._answers: Final = Briefly(_answer_base)
        self._stalls: Final = Briefly(stall_code.runs_now)
        self.store: Final[Together[Prepared, Fate]] = Together(store)
        self._packed: Final[dict[tuple[Any, ...], tuple[bytes, bytes, str]]] = {}

    def get(self, desk: Desk, language: str, place: Place, lead: str) -> Response:
        """Answer with the page of a place; a crowd costs one rendering a moment."""
        speak(language)
        base = self._bases.get((desk.id, language, place.country, bool(place.board)))
        encoding = web.best_encoding(request.headers.get("Accept-Encoding", ""))
        key = (desk.id, language, place, lead, encoding)
        kept = self._packed.get(key)
        if kept is None or kept[0] != base.version:
            kept = self._pack(key, base)
        return _response(kept, encoding, language)

    def answer(self, desk: Desk, language: str, typed: Typed, handle: str) -> str:
        """Write the answer to a signing form."""
        speak(language)
        cut = self._answers.get((desk.id, language, typed.at_stall))
        return person_filled(cut, typed, handle)

    def at_stall(self, desk: Desk, event_id: int | None) -> bool:
        """Tell whether a code shown at a stall would count for who signs there now."""
        return desk.stall_codes and event_id is not None and self._stalls.get(event_id)

    def _pack(self, key: tuple[Any, ...], base: Base) -> tuple[bytes, bytes, str]:
        _id, _language, place, lead, encoding = key
        body = filled(base.html, place, lead).encode()
        packed = compressed(body, encoding)
        etag = hashlib.sha256(packed).hexdigest()[:20]
        if len(self._packed) > 8192:
            self._packed.clear()
        self._packed[key] = (base.version, packed, etag)
        return self._packed[key]


def filled(html: str, place: Place, lead: str) -> str:
    """Fill the holes of a page; values are escaped here."""
    values = {"action": place.action, "board": place.board, "news": place.news}
    html = LEADS.sub(lambda found: str(escape(lead.format(found[1]))), html)
    for name in HOLES:
        html = html.replace(HOLE.format(name), str(escape(values[name])))
    return html


def compressed(body: bytes, encoding: str) -> bytes:
    """Compress well: this is done once for many visitors."""
    if encoding == "br":
        return bytes(brotli.compress(body, quality=6))
    return gzip.compress(body, compresslevel=7, mtime=0) if encoding == "gzip" else body


def _response(kept: tuple[bytes, bytes, str], encoding: str, language: str) -> Response:
    _version, body, etag = kept
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Language": language,
        # Another visitor's language or browser gets another page from the same address.
        "Vary": "Accept-Encoding, Accept-Language",
        "Cache-Control": "no-cache",
        "ETag": f'"{etag}"',
    }
    if f'"{etag}"' in request.headers.get("If-None-Match", ""):
        return Response(status=304, headers=headers)
    if encoding:
        headers["Content-Encoding"] = encoding
    return Response(body, headers=headers)


PAGES: Final = "lantern_pages"


def pages() -> Pages:
    """Give this app's pages."""
    found: Pages = current_app.extensions[PAGES]
    return found
