"""Letters to volunteers, in their language: what stands about them, what changed, when to come.

Whoever left a number only gets none; their page says the same.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from campaign_app.core.i18n import _, day, pick, spoken, time_of_day
from campaign_app.core.settings import settings
from campaign_app.events import notices
from campaign_app.events.models import Event, EventChange
from campaign_app.outbox.services import Letter, seal_letter
from campaign_app.shifts import volunteers, words
from campaign_app.shifts.hours import Span, span
from campaign_app.shifts.models import (
    ASKED,
    CONFIRMED,
    DECLINED,
    MOVED,
    SWAPPED,
    SignUp,
    Volunteer,
)

TEMPLATE: Final = "shifts/volunteer"
#: What a letter may be about, besides the states of a sign-up.
CHANGED, REMINDER, KNOWN = "changed", "reminder", "known"
OF_STATES: Final = (ASKED, CONFIRMED, DECLINED, SWAPPED)


def address(volunteer: Volunteer) -> str:
    """Write a volunteer's own page, also where no request runs; empty if it cannot be opened."""
    token = volunteers.token_of(volunteer)
    return f"{settings().public_url}/{volunteer.language}/my-shifts/{token}" if token else ""


def of_state(one: SignUp) -> Letter | None:
    """Write how a sign-up stands, or that it is at another time now."""
    if one.told_state != MOVED:
        return _letter(one.volunteer, one.state, _facts(one))
    with spoken(one.volunteer.language):
        said = _("The time of your shift has changed.")
    return _letter(one.volunteer, CHANGED, _facts(one) | {"notice": said})


def of_change(one: SignUp, event: Event, change: EventChange) -> Letter | None:
    """Write what happened to an event."""
    said = notices.notice(event, change, one.volunteer.language)
    facts = _facts(one) | {"notice": said, "over": event.state in {"cancelled", "postponed"}}
    return _letter(one.volunteer, CHANGED, facts)


def of_tomorrow(one: SignUp) -> Letter | None:
    """Write that it is soon."""
    with spoken(one.volunteer.language):
        find = pick(one.shift.event.find_notes)
    return _letter(one.volunteer, REMINDER, _facts(one) | {"find": find})


def of_before(volunteer: Volunteer) -> Letter | None:
    """Write to a mailbox that was typed again: what it signed up for stands on its own page."""
    return _letter(volunteer, KNOWN, {})


def _letter(volunteer: Volunteer, kind: str, facts: Mapping[str, Any]) -> Letter | None:
    to = volunteers.contact_of(volunteer).email
    if not to:
        return None
    context = {"kind": kind, "alias": volunteer.alias, "link": address(volunteer)}
    return seal_letter(
        to=to,
        template=TEMPLATE,
        language=volunteer.language,
        context={**context, **facts},
        lanes=("shifts",),
    )


def _facts(one: SignUp) -> dict[str, Any]:
    event = one.shift.event
    with spoken(one.volunteer.language):
        return {
            "title": pick(event.titles),
            "role": str(words.OF_ROLE[one.shift.role]),
            "when": when(span(one.shift), event.zone),
            "place": f"{pick(event.location.names)}, {pick(event.location.cities)}",
        }


def when(at: Span, zone: str) -> str:
    """Write from when to when on the clock of a place, in the current language."""
    return _(
        "%(day)s, %(starts)s to %(ends)s",
        day=day(_there(at.starts_at, zone), "full"),
        starts=time_of_day(at.starts_at, zone),
        ends=time_of_day(at.ends_at, zone),
    )


def _there(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(ZoneInfo(zone))
