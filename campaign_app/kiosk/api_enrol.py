"""What a tablet asks before it collects: a token for a code, and the pack. Neither reads a signer."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from campaign_app.audit.services import Actor, acting_as
from campaign_app.core import web
from campaign_app.core.access import device
from campaign_app.core.db import transact
from campaign_app.core.ids import CODE_LENGTH, as_typed
from campaign_app.kiosk import door, enrolling, losses, pack, states
from campaign_app.kiosk.models import Install

bp: Final = Blueprint("kiosk_enrol", __name__, url_prefix="/api/v1/kiosk")
_SHELL: Final = 20
MALFORMED: Final = "malformed"
#: Whoever types a code is known by the code alone, and who made that stands in the trail.
TABLET: Final = Actor("tablet")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a tablet says to be enrolled."""

    letters: str
    install: UUID
    shell: str
    lost: list[losses.Lost]


@bp.post("/enrol")
@device
def enrol() -> ResponseReturnValue:
    """Give a tablet its token for a code."""
    asked = _asked(request.get_json(silent=True))
    if asked is None:
        return door.refused(MALFORMED, 400)
    code = transact(partial(enrolling.count_try, asked.letters))
    if code is None:
        return door.refused(enrolling.why_not(asked.letters), 403)
    if not enrolling.is_right(code, asked.letters):
        return door.refused(enrolling.WRONG, 403)
    newcomer = enrolling.Newcomer(asked.install, asked.shell, door.new_token())
    try:
        install = transact(partial(_enrol, code.id, newcomer, asked.lost))
    except enrolling.Refused as refused:
        return door.refused(refused.reason, 403)
    tablet = {"name": install.tablet.name, "language": install.tablet.language}
    return jsonify({"protocol": door.PROTOCOL, "token": newcomer.token, "tablet": tablet})


def _enrol(code_id: int, newcomer: enrolling.Newcomer, lost: list[losses.Lost]) -> Install:
    with acting_as(TABLET):
        install = enrolling.enrol(code_id, newcomer)
    losses.note(lost)
    return install


@bp.get("/pack")
@device
@door.by_token
def give_pack(install: Install) -> ResponseReturnValue:
    """Give what a tablet needs to collect; a lost one gets nothing."""
    if install.tablet.state == states.LOST:
        return door.refused("device_lost", 403)
    etag = pack.etag_of(install)
    if request.if_none_match.contains(etag):
        answer = Response(status=304)
    else:
        answer = _packed(pack.of(install))
    answer.set_etag(etag)
    return answer


def _packed(facts: Mapping[str, Any]) -> Response:
    body: bytes = jsonify(facts).data
    return web.packed(body, request.headers.get("Accept-Encoding", ""), "application/json")


def _asked(said: Any) -> Asked | None:
    """Read what a tablet sent; None if it is not what the protocol says."""
    if not isinstance(said, dict):
        return None
    letters = _letters(said.get("code"))
    install = losses.uuid_of(said.get("install"))
    if not letters or install is None:
        return None
    return Asked(letters, install, _shell(said.get("shell")), list(losses.read(said.get("lost"))))


def _letters(said: Any) -> str:
    letters = as_typed(said) if isinstance(said, str) and len(said) <= 4 * CODE_LENGTH else ""
    return letters if len(letters) == CODE_LENGTH and letters.isascii() else ""


def _shell(said: Any) -> str:
    plain = isinstance(said, str) and said.isprintable()
    return said[:_SHELL] if plain else ""
