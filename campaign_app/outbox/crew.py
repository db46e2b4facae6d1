"""The worker's threads: one for mail, one for jobs, one for what beats every second.

On SQLite one process works at a time, and of the processes of one server on PostgreSQL, too, since
each would take its share of the processor. An exclusive lock on a file says which; the system gives
it back when that process ends, however it ends, and the next one takes over within a second.
On PostgreSQL any number of `flask worker` may work besides.
"""

import hashlib
import logging
import socket
import sys
import threading
import time
import uuid
from collections.abc import Callable
from functools import partial
from io import TextIOWrapper
from multiprocessing.util import Finalize
from pathlib import Path
from typing import Final

from flask import Flask

from campaign_app.core import db
from campaign_app.outbox import claims
from campaign_app.outbox.worker import Clerk, Metronome, Postman
from config import Config

if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


logger: Final = logging.getLogger("lantern.outbox")

ASK_AGAIN: Final = 0.5
IDLE: Final = 0.5
BEAT: Final = 0.2
AFTER_A_MISTAKE: Final = 5.0
#: Inside a server that also answers people: rest as long as one works while nobody asks, and up to
#: twenty-four times as long once others take a third of a core. A crowd is answered first; its mail
#: follows within minutes. `flask worker` never rests.
LEAST_REST: Final = 1.0
MOST_REST: Final = 24.0
MANY: Final = 1 / 3
PATIENCE: Final = 5.0
#: How a lease says whose it is: the crew, and which of its threads.
OWNER_LENGTH: Final = 40
NAME_LENGTH: Final = 12

Step = Callable[[], int]


class FileLock:
    """A lock that dies with the process that holds it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stream: TextIOWrapper | None = None

    def take(self) -> bool:
        """Take the lock if nobody has it."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        stream = self._path.open("a")
        try:
            _lock(stream.fileno())
        except OSError:
            stream.close()
            return False
        self._stream = stream
        return True

    def give_back(self) -> None:
        """Let the next one have it."""
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close()


class Effort:
    """What a turn cost this thread, and what the process did meanwhile for others."""

    def __init__(self) -> None:
        self._mine, self._all = time.thread_time(), time.process_time()
        self._began = time.monotonic()

    def rest(self) -> float:
        """Say for how many seconds to make room."""
        mine = time.thread_time() - self._mine
        passed = max(time.monotonic() - self._began, 1e-6)
        others = (time.process_time() - self._all - mine) / passed
        crowd = min(1.0, max(0.0, others / MANY))
        return mine * (LEAST_REST + (MOST_REST - LEAST_REST) * crowd)


class Crew:
    """The threads of one process."""

    def __init__(self, app: Flask, *, gentle: bool) -> None:
        config: Config = app.config["LANTERN"]
        self._app = app
        self._gentle = gentle
        self._delay = 1.0 if gentle else 0.0
        self._stop = threading.Event()
        alone = gentle or config.is_sqlite
        self._lock = FileLock(lock_file(config)) if alone else None
        self._name = crew_name(config) if gentle else ""
        self._voids = "" if config.is_sqlite else self._name
        self._foreman = threading.Thread(target=self._work, name="outbox", daemon=True)

    def start(self) -> None:
        """Begin to work as soon as no other process does."""
        self._foreman.start()

    def stop(self, patience: float = PATIENCE) -> None:
        """Finish the mail at hand, put the others back, and go."""
        self._stop.set()
        self._foreman.join(patience)

    def _work(self) -> None:
        # Inside a server the rooms above are still moving in while this thread starts.
        if self._stop.wait(self._delay) or not self._become_the_one():
            return
        threads = [
            self._thread("mail", Postman(self._stop.is_set, owner=self._owner()).step, IDLE),
            self._thread("jobs", Clerk(owner=self._owner()).step, IDLE),
            self._thread("beat", Metronome().step, BEAT),
        ]
        for thread in threads:
            thread.join()
        if self._lock:
            self._lock.give_back()

    def _become_the_one(self) -> bool:
        """Wait for the lock; leases of a worker that died are then void."""
        if not self._locked():
            return False
        while self._lock and self._turn("takeover", self._void_leases) is None:
            if self._stop.wait(AFTER_A_MISTAKE):
                return False
        return True

    def _owner(self) -> str:
        return self._name + uuid.uuid4().hex[: OWNER_LENGTH - len(self._name)]

    def _void_leases(self) -> int:
        """Take over what the one before us held: on SQLite all, else what bears our crew's name."""
        db.transact(partial(claims.forget_leases, self._voids))
        return 0

    def _locked(self) -> bool:
        told = False
        while self._lock and not self._lock.take():
            if not told:
                logger.info("another process sends this database's mail; waiting for its end")
                told = True
            if self._stop.wait(ASK_AGAIN):
                return False
        return True

    def _thread(self, name: str, step: Step, idle: float) -> threading.Thread:
        thread = threading.Thread(
            target=self._loop, args=(name, step, idle), name=f"outbox-{name}", daemon=True
        )
        thread.start()
        return thread

    def _loop(self, name: str, step: Step, idle: float) -> None:
        while not self._stop.is_set():
            effort = Effort()
            moved = self._turn(name, step)
            if moved is None:
                self._stop.wait(AFTER_A_MISTAKE)
            elif not moved:
                self._stop.wait(idle)
            elif self._gentle:
                self._stop.wait(effort.rest())

    def _turn(self, name: str, step: Step) -> int | None:
        try:
            with self._app.app_context():
                return step()
        except Exception as error:  # noqa: BLE001 -- the loop outlives a database that is away
            logger.error("outbox %s: %s", name, type(error).__name__)
            return None


def lock_file(config: Config) -> Path:
    """Name the lock of one database: two that share a folder each have a worker."""
    database = hashlib.sha256(config.database_url.encode()).hexdigest()[:NAME_LENGTH]
    return config.instance_dir / f"worker-{database}.lock"


def crew_name(config: Config) -> str:
    """Name the crew of one server: its machine and its folder."""
    place = f"{socket.gethostname()}:{config.instance_dir}"
    return hashlib.sha256(place.encode()).hexdigest()[:NAME_LENGTH]


def start_inline(app: Flask) -> Crew:
    """Let the worker's threads run inside a server, and end with it."""
    crew = Crew(app, gentle=True)
    crew.start()
    # Unlike atexit this also runs in the children that Granian forks.
    Finalize(None, crew.stop, exitpriority=10)
    return crew
