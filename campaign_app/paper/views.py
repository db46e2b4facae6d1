"""What a passer-by finds behind the picture on a sheet: a sentence, and nothing of anybody."""

from typing import Final

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from campaign_app.core import web
from campaign_app.core.access import public
from campaign_app.core.i18n import OWN_NAMES, speak
from campaign_app.core.ids import CODE_LENGTH, READABLE, as_typed
from campaign_app.core.settings import settings

bp: Final = Blueprint("paper", __name__)


@bp.get("/paper/<code>")
@public
def sheet(code: str) -> ResponseReturnValue:
    """Say what this paper is; whether a sheet has this code, only people of ours learn."""
    offered = settings().languages
    wanted = request.args.get("lang", "")
    if wanted in offered:
        speak(wanted)
    letters = as_typed(code)
    html = render_template(
        "paper/sheet.html",
        languages=[(one, OWN_NAMES[one], f"?lang={one}") for one in offered],
        code=letters if len(letters) == CODE_LENGTH and set(letters) <= set(READABLE) else "",
    )
    return web.page(html)
