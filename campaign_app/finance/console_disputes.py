"""Pages of disputes: what a donor's bank wants back, by when an answer is due, how it ended."""

from typing import Final

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

from campaign_app.core import clock
from campaign_app.core.access import Permission, requires
from campaign_app.finance import refund_queries as queries
from campaign_app.finance.console_refunds import at_gateway, page
from campaign_app.payments import steps
from campaign_app.payments.opening import till

console_bp: Final = Blueprint(
    "disputes_console", __name__, url_prefix="/console/money/refunds/disputes"
)


@console_bp.get("/")
@requires(Permission.FINANCE)
def index() -> ResponseReturnValue:
    """List disputes, the nearest answer first, and what they hold back."""
    book = till().book
    return page("disputes", rows=queries.disputes(book), held=queries.held(book), now=clock.now())


@console_bp.get("/<account>/<dispute>")
@requires(Permission.FINANCE)
def dispute(account: str, dispute: str) -> ResponseReturnValue:
    """Show a dispute: how much, why, until when, and what happened."""
    row = queries.dispute(account, dispute) or abort(404)
    return page(
        "dispute",
        row=row,
        gift=queries.gift_of(row.payment.subject),
        timeline=steps.of(row.name),
        gateway_url=at_gateway(row.payment),
        now=clock.now(),
    )
