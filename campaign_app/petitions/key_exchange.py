"""What the key pages' modules ask of the server: test records, and copies to re-seal, as JSON.

Nothing that is sent here opens anything: key ids, what a test record held, closed copies.
"""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from flask import Response, abort, flash, jsonify, request, url_for
from flask.typing import ResponseReturnValue

from campaign_app.audit import services as audit
from campaign_app.core.access import Permission, requires
from campaign_app.core.db import session, transact
from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _, _l
from campaign_app.core.json_fields import BadField, Fields, base64_text
from campaign_app.petitions import copies, organiser_keys
from campaign_app.petitions.console_frame import LARGEST_ROW, settings_bp
from campaign_app.petitions.copies import Copy, Place
from campaign_app.petitions.models import OrganiserKey

bp = settings_bp
ROW: Final = f"/keys/<int(max={LARGEST_ROW}):row>"


class NotInUse(DomainError):
    """Records were to be sealed to a key that is not proven, or is retired."""

    text = _l("Records are sealed only to keys that are proven and in use. Prove this key first.")


@bp.post("/keys/prove/challenge")
@requires(Permission.HOLD_KEYS)
def challenge() -> ResponseReturnValue:
    """Hand out a test record for a key."""
    key_id = _sent().text("key_id")
    return _told(lambda: _challenge(key_id))


def _challenge(key_id: str) -> dict[str, Any]:
    made = organiser_keys.challenge(key_id)
    return {
        "where": {
            "purpose": organiser_keys.PURPOSE,
            "petition": made.key_id,
            "row": made.id.hex,
        },
        "record": {
            "box": base64_text(made.record.box),
            "copies": {name: base64_text(copy) for name, copy in made.record.copies.items()},
        },
    }


@bp.post("/keys/prove/answer")
@requires(Permission.HOLD_KEYS)
def answer() -> ResponseReturnValue:
    """Take what the test record held."""
    sent = _sent()
    number, said = _uuid(sent.text("row")), sent.text("answer")
    return _told(lambda: _proven(organiser_keys.prove(number, said)), flashed=True)


def _proven(key: OrganiserKey) -> dict[str, Any]:
    return {
        "said": _("%(holder)s’s key is proven. It opens what is sealed to it.", holder=key.holder),
        "next": url_for(".keys"),
    }


@bp.post(f"{ROW}/reseal")
@requires(Permission.HOLD_KEYS)
def reseal_some(row: int) -> ResponseReturnValue:
    """Keep the copies that a browser made, and hand it the next ones."""
    sent = _sent()
    using, after = sent.text("using"), _place(sent.text("after"))
    made = dict(_made(one) for one in sent.each("copies")[: copies.AT_ONCE])
    return _told(lambda: _resealed(row, using, after, made))


def _made(sent: Fields) -> tuple[Place, bytes]:
    place = _place(sent.text("place"))
    if place is None:
        raise BadField("This names no record.")
    return place, sent.bytes("copy")


def _resealed(
    row: int, using: str, after: Place | None, made: dict[Place, bytes]
) -> dict[str, Any]:
    key = key_of(row)
    if not in_use(key):
        raise NotInUse
    written = copies.store(key.key_id, made)
    if written:
        audit.record("key.resealed", f"key:{key.id}", key_id=key.key_id, records=written)
    found = copies.lacking(key.key_id, using, after)
    # Counting reads every record; the browser counts by itself until there is nothing more to do.
    left = None if found else copies.missing(key.key_id)
    return {"written": written, "left": left, "records": [_handed_out(copy) for copy in found]}


def _handed_out(copy: Copy) -> dict[str, str]:
    return {
        "place": f"{copy.place.petition_id}:{copy.place.row.hex}",
        "petition": copy.petition_uid,
        "row": copy.place.row.hex,
        "copy": base64_text(copy.wrapped),
    }


def _place(text: str) -> Place | None:
    number, _colon, row = text.partition(":")
    if not text:
        return None
    if not (number.isascii() and number.isdigit() and int(number) <= LARGEST_ROW):
        raise BadField("This names no record.")
    return Place(int(number), _uuid(row))


def key_of(row: int) -> OrganiserKey:
    """Find a key by its row, or answer 404."""
    return session.get(OrganiserKey, row) or abort(404)


def in_use(key: OrganiserKey) -> bool:
    """Tell whether new records are sealed to a key."""
    return key.proven_at is not None and key.retired_at is None


def _sent() -> Fields:
    """Read what one of our modules sent."""
    return Fields.parse(request.get_data().decode(errors="replace"))


@bp.errorhandler(BadField)
def _damaged(_error: BadField) -> ResponseReturnValue:
    """Refuse what none of our modules sends."""
    return jsonify(error=_("The server refused this.")), 400


def _uuid(text: str) -> UUID:
    try:
        return UUID(hex=text)
    except ValueError:
        raise BadField("This names no row.") from None


def _told(work: Callable[[], dict[str, Any]], *, flashed: bool = False) -> Response:
    """Do it, and tell the module how it went."""
    try:
        told = transact(work)
    except DomainError as refused:
        answered = jsonify(error=str(refused.shown))
        answered.status_code = refused.status
        return answered
    if flashed:
        flash(told["said"], "good")
    return jsonify(told)
