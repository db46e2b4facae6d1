"""What a code on a board opens when it stands for a petition."""

from collections.abc import Mapping, Sequence
from typing import Final

from flask import Flask, Response, abort, current_app

from campaign_app.core import i18n
from campaign_app.core.caching import Briefly
from campaign_app.core.i18n import current_language
from campaign_app.events import notices
from campaign_app.petitions import queries, states
from campaign_app.petitions.desk import Desk
from campaign_app.petitions.pages import Place, desks, language_for, pages
from campaign_app.petitions.views import take
from campaign_app.qr.target import Pointed

NEWS: Final = "lantern_board_news"


def init_app(app: Flask) -> None:
    """Give the app its memory of what changed at the events of boards."""
    app.extensions[NEWS] = Briefly(_news)


class PetitionTarget:
    """Fills qr.TARGET for petitions: the page, the post, and titles for the console."""

    def show(self, pointed: Pointed) -> Response:
        """Answer a scan with the signing page itself."""
        desk = _desk(pointed)
        language = language_for(desk, pointed.language)
        lead = f"/q/{pointed.letters}?lang={{0}}"
        return pages().get(desk, language, _place(pointed, desk, language), lead)

    def take(self, pointed: Pointed) -> Response:
        """Take a signature on a board's page."""
        desk = _desk(pointed)
        language = language_for(desk, pointed.language)
        return take(desk, language, _place(pointed, desk, language), pointed.placement_id)

    def choices(self) -> Sequence[tuple[int, str]]:
        """List the petitions that a code may stand for."""
        chosen = [p for p in queries.every() if p.state not in states.ENDED]
        return [(petition.id, queries.title(petition, current_language())) for petition in chosen]

    def titles(self, target_id: int) -> Mapping[str, str]:
        """Name a petition in the languages it is offered in; a draft by its newest words."""
        newest = queries.newest_texts(target_id)
        live = {code: text.title for code, text in newest.items() if text.state == states.APPROVED}
        return live or {code: text.title for code, text in newest.items()}


def _desk(pointed: Pointed) -> Desk:
    desk = desks().desk.get(pointed.target_id)
    if desk is None or desk.state not in states.SHOWN or not desk.languages():
        abort(404)
    return desk


def _place(pointed: Pointed, desk: Desk, language: str) -> Place:
    where = [i18n.pick(pointed.place, language) if pointed.place else "", pointed.board]
    return Place(
        action=f"/q/{pointed.letters}?lang={language}",
        board=" · ".join(part for part in where if part),
        country=pointed.country or desk.country,
        news=_news_at(pointed.event_id, language),
        event_id=pointed.event_id,
    )


def _news_at(event_id: int | None, language: str) -> str:
    """Say what changed of the event at which a board stands, while it is near."""
    if event_id is None:
        return ""
    kept: Briefly[tuple[int, str], str] = current_app.extensions[NEWS]
    return kept.get((event_id, language))


def _news(key: tuple[int, str]) -> str:
    event_id, language = key
    told = notices.near(event_id)
    return notices.notice(*told, language) if told else ""


TARGET: Final = PetitionTarget()
