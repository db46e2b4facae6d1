"""Volunteers' deeds as the rooms above know them; each lies in the module named beside it.

sign_up · join · add · confirm · decline · cancel · offer · take     (roster: who comes)
mark · confirm_hours · hand_over                                    (attendance: on the day)
tick                                                                (kit: packed, brought back)
add_shift · change_shift · drop_shift                               (planning: what is needed)
use · keep · write · drop_template                                  (usual: templates)
open_link · end_link                                                (where one signs up)
"""

from dataclasses import replace
from uuid import UUID

from campaign_app.audit.services import record
from campaign_app.shifts import volunteers
from campaign_app.shifts.attendance import confirm_hours, hand_over, mark
from campaign_app.shifts.kit import tick
from campaign_app.shifts.models import Volunteer
from campaign_app.shifts.planning import (
    ShiftPlan,
    add_shift,
    change_shift,
    crew,
    drop_shift,
    event_named,
)
from campaign_app.shifts.roster import (
    add,
    cancel,
    confirm,
    decline,
    join,
    offer,
    sign_up,
    take,
)
from campaign_app.shifts.seats import (
    Changed,
    Full,
    NoSuchShift,
    NotOpen,
    NotYet,
    TwoAtOnce,
    knows_us,
)
from campaign_app.shifts.usual import drop_template, keep, use, write

__all__ = [
    "Changed", "Full", "NoSuchShift", "NotOpen", "NotYet", "ShiftPlan", "TwoAtOnce",
    "add", "add_shift", "cancel", "change_shift", "confirm", "confirm_hours", "decline",
    "drop_shift", "drop_template", "hand_over", "join", "keep", "knows_us", "mark", "offer",
    "sign_up", "take", "tick", "use", "write",
]  # fmt: skip


def open_link(event_id: int) -> str:
    """Give an event a new sign-up link; the one before opens nothing any more."""
    letters = volunteers.draw_event_link(crew(event_named(event_id).id))
    record("crew.link_opened", f"event:{event_id}")
    return letters


def end_link(event_id: int) -> None:
    """Let nobody sign up by a link any more."""
    row = crew(event_named(event_id).id)
    row.link_hash = row.link_closed = None
    record("crew.link_ended", f"event:{event_id}")


def renew_personal_link(number: UUID) -> Volunteer:
    """Give a volunteer another link, because the one before is lost or in wrong hands."""
    volunteer = volunteers.held(number)
    volunteers.renew_link(volunteer)
    record("volunteer.link_renewed", f"volunteer:{volunteer.id.hex[:8]}")
    return volunteer


def set_portal_name(number: UUID, name: str) -> None:
    """Keep the name by which a portal knows a volunteer, closed with their contact."""
    volunteer = volunteers.held(number)
    contact = replace(volunteers.contact_of(volunteer), portal_name=name)
    volunteer.contact = volunteers.close_contact(number, contact)
