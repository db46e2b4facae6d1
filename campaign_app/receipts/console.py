"""The finance role's pages of receipts: by entity and year, by number, the paper, the export."""

from functools import partial
from typing import Final
from uuid import UUID

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from campaign_app.audit.services import record
from campaign_app.core import web
from campaign_app.core.access import Permission, requires
from campaign_app.core.db import transact
from campaign_app.core.i18n import _
from campaign_app.payments import proven, ways
from campaign_app.payments.opening import till
from campaign_app.receipts import export, keeping, proving, queries, registrations, services, states
from campaign_app.receipts.forms import ButtonForm, CancelForm
from campaign_app.receipts.models import GiftReceipt
from campaign_app.receipts.paper import answer
from campaign_app.receipts.queries import Of

console_bp: Final = Blueprint("receipts_console", __name__, url_prefix="/console/money/receipts")
KOREAN: Final = "KR"
YEAR: Final = "<string:entity>/<int(max=9999):year>"


@console_bp.get("/")
@requires(Permission.FINANCE)
def index() -> ResponseReturnValue:
    """List the series, and lead to the receipt whose number was typed."""
    typed = request.args.get("number", "").strip()
    found = queries.by_number(typed) if typed else None
    if found is not None:
        return redirect(url_for(".one", receipt=found.id), 303)
    book = till().book
    return page(
        "index",
        series=queries.series(book),
        typed=typed,
        proof=proven.of_receipts(book),
        flaw_words=proving.WORDS,
        bodies=list(ways.of_the_app().entities.values()),
        cut_off=keeping.cut_off,
        standings=[one for key in ways.of_the_app().entities for one in registrations.standing(key, book)],
    )  # fmt: skip


@console_bp.get(f"/{YEAR}")
@requires(Permission.FINANCE)
def year(entity: str, year: int) -> ResponseReturnValue:
    """List the receipts of a year."""
    of = Of(till().book, entity, year)
    before = request.args.get("before", type=int)
    # A number that no series ever reaches; PostgreSQL would refuse a larger one.
    found = queries.written(of, before=before if before and 0 < before < 2**31 else None)
    if not found and before is None:
        abort(404)
    return page(
        "year",
        of=of,
        receipts=found,
        cancelled=queries.cancelled_among(found),
        count=queries.count(of),
        more=found[-1].number if found and found[-1].number > 1 else None,
        korean=_is_korean(entity),
        form=ButtonForm(formdata=None),
    )


@console_bp.get("/<uuid:receipt>")
@requires(Permission.FINANCE)
def one(receipt: UUID) -> ResponseReturnValue:
    """Show what a receipt says, without the name on it."""
    return _one(_found(receipt), CancelForm(formdata=None))


@console_bp.post("/<uuid:receipt>/paper")
@requires(Permission.FINANCE)
def paper(receipt: UUID) -> ResponseReturnValue:
    """Give the paper, with the name on it: that somebody read it is written down."""
    found = _found(receipt)
    if not ButtonForm().validate_on_submit():
        abort(400)
    if found.donor is not None:
        transact(partial(record, "receipt.read", f"receipt:{found.name}"))
    return answer(found)


@console_bp.post("/<uuid:receipt>/cancel")
@requires(Permission.FINANCE)
def cancel(receipt: UUID) -> ResponseReturnValue:
    """Take a receipt back that should not be."""
    found, form = _found(receipt), CancelForm()
    if not form.validate_on_submit():
        return _one(found, form, 400)
    taken_back = transact(partial(_cancel, receipt, str(form.reason.data).strip()))
    flash(_("The receipt is cancelled. This is the receipt that says so."), "good")
    return redirect(url_for(".one", receipt=taken_back), 303)


def _cancel(receipt_id: UUID, reason: str) -> UUID:
    found = _found(receipt_id)
    if found.kind != states.ISSUED:
        raise services.AlreadyCancelled
    record("receipt.cancelled", f"receipt:{found.name}", reason=reason)
    return services.cancel(found, reason=reason).id


@console_bp.post(f"/{YEAR}/korean.csv")
@requires(Permission.FINANCE)
def korean(entity: str, year: int) -> ResponseReturnValue:
    """Export a year's gifts for donation receipts; who did it is written down."""
    if not _is_korean(entity):
        abort(404)
    if not ButtonForm().validate_on_submit():
        abort(400)
    of = Of(till().book, entity, year)
    transact(partial(record, "receipts.exported", f"receipts:{entity}-{year}"))
    name = f"{entity}-{year}-gifts.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(export.korean(of), content_type="text/csv; charset=utf-8", headers=headers)


def _is_korean(entity: str) -> bool:
    known = ways.of_the_app().entities.get(entity)
    return known is not None and known.receipts == KOREAN


def _found(receipt_id: UUID) -> GiftReceipt:
    found = services.find(receipt_id)
    if found is None or found.book != till().book:
        abort(404)
    return found


def _one(found: GiftReceipt, form: CancelForm, status: int = 200) -> Response:
    return page(
        "one",
        status,
        receipt=found,
        after=queries.cancelled_by(found),
        before=found.cancels,
        form=form,
        button=ButtonForm(formdata=None),
        others=queries.of_subject(found.subject),
    )


def page(name: str, status: int = 200, **facts: object) -> Response:
    """Show one of these pages."""
    html = render_template(f"receipts/console/{name}.html", **facts)
    return web.page(html, status)
