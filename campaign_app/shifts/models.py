"""Shifts of an event, who comes to them, and the list of what they bring.

Of a volunteer there is an alias and, for a while, a closed box with a mailbox or a number (see
volunteers.py). A roster is never public.
"""

import uuid
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, false, text
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign_app.core import clock
from campaign_app.core.db import Base, Number
from campaign_app.events.models import Event

#: What somebody does at a stall.
LEAD, BOARD, TABLET = "lead", "board", "tablet"
ROLES: Final = (LEAD, BOARD, TABLET)
#: Where a sign-up stands; the first two hold a seat.
ASKED, CONFIRMED, DECLINED, CANCELLED, SWAPPED = (
    "asked", "confirmed", "declined", "cancelled", "swapped",
)  # fmt: skip
STATES: Final = (ASKED, CONFIRMED, DECLINED, CANCELLED, SWAPPED)
LIVE: Final = (ASKED, CONFIRMED)
#: Stands in told_state when what mail said of the time is no longer true.
MOVED: Final = "moved"
HOLDS_A_SEAT: Final = text("state IN ('asked', 'confirmed')")
#: What a template is of.
OF_SHIFTS, OF_KIT = "shifts", "kit"
TEMPLATES: Final = (OF_SHIFTS, OF_KIT)
MOST_MINUTES: Final = 24 * 60


def _this_hour() -> datetime:
    return clock.hour_of(clock.now())


class Crew(Base):
    """What the volunteers of one event share: the link by which one signs up."""

    __tablename__ = "crew"
    __table_args__ = (
        CheckConstraint("(link_hash IS NULL) = (link_closed IS NULL)", name="link_whole"),
    )

    event_id: Mapped[int] = mapped_column(
        Number, ForeignKey("event.id"), primary_key=True, autoincrement=False
    )
    link_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    #: The letters themselves, closed, so that an organiser can copy them again.
    link_closed: Mapped[bytes | None] = mapped_column(LargeBinary)


class Shift(Base):
    """One task at an event from when to when, and how many it needs."""

    __tablename__ = "shift"
    __table_args__ = (
        CheckConstraint(f"role IN {ROLES}", name="role"),
        CheckConstraint("least >= 0 AND most >= least AND most > 0", name="numbers"),
        # The backstop of every seat: nothing that runs at the same time gets past it.
        CheckConstraint("taken >= 0 AND taken <= most", name="seats"),
        CheckConstraint(
            "(starts_at IS NULL) = (ends_at IS NULL) AND (starts_at IS NULL) = (planned_from IS NULL)"
            " AND (starts_at IS NULL) = (planned_until IS NULL)",
            name="times_whole",
        ),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
    )

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    role: Mapped[str] = mapped_column(String(12))
    least: Mapped[int]
    most: Mapped[int]
    #: How many seats are held, by whoever asked or is confirmed.
    taken: Mapped[int] = mapped_column(default=0, server_default="0")
    #: None: as long as the event itself, wherever that moves.
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    #: When the event was when these times were written; they move along with it (see hours.py).
    planned_from: Mapped[datetime | None]
    planned_until: Mapped[datetime | None]

    event: Mapped[Event] = relationship(lazy="joined")


class Volunteer(Base):
    """Somebody who helps, as they call themselves."""

    __tablename__ = "volunteer"

    #: Random: it says nothing, not even when.
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    alias: Mapped[str] = mapped_column(String(60))
    #: In which language we write to them.
    language: Mapped[str] = mapped_column(String(12))
    #: What they speak, language codes and their own words.
    speaks: Mapped[list[str]]
    #: Mailbox, number and the name for a portal, closed; None once they are forgotten.
    contact: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: Blind marks under a key of this server: the same mailbox is the same volunteer, the same
    #: number perhaps.
    mail_mark: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    phone_mark: Mapped[bytes | None] = mapped_column(LargeBinary(32), index=True)
    link_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    link_closed: Mapped[bytes] = mapped_column(LargeBinary)
    #: Drawn with the page they filled in: sending it twice makes one volunteer.
    form_key: Mapped[UUID | None] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(default=_this_hour)
    #: The last day on which their mailbox was told what it signed up for before.
    reminded_on: Mapped[date | None]


class SignUp(Base):
    """That somebody wants to come, will come, came."""

    __tablename__ = "shift_sign_up"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        CheckConstraint(f"minutes BETWEEN 0 AND {MOST_MINUTES}", name="minutes"),
        CheckConstraint("minutes IS NULL OR came", name="hours_of_who_came"),
        Index(
            "uq_shift_sign_up_live",
            "shift_id",
            "volunteer_id",
            unique=True,
            sqlite_where=HOLDS_A_SEAT,
            postgresql_where=HOLDS_A_SEAT,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    shift_id: Mapped[int] = mapped_column(ForeignKey("shift.id"), index=True)
    volunteer_id: Mapped[UUID] = mapped_column(ForeignKey("volunteer.id"), index=True)
    state: Mapped[str] = mapped_column(String(12), default=ASKED, server_default=ASKED)
    #: Somebody else may take the seat; until then it stays theirs.
    offered: Mapped[bool] = mapped_column(default=False, server_default=false())
    came: Mapped[bool | None]
    #: What was confirmed afterwards, and by whom (an alias, or one of us).
    minutes: Mapped[int | None]
    said_by: Mapped[str] = mapped_column(String(200), default="", server_default="")
    #: What mail has told them: a state, the event's sequence, the beginning they were reminded of.
    told_state: Mapped[str] = mapped_column(String(12), default="", server_default="")
    told_sequence: Mapped[int] = mapped_column(default=0, server_default="0")
    reminded_of: Mapped[datetime | None]

    shift: Mapped[Shift] = relationship(lazy="joined")
    volunteer: Mapped[Volunteer] = relationship(lazy="joined")


class KitItem(Base):
    """One thing that an event needs, packed and brought back."""

    __tablename__ = "kit_item"
    __table_args__ = (Unique("event_id", "name"),)

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(120))
    packed_at: Mapped[datetime | None]
    packed_by: Mapped[str] = mapped_column(String(200), default="", server_default="")
    returned_at: Mapped[datetime | None]
    returned_by: Mapped[str] = mapped_column(String(200), default="", server_default="")


class Template(Base):
    """The usual shifts, or the usual kit: of one campaign, or of all."""

    __tablename__ = "crew_template"
    __table_args__ = (
        CheckConstraint(f"kind IN {TEMPLATES}", name="kind"),
        Unique("kind", "name"),
    )

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(120))
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"), index=True)
    #: Of shifts: {role, least, most, after, until} with minutes after the event's beginning, or
    #: None for its own; of kit: {name}.
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
