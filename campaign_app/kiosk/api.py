"""Where tablets deliver and report; what they send is read in batches.py, stored in receiving.py."""

from functools import partial
from http import HTTPStatus
from typing import Final

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from campaign_app.core import clock
from campaign_app.core.access import device
from campaign_app.core.db import transact
from campaign_app.kiosk import batches, door, pack, receiving
from campaign_app.kiosk.door import PROTOCOL, by_token
from campaign_app.kiosk.models import Install

PREFIX: Final = "/api/v1/kiosk/"
#: Fifty envelopes of 8 KB in base64, and what is said beside them.
LARGEST_BATCH: Final = 1024 * 1024

BROKEN: Final = 500
ERRORS: Final = {
    400: "bad_request", 403: "foreign", 404: "not_found", 405: "not_so", 413: "too_large",
    429: "too_often", 503: "busy",
}  # fmt: skip

bp: Final = Blueprint("kiosk_api", __name__, url_prefix=PREFIX)


@bp.post("batch")
@device
@by_token
def batch(install: Install) -> ResponseReturnValue:
    """Store what a tablet delivers, then say so; an empty batch is a heartbeat."""
    request.max_content_length = LARGEST_BATCH
    told = _told(install)  # before the transaction, which reads everything anew
    try:
        sent = batches.read(request.get_data(cache=False))
        results = transact(partial(receiving.take, install.id, sent))
    except batches.NoBatch:
        return door.refused("bad_request", HTTPStatus.BAD_REQUEST)
    except batches.TooMany:
        return door.refused("too_large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    except receiving.Closed:
        return door.refused("device_closed", HTTPStatus.UNAUTHORIZED)
    return jsonify(told | {"batch_id": sent.batch_id, "results": results})


def _told(install: Install) -> dict[str, object]:
    """Say what every answer says."""
    return {
        "protocol": PROTOCOL,
        "server_time": pack.moment(clock.now()),
        "state": pack.state_of(install),
        "pack": pack.etag_of(install),
    }


def tell_error(status: int) -> Response:
    """Tell an error as the protocol does: a page would look like a hotel's network to a tablet."""
    answer = door.refused(ERRORS.get(status, "refused" if status < BROKEN else "broken"), status)
    if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        answer.headers["Retry-After"] = "30"
    return answer
