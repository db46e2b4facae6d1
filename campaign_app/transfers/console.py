"""The finance role's pages of bank transfers: bring a list, say how it is read, accept what was recognised."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from campaign_app.accounts.models import Person
from campaign_app.accounts.queries import current_person
from campaign_app.accounts.queries import person as person_of
from campaign_app.audit.services import record
from campaign_app.core import web
from campaign_app.core.access import Permission, requires
from campaign_app.core.db import transact
from campaign_app.core.errors import DomainError
from campaign_app.core.forms import ConsoleForm
from campaign_app.core.i18n import _, ngettext, pick
from campaign_app.core.uploads import takes_file
from campaign_app.payments import bank_csv
from campaign_app.payments.bank_csv import Credit, Layout
from campaign_app.payments.opening import till
from campaign_app.payments.ways import BankAccount
from campaign_app.transfers import (
    doubting,
    importing,
    layouts,
    proposing,
    queries,
    services,
    states,
    uploads,
    words,
)
from campaign_app.transfers.forms import LayoutForm, UploadForm
from campaign_app.transfers.importing import Begun
from campaign_app.transfers.models import BankRow, BankStatement, BankUpload

console_bp: Final = Blueprint("transfers_console", __name__, url_prefix="/console/money/transfers")
#: How many rows the mapping screen shows.
PREVIEW: Final = 10
#: How many of them as the bank wrote them.
RAW: Final = 14


@console_bp.get("/")
@requires(Permission.FINANCE)
def index() -> ResponseReturnValue:
    """Show what waits, with what each row may have been."""
    return _index(UploadForm(formdata=None))


def _index(form: UploadForm, status: int = 200) -> Response:
    if queries.waiting():
        note_reading("open")
    return page(
        "index",
        status,
        form=form,
        doubtful=proposing.seen(queries.open_rows(states.DOUBTFUL)),
        rows=proposing.seen(queries.open_rows(states.UNASSIGNED)),
        unassigned=queries.unassigned(till().book),
        waiting=queries.waiting(),
        statements=queries.statements(),
        most=queries.PAGE,
        is_demo=till().ways.mode == "local",
    )


def note_reading(what: str) -> None:
    """Note that somebody looks at who sent money: once for a page, however many stand on it."""
    transact(partial(record, "transfers.read", f"transfers:{what}"))


@console_bp.post("/upload")
@takes_file
@requires(Permission.FINANCE)
def upload() -> ResponseReturnValue:
    """Take a list; one of a bank that we can read is entered at once."""
    form = UploadForm()
    if not form.validate_on_submit():
        return _index(form, 400)
    bank = till().ways.banks[form.bank.data]
    try:
        return _bring(bank, layouts.as_text(form.raw), look=form.look.data)
    except DomainError as refused:
        form.file.errors = [str(refused.shown)]
        return _index(form, refused.status)


def _bring(bank: BankAccount, raw: bytes, *, look: bool) -> ResponseReturnValue:
    layout = layouts.fitting(layouts.rows_of(raw), queries.layout(bank.key))
    if layout is not None and not look:
        try:
            return _enter(bank, raw, bank_csv.incoming(raw, layout, bank.currency))
        except (bank_csv.RowUnreadable, importing.NothingCameIn) as refused:
            # What was kept does not read this list: somebody must say anew which column is what.
            flash(str(refused.shown), "bad")
    waiting = uploads.closed(bank.key, whoever().id, raw)
    number = waiting.id
    transact(partial(uploads.keep, waiting))
    return redirect(url_for(".lay_out", number=number), 303)


def _enter(
    bank: BankAccount, raw: bytes, came: Sequence[Credit], also: Callable[[], None] | None = None
) -> ResponseReturnValue:
    """Enter a list, a part after the other; what else shall be true with it is written first."""
    found = importing.read(bank, till().book, raw, came)
    me = whoever().id

    def work() -> Begun:
        if also:
            also()
        return importing.begin(found, me)

    begun = transact(work)
    for part in begun.parts:
        transact(partial(importing.add, found, begun.statement_id, part))
    made = transact(partial(importing.finish, found, begun.statement_id))
    if begun.is_known:
        flash(_("This very file was entered before. Nothing was entered a second time."), "warn")
    else:
        _tell(made)
    return redirect(url_for(".index"), 303)


def _tell(made: BankStatement) -> None:
    told = [ngettext("%(num)d row is new.", "%(num)d rows are new.", made.fresh)]
    if made.known:
        told.append(
            ngettext(
                "%(num)d row was known already.", "%(num)d rows were known already.", made.known
            )
        )
    if made.doubtful:
        told.append(
            ngettext(
                "%(num)d row may be one that is known: please look at it.",
                "%(num)d rows may be ones that are known: please look at them.",
                made.doubtful,
            )
        )
    flash(" ".join(told), "warn" if made.doubtful else "good")


@console_bp.route("/layout/<uuid:number>", methods=["GET", "POST"])
@requires(Permission.FINANCE)
def lay_out(number: UUID) -> ResponseReturnValue:
    """Say which column of a list is what; it is kept for the bank, and the list is entered."""
    waiting = uploads.find(number) or abort(404)
    bank = till().ways.banks.get(waiting.bank) or abort(404)
    raw = uploads.content(waiting)
    rows = layouts.rows_of(raw)
    form = LayoutForm(rows, layouts.suggested(raw, queries.layout(bank.key), bank.currency))
    if not form.validate_on_submit():
        return _layout_page(waiting, form, 400 if form.errors else 200)
    try:
        came = bank_csv.incoming(raw, form.layout(), bank.currency)
        if "show" in request.form:
            return _layout_page(waiting, form)
        keep = partial(_keep, waiting.id, bank.key, rows, form.layout())
        return _enter(bank, raw, came, keep)
    except DomainError as refused:
        form.form_errors.append(str(refused.shown))
        return _layout_page(waiting, form, refused.status)


def _keep(number: UUID, bank: str, rows: layouts.Rows, layout: Layout) -> None:
    layouts.keep(bank, rows, layout, whoever().id)
    uploads.drop(number)


def _layout_page(waiting: BankUpload, form: LayoutForm, status: int = 200) -> Response:
    bank, raw = till().ways.banks[waiting.bank], uploads.content(waiting)
    note_reading("layout")
    rows = layouts.rows_of(raw)
    came, why_not = _as_read(raw, form, bank.currency)
    return page(
        "layout",
        status,
        form=form,
        bank=bank,
        number=waiting.id,
        raw=rows[:RAW],
        came=came[:PREVIEW],
        count=len(came),
        why_not=why_not,
        kept=queries.layout(bank.key),
        fits=layouts.fitting(rows, queries.layout(bank.key)) is not None,
    )


def _as_read(raw: bytes, form: LayoutForm, currency: str) -> tuple[list[Credit], str]:
    """Read the list as the form stands now, or say why it cannot be."""
    try:
        return bank_csv.incoming(raw, form.layout(), currency), ""
    except DomainError as refused:
        return [], str(refused.shown)
    except (TypeError, ValueError):  # a field is empty or no number
        return [], _("Choose which column is what.")


@console_bp.post("/accept")
@requires(Permission.FINANCE)
def accept() -> ResponseReturnValue:
    """Accept what was ticked, each in a step of its own: what cannot be leaves the others alone."""
    asked_for()
    ticked = [one.partition(" ") for one in request.form.getlist("accept")]
    return _several([(row, partial(services.accept, key=key)) for row, _space, key in ticked])


@console_bp.post("/doubtful")
@requires(Permission.FINANCE)
def doubtful() -> ResponseReturnValue:
    """Say of the ticked rows whether they are money of their own."""
    asked_for()
    deed = doubting.is_new if "new" in request.form else doubting.is_known
    return _several([(row, deed) for row in request.form.getlist("row")])


def _several(deeds: Sequence[tuple[str, Callable[[int], BankRow]]]) -> ResponseReturnValue:
    """Do something with several rows; say how many, and why not with the others."""
    done, refused = 0, []
    for text, deed in deeds[: queries.PAGE * 2]:
        row = queries.row(number_of(text))
        if row is None:
            continue
        try:
            transact(partial(deed, row.id))
            done += 1
        except DomainError as rule:
            refused.append(str(rule.shown))
    if not deeds:
        flash(_("Nothing was ticked."), "warn")
    if done:
        flash(ngettext("%(num)d row is decided.", "%(num)d rows are decided.", done), "good")
    for text in dict.fromkeys(refused):
        flash(text, "bad")
    return redirect(url_for(".index"), 303)


@console_bp.get("/done")
@requires(Permission.FINANCE)
def done() -> ResponseReturnValue:
    """List what was decided, without anybody's name."""
    listed = queries.decided(number_of(request.args.get("before", "")))
    more = listed[-1].id if len(listed) == queries.PAGE else 0
    return page("done", rows=listed, more=more, name_of=name_of)


def number_of(text: str) -> int:
    """Read a row's number; 0 if it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def bank_name(key: str) -> str:
    """Name a bank account; one that is no longer in the settings by its key."""
    bank = till().ways.banks.get(key)
    return f"{pick(bank.bank)} {bank.number}" if bank else key


def name_of(person_id: int | None) -> str:
    """Name a person of ours; nobody where nobody was noted."""
    found = person_of(person_id) if person_id else None
    return found.name if found else ""


def whoever() -> Person:
    """Give the person signed in."""
    return current_person() or abort(404)


def asked_for() -> None:
    """Refuse a post that did not come from a form of ours."""
    if not ConsoleForm().validate_on_submit():
        abort(400)


def page(name: str, status: int = 200, **facts: Any) -> Response:
    """Answer with a page of this room."""
    html = render_template(
        f"transfers/console/{name}.html",
        words=words,
        states=states,
        bank_name=bank_name,
        button=ConsoleForm(formdata=None),
        **facts,
    )
    return web.page(html, status)
