"""The volunteer's card: what to say, whom to ring, and what to do when it goes wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from campaign_app.core import pdf
from campaign_app.core.i18n import _, pick, spoken
from campaign_app.core.settings import organisation, settings
from campaign_app.events.models import Event
from campaign_app.stall import printing

#: Country → whom to ring in danger: the police, an ambulance.
EMERGENCY: Final[Mapping[str, tuple[str, str]]] = {
    "KR": ("112", "119"),
    "CH": ("117", "144"),
    "US": ("911", "911"),
}
#: Works in any network of Europe and in most others.
ELSEWHERE: Final = ("112", "112")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """Whom to ring, as somebody typed it; what is empty is a line to write on."""

    who: str = ""
    phone: str = ""


def card(event: Event, language: str, ring: Ring, titles: Sequence[str]) -> printing.Sheet:
    """Write the card of an event in a language."""
    with spoken(language):
        return {
            **printing.head(language, event.location, event),
            "kind": "card",
            "title": _("Volunteer card"),
            "event": pick(event.titles, language),
            "ring": _ring(event, ring),
            "pages": [_saying(titles), _trouble(), _end()],
            "fold": _("Print on one side, fold in half twice: the cover ends up in front."),
        }


def _ring(event: Event, ring: Ring) -> Mapping[str, str]:
    police, ambulance = EMERGENCY.get(event.location.country, ELSEWHERE)
    return {
        "heading": _("If anything worries you, ring:"),
        "who": pdf.typed(ring.who),
        "phone": pdf.typed(ring.phone),
        "emergency": _(
            "In danger first the police: %(police)s. Ambulance: %(ambulance)s.",
            police=police,
            ambulance=ambulance,
        ),
    }


def _part(heading: str, *points: str) -> Mapping[str, Any]:
    return {"heading": heading, "points": points}


def _saying(titles: Sequence[str]) -> Sequence[Mapping[str, Any]]:
    age = settings().smallest_age
    return [
        _part(
            _("What to say"),
            _("“Hello, I am a volunteer with %(organisation)s.”", organisation=organisation()),
            *(_("“We ask: %(title)s”", title=title) for title in titles),
            _("“Take your time to read. Would you like to sign?”"),
            _("Thank those who say no, too."),
        ),
        _part(
            _("What happens with a name"),
            _("It is locked at once. Nobody at the stall can read it, nor can you."),
            _("It counts as confirmed once the person presses the button in our mail."),
            _("Whoever changes their mind can withdraw with their receipt code."),
            _("Never write names, phone numbers or mail addresses on paper."),
        ),
        _part(
            _("Nobody under %(age)s", age=age),
            _("Ask, kindly, when somebody looks young. A parent’s permission changes nothing."),
            _("Nobody signs for somebody else, and you sign for nobody."),
        ),
    ]


def _trouble() -> Sequence[Mapping[str, Any]]:
    return [
        _part(
            _("When somebody is hostile"),
            _("Stay calm, step back, do not argue. Nobody has to be convinced."),
            _("Do not film, do not touch. Let a torn board go: people come first."),
            _("Fetch a second person, ring, and leave if you feel unsafe."),
            _("Afterwards tell whoever leads the stall what happened."),
        ),
        _part(
            _("When the police or a guard come"),
            _("Be friendly. Whoever leads the stall has the papers and speaks with them."),
            _("If they ask you to stop, stop, and ring."),
        ),
        _part(
            _("When somebody has fled from North Korea"),
            _("Listen. Ask nothing about the family, the way or the place they come from."),
            _("No photographs, no names, nothing in a chat."),
        ),
    ]


def _end() -> Sequence[Mapping[str, Any]]:
    return [
        _part(
            _("When a tablet is lost or stolen"),
            _("Ring at once, whatever the hour. Do not run after anybody."),
            _("Say which tablet it is, and when and where you saw it last."),
            _("Nobody will blame you. Waiting is the only mistake."),
        ),
        _part(
            _("When a face is in the picture"),
            _("Photograph the stall from behind or from far. Ask before a face is in it."),
            _("Somebody who signs is never photographed."),
        ),
        _part(
            _("Before you go"),
            _("Tick off the kit list, and count boards, tablets and chargers."),
            _("Tell whoever leads the stall what should be different next time."),
            _("Tear up this card once the event is over."),
        ),
    ]
