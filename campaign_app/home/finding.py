"""For those who look for us from outside: the list of all pages, and what is not for robots."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from flask import Blueprint, Response, render_template, url_for
from flask.typing import ResponseReturnValue

from campaign_app.core.access import public
from campaign_app.core.settings import settings
from campaign_app.core.versions import Alternates, alternates
from campaign_app.events import showing
from campaign_app.petitions.offers import readable

bp: Final = Blueprint("finding", __name__)
AN_HOUR: Final = "public, max-age=3600"
#: Pages behind a secret, and pages of ours: nothing of them belongs into an index.
NOT_FOR_ROBOTS: Final = ("/console/", "/setup", "/files/")


@bp.get("/robots.txt")
@public
def robots() -> ResponseReturnValue:
    """Tell robots where not to go, and where the list of pages is."""
    shut = [f"Disallow: {path}" for path in NOT_FOR_ROBOTS]
    there = settings().public_url + url_for(".sitemap")
    lines = ["User-agent: *", *shut, "", f"Sitemap: {there}", ""]
    return _kept("\n".join(lines), "text/plain")


@bp.get("/sitemap.xml")
@public
def sitemap() -> ResponseReturnValue:
    """List every page in every language, with its versions in the others."""
    return _kept(render_template("home/sitemap.xml", pages=list(_pages())), "application/xml")


def _kept(text: str, mimetype: str) -> Response:
    response = Response(text, mimetype=mimetype)
    response.headers["Cache-Control"] = AN_HOUR
    return response


Page = tuple[Alternates, datetime | None]


def _pages() -> Iterator[Page]:
    """Give (versions, when it last changed) of each page."""
    for bare, endpoint in (
        ("home.front", "home.index"),
        ("home.bare_about", "home.about"),
        ("home.bare_contact", "home.contact"),
        ("events.bare_month", "events.month"),
    ):
        yield alternates(bare, endpoint), None
    for versions in readable():
        yield versions, None
    yield from _of_events()


def _of_events() -> Iterator[Page]:
    for place in showing.places():
        yield alternates("events.bare_place", "events.place", slug=place.slug), None
    for event in showing.told():
        found = alternates("events.bare_event", "events.event", letters=event.letters)
        yield found, event.changed_at
