"""What happens around the lead's link; what a lead does to the event itself: led.py."""

from uuid import UUID

from campaign_app.core.db import session
from campaign_app.core.settings import settings
from campaign_app.shifts import services as crew
from campaign_app.stall import leads
from campaign_app.stall.models import LeadLink


def speak_to_lead(link_id: int, language: str) -> None:
    """Write the lead's page in another language from now on."""
    if language in settings().languages:
        session.get_one(LeadLink, link_id).language = language


def hand_over(link_id: int, new: leads.New, sign_up: UUID | None) -> None:
    """Give the stall to the next lead; one who is on shift takes the lead's shift, too."""
    before = session.get_one(LeadLink, link_id)
    leads.hand_on(link_id, new)
    if sign_up is None:
        return
    try:
        crew.hand_over(before.event_id, sign_up, by=before.alias)
    except (crew.NoSuchShift, crew.Full):
        # The roster knows no shift of a lead, or it is taken: who leads is said by the link.
        return
