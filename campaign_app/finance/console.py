"""The finance role's first pages: five numbers, what waits, and sums cut one way."""

from collections.abc import Iterator, Mapping
from tempfile import TemporaryFile
from typing import Any, Final

from flask import Blueprint, Response, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from campaign_app.audit.services import record
from campaign_app.core import web
from campaign_app.core.access import Permission, requires
from campaign_app.core.db import transact
from campaign_app.core.forms import ConsoleForm
from campaign_app.donations import sums
from campaign_app.finance import numbers, period, tables, todo
from campaign_app.payments.opening import till
from campaign_app.receipts import registrations

console_bp: Final = Blueprint("money", __name__, url_prefix="/console/money")


@console_bp.get("/")
@requires(Permission.FINANCE)
def overview() -> ResponseReturnValue:
    """Show the five numbers of a time, and what waits for somebody."""
    span, desk = period.asked(request.args), till()
    html = render_template(
        "finance/overview.html",
        period=span,
        purses=numbers.of(desk, span),
        todos=todo.todos(),
        standings=[
            one for key in desk.ways.entities for one in registrations.standing(key, desk.book)
        ],
    )
    return web.page(html)


@console_bp.get("/totals")
@requires(Permission.FINANCE)
def totals() -> ResponseReturnValue:
    """Show what was given in a time, cut one way."""
    span, by = period.asked(request.args), _cut(request.args)
    table = tables.table(till().book, by, span)
    html = render_template(
        "finance/totals.html",
        period=span,
        by=by,
        table=table,
        cut_tabs=_tabs(by, span.said),
        form=ConsoleForm(),
    )
    return web.page(html)


def _tabs(by: str, said: Mapping[str, Any]) -> list[tuple[str, str, bool]]:
    return [
        (str(name), url_for(".totals", by=cut, **said), cut == by)
        for cut, name in sums.CUTS.items()
    ]


@console_bp.post("/totals.csv")
@requires(Permission.FINANCE)
def totals_csv() -> ResponseReturnValue:
    """Hand the table out as a file."""
    span, by = period.asked(request.form), _cut(request.form)
    table = tables.table(till().book, by, span)
    body = tables.as_csv(table)
    transact(lambda: record("money.totals_exported", f"money:{till().book}", by=by, **span.said))
    return csv_file(body, f"totals_by-{by}_{span.first}_{span.last}.csv")


def _cut(said: Mapping[str, Any]) -> str:
    by = said.get("by") or "event"
    return by if by in sums.CUTS else abort(404)


def csv_file(body: str | Iterator[str], name: str) -> Response:
    """Answer with a file for a spreadsheet. It is written first: nobody may get half of one."""
    file = TemporaryFile()  # noqa: SIM115 -- closed with the answer
    file.writelines(part.encode() for part in ([body] if isinstance(body, str) else body))
    file.seek(0)
    test = "" if till().is_live else "TEST_"
    response = Response(
        file,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{test}{name}"'},
    )
    response.call_on_close(file.close)
    return response
