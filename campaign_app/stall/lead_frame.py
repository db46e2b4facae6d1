"""What all pages of a lead share: one blueprint below the secret address, one frame, one way home."""

from typing import Any, Final

from flask import Blueprint, Response, redirect, render_template, url_for

from campaign_app.core import web
from campaign_app.core.i18n import OWN_NAMES
from campaign_app.events import kinds
from campaign_app.petitions.tally_ground import event_when
from campaign_app.stall import led
from campaign_app.stall.models import LeadLink

lead_bp: Final = Blueprint("lead", __name__, url_prefix="/stall/<token>")
#: Row numbers that both engines can hold; anything larger is an unknown address.
ROW: Final = "<int(max=2147483647):row>"


def home(token: str, endpoint: str = "page", anchor: str | None = None) -> Response:
    """Lead back to one of the lead's pages after a deed."""
    address = url_for(f"lead.{endpoint}", token=token, _anchor=anchor)
    answer: Response = redirect(address, 303)  # type: ignore[assignment]
    return answer


def show(name: str, link: LeadLink, token: str, status: int = 200, **facts: Any) -> Response:
    """Show one of the lead's pages."""
    event = link.event
    html = render_template(
        f"stall/lead/{name}.html",
        link=link,
        event=event,
        when=event_when(event),
        token=token,
        states=kinds.OF_STATE,
        own_names=OWN_NAMES,
        may_change=led.may_change(event),
        **facts,
    )
    return web.page(html, status)
