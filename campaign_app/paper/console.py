"""Organisers' pages of paper: batches, what became of their sheets, the sample, the end."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from campaign_app.accounts.models import Person
from campaign_app.accounts.queries import current_person
from campaign_app.accounts.queries import person as person_of
from campaign_app.core import web
from campaign_app.core.access import Permission, requires
from campaign_app.core.db import transact
from campaign_app.core.errors import DomainError
from campaign_app.core.forms import ConsoleForm
from campaign_app.core.i18n import _, current_language, ngettext
from campaign_app.events.models import Event
from campaign_app.paper import numbers, printing, queries, sampling, services, states, words
from campaign_app.paper.forms import BatchForm, ReasonForm, SheetsForm
from campaign_app.paper.models import PaperBatch, PaperSheet
from campaign_app.petitions import queries as petitions
from campaign_app.petitions.desk import Desks
from campaign_app.petitions.pages import DESKS

console_bp: Final = Blueprint("paper_console", __name__, url_prefix="/console/paper")
#: Row numbers that both engines can hold; anything larger is an unknown address.
ROW: Final = "<int(max=2147483647):row>"


@console_bp.get("/")
@requires(Permission.ORGANISE)
def index() -> ResponseReturnValue:
    """List the batches, and find a sheet by its code."""
    listed = [(one, queries.numbers(one.id)) for one in queries.batches()]
    return page("batches", batches=listed, titles=_titles([one for one, _numbers in listed]))


def _titles(batches: list[PaperBatch]) -> dict[int, str]:
    ids = list({one.petition_id for one in batches})
    return petitions.titles(ids, current_language()) if ids else {}


@console_bp.get("/find")
@requires(Permission.ORGANISE)
def find() -> ResponseReturnValue:
    """Lead to a sheet by the letters on it, or by its number within a batch."""
    code, batch_id = request.args.get("code", "").strip(), request.args.get("batch", "")
    found = queries.sheet_of(code) or _numbered(code, batch_id)
    if found is not None:
        return redirect(url_for("paper_console.sheet", code=found.letters), 303)
    flash(_("There is no sheet with this code or number."), "bad")
    known = queries.batch(_number(batch_id))
    return redirect(url_for(".batch", row=known.id) if known else url_for(".index"), 303)


def _numbered(code: str, batch_id: str) -> PaperSheet | None:
    return queries.sheet_numbered(_number(batch_id), _number(code))


def _number(text: str) -> int:
    """Read a row number; 0 if it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


@console_bp.route("/new", methods=["GET", "POST"])
@requires(Permission.ORGANISE)
def new() -> ResponseReturnValue:
    """Number a batch of sheets, ready to be printed."""
    form = BatchForm(desks(), data={"country": "KR", "pages": 10, **_asked()})
    desk = form.desk() if form.validate_on_submit() else None
    if desk is None:
        return page("new", 400 if form.errors else 200, form=form)
    said = form.new(desk)
    try:
        made = transact(lambda: services.create(said))
    except DomainError as refused:
        form.form_errors.append(str(refused.shown))
        return page("new", refused.status, form=form)
    flash(_("The sheets are numbered. Print them now."), "good")
    return redirect(url_for(".batch", row=made.id), 303)


def _asked() -> dict[str, Any]:
    event_id = _number(request.args.get("event", ""))
    return {"event_id": event_id, "language": current_language()}


@console_bp.get(f"/{ROW}")
@requires(Permission.ORGANISE)
def batch(row: int) -> ResponseReturnValue:
    """Show a batch: where each sheet is, what was typed, how the sample stands."""
    return batch_page(batch_or_404(row))


def batch_page(found: PaperBatch, status: int = 200, **forms: Any) -> ResponseReturnValue:
    """Show a batch; a form that was refused stands there as it was sent."""
    me = whoever()
    known = queries.sample(found.id)
    given: dict[str, Any] = {
        "sheets_form": SheetsForm(found.sheets, formdata=None),
        "reason_form": ReasonForm(formdata=None),
    }
    return page(
        "batch",
        status,
        batch=found,
        title=petitions.title(found.petition, current_language()),
        numbers=queries.numbers(found.id),
        outcomes=queries.outcomes(found.id),
        counted=queries.counted(found.id),
        sample=known,
        mine=[one for one in known.due if one.person_id == me.id and found.alone_id != me.id],
        must_wait=sampling.must_wait(found, me.id),
        done=sampling.is_done(found),
        alone_name=name_of(found.alone_id),
        may_check=bool(sampling.waiting(found.id, me.id)),
        step=sampling.next_step(found, me.id),
        too_many=sampling.TOO_MANY,
        **(given | forms),
    )


@console_bp.post(f"/{ROW}/print")
@requires(Permission.ORGANISE)
def print_batch(row: int) -> ResponseReturnValue:
    """Print a batch, and note that it was printed."""
    found = batch_or_404(row)
    made = printing.as_pdf(found)  # what cannot be printed is not said to be
    transact(partial(services.note_printing, row))
    return _pdf(made, f"paper-{row}.pdf")


@console_bp.get(f"/{ROW}/record.pdf")
@requires(Permission.ORGANISE)
def record(row: int) -> ResponseReturnValue:
    """Print what became of a batch: who handed over or destroyed how many, and when."""
    found = batch_or_404(row)
    return _pdf(printing.record(found, current_language(), name_of), f"paper-{row}-record.pdf")


@console_bp.post(f"/{ROW}/sheets")
@requires(Permission.ORGANISE)
def say(row: int) -> ResponseReturnValue:
    """Say what became of sheets."""
    found = batch_or_404(row)
    form = SheetsForm(found.sheets)
    if not form.validate_on_submit():
        return batch_page(found, 400, sheets_form=form)
    which, state, why = form.chosen(), str(form.state.data), (form.words.data or "").strip()
    return _do(row, lambda: _said(services.say(row, which, state, why)))


def _said(count: int) -> str:
    return ngettext("Noted of %(num)d sheet.", "Noted of %(num)d sheets.", count)


@console_bp.post(f"/{ROW}/do/<step>")
@requires(Permission.ORGANISE)
def do(row: int, step: str) -> ResponseReturnValue:
    """Draw the sample, call the sheets checked, or close the batch."""
    batch_or_404(row)
    asked_for()
    return _do(row, partial(DEEDS.get(step) or abort(404), row))


def _drawn(row: int) -> str:
    count = sampling.draw(row)
    return ngettext(
        "%(num)d line was drawn to be checked.", "%(num)d lines were drawn to be checked.", count
    )


def _finished(row: int) -> str:
    count = sampling.finish(row)
    return ngettext("%(num)d sheet is checked.", "%(num)d sheets are checked.", count)


def _closed(row: int) -> str:
    services.close(row)
    return _("The batch is closed, and what its lines were compared by is destroyed.")


DEEDS: Final[dict[str, Callable[[int], str]]] = {
    "draw": _drawn,
    "finish": _finished,
    "close": _closed,
}


@console_bp.post(f"/{ROW}/alone")
@requires(Permission.ORGANISE)
def alone(row: int) -> ResponseReturnValue:
    """Check alone what one typed oneself, for a reason that is shown."""
    found, form = batch_or_404(row), ReasonForm()
    if not form.validate_on_submit():
        return batch_page(found, 400, reason_form=form)
    me, why = whoever().id, form.reason.data or ""

    def work() -> str:
        sampling.go_alone(row, me, why)
        return _("You may check alone now. The batch says so.")

    return _do(row, work)


def _do(row: int, work: Callable[[], str]) -> ResponseReturnValue:
    """Do something with a batch and say so, or say why not."""
    try:
        flash(transact(work), "good")
    except DomainError as refused:
        flash(str(refused.shown), "bad")
    return redirect(url_for(".batch", row=row), 303)


def on_event_page(event: Event) -> Markup:
    """Show an event's batches on its page in the console (slot events.CONSOLE)."""
    person = current_person()
    if person is None or not person.may(Permission.ORGANISE):
        return Markup()
    listed = [(one, queries.numbers(one.id)) for one in queries.batches(event.id)]
    return web.fragment("paper/console/at_event.html", event=event, batches=listed, written=written)


def written(found: list[int]) -> str:
    """Write numbers of sheets as people do."""
    return numbers.written(found)


def desks() -> Desks:
    """Give the petitions as signers meet them."""
    found: Desks = current_app.extensions[DESKS]
    return found


def whoever() -> Person:
    """Give the person signed in."""
    return current_person() or abort(404)


def name_of(person_id: int | None) -> str:
    """Name a person of ours; nobody where nobody was noted."""
    found = person_of(person_id) if person_id else None
    return found.name if found else ""


def batch_or_404(row: int) -> PaperBatch:
    """Find a batch, or answer that there is none."""
    return queries.batch(row) or abort(404)


def asked_for() -> None:
    """Refuse a post that did not come from a form of ours."""
    if not ConsoleForm().validate_on_submit():
        abort(400)


def page(name: str, status: int = 200, **facts: Any) -> Response:
    """Answer with a page of this room."""
    html = render_template(
        f"paper/console/{name}.html",
        states=states,
        words=words,
        written=written,
        button=ConsoleForm(formdata=None),
        **facts,
    )
    return web.page(html, status)


def _pdf(content: bytes, name: str) -> Response:
    response = Response(content, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response
