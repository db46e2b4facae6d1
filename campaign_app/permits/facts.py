"""What a form says of a permit, on its way to the services."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Stands:
    """How a permit stands from now on; days are by the calendar of the place, "2026-11-14"."""

    state: str
    on: str = ""
    reference: str = ""
    #: Who decided, where somebody of ours did.
    by: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A paper as it was sent."""

    content: bytes
    mime: str
    name: str
