"""One row of a bank's list: what it may be, and all that a person can say of it."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from flask import Response, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from campaign_app.core.access import Permission, requires
from campaign_app.core.db import transact
from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _
from campaign_app.core.ids import as_typed
from campaign_app.transfers import proposing, queries, services
from campaign_app.transfers.console import asked_for, console_bp, name_of, note_reading, page
from campaign_app.transfers.forms import IgnoreForm, UnpromisedForm
from campaign_app.transfers.models import BankRow

#: Row numbers that both engines can hold; anything larger is an unknown address.
ROW: Final = "/<int(max=2147483647):row>"


@console_bp.get(ROW)
@requires(Permission.FINANCE)
def show(row: int) -> ResponseReturnValue:
    """Show a row, and find a gift by its reference."""
    return _row_page(_row(row))


def _row_page(found: BankRow, status: int = 200, **forms: Any) -> Response:
    if found.told is not None:
        note_reading(str(found.id))
    [seen] = proposing.seen([found])
    reference = as_typed(request.args.get("reference", ""))[:20]
    blank = {"new_form": UnpromisedForm, "ignore_form": IgnoreForm}
    made: dict[str, Any] = {
        name: make(formdata=None) for name, make in blank.items() if name not in forms
    }
    return page(
        "row",
        status,
        seen=seen,
        otherwise=proposing.of_another_amount(found),
        row=found,
        reference=reference,
        gift=services.gift_of(found, reference) if reference else None,
        name_of=name_of,
        **(made | forms),
    )


@console_bp.post(f"{ROW}/accept")
@requires(Permission.FINANCE)
def accept_one(row: int) -> ResponseReturnValue:
    """Say that a row is what was proposed, or the gift that was found."""
    asked_for()
    found = _row(row)
    return _do(found, partial(services.accept, row, request.form.get("accept", "")))


@console_bp.post(f"{ROW}/gift")
@requires(Permission.FINANCE)
def new_gift(row: int) -> ResponseReturnValue:
    """Say that a row is a gift that nobody announced."""
    found, form = _row(row), UnpromisedForm()
    if not form.validate_on_submit():
        return _row_page(found, 400, new_form=form)
    return _do(found, partial(services.without_promise, row, form.told()))


@console_bp.post(f"{ROW}/ignore")
@requires(Permission.FINANCE)
def ignore(row: int) -> ResponseReturnValue:
    """Leave a row out of the ledger, for a reason."""
    found, form = _row(row), IgnoreForm()
    if not form.validate_on_submit():
        return _row_page(found, 400, ignore_form=form)
    return _do(found, partial(services.ignore, row, form.reason.data or ""))


@console_bp.post(f"{ROW}/mend")
@requires(Permission.FINANCE)
def mend(row: int) -> ResponseReturnValue:
    """Take back what was said of a row."""
    asked_for()
    return _do(_row(row), partial(services.mend, row))


def _do(row: BankRow, work: Callable[[], BankRow]) -> ResponseReturnValue:
    number = row.id
    try:
        transact(work)
    except DomainError as refused:
        flash(str(refused.shown), "bad")
        return redirect(url_for(".show", row=number), 303)
    flash(_("It is written down."), "good")
    return redirect(url_for(".show", row=number), 303)


def _row(number: int) -> BankRow:
    return queries.row(number) or abort(404)
