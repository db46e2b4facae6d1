"""Public pictures by their number. What is private has no public address at all."""

from typing import Final
from uuid import UUID

from flask import Blueprint, Flask, Response, abort
from flask.typing import ResponseReturnValue

from campaign_app.core.access import public
from campaign_app.core.db import session
from campaign_app.core.files import StoredFile
from campaign_app.core.web import FOR_EVER

bp: Final = Blueprint("files", __name__)
#: Opened by itself, a picture may do nothing at all.
ALONE: Final = "default-src 'none'; frame-ancestors 'none'; sandbox"


def init_app(app: Flask) -> None:
    """Give public files their addresses."""
    app.register_blueprint(bp)


@bp.get("/files/<uuid:number>")
@public
def show(number: UUID) -> ResponseReturnValue:
    """Show a public picture; another one has another address, so it may be kept for ever."""
    file = session.get(StoredFile, number)
    if file is None or file.private:
        abort(404)
    answer = Response(file.content, mimetype=file.mime)
    answer.headers["Cache-Control"] = f"public, max-age={FOR_EVER}, immutable"
    answer.headers["Content-Security-Policy"] = ALONE
    return answer
