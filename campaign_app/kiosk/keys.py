"""The key of an event's envelopes: made on the server, its private half outside the database.

It is destroyed when all gap reports of the event are closed with nothing missing; then neither a tablet
nor a server that somebody seizes opens what was signed.
"""

import secrets

from sqlalchemy import select

from campaign_app.audit.services import record
from campaign_app.core import clock
from campaign_app.core.db import insert, session
from campaign_app.core.envelope import key_from_seed
from campaign_app.core.keyring import Keyring
from campaign_app.core.seal import PrivateKey
from campaign_app.core.settings import settings
from campaign_app.kiosk.models import NOT_DESTROYED, EventKey


def of_event(event_id: int) -> EventKey:
    """Give an event its key, or the one it has; of several who ask at once all get the same."""
    found = current(event_id)
    if found is not None:
        return found
    name = secrets.token_hex(16)
    public = key_from_seed(_keyring().create_intake_seed(name)).public
    row = insert(EventKey).values(
        key_id=public.key_id,
        event_id=event_id,
        seed_name=name,
        public_key=public.to_text(),
        created_at=clock.now(),
    )
    first = row.on_conflict_do_nothing(index_elements=["event_id"], index_where=NOT_DESTROYED)
    if session.scalar(first.returning(EventKey.key_id)) is None:  # somebody was faster
        _keyring().destroy_intake_seed(name)
    else:
        record("kiosk.key_made", f"event:{event_id}", key=public.key_id)
    return current(event_id) or _gone()


def _gone() -> EventKey:
    raise AssertionError("an event's key was destroyed in the moment it was made")


def current(event_id: int) -> EventKey | None:
    """Find the key to which an event's envelopes are closed now."""
    return session.scalar(
        select(EventKey).where(EventKey.event_id == event_id, EventKey.destroyed_at.is_(None))
    )


def private(key: EventKey) -> PrivateKey | None:
    """Read the private half of a key; none once it is destroyed."""
    seed = _keyring().intake_seed(key.seed_name)
    return None if seed is None else key_from_seed(seed)


def destroy(key: EventKey) -> None:
    """Destroy the private half; the file goes first, so that a crash leaves no key said to be gone."""
    _keyring().destroy_intake_seed(key.seed_name)
    key.destroyed_at = clock.now()
    record("kiosk.key_destroyed", f"event:{key.event_id}", key=key.key_id)


def _keyring() -> Keyring:
    return Keyring(settings().key_dir)
