"""The audit trail in the console: newest first, a page at a time."""

from typing import Final

from flask import Blueprint, Response, render_template, request

from campaign_app.audit import queries, words
from campaign_app.core import web
from campaign_app.core.access import Permission, requires

console_bp: Final = Blueprint("audit", __name__, url_prefix="/console/audit")

LAST_PAGE: Final = 100_000


@console_bp.get("/")
@requires(Permission.ADMINISTER)
def index() -> Response:
    """List deeds, all or those of one kind or to one thing."""
    about, subject, page = _asked()
    entries = queries.entries(page=page, action=about, subject=subject)
    html = render_template(
        "audit/console/index.html",
        entries=entries,
        words=words,
        about=about,
        subject=subject,
        page=page,
        more=len(entries) == queries.PAGE_SIZE,
    )
    return web.page(html)


def _asked() -> tuple[str, str, int]:
    """Read the filters; whatever makes no sense counts as not asked."""
    about = request.args.get("about", "")
    subject = "".join(letter for letter in request.args.get("subject", "") if letter.isprintable())
    page = request.args.get("page", 1, type=int)
    return (
        about if about in words.NOUNS else "",
        subject.strip().lower().replace(" ", ":", 1)[:100],
        min(max(page, 1), LAST_PAGE),
    )
