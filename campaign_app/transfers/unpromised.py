"""What a person says of a gift that nobody had announced: what for, and whom to thank."""

from dataclasses import dataclass, field

from campaign_app.donations.contacts import Contact
from campaign_app.donations.services import Where


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpromised:
    """A gift that nobody had announced."""

    language: str
    where: Where = field(default_factory=Where)
    contact: Contact = field(default_factory=Contact, repr=False)
