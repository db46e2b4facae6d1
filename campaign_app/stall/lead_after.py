"""What came of the day, on the lead's phone: numbers, what went wrong, pictures."""

from functools import partial
from typing import Any

from flask import Response, abort
from flask.typing import ResponseReturnValue

from campaign_app.core.access import signed_link
from campaign_app.core.db import transact
from campaign_app.core.uploads import takes_file
from campaign_app.stall import incidents, kinds, outcome, photos, services
from campaign_app.stall.after_forms import IncidentForm, LeadPhotoForm, PeopleForm
from campaign_app.stall.lead_door import led
from campaign_app.stall.lead_frame import ROW, home, lead_bp, show
from campaign_app.stall.models import LeadLink


@lead_bp.get("/after")
@signed_link
@led
def after(token: str, link: LeadLink) -> ResponseReturnValue:
    """Show what came of the day so far, and take what is known only here."""
    return _after(token, link)


@lead_bp.post("/after/people")
@signed_link
@led
def say_people(token: str, link: LeadLink) -> ResponseReturnValue:
    """Take how many stopped to talk."""
    form = PeopleForm()
    if not form.validate():
        return _after(token, link, people=form)
    transact(partial(services.say_how_many, link.event_id, form.talked_to.data))
    return home(token, "after")


@lead_bp.post("/after/incident")
@signed_link
@led
def note_incident(token: str, link: LeadLink) -> ResponseReturnValue:
    """Take what went wrong."""
    form = IncidentForm()
    if not form.validate():
        return _after(token, link, incident=form)
    kind, words = str(form.kind.data), form.words.data or ""
    transact(partial(incidents.note, link.event_id, kind, words, by=link.alias))
    return home(token, "after", anchor="incidents")


@lead_bp.post("/after/photo")
@signed_link
@takes_file
@led
def add_photo(token: str, link: LeadLink) -> ResponseReturnValue:
    """Take a picture; nobody sees it before an organiser shows it."""
    form = LeadPhotoForm()
    if not form.validate():
        return _after(token, link, picture=form)
    said = photos.Shown(
        alts={link.language: form.alt.data or ""}, faces=str(form.faces.data), shown=False
    )
    transact(partial(photos.keep, link.event_id, form.drawn, said, by=link.alias))
    return home(token, "after", anchor="photos")


@lead_bp.get(f"/photos/{ROW}")
@signed_link
@led
def photo(token: str, link: LeadLink, row: int) -> ResponseReturnValue:
    """Show the lead a picture of their own stall."""
    found = photos.photo(row)
    if found is None or found.event_id != link.event_id:
        abort(404)
    return photos.answer(found)


@lead_bp.post(f"/photos/{ROW}/remove")
@signed_link
@led
def remove_photo(token: str, link: LeadLink, row: int) -> ResponseReturnValue:
    """Throw a picture away that should not have been taken."""
    transact(partial(photos.drop, row, link.event_id, by=link.alias))
    return home(token, "after", anchor="photos")


def _after(token: str, link: LeadLink, **wrong: Any) -> Response:
    found = outcome.of(link.event)
    known = found.result.talked_to if found.result else None
    forms = {
        "people": PeopleForm(formdata=None, talked_to=known),
        "incident": IncidentForm(formdata=None),
        "picture": LeadPhotoForm(formdata=None),
    }
    return show(
        "after", link, token, 400 if wrong else 200, outcome=found, kinds=kinds.OF_INCIDENT,
        incidents=outcome.incidents_of(link.event_id), photos=photos.of(link.event_id),
        **(forms | wrong),
    )  # fmt: skip
