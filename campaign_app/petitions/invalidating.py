"""Taking a signature out of the tally because it should not be there, and putting it back.

Both stand in withdrawn.log, too, so that a restore knows what was decided after the backup.
"""

from typing import Final
from uuid import UUID

from sqlalchemy import select, update

from campaign_app.audit import services as audit
from campaign_app.core.db import changed_one, session, table_of
from campaign_app.core.withdrawn_log import NAME, Deed
from campaign_app.petitions import states
from campaign_app.petitions.signing import delta_values, withdrawn_log
from campaign_app.petitions.signing_models import Signature, TallyDelta

#: Deed → from which state, to which, and what that does to the tally.
_MOVES: Final = {
    Deed.INVALIDATED: (states.CONFIRMED, states.INVALIDATED, -1),
    Deed.RESTORED: (states.INVALIDATED, states.CONFIRMED, 1),
}
#: The reason in the audit trail of a restored house: the real one went with the old disk.
REPLAYED: Final = NAME


def invalidate(petition_id: int, row: UUID, reason: str) -> bool:
    """Let a signature count no more; False if it does not count.

    Its record stays sealed so that this can be undone, and its mailbox cannot sign again.
    """
    return _noted(Deed.INVALIDATED, petition_id, row, reason)


def restore(petition_id: int, row: UUID, reason: str) -> bool:
    """Undo an invalidation: a deed of its own, with its own reason."""
    return _noted(Deed.RESTORED, petition_id, row, reason)


def again(deed: Deed, petition_id: int, row: UUID) -> bool:
    """Do once more what withdrawn.log says; False if it is so already."""
    return _move(deed, petition_id, row, REPLAYED)


def _noted(deed: Deed, petition_id: int, row: UUID, reason: str) -> bool:
    moved = _move(deed, petition_id, row, reason)
    if moved:
        withdrawn_log().append(deed, petition_id, [row])
    return moved


def _move(deed: Deed, petition_id: int, row: UUID, reason: str) -> bool:
    before, after, n = _MOVES[deed]
    key = (Signature.petition_id == petition_id, Signature.id == row)
    moved = changed_one(
        update(Signature).where(*key, Signature.state == before).values(state=after)
    )
    if not moved:
        return False
    found = session.execute(select(Signature.__table__).where(*key)).mappings().one()
    session.execute(table_of(TallyDelta).insert(), [delta_values(dict(found), n)])
    audit.record(f"signature.{deed}", f"petition:{petition_id}", row=row.hex, reason=reason)
    return True


def state_of(petition_id: int, row: UUID) -> str | None:
    """Tell where a signature stands; None if there is none."""
    return session.scalar(
        select(Signature.state).where(Signature.petition_id == petition_id, Signature.id == row)
    )
