"""The post office at work: takes what is due, sends or does it, writes down how it went.

Each is done at least once. A worker killed between a mail and its note repeats that mail, with
the same Message-ID. What cannot be sent now is tried again, ever more seldom, for ten days.
"""

import json
import logging
import math
import random
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from campaign_app.core import clock, db
from campaign_app.core.keyring import Keyring
from campaign_app.core.seal import CannotOpen
from campaign_app.core.settings import settings
from campaign_app.outbox import claims, composing, letters, periodic, queries, registry, transport
from campaign_app.outbox.claims import Claimed, Fate, Outcome
from campaign_app.outbox.letters import KeyIsGone, hour_number
from campaign_app.outbox.registry import Repeated
from campaign_app.outbox.transport import Line, NoConnection, Refused

logger: Final = logging.getLogger("lantern.outbox")

#: A batch sends no new mail after this, so that its lease of two minutes holds for the last one.
BATCH_SECONDS: Final = 45
#: How we write down what was sent: at once when mails are slow, together when they are fast.
NOTE_EVERY: Final = 0.2
PATIENCE_HOURS: Final = 240
#: For a 5xx that is about us rather than about a mailbox: somebody may set it right today.
POLICY_PATIENCE_HOURS: Final = 24
LONGEST_WAIT: Final = 3600.0
LONGEST_PAUSE: Final = 60.0
MOST_JOB_TRIES: Final = 12


def backoff(tries: int, longest: float = LONGEST_WAIT) -> float:
    """Choose how many seconds to wait after so many tries: doubling, with jitter."""
    full = min(longest, math.ldexp(2.0, min(tries, 20)))
    return full * random.uniform(0.5, 1.0)  # noqa: S311 -- spreads load, keeps no secret


@dataclass
class Pause:
    """Leaves a mail server alone that does not answer, so that it is asked once, not per mail."""

    _failures: int = 0
    _until: float = 0.0

    @property
    def is_on(self) -> bool:
        """Tell whether it is too early to ask again."""
        return time.monotonic() < self._until

    def begin(self) -> float:
        """Wait longer each time; tell how many seconds."""
        seconds = backoff(self._failures, LONGEST_PAUSE) / 2
        self._failures += 1
        self._until = time.monotonic() + seconds
        return seconds

    def end(self) -> None:
        """The server answered."""
        self._failures = 0


def _never() -> bool:
    return False


@dataclass
class Postman:
    """Sends mail, a batch at a time over one connection."""

    stopping: Callable[[], bool] = _never
    pause: Pause = field(default_factory=Pause)
    owner: str = field(default_factory=lambda: uuid.uuid4().hex)

    def step(self) -> int:
        """Send what is due, at most a batch; tell how many rows were moved."""
        if self.pause.is_on or not queries.mail_is_due():
            return 0
        batch = db.transact(partial(claims.claim_mail, self.owner))
        if batch.rows:
            Round(self, batch.hour).deliver(batch.rows)
        return len(batch.rows) + batch.held


class Round:
    """One batch on its way."""

    def __init__(self, postman: Postman, hour: int) -> None:
        self._postman = postman
        self._hour = hour
        self._ends = time.monotonic() + BATCH_SECONDS
        self._down: Outcome | None = None
        self._done: list[Outcome] = []
        self._noted = time.monotonic()

    def deliver(self, rows: Sequence[Claimed]) -> None:
        """Send a batch and note how each mail went, whatever happens on the way."""
        line = transport.for_url(settings().mail_url, helo=composing.our_host()).open()
        try:
            for row in rows:
                self._done.append(self._outcome(line, row))
                if time.monotonic() - self._noted > NOTE_EVERY:
                    self._note()
        finally:
            line.close()
            self._note()

    def _outcome(self, line: Line, row: Claimed) -> Outcome:
        if self._postman.stopping() or time.monotonic() > self._ends:
            return Outcome(row, Fate.RELEASED)
        if self._down is not None:
            return _later(row, self._down.error, self._down.code, wait=self._down.wait)
        try:
            outcome = deliver(line, row)
        except NoConnection as trouble:
            self._down = self._server_is_down(row, trouble)
            return self._down
        self._postman.pause.end()
        return outcome

    def _server_is_down(self, row: Claimed, trouble: NoConnection) -> Outcome:
        logger.warning("no mail goes out: %s %s", trouble.error, trouble.code or "")
        db.transact(partial(claims.count_trouble, trouble.error, trouble.code))
        return _later(row, trouble.error, trouble.code, wait=self._postman.pause.begin())

    def _note(self) -> None:
        done, self._done = self._done, []
        if done:
            owner = self._postman.owner
            db.transact(partial(claims.finish, done, owner, hour=self._hour))
        self._noted = time.monotonic()


def deliver(line: Line, row: Claimed) -> Outcome:
    """Send one mail, unless nobody wants it any more."""
    try:
        if not _still_wanted(row):
            return Outcome(row, Fate.DROPPED)
        line.send(_envelope(row))
    except NoConnection:
        raise
    except Refused as refusal:
        return _refused(row, refusal)
    except (KeyIsGone, CannotOpen, composing.BadAddress) as error:
        return Outcome(row, Fate.DROPPED, type(error).__name__)
    except Exception as error:  # noqa: BLE001 -- one bad template must not stop all other mail
        logger.error("mail %s cannot be written: %s", row.template, type(error).__name__)
        return _later(row, type(error).__name__, 0, wait=backoff(row.tries))
    return Outcome(row, Fate.DONE)


def _still_wanted(row: Claimed) -> bool:
    # Asked once: an answer may count something, and `cancel` tells us what happens later.
    first_try_of_repeat = row.sequence and not row.tries
    still_wanted = registry.guards.get(row.template) if first_try_of_repeat else None
    return still_wanted is None or db.transact(partial(still_wanted, row.ref))


def _envelope(row: Claimed) -> transport.Envelope:
    letter = letters.open_letter(
        Keyring(settings().key_dir), row=row.id, key_hour=row.key_hour or "", payload=row.payload
    )
    text = composing.render(row.template, language=row.language, context=letter.context)
    return composing.envelope(text, to=letter.to, name=f"{row.id}.{row.sequence}")


def _refused(row: Claimed, refusal: Refused) -> Outcome:
    if refusal.lasting:
        return Outcome(row, Fate.DROPPED, refusal.error, refusal.code)
    about_us = refusal.code >= transport.FIRST_LASTING
    patience = POLICY_PATIENCE_HOURS if about_us else PATIENCE_HOURS
    wait = backoff(row.tries)
    return _later(row, refusal.error, refusal.code, wait=wait, patience=patience)


def _later(
    row: Claimed, error: str, code: int, *, wait: float, patience: int = PATIENCE_HOURS
) -> Outcome:
    """Try again later, or give up what waited for too long."""
    age = hour_number(clock.now()) - row.first_hour
    fate = Fate.DROPPED if age >= patience else Fate.LATER
    return Outcome(row, fate, error, code, wait)


@dataclass
class Clerk:
    """Does jobs, one at a time."""

    owner: str = field(default_factory=lambda: uuid.uuid4().hex)

    def step(self) -> int:
        """Do a job and the repeated ones that are due; tell how many were done."""
        return self._one_job() + run_repeated()

    def _one_job(self) -> int:
        topics = tuple(registry.handlers)
        if not topics or not queries.job_is_due(topics):
            return 0
        row = db.transact(partial(claims.claim_job, self.owner, topics))
        if row is None:
            return 0
        outcome = _do(row)
        db.transact(partial(claims.finish, [outcome], self.owner, hour=0))
        return 1


def _do(row: Claimed) -> Outcome:
    error = _attempt(row.topic, partial(registry.do, row.topic, json.loads(row.payload)))
    if not error:
        return Outcome(row, Fate.DONE)
    if row.tries + 1 >= MOST_JOB_TRIES:
        return Outcome(row, Fate.FAILED, error)
    return Outcome(row, Fate.LATER, error, wait=backoff(row.tries))


def _attempt(name: str, job: Callable[[], object]) -> str:
    """Do a job; give the class of its error, or nothing if all went well."""
    try:
        job()
    except Exception as error:  # noqa: BLE001 -- a broken job must not stop the others
        # The text stays here: it may hold what somebody typed.
        logger.error("job %s failed: %s", name, type(error).__name__)
        return type(error).__name__
    finally:
        db.session.rollback()
    return ""


def run_repeated() -> int:
    """Do the repeated jobs that are due; tell how many."""
    guarded = [job for job in registry.repeated.values() if not job.unguarded]
    due = periodic.due(guarded)
    return sum(_run_guarded(job) for job in due)


def _run_guarded(job: Repeated) -> int:
    until = db.transact(partial(periodic.claim, job))
    if until is None:
        return 0
    error = _attempt(job.name, job.job)
    db.transact(partial(periodic.finish, job, until, error))
    return 1


@dataclass
class Metronome:
    """Does the unguarded jobs, each at its own pace; a failing one ever more slowly."""

    _next: dict[str, float] = field(default_factory=dict)
    _failures: dict[str, int] = field(default_factory=dict)

    def step(self) -> int:
        """Do what is due; tell nothing to do again at once."""
        for job in [job for job in registry.repeated.values() if job.unguarded]:
            if time.monotonic() >= self._next.get(job.name, 0.0):
                self._run(job)
        return 0

    def _run(self, job: Repeated) -> None:
        failures = self._failures.get(job.name, 0)
        failed = bool(_attempt(job.name, job.job))
        self._failures[job.name] = failures + 1 if failed else 0
        wait = backoff(failures, LONGEST_PAUSE) if failed else job.seconds
        self._next[job.name] = time.monotonic() + max(wait, job.seconds)


def drain() -> int:
    """Do everything that is due now, then stop; for tests and `flask worker --once`."""
    postman, clerk, total = Postman(), Clerk(), 0
    Metronome().step()
    while moved := postman.step() + clerk.step():
        total += moved
    return total
