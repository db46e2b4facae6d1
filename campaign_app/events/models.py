"""Campaigns, locations, events."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Float, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign_app.core.db import Base, Number

LOCATION_KINDS = ("university", "station", "street", "square", "playground", "venue", "online")
EVENT_KINDS = ("street_campaign", "concert", "side_event", "online", "meeting")


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


class Event(Base):
    """One date at one location. Signing never depends on its state."""

    __tablename__ = "event"
    __table_args__ = (CheckConstraint("ends_at > starts_at", name="ends_after_start"),)

    id: Mapped[int] = mapped_column(Number, primary_key=True)
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

    location: Mapped[Location] = relationship(lazy="joined")
