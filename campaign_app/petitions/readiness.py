"""What a petition lacks before it may take signatures."""

from dataclasses import dataclass

from campaign_app.core import clock
from campaign_app.core.i18n import _l
from campaign_app.petitions import queries
from campaign_app.petitions.desk import FEWEST_KEYS
from campaign_app.petitions.models import Petition


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must be there, what it is called, and what to say while it is missing."""

    name: str
    done: bool
    label: str
    lacking: str


def checks(petition: Petition) -> list[Check]:
    """List what must be there before a petition opens, in the order in which it is done."""
    return [_text(petition), _consent(petition), _keys(), _time(petition)]


def _text(petition: Petition) -> Check:
    return Check(
        "text",
        queries.approved_text(petition.id, petition.source_language) is not None,
        _l("The text in the petition's own language is approved"),
        _l("Approve the text in the petition's own language first."),
    )


def _consent(petition: Petition) -> Check:
    required = [
        part
        for part in queries.parts(petition.id)
        if part.required and part.language == petition.source_language and not part.country
    ]
    return Check(
        "consent",
        bool(required),
        _l("A consent part that is required stands beside it"),
        _l("A consent part that is required is missing. Add one first."),
    )


def _keys() -> Check:
    return Check(
        "keys",
        queries.keys_in_use() >= FEWEST_KEYS,
        _l("Two proven keys can open the names"),
        _l("A petition needs two proven keys before it can take names. Make and prove them first."),
    )


def _time(petition: Petition) -> Check:
    return Check(
        "time",
        petition.closes_at is None or petition.closes_at > clock.now(),
        _l("Its closing time lies ahead"),
        _l("The closing time has passed. Choose a later one, or none, first."),
    )
