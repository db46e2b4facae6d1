"""Group commit: what many threads want written in the same moment is written in one transaction.

A commit waits for the disk, and a thread that holds the write lock waits for the interpreter at each
statement. Paid once for all who wait, both cost each of them little. Nobody waits for company: a
thread that comes alone writes at once, and those who come meanwhile go together after it.
"""

import threading
from collections.abc import Callable, Sequence
from typing import Final, Generic, TypeVar

from campaign_app.core.db import transact

Item = TypeVar("Item")
Answer = TypeVar("Answer")

MOST_TOGETHER: Final = 64


class _Ticket(Generic[Item, Answer]):
    """One item on its way, and how it ended."""

    def __init__(self, item: Item) -> None:
        self.item = item
        self.turn = threading.Event()  # set when it is settled, or when it is its turn to lead
        self.settled = False
        self.answers: list[Answer] = []
        self.error: BaseException | None = None

    def settle(self, answer: Answer) -> None:
        """Keep the answer; the transaction is committed."""
        self.answers, self.settled = [answer], True

    def fail(self, error: BaseException) -> None:
        """Keep what went wrong; nothing of this item is written."""
        self.error, self.settled = error, True

    def outcome(self) -> Answer:
        """Give the answer, or raise what went wrong."""
        if self.error is not None:
            raise self.error
        return self.answers[0]


class Together(Generic[Item, Answer]):
    """Calls `write(items) -> answers` inside `transact`, for as many threads at once as wait.

    `write` knows nothing of the request it runs in: it may be another thread's.
    """

    def __init__(self, write: Callable[[Sequence[Item]], Sequence[Answer]]) -> None:
        self._write = write
        self._waiting: list[_Ticket[Item, Answer]] = []
        self._lock = threading.Lock()
        self._busy = False

    def __call__(self, item: Item) -> Answer:
        """Write an item, alone or with others; return when it is committed."""
        ticket: _Ticket[Item, Answer] = _Ticket(item)
        if not self._leads(ticket):
            ticket.turn.wait()
        if not ticket.settled:
            self._lead()
        return ticket.outcome()

    def _leads(self, ticket: _Ticket[Item, Answer]) -> bool:
        with self._lock:
            self._waiting.append(ticket)
            was_busy, self._busy = self._busy, True
            return not was_busy

    def _lead(self) -> None:
        """Write what waits, oneself first, and hand over to the next that came meanwhile."""
        with self._lock:
            batch = self._waiting[:MOST_TOGETHER]
            del self._waiting[:MOST_TOGETHER]
        try:
            self._settle(batch)
        finally:
            self._hand_over(batch)

    def _settle(self, batch: list[_Ticket[Item, Answer]]) -> None:
        try:
            answers = transact(lambda: self._write([ticket.item for ticket in batch]))
        except Exception as error:  # noqa: BLE001 -- each waiting thread raises it as its own
            self._settle_apart(batch, error)
            return
        for ticket, answer in zip(batch, answers, strict=True):
            ticket.settle(answer)

    def _settle_apart(self, batch: list[_Ticket[Item, Answer]], error: Exception) -> None:
        """Let one that cannot be written fail alone."""
        if len(batch) == 1:
            batch[0].fail(error)
            return
        for ticket in batch:
            self._settle([ticket])

    def _hand_over(self, batch: list[_Ticket[Item, Answer]]) -> None:
        for ticket in batch:
            if not ticket.settled:  # the leader was interrupted, as at the end of the process
                ticket.fail(InterruptedError())
        with self._lock:
            heir = self._waiting[0] if self._waiting else None
            self._busy = heir is not None
        for ticket in batch:
            ticket.turn.set()
        if heir is not None:
            heir.turn.set()
