"""What a form says of a page, on its way to the services."""

from dataclasses import dataclass

from campaign_app.home.models import HUMAN


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The words of a page in a language."""

    page: str
    language: str
    title: str
    lead: str
    body: str
    origin: str = HUMAN
    source_id: int | None = None
