"""What the public reads of a handover: when, where, to whom, how many, and what was answered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import url_for
from markupsafe import Markup

from campaign_app.core.i18n import FALLBACK
from campaign_app.petitions import handing, statements
from campaign_app.petitions.statement_models import Answer, Handover
from campaign_app.petitions.texts import rendered


@dataclass(frozen=True, slots=True)
class Words:
    """A text in the reader's language, or in another one that the page must name."""

    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Reply:
    """The newest version of an answer."""

    on: date
    sender: Words
    language: str
    html: Markup


@dataclass(frozen=True, slots=True)
class Handed:
    """One handover."""

    on: date
    place: Words
    receiver: Words
    counted: int
    serial: str
    address: str
    reply: Reply | None


def words(texts: Mapping[str, str], language: str) -> Words:
    """Take a text in a language, else in English, else in the first there is."""
    for code in (language, FALLBACK, *texts):
        if texts.get(code):
            return Words(code, texts[code])
    return Words(language, "")


def shown(petition_id: int, language: str) -> list[Handed]:
    """List a petition's handovers as a page shows them, the first one first."""
    return [_handed(handover, language) for handover in handing.handovers(petition_id)]


def _handed(handover: Handover, language: str) -> Handed:
    found = handing.versions(handover.id)
    serial = handover.statement.serial
    return Handed(
        on=handover.delivered_on,
        place=words(handover.places, language),
        receiver=words(handover.receivers, language),
        counted=statements.facts(handover.statement)["total"],
        serial=serial,
        address=url_for("petitions.statement", lang=language, serial=serial),
        reply=_reply(found[0], language) if found else None,
    )


def _reply(answer: Answer, language: str) -> Reply:
    said = words(answer.texts, language)
    return Reply(
        on=answer.answered_on,
        sender=words(answer.senders, language),
        language=said.language,
        html=rendered(said.text),
    )
