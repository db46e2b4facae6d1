"""The only clock in the house, so that a test can set it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from typing import Final

_frozen: Final[ContextVar[datetime | None]] = ContextVar("frozen", default=None)


def now() -> datetime:
    """Tell the time, aware, in UTC."""
    return _frozen.get() or datetime.now(UTC)


def today() -> date:
    """Tell the date in UTC."""
    return now().date()


def hour_of(moment: datetime) -> datetime:
    """Cut a moment to its hour, which is all that a signer's row may keep."""
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


@contextmanager
def frozen(moment: datetime) -> Iterator[None]:
    """Stop the clock at a moment for a test or a rehearsal."""
    token = _frozen.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)
