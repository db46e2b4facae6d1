"""Where organisers write the pages about us."""

from typing import Any, Final

from flask import Blueprint, Response, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug.routing import BaseConverter

from campaign_app.accounts import queries as people
from campaign_app.core import web
from campaign_app.core.access import Permission, requires
from campaign_app.core.db import transact
from campaign_app.core.errors import DomainError
from campaign_app.core.forms import ConsoleForm
from campaign_app.core.i18n import _, _l
from campaign_app.core.settings import settings
from campaign_app.home import queries, services
from campaign_app.home.forms import PageForm
from campaign_app.home.models import ABOUT, CONTACT, FRONT, LIVE, PAGES, PageText
from campaign_app.petitions.texts import rendered

bp: Final = Blueprint("pages", __name__, url_prefix="/console/pages")
LARGEST_ROW: Final = 2**31 - 1
TEXT: Final = f"/texts/<int(max={LARGEST_ROW}):text_id>"
#: As organisers call the pages, and what they are for.
NAMES: Final = {
    FRONT: (_l("Front page"), _l("The sentence that everybody reads first, and who we are.")),
    ABOUT: (_l("About us"), _l("Who we are, what we have done, where our money comes from.")),
    CONTACT: (_l("How to reach us"), _l("How to reach us; our address stands there by itself.")),
}


class PageName(BaseConverter):
    """One of the pages that can be written."""

    regex = "|".join(PAGES)


@bp.get("/")
@requires(Permission.READ)
def index() -> ResponseReturnValue:
    """List the pages, and how far each language is."""
    newest, live = queries.newest(), queries.every_live()
    html = render_template(
        "home/console/pages.html",
        names=NAMES,
        newest=newest,
        live=live,
        codes=settings().languages,
        outdated={key for key, text in live.items() if queries.is_outdated(text)},
    )
    return web.page(html)


@bp.route("/<page:page>/<language:code>", methods=["GET"])
@requires(Permission.READ)
def edit(page: str, code: str) -> ResponseReturnValue:
    """Show the words of a page in a language, to be written."""
    newest = _newest(page, code)
    form = PageForm(formdata=None, obj=newest)
    form.source.data = newest.source_id or 0 if newest else 0
    form.seen.data = str(newest.revision if newest else 0)
    return _page(page, code, form)


@bp.post("/<page:page>/<language:code>")
@requires(Permission.ORGANISE)
def write(page: str, code: str) -> ResponseReturnValue:
    """Keep what was written as a draft."""
    form = PageForm()
    form.offer(_sources(page, code), code)
    if not form.validate_on_submit():
        return _page(page, code, form)
    said, seen, author = form.said(page, code), form.began_from(), _me()
    try:
        transact(lambda: services.write(said, author, seen=seen))
    except DomainError as refused:
        form.form_errors = [str(refused.shown)]
        return _page(page, code, form, refused.status)
    flash(_("Saved as a draft. Nobody sees it before you publish it."), "good")
    return redirect(url_for(".edit", page=page, code=code), 303)


@bp.post(f"{TEXT}/publish")
@requires(Permission.ORGANISE)
def publish(text_id: int) -> ResponseReturnValue:
    """Show a draft to everybody."""
    text, me = _text(text_id), _me()
    transact(lambda: services.publish(text_id, me))
    alone = text.author_id == me
    said = (
        _("It is public now. Let somebody else read it, too.") if alone else _("It is public now.")
    )
    flash(said, "good")
    return _back(text)


@bp.post(f"{TEXT}/read")
@requires(Permission.ORGANISE)
def read(text_id: int) -> ResponseReturnValue:
    """Say that a second person has read what is public."""
    text, me = _text(text_id), _me()
    transact(lambda: services.read(text_id, me))
    flash(_("Thank you. The page no longer says that one person alone approved it."), "good")
    return _back(text)


def _text(text_id: int) -> PageText:
    if not ConsoleForm().validate_on_submit():
        abort(400)
    return queries.text_of(text_id) or abort(404)


def _back(text: PageText) -> ResponseReturnValue:
    return redirect(url_for(".edit", page=text.page, code=text.language), 303)


def _newest(page: str, code: str) -> PageText | None:
    return next(iter(queries.history(page, code)), None)


def _sources(page: str, code: str) -> list[PageText]:
    """List what can be translated: what is public in other languages, and what this one follows."""
    texts = [text for text in queries.live(page).values() if text.language != code]
    newest = _newest(page, code)
    followed = queries.text_of(newest.source_id) if newest and newest.source_id else None
    return texts if followed is None or followed in texts else [*texts, followed]


def _page(page: str, code: str, form: PageForm, status: int = 200) -> Response:
    form.offer(_sources(page, code), code)
    history = queries.history(page, code)
    html = render_template(
        "home/console/page.html",
        page=page,
        code=code,
        codes=settings().languages,
        name=NAMES[page][0],
        purpose=NAMES[page][1],
        form=form,
        newest=history[0] if history else None,
        live=next((text for text in history if text.state == LIVE), None),
        history=history,
        people=_people(history),
        me=_me(),
        rendered=rendered,
        button=ConsoleForm(formdata=None),
        is_outdated=queries.is_outdated,
    )
    return web.page(html, 400 if form.errors and status == 200 else status)


def _people(texts: Any) -> dict[int, str]:
    """Name those who wrote and read."""
    ids = {number for text in texts for number in (text.author_id, text.reader_id) if number}
    found = (people.person(number) for number in ids)
    return {person.id: person.name for person in found if person}


def _me() -> int:
    person = people.current_person()
    return person.id if person else abort(404)
