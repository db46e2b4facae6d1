"""The stall's digits on the event's own page: what was guessed, and other codes at one touch."""

from functools import partial
from typing import Final

from flask import abort, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from campaign_app.core import web
from campaign_app.core.access import Permission, requires
from campaign_app.core.db import session
from campaign_app.core.forms import ConsoleForm
from campaign_app.core.i18n import _
from campaign_app.events.models import Event
from campaign_app.petitions import stall_code
from campaign_app.petitions.console_frame import LARGEST_ROW, bp, deed, may
from campaign_app.petitions.stall_models import MOST_WRONG_IN_ALL

ROW: Final = f"<int(max={LARGEST_ROW}):event_id>"


@bp.post(f"/stall-codes/{ROW}/other")
@requires(Permission.ORGANISE)
def other_stall_codes(event_id: int) -> ResponseReturnValue:
    """Give an event other codes: one went round, or strangers have guessed too often."""
    event = session.get(Event, event_id) or abort(404)
    if not ConsoleForm().validate_on_submit():
        abort(400)
    said = _(
        "This event has other stall codes now. Tablets show them as soon as they have a network."
    )
    back = url_for("events_console.edit_event", row=event.id)
    return deed(partial(stall_code.rotate, event.id), said, back)


def on_event_page(event: Event) -> Markup:
    """Say on an event's page how its codes fare, while a stall may stand (slot CONSOLE)."""
    if not may(Permission.ORGANISE) or not stall_code.runs(event):
        return Markup()
    wrong = stall_code.wrong_so_far(event.id)
    return web.fragment(
        "petitions/console/stall_line.html",
        event=event,
        wrong=wrong,
        most=MOST_WRONG_IN_ALL,
        shut=wrong >= MOST_WRONG_IN_ALL,
        button=ConsoleForm(formdata=None),
    )
