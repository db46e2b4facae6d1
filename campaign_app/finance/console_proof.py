"""Reconciliation: what the gateways say against what we say, and each account from a day to a day."""

from typing import Final

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from campaign_app.audit.services import record
from campaign_app.core import web
from campaign_app.core.access import Permission, requires
from campaign_app.core.db import transact
from campaign_app.core.forms import ConsoleForm
from campaign_app.core.i18n import _
from campaign_app.finance import accounting, numbers, period, proofs, words
from campaign_app.finance.console import csv_file
from campaign_app.outbox.services import enqueue_job
from campaign_app.payments import proven, statement
from campaign_app.payments.opening import till

console_bp: Final = Blueprint("money_proof", __name__, url_prefix="/console/money/proof")
#: Asked for by somebody; the daily proof has its own clock.
PROVE: Final = "finance.prove"


@console_bp.get("/")
@requires(Permission.FINANCE)
def index() -> ResponseReturnValue:
    """Show the newest proofs, what they name, and the statement of a time; made to be printed, too."""
    span, desk = period.asked(request.args), till()
    newest = proofs.latest(desk.book)
    html = render_template(
        "finance/proof.html",
        period=span,
        proofs=newest,
        differing=proofs.differing(newest),
        is_wrong=proofs.is_wrong,
        lists=proofs.MISMATCHES,
        sheets=proofs.sheets(statement.of_gateways(desk, span)),
        fees=numbers.fees(desk, span),
        balances=accounting.closing(desk.book, span),
        gateways=sorted(desk.gateways),
        words=words,
        flaw_words=words.FLAWS,
        ledger_proof=proven.of_ledger(desk.book),
        receipts_proof=proven.of_receipts(desk.book),
        form=ConsoleForm(),
    )
    return web.page(html)


@console_bp.post("/now")
@requires(Permission.FINANCE)
def now() -> ResponseReturnValue:
    """Have everything compared again, by the worker: a gateway may take its time to answer."""
    _asked()

    def work() -> None:
        enqueue_job(PROVE, {}, dedupe=PROVE)
        record("money.proof_asked", f"money:{till().book}")

    transact(work)
    flash(_("The proof is being made. Load this page again in a minute."), "good")
    return redirect(url_for(".index"), 303)


@console_bp.post("/ledger.csv")
@requires(Permission.FINANCE)
def ledger_csv() -> ResponseReturnValue:
    """Hand the ledger of a time to the accountant, without a donor in it."""
    _asked()
    span, book = period.asked(request.form), till().book
    body = accounting.as_csv(book, span, apart=request.form.get("apart", ""))
    transact(lambda: record("money.ledger_exported", f"money:{book}", **span.said))
    return csv_file(body, f"ledger_{span.first}_{span.last}.csv")


def _asked() -> None:
    if not ConsoleForm().validate_on_submit():
        abort(400)
