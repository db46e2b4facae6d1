"""The four digits that a stall shows: from time alone, so that tablets show them without a network.

    window = floor(unix seconds / 600)
    digits = uint32_be(HMAC-SHA256(secret, "lantern/stall-code/v1|" ‖ uint64_be(window))[0:4]) mod 10000

The secret follows from a key in KEY_DIR, the event, and a generation that counts up when somebody
asks for other codes (a tablet is lost, a code went round). The database alone yields no code.
"""

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select

from campaign_app.audit import services as audit
from campaign_app.core import clock
from campaign_app.core.db import insert, session
from campaign_app.core.keyring import Keyring
from campaign_app.core.settings import settings
from campaign_app.events import models as events
from campaign_app.events.models import Event
from campaign_app.petitions.stall_models import StallSecret, StallTry

SECONDS: Final = 600
DIGITS: Final = 4
#: A stall may begin early and end late.
AROUND: Final = timedelta(hours=2)
ROOM: Final = "stall-code"
#: At these nobody stands.
_NOWHERE: Final = (events.DRAFT, events.POSTPONED, events.CANCELLED)
_SECRET: Final = b"lantern/stall-secret/v1|"
_CODE: Final = b"lantern/stall-code/v1|"
_KEPT_HOURS: Final = 24


def secret_of(event: Event) -> bytes:
    """Derive the secret of an event's codes; whoever has it shows what the server expects."""
    return secret_at(event.uid, generation(event.id))


def secret_at(event_uid: str, number: int) -> bytes:
    """Derive the secret of one generation."""
    key = Keyring(settings().key_dir).room_key(ROOM)
    return hmac.digest(key, _SECRET + f"{event_uid}|{number}".encode(), hashlib.sha256)


def generation(event_id: int) -> int:
    """Tell how often other codes were asked for."""
    found = select(StallSecret.generation).where(StallSecret.event_id == event_id)
    return session.scalar(found) or 0


def wrong_so_far(event_id: int) -> int:
    """Tell how many wrong codes were typed against the secret that holds."""
    found = select(StallSecret.wrong).where(StallSecret.event_id == event_id)
    return session.scalar(found) or 0


def window(at: datetime) -> int:
    """Count the tens of minutes since 1970-01-01 UTC."""
    return int(at.timestamp()) // SECONDS


def digits(secret: bytes, at: int) -> str:
    """Write the code that is shown in a window."""
    mac = hmac.digest(secret, _CODE + at.to_bytes(8, "big"), hashlib.sha256)
    return f"{int.from_bytes(mac[:4], 'big') % 10**DIGITS:0{DIGITS}d}"


def now(event: Event) -> tuple[str, int]:
    """Give the code of this moment, and for how many seconds it is shown."""
    moment = clock.now()
    left = SECONDS - int(moment.timestamp()) % SECONDS
    return digits(secret_of(event), window(moment)), left


def runs(event: Event) -> bool:
    """Tell whether a stall of this event may stand now: two hours before it to two after."""
    if event.state in _NOWHERE:
        return False
    return event.starts_at - AROUND <= clock.now() <= event.ends_at + AROUND


def runs_now(event_id: int) -> bool:
    """Tell it of an event by its row."""
    event = session.get(Event, event_id)
    return event is not None and runs(event)


def rotate(event_id: int) -> None:
    """Give an event other codes from now on; what tablets show follows with their next pack."""
    row = insert(StallSecret).values(event_id=event_id, generation=1, wrong=0)
    further = {"generation": StallSecret.generation + 1, "wrong": 0}
    session.execute(row.on_conflict_do_update(index_elements=["event_id"], set_=further))
    audit.record("stall_code.rotated", f"event:{event_id}")


def forget_tries() -> None:
    """Forget on which answer pages codes were typed, a day later."""
    before = int(clock.now().timestamp()) // 3600 - _KEPT_HOURS
    session.execute(delete(StallTry).where(StallTry.hour < before))
