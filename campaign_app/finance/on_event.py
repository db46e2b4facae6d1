"""What an event brought, on its page in the console: sums for whoever organises, and no donor."""

from markupsafe import Markup

from campaign_app.cash import queries as cash
from campaign_app.core import web
from campaign_app.donations import sums
from campaign_app.events.models import Event
from campaign_app.payments.opening import till


def on_event(event: Event) -> Markup:
    """Show what was given at an event by card and bank, and what was counted in boxes: two numbers."""
    gifts, given = sums.of_event(event.id, till().book)
    boxes = cash.of_event(event.id)
    return web.fragment(
        "finance/on_event.html",
        gifts=gifts,
        given=sorted(given.items()),
        counted=sorted(boxes.counted.items()),
        banked=boxes.banked,
    )
