"""Counts that may wait a few seconds in memory, so that a visit costs no transaction.

Each process adds up its own and writes the sums every few seconds, and once more when it ends.
A crash loses what was not written yet: good enough for visits and pace, never for signatures.
"""

import atexit
import logging
import multiprocessing.util
import os
import threading
import time
import weakref
from collections.abc import Callable, Mapping
from typing import Any, Final, Generic, TypeVar, cast

from flask import Flask, current_app
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from campaign_app.core.db import transact

Key = TypeVar("Key", bound=tuple[Any, ...])

FLUSH_EVERY: Final = 5.0
#: While the database is away, memory stays bounded: new keys beyond this are not counted.
MOST_KEYS: Final = 20_000

log: Final = logging.getLogger(__name__)
_beginning: Final = threading.Lock()


class Flusher(Generic[Key]):
    """Adds up counts by key; `write` stores the sums, sorted by key, inside a transaction.

    One module-level object serves every app of the process; each app keeps its own counts.
    """

    def __init__(
        self, name: str, write: Callable[[Mapping[Key, int]], None], *, seconds: float = FLUSH_EVERY
    ) -> None:
        self._name = name
        self._slot = f"lantern_flusher_{name}"
        self._write = write
        self._seconds = seconds

    def add(self, key: Key, n: int = 1) -> None:
        """Count; costs about a microsecond and never touches the database."""
        app = _this_app()
        (self._known(app) or self._begin(app)).add(key, n)

    def waiting(self) -> Mapping[Key, int]:
        """Tell what this process has counted and not written yet."""
        known = self._known(_this_app())
        return known.copy() if known else {}

    def flush(self) -> None:
        """Write what waits; if the database is away, keep it for the next time."""
        known = self._known(_this_app())
        if known is not None:
            with known.writing:  # whoever ends the process waits for a flush on its way
                self._flush(known)

    def _flush(self, known: "_Waiting[Key]") -> None:
        counts = known.take()
        if not counts:
            return
        in_order = dict(sorted(counts.items()))  # two processes meet no deadlock
        try:
            transact(lambda: self._write(in_order))
        except IntegrityError:
            log.warning("%s: %d counts name something that is gone", self._name, len(counts))
        except SQLAlchemyError as error:
            log.warning("%s: not written yet (%s)", self._name, type(error).__name__)
            known.put_back(counts)

    def _known(self, app: Flask) -> "_Waiting[Key] | None":
        """Find the counts of this app in this process; a forked child starts from nothing."""
        known: _Waiting[Key] | None = app.extensions.get(self._slot)
        return known if known is not None and known.pid == os.getpid() else None

    def _begin(self, app: Flask) -> "_Waiting[Key]":
        with _beginning:
            known = self._known(app)
            if known is None:
                known = app.extensions[self._slot] = _Waiting(os.getpid())
                if not app.testing:  # tests write by hand
                    keep_writing(self.flush, app, self._seconds)
            return known


def _this_app() -> Flask:
    app: Flask = cast(Any, current_app)._get_current_object()
    return app


class _Waiting(Generic[Key]):
    """What one process has counted."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._counts: dict[Key, int] = {}
        self._lock = threading.Lock()
        self.writing: Final = threading.Lock()

    def add(self, key: Key, n: int) -> None:
        with self._lock:
            if key in self._counts or len(self._counts) < MOST_KEYS:
                self._counts[key] = self._counts.get(key, 0) + n

    def copy(self) -> dict[Key, int]:
        with self._lock:
            return dict(self._counts)

    def take(self) -> dict[Key, int]:
        with self._lock:
            taken, self._counts = self._counts, {}
            return taken

    def put_back(self, counts: Mapping[Key, int]) -> None:
        for key, n in counts.items():
            self.add(key, n)


def keep_writing(flush: Callable[[], None], app: Flask, seconds: float) -> None:
    """Call `flush` every few seconds while the app lives, and when the process ends."""
    known = weakref.ref(app)
    threading.Thread(target=_loop, args=(flush, known, seconds), daemon=True).start()
    # A worker that multiprocessing forked skips atexit; one that it spawned runs both.
    atexit.register(_flush_in, flush, known)
    multiprocessing.util.Finalize(None, _flush_in, args=(flush, known), exitpriority=10)


def _loop(flush: Callable[[], None], known: "weakref.ref[Flask]", seconds: float) -> None:
    while _flush_in(flush, known):
        time.sleep(seconds)


def _flush_in(flush: Callable[[], None], known: "weakref.ref[Flask]") -> bool:
    """Flush within the app; tell whether there still is one."""
    app = known()
    if app is None:
        return False
    with app.app_context():
        flush()
    return True
