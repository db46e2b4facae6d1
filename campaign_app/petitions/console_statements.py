"""Statements in the console: made, handed over, taken back, answered."""

from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from campaign_app.core.access import Permission, requires
from campaign_app.core.db import transact
from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _, day, ngettext, number
from campaign_app.core.wall_clock import today_in
from campaign_app.petitions import handing, queries, statements, states
from campaign_app.petitions.console_frame import (
    LARGEST_ROW,
    ONE,
    bp,
    petition_page,
    refusals,
    status_of,
)
from campaign_app.petitions.models import Petition
from campaign_app.petitions.statement_forms import (
    ANSWER_TEXTS,
    HANDOVER_TEXTS,
    AnswerForm,
    HandoverForm,
    TakeBackForm,
    in_languages,
    said_of,
)
from campaign_app.petitions.statement_models import Handover, Statement

HANDOVER = f"{ONE}/handovers/<int(max={LARGEST_ROW}):handover_id>"


@bp.get(f"{ONE}/statements")
@requires(Permission.READ)
def statements_(petition_id: int) -> ResponseReturnValue:
    """List a petition's statements, to whom they were handed, and what came back."""
    petition = queries.get(petition_id)
    recorded = handing.every_handover(petition_id)
    made = statements.of(petition_id)
    return petition_page(
        "statements",
        petition,
        made=[(one, statements.facts(one)) for one in made],
        handed=handing.statements_handed(petition_id),
        handovers=[(one, handing.versions(one.id)) for one in recorded],
        ready=petition.state != states.DRAFT,
    )


@bp.post(f"{ONE}/statements")
@requires(Permission.ORGANISE)
def make_statement(petition_id: int) -> ResponseReturnValue:
    """Freeze the tally as it is now."""
    queries.get(petition_id)
    try:
        facts = statements.taken(petition_id)
        made = transact(lambda: statements.write(petition_id, facts))
    except DomainError as refused:
        flash(str(refused.shown), "bad")
    else:
        flash(_("Statement %(number)s is made. It never changes.", number=made.serial), "good")
    return redirect(url_for(".statements_", petition_id=petition_id), 303)


@bp.route(f"{ONE}/handovers/new", methods=["GET", "POST"])
@requires(Permission.ORGANISE)
def hand_over(petition_id: int) -> ResponseReturnValue:
    """Record when, where and to whom a statement was handed."""
    petition, made = queries.get(petition_id), statements.of(petition_id)
    if not made:
        flash(_("Make a statement first: it is what you hand over."), "bad")
        return redirect(url_for(".statements_", petition_id=petition_id), 303)
    form = _handover_form(petition, made)
    if form.validate_on_submit():
        with refusals(form):
            said = form.delivery()
            transact(lambda: handing.deliver(petition_id, said))
            flash(_("The handover is recorded. The public page shows it now."), "good")
            return redirect(url_for(".statements_", petition_id=petition_id), 303)
    return petition_page("hand_over", queries.get(petition_id), status_of(form), form=form)


def _handover_form(petition: Petition, made: Any) -> HandoverForm:
    kind = in_languages(HandoverForm, queries.source_first(petition), HANDOVER_TEXTS)
    form = kind(data={"on": today_in(petition.zone)})
    form.statement.choices = [(one.id, _named(one)) for one in made]
    if petition.state not in handing.RUNNING:
        del form.ends
    return form


def _named(statement: Statement) -> str:
    """Tell a statement from another one in a list."""
    facts = statements.facts(statement)
    when = day(statement.as_of.astimezone(ZoneInfo(facts["zone"])))
    counted = ngettext(
        "%(shown)s signature", "%(shown)s signatures", facts["total"], shown=number(facts["total"])
    )
    return f"{statement.serial} · {when} · {counted}"


@bp.route(f"{HANDOVER}/take-back", methods=["GET", "POST"])
@requires(Permission.ORGANISE)
def take_back(petition_id: int, handover_id: int) -> ResponseReturnValue:
    """Undo a handover that was recorded by mistake."""
    handover, form = _standing(petition_id, handover_id), TakeBackForm()
    if form.validate_on_submit():
        reason = str(form.reason.data)
        with refusals(form):
            transact(
                lambda: handing.take_back(handing.handover_of(petition_id, handover_id), reason)
            )
            flash(_("The handover is taken back. The public page no longer shows it."), "good")
            return redirect(url_for(".statements_", petition_id=petition_id), 303)
    return _about(handover, "take_back", form)


@bp.route(f"{HANDOVER}/answer", methods=["GET", "POST"])
@requires(Permission.ORGANISE)
def answer(petition_id: int, handover_id: int) -> ResponseReturnValue:
    """Record what was answered, or write a better version of it."""
    handover = _standing(petition_id, handover_id)
    known = handing.versions(handover_id)
    codes = queries.source_first(queries.get(petition_id))
    form = in_languages(AnswerForm, codes, ANSWER_TEXTS)(data=said_of(next(iter(known), None)))
    if form.validate_on_submit():
        said, seen = form.reply(), form.version_seen()
        with refusals(form):
            transact(
                lambda: handing.answer(
                    handing.handover_of(petition_id, handover_id), said, seen=seen
                )
            )
            flash(_("The answer is recorded. The public page shows it now."), "good")
            return redirect(url_for(".statements_", petition_id=petition_id), 303)
    known = handing.versions(handover_id)
    form.seen.data = str(known[0].version if known else 0)  # they are shown below the form
    return _about(handover, "answer", form, versions=known)


def _standing(petition_id: int, handover_id: int) -> Handover:
    """Find a handover that was not taken back."""
    handover = handing.handover_of(petition_id, handover_id)
    if handover.undone_at is not None:
        raise handing.TakenBackAlready
    return handover


def _about(handover: Handover, name: str, form: Any, **facts: Any) -> ResponseReturnValue:
    petition = queries.get(handover.petition_id)
    return petition_page(name, petition, status_of(form), form=form, handover=handover, **facts)
