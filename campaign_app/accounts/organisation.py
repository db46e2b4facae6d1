"""What an organisation says of itself, changed and remembered. Never commits."""

from dataclasses import asdict
from typing import Any, Final

from campaign_app.accounts.mark import Mark
from campaign_app.audit.services import record
from campaign_app.core.db import insert, session
from campaign_app.core.organisation import THE_ROW, Facts, Organisation
from campaign_app.core.settings import facts

SUBJECT: Final = "organisation:1"


def change(said: Facts) -> list[str]:
    """Keep what was said, but the mark; tell which facts are new."""
    row, wanted = _row(), _values(said)
    changed = [name for name, value in wanted.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, wanted[name])
    session.flush()
    if changed:  # which facts, not what they say: an address may be somebody's home
        record("organisation.changed", SUBJECT, fields=changed)
    return changed


def set_mark(mark: Mark | None) -> None:
    """Keep another mark, or none."""
    row = _row()
    row.mark, row.mark_hash = (mark.png, mark.hash) if mark else (None, "")
    session.flush()
    record("organisation.mark_changed", SUBJECT)


def mark_of(version: str) -> bytes | None:
    """Find the mark by the hash that names it; one that was replaced is gone."""
    row = session.get(Organisation, THE_ROW)
    return row.mark if row and row.mark_hash == version else None


def _row() -> Organisation:
    """Find the row; the first to say something makes it, of what the environment says."""
    begun = {"id": THE_ROW, "mark_hash": "", **_values(facts())}
    session.execute(insert(Organisation).values(begun).on_conflict_do_nothing())
    return session.get_one(Organisation, THE_ROW, with_for_update=True)


def _values(said: Facts) -> dict[str, Any]:
    told = asdict(said) | {"names": dict(said.names), "languages": list(said.languages)}
    del told["mark_hash"]
    return told
