"""After a restore: doing again what withdrawn.log says was done since the backup.

Each line changes only what is not as it says already, so that a line may stand twice, may tell of
something that never came about, or of a row that this backup does not hold.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from campaign_app.core.db import session
from campaign_app.core.withdrawn_log import Deed, Line
from campaign_app.petitions import forgetting, invalidating, keeping, receipts, states
from campaign_app.petitions.signing_models import Signature

MOST_AT_ONCE = 500


def replay(lines: Sequence[Line]) -> Counter[Deed]:
    """Do again what some lines say; tell what was there to be done."""
    done = _decided(lines)
    for why in _DO:
        for petition_id in sorted({line.petition_id for line in lines}):
            rows = {
                line.row for line in lines if (line.why, line.petition_id) == (why, petition_id)
            }
            done[why] += _DO[why](petition_id, _found(petition_id, rows)) if rows else 0
    return done


def _decided(lines: Sequence[Line]) -> Counter[Deed]:
    """Let the last word about each row hold, where a word can be taken back."""
    last = {(one.petition_id, one.row): one.why for one in lines if one.why in _CAN_BE_UNDONE}
    done: Counter[Deed] = Counter()
    for (petition_id, row), why in last.items():
        done[why] += invalidating.again(why, petition_id, row)
    return done


def _found(petition_id: int, rows: set[Any]) -> Sequence[Any]:
    query = select(*forgetting.COLUMNS).where(
        Signature.petition_id == petition_id,
        Signature.id.in_(rows),
        forgetting.is_there(),
    )
    return session.execute(query).mappings().all()


def _let_go(_petition_id: int, rows: Sequence[Any]) -> int:
    awaiting = [row for row in rows if row["state"] == states.AWAITING]
    for row in awaiting:
        keeping.delete_attempt(row)
    return len(awaiting)


def _withdraw(petition_id: int, rows: Sequence[Any]) -> int:
    """Take back; what the backup holds unconfirmed was confirmed after it, and then withdrawn."""
    taken = sum(receipts.empty(petition_id, row["id"]) for row in rows)
    return taken + _let_go(petition_id, rows)


def _forget(petition_id: int, rows: Sequence[Any]) -> int:
    there = [row for row in rows if row["state"] != states.AWAITING]
    if there:
        forgetting.delete_names(petition_id, there)
    return len(there) + _let_go(petition_id, rows)


_CAN_BE_UNDONE = (Deed.INVALIDATED, Deed.RESTORED)
_DO = {Deed.WITHDRAWN: _withdraw, Deed.LET_GO: _let_go, Deed.FORGOTTEN: _forget}
