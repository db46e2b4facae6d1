"""The finance role's first page."""

from typing import Final

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from campaign_app.core import web
from campaign_app.core.access import Permission, requires

console_bp: Final = Blueprint("money", __name__, url_prefix="/console/money")


@console_bp.get("/")
@requires(Permission.FINANCE)
def overview() -> ResponseReturnValue:
    """Show the five numbers of a time, and what waits for somebody."""
    return web.page(render_template("finance/overview.html"))
