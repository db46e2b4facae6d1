"""Hourly mail budgets: one mad lane must not make a mail host distrust all our mail.

Above its budget a mail waits for the next hour. Nobody is refused.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from sqlalchemy import select, update

from campaign_app.core.db import insert, session
from campaign_app.core.settings import settings
from campaign_app.outbox.models import MailBudget


def limit_of(lane: str) -> int | None:
    """Tell how many mails an hour a lane may send; None if it has no limit."""
    return {
        "petition": settings().petition_mails_per_hour,
        "placement": settings().placement_mails_per_hour,
    }.get(lane.partition(":")[0])


class Purse:
    """What the lanes of some mails have left in this hour, locked until the transaction ends."""

    def __init__(self, lanes: Iterable[str], hour: int) -> None:
        self._hour = hour
        self._limits = {lane: most for lane in lanes if (most := limit_of(lane)) is not None}
        self._sent = _locked(sorted(self._limits), hour)
        self._taken: Counter[str] = Counter()

    def take(self, lanes: Sequence[str], *, repeat: bool) -> str | None:
        """Take one mail's share, or name the lane that has none left.

        Reminders of another day leave half of every lane to those who stand on the street now.
        """
        wanted = [lane for lane in lanes if lane in self._limits]
        for lane in wanted:
            most = self._limits[lane] // 2 if repeat else self._limits[lane]
            if self._sent[lane] + self._taken[lane] >= most:
                return lane
        self._taken.update(wanted)
        return None

    def write(self) -> None:
        """Write down what was taken."""
        _add(self._taken, self._hour)


def give_back(lanes: Iterable[str], hour: int) -> None:
    """Return the shares of mails that did not go out after all."""
    taken = Counter(lane for lane in lanes if limit_of(lane) is not None)
    _add(Counter({lane: -count for lane, count in taken.items()}), hour)


def _locked(lanes: Sequence[str], hour: int) -> dict[str, int]:
    """Lock the lanes' rows in one order, so that two workers never wait for each other."""
    if not lanes:
        return {}
    session.execute(
        insert(MailBudget).on_conflict_do_nothing(),
        [{"lane": lane, "hour": hour, "sent": 0} for lane in lanes],
    )
    query = (
        select(MailBudget.lane, MailBudget.sent)
        .where(MailBudget.hour == hour, MailBudget.lane.in_(lanes))
        .order_by(MailBudget.lane)
        .with_for_update()
    )
    return {row.lane: row.sent for row in session.execute(query)}


def _add(changes: Counter[str], hour: int) -> None:
    for lane in sorted(changes):
        session.execute(
            update(MailBudget)
            .where(MailBudget.lane == lane, MailBudget.hour == hour)
            .values(sent=MailBudget.sent + changes[lane])
        )
