"""Today, tallies, and the search box."""

import hashlib
from typing import Any, Final

from flask import Blueprint, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue

from campaign_app.accounts.queries import current_person
from campaign_app.core import web
from campaign_app.core.access import Permission, requires
from campaign_app.dashboard import first_steps, queries, search, tallies, today
from campaign_app.petitions import queries as petitions
from campaign_app.petitions.tally_sheet import CUT_NAMES

console_bp: Final = Blueprint("dashboard", __name__, url_prefix="/console")

LARGEST_ROW: Final = 2**31 - 1


@console_bp.get("/", endpoint="today")
@requires(Permission.READ)
def today_page() -> ResponseReturnValue:
    """Show open petitions, events with their boards, and what is wrong."""
    troubles, begun = queries.troubles(), queries.any_petition()
    steps = first_steps.remaining()
    return _page("today", troubles=troubles, begun=begun, steps=steps, **_today())


@console_bp.get("/setup", endpoint="first_steps")
@requires(Permission.READ)
def first_steps_page() -> ResponseReturnValue:
    """Show what a new house still lacks."""
    return _page("first_steps", steps=first_steps.steps())


def _today() -> dict[str, Any]:
    looked_at = today.open_petitions()
    running, later = today.events()
    live = today.numbers(looked_at, [*running, *later])
    return {"petitions": looked_at, "events": running, "later": later, "live": live}


@console_bp.get("/today.json")
@requires(Permission.READ)
def today_numbers() -> ResponseReturnValue:
    """Give the page's numbers and charts again, for those who keep looking at it."""
    facts = _today()
    drawn = {
        f"p{one.petition.id}-hours": render_template("dashboard/hours.html", one=one)
        for one in facts["petitions"]
    }
    body = current_app.json.dumps({"numbers": facts["live"], "drawn": drawn})
    answer = Response(body, mimetype="application/json")
    answer.set_etag(hashlib.sha256(body.encode()).hexdigest()[:20])
    return answer.make_conditional(request)


@console_bp.get(f"/petitions/<int(max={LARGEST_ROW}):petition_id>/tallies", endpoint="tallies")
@requires(Permission.READ)
def tallies_page(petition_id: int) -> ResponseReturnValue:
    """Show a petition's tally, cut one way, narrowed by filters."""
    petition = petitions.get(petition_id)
    view = tallies.view(petition, request.args)
    return _page("tallies", view=view, cut_names=CUT_NAMES, evidence_names=view.sheet.names)


@console_bp.get("/search", endpoint="search")
@requires(Permission.READ)
def search_page() -> ResponseReturnValue:
    """Find anything by name or code."""
    text = search.tidy(request.args.get("q", ""))
    groups = search.search(
        text, organises=_may(Permission.ORGANISE), administers=_may(Permission.ADMINISTER)
    )
    return _page("search", q=text, groups=groups)


def _may(permission: Permission) -> bool:
    person = current_person()
    return person is not None and person.may(permission)


def _page(name: str, **facts: Any) -> ResponseReturnValue:
    facts["may_organise"] = _may(Permission.ORGANISE)
    facts["may_administer"] = _may(Permission.ADMINISTER)
    return web.page(render_template(f"dashboard/{name}.html", **facts))
