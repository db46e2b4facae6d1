"""Organisers' pages: codes and what they stand for."""

from datetime import datetime
from functools import cache
from typing import Any, Final

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from campaign_app.accounts.queries import current_person
from campaign_app.core import web
from campaign_app.core.access import Permission, requires
from campaign_app.core.db import transact
from campaign_app.core.forms import ConsoleForm
from campaign_app.core.i18n import _, ngettext
from campaign_app.core.ids import in_groups
from campaign_app.core.settings import settings
from campaign_app.core.wall_clock import hour_number, show, start_of
from campaign_app.events import queries as events
from campaign_app.qr import drawing, queries, services
from campaign_app.qr.forms import (
    CorrectionForm,
    MoveForm,
    NewCodesForm,
    RevokeForm,
    event_label,
    named,
    zone_of,
)
from campaign_app.qr.models import Code, Placement
from campaign_app.qr.target import TARGET

console_bp = Blueprint("qr_console", __name__, url_prefix="/console/codes")

LARGEST_ROW: Final = 2**31 - 1
LONGEST_SEARCH: Final = 80
#: Row numbers that both engines can hold; anything larger is an unknown address.
ROW: Final = f"<int(max={LARGEST_ROW}):row>"


@console_bp.get("/")
@requires(Permission.READ)
def codes() -> ResponseReturnValue:
    """List the codes."""
    filters = _filters()
    lines = queries.codes(filters)
    return _page(
        "codes",
        lines=lines,
        filters=filters,
        more=len(lines) == queries.PAGE_SIZE,
        targets=[(f"{kind}:{one}", named(kind, one)) for kind, one in queries.targets_in_use()],
        events=_events_in_use(),
    )


def _filters() -> queries.Filters:
    """Read what narrows the list; what makes no sense narrows nothing."""
    kind, _colon, number = request.args.get("target", "").partition(":")
    text = "".join(letter for letter in request.args.get("q", "") if letter.isprintable())
    state = request.args.get("state", "")
    target_id = _row(number)
    return queries.Filters(
        target=kind if target_id and kind in TARGET else "",
        target_id=target_id,
        event_id=_row(request.args.get("event", "")),
        state=state if state in queries.STATES else "",
        text=text.strip()[:LONGEST_SEARCH],
        page=max(1, min(_row(request.args.get("page", "")), 10_000)),
    )


def _row(text: str) -> int:
    """Read a row number; 0 if it is none."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 10 else 0
    return number if number <= LARGEST_ROW else 0


def _events_in_use() -> list[tuple[int, str]]:
    found = events.events_by_id(queries.events_in_use()).values()
    newest = sorted(found, key=lambda event: event.starts_at, reverse=True)
    return [(event.id, event_label(event)) for event in newest]


@console_bp.route("/new", methods=["GET", "POST"])
@requires(Permission.ORGANISE)
def new_codes() -> ResponseReturnValue:
    """Make codes for the boards of a stall."""
    form = NewCodesForm(data={"event_id": _row(request.args.get("event", ""))})
    if form.validate_on_submit():
        stands_for, boards = form.stands_for(""), form.board_names()
        made = transact(lambda: services.create_codes(stands_for, boards))
        text = ngettext("%(num)d code is ready.", "%(num)d codes are ready.", len(made))
        return _done(text, ".codes", event=stands_for.event_id)
    return _page("new_codes", _status(form), form=form)


@console_bp.get(f"/{ROW}")
@requires(Permission.READ)
def code(row: int) -> ResponseReturnValue:
    """Show a code: what it stands for, stood for, and how often it was opened."""
    found = _code(row)
    history = queries.history(row)
    return _page(
        "code",
        code=found,
        address=drawing.spoken(settings().public_url, found.letters),
        history=history,
        current=next((one for one in history if one.ends_at is None), None),
        corrections=queries.corrections(row),
        by_id={one.id: one for one in history},
        visits=queries.visits_of(row),
        endless=services.FOR_EVER,
    )


@console_bp.route(f"/{ROW}/move", methods=["GET", "POST"])
@requires(Permission.ORGANISE)
def move(row: int) -> ResponseReturnValue:
    """Let a code stand for something else from now on."""
    found, before = _live_code(row), queries.newest(row) or abort(404)
    form = MoveForm(data=_said(before), known=before)
    if form.validate_on_submit():
        stands_for = form.stands_for(form.board.data or "")
        transact(lambda: services.re_point(row, stands_for))
        return _done(_("From now on the code stands for this."), ".code", row=row)
    return _page("move", _status(form), form=form, code=found, before=before)


@console_bp.route(f"/{ROW}/put-away", methods=["GET", "POST"])
@requires(Permission.ORGANISE)
def put_away(row: int) -> ResponseReturnValue:
    """Take a board off the street."""
    found, form = _live_code(row), ConsoleForm()
    if form.validate_on_submit():
        transact(lambda: services.put_away(row))
        text = _("The board is put away. Whoever scans it counts as outside an event.")
        return _done(text, ".code", row=row)
    return _page("put_away", form=form, code=found)


@console_bp.route(f"/{ROW}/revoke", methods=["GET", "POST"])
@requires(Permission.ORGANISE)
def revoke(row: int) -> ResponseReturnValue:
    """Take a code back for good."""
    found, form = _live_code(row), RevokeForm()
    if form.validate_on_submit():
        reason = form.reason.data or ""
        transact(lambda: services.revoke(row, reason))
        return _done(_("The code is revoked. It leads nowhere from now on."), ".code", row=row)
    return _page("revoke", _status(form), form=form, code=found)


@console_bp.route(f"/placements/{ROW}/correct", methods=["GET", "POST"])
@requires(Permission.ORGANISE)
def correct(row: int) -> ResponseReturnValue:
    """Say where a board really stood, by whole hours."""
    wrong = queries.placement(row) or abort(404)
    form = CorrectionForm(data=_said(wrong) | _first_hour(wrong), known=wrong)
    if form.validate_on_submit() and _corrected(form, row):
        return _done(_("The hours now count where the board stood."), ".code", row=wrong.code_id)
    return _page("correct", _status(form), form=form, code=wrong.code, wrong=wrong)


def _corrected(form: CorrectionForm, row: int) -> bool:
    elsewhere = form.elsewhere()
    try:
        transact(lambda: services.correct(row, elsewhere))
    except services.WrongHours as refused:
        form.starts.errors = [str(refused.shown)]
        return False
    return True


def _said(placement: Placement) -> dict[str, Any]:
    return {
        "target": f"{placement.target}:{placement.target_id}",
        "event_id": placement.event_id or 0,
        "location_id": placement.location_id or 0,
        "language": placement.language,
        "board": placement.board,
    }


def _first_hour(placement: Placement) -> dict[str, Any]:
    begins = start_of(hour_number(placement.starts_at))
    return {"starts": datetime.fromisoformat(show(begins, zone_of(placement)))}


def _code(row: int) -> Code:
    return queries.code(row) or abort(404)


def _live_code(row: int) -> Code:
    """Find a code that may still be changed."""
    found = _code(row)
    if found.revoked_at is not None:
        raise services.CodeRevoked
    return found


def _done(text: str, endpoint: str, **values: Any) -> ResponseReturnValue:
    flash(text, "good")
    return redirect(url_for(endpoint, **values))


def _status(form: ConsoleForm) -> int:
    return 400 if form.errors else 200


def _page(name: str, status: int = 200, **facts: Any) -> ResponseReturnValue:
    person = current_person()
    facts["may_organise"] = person is not None and person.may(Permission.ORGANISE)
    html = render_template(
        f"qr/console/{name}.html",
        in_groups=in_groups,
        named_target=cache(named),
        zone_of=zone_of,
        start_of=start_of,
        **facts,
    )
    return web.page(html, status)
