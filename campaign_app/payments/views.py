"""Where gateways tell us that something changed: verify the raw bytes, store the pointer, answer.

Nothing else happens before the answer; a job reads what the pointer points to.
"""

from functools import partial

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue

from campaign_app.core.access import public
from campaign_app.core.db import transact
from campaign_app.outbox.services import enqueue_job
from campaign_app.payments import reading
from campaign_app.payments.gateway import BadSignal, Signal
from campaign_app.payments.opening import till

bp = Blueprint("payments", __name__)


@bp.post("/payments/<account>/signals")
@public
def signals(account: str) -> ResponseReturnValue:
    """Take a signed signal; whatever is none is refused with 400 and counted, and leaves no other trace."""
    known = till()
    if account not in known.gateways:
        abort(404)
    try:
        signal = known.gateway(account).heard(
            request.get_data(), request.headers.get("Stripe-Signature", "")
        )
        if signal.live != known.is_live:
            raise BadSignal("other mode")
    except BadSignal as bad:
        transact(partial(reading.count_refusal, account, bad.why))
        return Response(status=400)
    transact(partial(_keep, account, signal))
    return Response(status=200)


def _keep(account: str, signal: Signal) -> None:
    """Store the pointer and the job that reads it, in one commit: a crash leaves both or neither."""
    reading.note_heard(account, till().book)  # also of one that our asking found before
    if reading.hear(account, signal, pushed=True):
        enqueue_job(reading.SIGNALS, {"account": account}, dedupe=f"{reading.SIGNALS}:{account}")
