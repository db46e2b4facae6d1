"""The photograph of a place: set, replaced, taken away. Never commits."""

from collections.abc import Mapping

from campaign_app.audit.services import record
from campaign_app.core import files
from campaign_app.core.db import session
from campaign_app.core.pictures import Drawn
from campaign_app.events.changing import NoSuchPlace
from campaign_app.events.models import Location


def set_photo(location_id: int, drawn: Drawn | None, alts: Mapping[str, str]) -> Location:
    """Keep what a photo shows, and another photo if one was sent."""
    place = _held(location_id)
    if drawn is not None:
        before = place.photo_id
        place.photo_id = files.keep_public(drawn.content, drawn.mime).id
        files.forget(before)
    place.photo_alts = dict(alts)
    record("location.photo_set", f"location:{place.id}")
    return place


def remove_photo(location_id: int) -> Location:
    """Show no photo any more; its bytes go."""
    place = _held(location_id)
    before, place.photo_id, place.photo_alts = place.photo_id, None, {}
    files.forget(before)
    record("location.photo_set", f"location:{place.id}")
    return place


def _held(location_id: int) -> Location:
    place = session.get(Location, location_id, with_for_update=True)
    if place is None:
        raise NoSuchPlace
    return place
