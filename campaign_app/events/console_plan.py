"""Organisers' pages: planning months in one form, and changing what comes again."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from campaign_app.core.access import Permission, requires
from campaign_app.core.db import transact
from campaign_app.core.i18n import _, ngettext, pick
from campaign_app.events import (
    plan_forms,
    plans,
    preview,
    queries,
    recurrence,
    resting,
    rhythm,
    series,
)
from campaign_app.events.console import ROW, page, saved
from campaign_app.events.console_event import WORDS, console_bp
from campaign_app.events.facts import SeriesFacts
from campaign_app.events.models import DRAFT, Series
from campaign_app.events.plan_forms import OffForm, PlanForm, RestForm
from campaign_app.events.preview import Preview
from campaign_app.events.recurrence import Rule
from campaign_app.events.words import when

__all__ = ["console_bp"]

#: How many dates are listed on the page of a series.
LISTED: Final = 60


@console_bp.route("/events/plan", methods=["GET", "POST"])
@requires(Permission.ORGANISE)
def plan() -> ResponseReturnValue:
    """Plan months at several places in one form: look at the dates, then save them."""
    more = request.form.get("then") == "more"
    rows = plan_forms.lines_shown(request.form.get("rows"))
    form = plan_forms.form_of(min(rows + 4, plan_forms.MOST_ROWS) if more else rows)()
    if more or not form.validate_on_submit():
        return _asked(form, 400 if form.errors and not more else 200)
    shown = _previews(form)
    facts = _facts(form, shown)
    if facts is None or not _may_save(form):
        return _asked(form, 200 if facts is not None else 400, shown)
    made = transact(lambda: [series.add(one) for one in facts])
    flash(_counted(made), "good")
    return redirect(url_for(".events", month=min(one.starts_local for one in made)[:7]))


def _counted(made: Sequence[Series]) -> str:
    dates = sum(plans.counts([one.id for one in made]).values())
    return ngettext("%(num)d date is planned.", "%(num)d dates are planned.", dates)


def _asked(
    form: PlanForm, status: int, shown: Sequence[Preview] = (), **more: Any
) -> ResponseReturnValue:
    form.seen.data = form.fingerprint if shown else ""
    most = plan_forms.MOST_ROWS
    facts: dict[str, Any] = {
        "series": None,
        "key": "",
        "failed": status == 400,
        "most": most,
    } | more
    return page("plan", status, form=form, shown=shown, **facts)


def _may_save(form: PlanForm) -> bool:
    """Save only what was looked at: another rule is shown again first."""
    return request.form.get("then") == "save" and form.seen.data == form.fingerprint


def _previews(form: PlanForm) -> list[Preview]:
    return [
        replace(
            preview.of(line.number, line.place, line.plan, _ticked(line.number)),
            why=_why(line.number),
        )
        for line in form.lines
    ]


def _ticked(number: int) -> set[str]:
    return plan_forms.chosen(request.form.getlist(f"rest_{number}"))


def _why(number: int) -> str:
    written = request.form.get(f"why_{number}", "").strip()
    return written[: plan_forms.LONGEST_REASON] if written.isprintable() else ""


def _facts(form: PlanForm, shown: Sequence[Preview]) -> list[SeriesFacts] | None:
    """Give every line with its days of rest; None if a day rests and nobody says why."""
    rests = [preview.reasons(one, one.why) for one in shown]
    known = [one for one in rests if one is not None]
    if len(known) < len(rests):
        form.form_errors.append(_("Say why it rests on the days that you ticked."))
        return None
    return [form.facts(line, why) for line, why in zip(form.lines, known, strict=True)]


@console_bp.get("/events/series/")
@requires(Permission.READ)
def all_series() -> ResponseReturnValue:
    """List the series."""
    found = plans.all_series()
    return page(
        "all_series",
        date=date,
        found=found,
        counts=plans.counts([one.id for one in found]),
        rules=_rules(found),
    )


def _rules(found: Sequence[Series]) -> Mapping[int, str]:
    return {one.id: rhythm.in_words(Rule.read(one.rule)) for one in found}


@console_bp.get(f"/events/series/{ROW}")
@requires(Permission.READ)
def one_series(row: int) -> ResponseReturnValue:
    """Show a series: its rule, the days on which it rests, its dates."""
    return _series_page(row, RestForm())


@console_bp.route(f"/events/series/{ROW}/rest", methods=["GET", "POST"])
@requires(Permission.ORGANISE)
def rest(row: int) -> ResponseReturnValue:
    """Let a series rest on a day."""
    form = RestForm()
    if not form.validate_on_submit():
        return _series_page(row, form, 400 if form.errors else 200)
    stays = transact(lambda: series.rest(row, *form.said()))
    if stays:
        flash(_("An event on this day is announced already. Cancel it, too, or move it."), "warn")
    found = plans.series(row)
    return saved(pick(found.titles) if found else "", url_for(".one_series", row=row))


@console_bp.post(f"/events/series/{ROW}/stand")
@requires(Permission.ORGANISE)
def stand_again(row: int) -> ResponseReturnValue:
    """Take a day of rest back."""
    found, day = plans.series(row) or abort(404), RestForm().day.data or abort(400)
    transact(lambda: series.stand_again(row, day))
    return saved(pick(found.titles), url_for(".one_series", row=row))


@console_bp.route(f"/events/{ROW}/take-off", methods=["GET", "POST"])
@requires(Permission.ORGANISE)
def take_off(row: int) -> ResponseReturnValue:
    """Take a draft off the calendar."""
    found, form = queries.event(row) or abort(404), OffForm()
    if found.state != DRAFT:
        abort(404)
    if not form.validate_on_submit():
        return page("take_off", 400 if form.errors else 200, event=found, form=form)
    if not transact(lambda: series.take_off(row, form.reason.data or "")):
        flash(_("Something hangs on this date already: permits, shifts, codes or changes."), "bad")
        return redirect(url_for(".event", row=row))
    flash(_("“%(name)s” is off the calendar.", name=pick(found.titles)), "good")
    return redirect(url_for(".events", month=found.starts_local[:7]))


def _series_page(row: int, form: RestForm, status: int = 200) -> ResponseReturnValue:
    found = plans.series(row) or abort(404)
    return page(
        "series",
        status,
        series=found,
        rule=rhythm.in_words(Rule.read(found.rule)),
        rests=resting.rests(row),
        events=plans.coming_of(row)[:LISTED],
        key=plans.next_key(row),
        form=form,
        when=when,
        date=date,
        **WORDS,
    )


@console_bp.route(f"/events/series/{ROW}/change", methods=["GET", "POST"])
@requires(Permission.ORGANISE)
def change_series(row: int) -> ResponseReturnValue:
    """Change a series from one of its dates on."""
    found = plans.series(row) or abort(404)
    key = request.values.get("key", "")
    if key not in {event.recurrence_key for event in plans.coming_of(row)}:
        abort(404)
    form = plan_forms.form_of(1)(data=_said_of(found, key))
    if not form.validate_on_submit():
        return _asked(form, 400 if form.errors else 200, series=found, key=key)
    shown = _previews(form)
    facts = _facts(form, shown)
    if facts is None or not _may_save(form):
        return _asked(form, 200 if facts is not None else 400, shown, series=found, key=key)
    changed = transact(lambda: series.change_from(row, key, facts[0]))
    if changed.left:
        flash(_left(len(changed.left)), "warn")
    return saved(pick(changed.series.titles), url_for(".one_series", row=changed.series.id))


def _left(number: int) -> str:
    return ngettext(
        "%(num)d date that people know of is not in the rule any more. Cancel it, or move it.",
        "%(num)d dates that people know of are not in the rule any more. Cancel them, or move them.",
        number,
    )


def _said_of(found: Series, key: str) -> dict[str, Any]:
    """Fill the form with what is known of a series; it begins with the period of that date."""
    rule, starts = Rule.read(found.rule), datetime.fromisoformat(found.starts_local)
    return {
        "kind": found.kind,
        "campaign_id": found.campaign_id or 0,
        "first": recurrence.period_begins(rule, key),
        "until": plan_forms.day_of(found.ends_on) if found.ends_on else None,
        "place_1": found.location_id,
        "often_1": rule.often,
        "on_1": rule.on,
        "starts_1": starts.time(),
        "ends_1": (starts + timedelta(minutes=found.minutes)).time(),
        **{f"title_{language}": text for language, text in found.titles.items()},
    }
