"""Taking files: a page that takes one says so, and all others stay small.

@bp.post("/photo")
@takes_file
@requires(Permission.ORGANISE)
def photo() -> ResponseReturnValue: ...
"""

from collections.abc import Callable
from functools import wraps
from typing import Final, ParamSpec

from flask import request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _l

P = ParamSpec("P")
#: What a phone's photograph or a scanned permit may weigh.
LARGEST_FILE: Final = 5 * 1024 * 1024
#: The fields beside it.
REST: Final = 256 * 1024


class FileTooLarge(DomainError):
    """More than we take at once."""

    status = 413
    text = _l("This file is larger than 5 MB. Please make it smaller, and choose it again.")


def takes_file(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Let a form bring one file of 5 MB; stands above `requires`, which reads the form's token."""

    @wraps(view)
    def taking(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        request.max_content_length = LARGEST_FILE + REST
        try:
            return view(*args, **kwargs)
        except RequestEntityTooLarge:
            raise FileTooLarge from None

    return taking
