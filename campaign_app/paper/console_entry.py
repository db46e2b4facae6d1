"""Typing from paper: a sheet with its lines, one after the other, hands on the keyboard."""

from functools import partial
from typing import Final

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from campaign_app.core.access import Permission, requires
from campaign_app.core.db import transact
from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _
from campaign_app.paper import entering, queries, sampling, states
from campaign_app.paper.console import (
    ROW,
    asked_for,
    batch_or_404,
    console_bp,
    desks,
    name_of,
    page,
    whoever,
)
from campaign_app.paper.entering import Entry, Given, Told
from campaign_app.paper.forms import LineForm, ReasonForm, line_form
from campaign_app.paper.models import PaperLine, PaperSheet
from campaign_app.paper.sampling import Second, Verdict

#: All pages of paper in the console, those of this file among them.
BLUEPRINT: Final[Blueprint] = console_bp
SHEET: Final = "/sheets/<code>"
LINE: Final = "<int(max=2147483647):line>"


@console_bp.route(SHEET, methods=["GET", "POST"])
@requires(Permission.ORGANISE)
def sheet(code: str) -> ResponseReturnValue:
    """Show a sheet and type its next line."""
    found = _sheet(code)
    form = line_form(queries.parts(found.batch_id), found.batch.country, _next_line(found))
    if request.method == "GET":
        return _sheet_page(found, form)
    outcome = _outcome()
    if not _is_right(form, outcome, found):
        return _sheet_page(found, form, 400)
    return _typed(found, form, outcome)


def _sheet(code: str) -> PaperSheet:
    return queries.sheet_of(code) or abort(404)


def _next_line(found: PaperSheet) -> int:
    """Choose the line asked for, else the first that nobody typed; 0 if all are typed."""
    free = _free(found)
    asked = request.args.get("line", "")
    wanted = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 4 else 0
    return wanted if wanted in free else next(iter(free), 0)


def _free(found: PaperSheet) -> list[int]:
    typed = queries.lines(found.id)
    return [
        number
        for number in range(1, states.LINES[found.batch.kind] + 1)
        if number not in typed or typed[number].outcome == states.AGAIN
    ]


def _outcome() -> str:
    said = request.form.get("outcome", states.SIGNED)
    return said if said in states.SAID else abort(400)


def _is_right(form: LineForm, outcome: str, found: PaperSheet) -> bool:
    """Check what was typed; what counts for nobody needs no name."""
    if not entering.is_line(found, form.number):
        abort(400)
    if outcome != states.SIGNED:
        return True
    if not form.validate_on_submit():
        return False
    if not form.agrees():
        form.form_errors.append(
            _("A box is not ticked without which we may not take the name. Press “No consent”.")
        )
    return not form.form_errors


def _typed(found: PaperSheet, form: LineForm, outcome: str) -> ResponseReturnValue:
    try:
        entry = _entry(found, form, outcome)
        told = transact(partial(entering.enter, entry))
    except DomainError as refused:
        form.form_errors.append(str(refused.shown))
        return _sheet_page(found, form, refused.status)
    _say(told, found, form.number)
    return redirect(_where_next(found, form.number), 303)


def _entry(found: PaperSheet, form: LineForm, outcome: str) -> Entry:
    if outcome != states.SIGNED:
        return entering.unsigned(found, form.number, outcome)
    given = Given(read=form.read, country=str(form.country.data), parts=form.ticked)
    return entering.signed(found, form.number, given, desks())


def _say(told: Told, found: PaperSheet, line: int) -> None:
    """Say what came of it; of a slip its number, of a list the line."""
    where = _line_name(found, line)
    if told is Told.ALREADY:
        flash(_("%(line)s was already entered. Nothing was changed.", line=where), "warn")
    elif told is Told.DUPLICATE:
        flash(
            _("%(line)s: this person had signed before. It is not counted twice.", line=where),
            "warn",
        )
    elif told is Told.BLOCKED:
        flash(_("%(line)s: this mailbox is blocked. It is not counted.", line=where), "warn")
    else:
        flash(_("%(line)s is entered.", line=where), "good")


def _line_name(found: PaperSheet, line: int) -> str:
    if found.batch.kind == states.SLIPS:
        return _("Slip %(number)s", number=found.number)
    return _("Sheet %(number)s, line %(line)s", number=found.number, line=line)


def _where_next(found: PaperSheet, line: int) -> str:
    """Lead to the next line, then to the next sheet on which something is missing."""
    later = [number for number in _free(found) if number > line] or _free(found)
    if later:
        return url_for(".sheet", code=found.letters, line=later[0])
    back = queries.next_sheet(found, states.COLLECTED)
    following = back or queries.next_sheet(found, states.PRINTED)
    return url_for(".sheet", code=(following or found).letters)


def _sheet_page(found: PaperSheet, form: LineForm, status: int = 200) -> ResponseReturnValue:
    typed = queries.lines(found.id)
    return page(
        "sheet",
        status,
        sheet=found,
        batch=found.batch,
        form=form,
        typed=typed,
        names={row.person_id: name_of(row.person_id) for row in typed.values()},
        steps=[(step, name_of(step.person_id)) for step in queries.steps(found.id)],
        lines=states.LINES[found.batch.kind],
        open=found.batch.closed_at is None and found.state in states.TYPED_FROM,
        line_name=_line_name(found, form.number),
    )


@console_bp.post(f"{SHEET}/rest")
@requires(Permission.ORGANISE)
def rest(code: str) -> ResponseReturnValue:
    """Say that nothing stands on the other lines."""
    found = _sheet(code)
    asked_for()
    transact(partial(entering.rest_is_empty, found))
    flash(_("Sheet %(number)s is entered.", number=found.number), "good")
    return redirect(_where_next(found, 0), 303)


@console_bp.route(f"{SHEET}/{LINE}/take-out", methods=["GET", "POST"])
@requires(Permission.ORGANISE)
def take_out(code: str, line: int) -> ResponseReturnValue:
    """Take a line back: typed wrongly, or withdrawn by whoever signed."""
    found = _sheet(code)
    row, form = queries.line(found.id, line) or abort(404), ReasonForm()
    if not form.validate_on_submit():
        name = _line_name(found, line)
        status = 400 if form.errors else 200
        return page("take_out", status, sheet=found, row=row, form=form, line_name=name)
    why = states.WITHDRAWN if request.form.get("why") == states.WITHDRAWN else states.AGAIN
    reason = form.reason.data or ""
    taken = transact(partial(entering.take_out, found, line, why, reason))
    if taken.outcome == states.WITHDRAWN:
        flash(_("It is withdrawn: the sealed name is deleted, and it no longer counts."), "good")
    else:
        flash(_("It no longer counts. Type the line again."), "good")
    return redirect(url_for(".sheet", code=code, line=line), 303)


# The sample


@console_bp.route(f"/{ROW}/check", methods=["GET", "POST"])
@requires(Permission.ORGANISE)
def check(row: int) -> ResponseReturnValue:
    """Type a drawn line again, without seeing what was typed first."""
    batch, me = batch_or_404(row), whoever().id
    waiting = sampling.waiting(row, me)
    posted = request.method == "POST"
    chosen = _chosen(waiting) if posted else next(iter(waiting), None)
    if chosen is None:
        flash(_("Nothing waits for you to check here."), "warn" if posted else "good")
        return redirect(url_for(".batch", row=row), 303)
    form = line_form(queries.parts(row), batch.country, chosen.line)
    if not posted:
        return _check_page(chosen, form, len(waiting))
    outcome = _outcome()
    if outcome == states.SIGNED and not form.validate_on_submit():
        return _check_page(chosen, form, len(waiting), 400)
    return _compared(chosen, form, outcome, len(waiting))


def _chosen(waiting: list[PaperLine]) -> PaperLine | None:
    """Find the line that the form was for."""
    code, line = request.form.get("sheet", ""), request.form.get("line", "")
    return next(
        (one for one in waiting if one.sheet.letters == code and str(one.line) == line), None
    )


def _compared(chosen: PaperLine, form: LineForm, outcome: str, left: int) -> ResponseReturnValue:
    second = _second(chosen, form, outcome)
    try:
        verdict = transact(partial(sampling.check, second, whoever().id))
    except DomainError as refused:
        flash(str(refused.shown), "bad")
        return redirect(url_for(".batch", row=chosen.sheet.batch_id), 303)
    if verdict is Verdict.LOOK_CLOSELY:
        form.sure.data = _mark(outcome)
        form.form_errors.append(
            _(
                "This is not what was typed first. Look at the paper once more: put right what you "
                "mistyped, or save it as it is."
            )
        )
        return _check_page(chosen, form, left, 400)
    return _judged(chosen, verdict)


def _second(chosen: PaperLine, form: LineForm, outcome: str) -> Second:
    signed = outcome == states.SIGNED
    return Second(
        sheet_id=chosen.sheet_id,
        batch_id=chosen.sheet.batch_id,
        number=chosen.sheet.number,
        line=chosen.line,
        outcome=outcome,
        digest=entering.compared(chosen.sheet, chosen.line, form.read, desks()) if signed else None,
        sure=form.sure.data == _mark(outcome),
    )


def _mark(outcome: str) -> str:
    """Say of which outcome somebody was told that it differs."""
    return f"sure:{outcome}"


def _judged(chosen: PaperLine, verdict: Verdict) -> ResponseReturnValue:
    name = _line_name(chosen.sheet, chosen.line)
    if verdict is Verdict.AGREED:
        flash(_("%(line)s: both read the same.", line=name), "good")
        return redirect(url_for(".check", row=chosen.sheet.batch_id), 303)
    flash(_("%(line)s differs. It no longer counts until it is typed again.", line=name), "warn")
    return redirect(url_for(".check", row=chosen.sheet.batch_id), 303)


def _check_page(
    chosen: PaperLine, form: LineForm, left: int, status: int = 200
) -> ResponseReturnValue:
    name = _line_name(chosen.sheet, chosen.line)
    return page(
        "check",
        status,
        row=chosen,
        sheet=chosen.sheet,
        batch=chosen.sheet.batch,
        form=form,
        left=left,
        line_name=name,
    )
