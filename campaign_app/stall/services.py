"""What happens around the lead's link, and what is said of an event afterwards.

What a lead does to the event itself: led.py. Incidents and photos: incidents.py, photos.py.
"""

from collections.abc import Mapping
from uuid import UUID

from campaign_app.audit.services import record
from campaign_app.core import clock
from campaign_app.core.db import insert, session
from campaign_app.core.settings import settings
from campaign_app.shifts import services as crew
from campaign_app.stall import leads
from campaign_app.stall.models import EventResult, LeadLink


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


def say_how_many(event_id: int, talked_to: int | None) -> None:
    """Keep how many people stopped to talk, as the lead reckons."""
    result = _result(event_id)
    result.talked_to, result.changed_at = talked_to, clock.now()
    record("result.said", f"event:{event_id}", count=talked_to)


def say_what_came_of_it(event_id: int, words: Mapping[str, str], talked_to: int | None) -> None:
    """Keep the sentences for the public, language by language; an empty one is none."""
    result = _result(event_id)
    result.words = {language: text for language, text in words.items() if text}
    result.talked_to, result.changed_at = talked_to, clock.now()
    record("result.said", f"event:{event_id}", count=talked_to)


def _result(event_id: int) -> EventResult:
    row = insert(EventResult).values(event_id=event_id, words={}, changed_at=clock.now())
    session.execute(row.on_conflict_do_nothing(index_elements=["event_id"]))
    return session.get_one(EventResult, event_id, with_for_update=True)
