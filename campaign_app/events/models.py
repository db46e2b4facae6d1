"""Campaigns, locations, series, events and what happened to them."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Float, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign_app.core import clock
from campaign_app.core.db import Base, Number
from campaign_app.core.files import StoredFile
from campaign_app.core.ids import CODE_LENGTH, readable

LOCATION_KINDS = ("university", "station", "street", "square", "playground", "venue", "online")
EVENT_KINDS = ("street_campaign", "concert", "side_event", "online", "meeting")

#: A draft is ours alone; everything else is public.
DRAFT, CONFIRMED, POSTPONED = "draft", "confirmed", "postponed"
MOVED, CANCELLED, DONE = "moved", "cancelled", "done"
STATES: Final = (DRAFT, CONFIRMED, POSTPONED, MOVED, CANCELLED, DONE)
#: Where the permits stand; only the permits room writes it.
WAITING, FILED, GRANTED, NOT_NEEDED, GOES_AHEAD = (
    "waiting", "filed", "granted", "not_needed", "goes_ahead",
)  # fmt: skip
GATES: Final = (WAITING, FILED, GRANTED, NOT_NEEDED, GOES_AHEAD)


def _letters() -> str:
    return readable(CODE_LENGTH)


def _uid() -> str:
    return str(uuid4())


class Campaign(Base):
    """A cause we work for over years; petitions, events and reports belong to one."""

    __tablename__ = "campaign"

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    #: Language → name.
    names: Mapped[dict[str, str]]


class Location(Base):
    """A place where a stall can stand."""

    __tablename__ = "location"
    __table_args__ = (
        CheckConstraint("latitude BETWEEN -90 AND 90", name="latitude"),
        CheckConstraint("longitude BETWEEN -180 AND 180", name="longitude"),
        CheckConstraint("length(country) = 2", name="country"),
        CheckConstraint("capacity >= 0", name="capacity"),
    )

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    #: Language → name.
    names: Mapped[dict[str, str]]
    #: Language → name of the city.
    cities: Mapped[dict[str, str]]
    #: ISO 3166-1 alpha-2, preselected for those who sign here.
    country: Mapped[str] = mapped_column(String(2))
    #: IANA name; the hours of this place are counted in it.
    zone: Mapped[str] = mapped_column(String(60))
    latitude: Mapped[float | None] = mapped_column(Float)
    longitude: Mapped[float | None] = mapped_column(Float)
    #: What most people read here; codes start with it.
    language: Mapped[str] = mapped_column(String(12))
    #: Language → name of the station, of the line, and the number of the exit, where there is one.
    stations: Mapped[dict[str, str]] = mapped_column(default=dict, server_default="{}")
    lines: Mapped[dict[str, str]] = mapped_column(default=dict, server_default="{}")
    exit_number: Mapped[str] = mapped_column(String(12), default="", server_default="")
    #: Language → the postal address.
    addresses: Mapped[dict[str, str]] = mapped_column(default=dict, server_default="{}")
    #: Language → how one walks there.
    directions: Mapped[dict[str, str]] = mapped_column(default=dict, server_default="{}")
    #: Language → where the nearest lift is; the nearest toilet.
    lifts: Mapped[dict[str, str]] = mapped_column(default=dict, server_default="{}")
    toilets: Mapped[dict[str, str]] = mapped_column(default=dict, server_default="{}")
    #: None where nobody has looked yet.
    indoor: Mapped[bool | None]
    power: Mapped[bool | None]
    shelter: Mapped[bool | None]
    step_free: Mapped[bool | None]
    #: How many people may be there.
    capacity: Mapped[int | None]
    #: Notes from last time; never public.
    notes: Mapped[str] = mapped_column(Text, default="", server_default="")
    photo_id: Mapped[UUID | None] = mapped_column(ForeignKey(StoredFile.id), index=True)
    #: Language → what the photo shows.
    photo_alts: Mapped[dict[str, str]] = mapped_column(default=dict, server_default="{}")


class Series(Base):
    """A rule by which events come again; the events are rows of their own."""

    __tablename__ = "series"
    __table_args__ = (CheckConstraint("minutes > 0", name="minutes"),)

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"), index=True)
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    titles: Mapped[dict[str, str]]
    summaries: Mapped[dict[str, str]] = mapped_column(default=dict, server_default="{}")
    #: RFC 5545, without DTSTART: "FREQ=MONTHLY;BYDAY=2SA".
    rule: Mapped[str] = mapped_column(String(200))
    #: The first date and its time on the clock at the place, "2026-11-14T14:00".
    starts_local: Mapped[str] = mapped_column(String(16))
    minutes: Mapped[int]
    zone: Mapped[str] = mapped_column(String(60))
    #: The last day that may have an event, "2027-06-30"; empty while it goes on.
    ends_on: Mapped[str] = mapped_column(String(10), default="", server_default="")
    created_at: Mapped[datetime]

    location: Mapped[Location] = relationship(lazy="joined")


class SeriesException(Base):
    """A day on which a series rests, and why."""

    __tablename__ = "series_exception"
    __table_args__ = (UniqueConstraint("series_id", "day"),)

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"))
    #: By the calendar of the place, "2027-02-06".
    day: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(300))


class Event(Base):
    """One date at one location. Signing never depends on its state."""

    __tablename__ = "event"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint(f"state IN {STATES}", name="state"),
        CheckConstraint(f"permit_gate IN {GATES}", name="permit_gate"),
        CheckConstraint("state <> 'confirmed' OR permit_gate <> 'waiting'", name="gate_open"),
        CheckConstraint("(series_id IS NULL) = (recurrence_key IS NULL)", name="key_of_series"),
        CheckConstraint("capacity >= 0", name="capacity"),
        # A date of a series exists once, however often the series is written out.
        UniqueConstraint("series_id", "recurrence_key"),
        Index("ix_event_state_starts_at", "state", "starts_at"),
    )

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    #: Names it in addresses: nobody can count on to the next draft.
    letters: Mapped[str] = mapped_column(String(12), unique=True, default=_letters)
    #: Names it in calendars, for ever.
    uid: Mapped[str] = mapped_column(String(36), unique=True, default=_uid)
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"), index=True)
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    #: Language → title.
    titles: Mapped[dict[str, str]]
    #: What the clock at the place shows, "2026-11-14T14:00"; the truth if the zone's rules change.
    starts_local: Mapped[str] = mapped_column(String(16))
    ends_local: Mapped[str] = mapped_column(String(16))
    zone: Mapped[str] = mapped_column(String(60))
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]

    state: Mapped[str] = mapped_column(String(12), default=DRAFT, server_default=DRAFT)
    permit_gate: Mapped[str] = mapped_column(String(12), default=WAITING, server_default=WAITING)
    #: Goes up with each change of time, place or state; calendars go by it.
    sequence: Mapped[int] = mapped_column(default=0, server_default="0")
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
    series_id: Mapped[int | None] = mapped_column(ForeignKey("series.id"))
    #: The local time that the series gave it first; it stays when the event moves.
    recurrence_key: Mapped[str | None] = mapped_column(String(16))
    #: Fields that were changed here alone; a change of the whole series leaves them.
    overridden: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
    #: Where and when it was announced first, if that is no longer true.
    previous_starts_at: Mapped[datetime | None]
    previous_location_id: Mapped[int | None] = mapped_column(ForeignKey("location.id"))
    #: Language → what it is about; how to find it; who can take part and how; what the money is for.
    summaries: Mapped[dict[str, str]] = mapped_column(default=dict, server_default="{}")
    find_notes: Mapped[dict[str, str]] = mapped_column(default=dict, server_default="{}")
    access_notes: Mapped[dict[str, str]] = mapped_column(default=dict, server_default="{}")
    causes: Mapped[dict[str, str]] = mapped_column(default=dict, server_default="{}")
    #: Of a concert: when the doors open and when silence begins, as the clock there shows it.
    doors_local: Mapped[str | None] = mapped_column(String(16))
    curfew_local: Mapped[str | None] = mapped_column(String(16))
    #: How many may take part, if fewer than the place holds.
    capacity: Mapped[int | None]

    location: Mapped[Location] = relationship(lazy="joined", foreign_keys=[location_id])
    previous_location: Mapped[Location | None] = relationship(foreign_keys=[previous_location_id])

    @property
    def is_public(self) -> bool:
        """Tell whether anybody but us may know of it."""
        return self.state != DRAFT


class EventChange(Base):
    """What happened to an event that people may have planned for; never changed, never deleted."""

    __tablename__ = "event_change"
    __table_args__ = (UniqueConstraint("event_id", "sequence"),)

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    #: The event's sequence after it.
    sequence: Mapped[int]
    at: Mapped[datetime]
    #: confirmed, moved, late, postponed, cancelled, resumed, stopped, done, changed.
    kind: Mapped[str] = mapped_column(String(12))
    #: What was true before and after: state, starts_local, ends_local, location_id.
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    #: rain, heat, dust, police, station, other; empty where nobody said why.
    reason: Mapped[str] = mapped_column(String(20), default="", server_default="")
    #: Language → words besides the prepared ones.
    words: Mapped[dict[str, str]] = mapped_column(default=dict, server_default="{}")
    #: The alias of the lead who said so; empty for people of ours, whom the audit trail names.
    alias: Mapped[str] = mapped_column(String(60), default="", server_default="")


class Act(Base):
    """Who plays when at a concert."""

    __tablename__ = "act"
    __table_args__ = (UniqueConstraint("event_id", "position"),)

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(120))
    stage: Mapped[str] = mapped_column(String(60), default="", server_default="")
    starts_local: Mapped[str] = mapped_column(String(16))
    ends_local: Mapped[str] = mapped_column(String(16))
