"""What happens around the lead's link; what a lead does to the event itself: led.py."""

from campaign_app.core.db import session
from campaign_app.core.settings import settings
from campaign_app.stall.models import LeadLink


def speak_to_lead(link_id: int, language: str) -> None:
    """Write the lead's page in another language from now on."""
    if language in settings().languages:
        session.get_one(LeadLink, link_id).language = language
