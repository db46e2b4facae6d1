"""Asking the gateway while somebody waits: for a few seconds, and not at all while it is silent.

An answer that comes too late is not lost: whoever asked goes on in the background and writes it down,
and pressing again finds it there.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from typing import Final, TypeVar

from flask import Flask, current_app

from campaign_app.core.db import session
from campaign_app.payments.gateway import GatewayUnreachable

T = TypeVar("T")

KEPT: Final = "lantern_patience"
#: A page must be there within five seconds, whatever the gateway does.
SECONDS: Final = 4.0
#: After so many silences in a row nobody is kept waiting for a while.
SILENCES: Final = 2
REST_SECONDS: Final = 15.0
#: Of those who ask at once; more would wait in a queue, and are told to try again.
MOST_AT_ONCE: Final = 32


class NoAnswer(Exception):
    """The gateway said nothing, or nothing in time."""


class Patience:
    """Waits for the gateway for everybody in this process."""

    def __init__(self) -> None:
        self._lock: Final = threading.Lock()
        self._silences = 0
        self._rests_until = 0.0
        self._asking = 0
        self._crew: ThreadPoolExecutor | None = None

    def ask(self, work: Callable[[], T]) -> T:
        """Do work that asks the gateway; NoAnswer if that takes too long, or took too long before."""
        if time.monotonic() < self._rests_until:
            raise NoAnswer
        app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # documented
        try:
            answer = self._begin(app, work).result(timeout=SECONDS)
        except (TooLate, GatewayUnreachable):
            self._note_silence()
            raise NoAnswer from None
        self._silences = 0
        return answer

    def _begin(self, app: Flask, work: Callable[[], T]) -> "Future[T]":
        """Hand work to a thread; they begin with the first gift, so after the server's processes parted."""
        with self._lock:
            if self._asking >= MOST_AT_ONCE:
                raise NoAnswer
            self._crew = self._crew or ThreadPoolExecutor(MOST_AT_ONCE, "gateway")
            self._asking += 1
            begun = self._crew.submit(_inside, app, work)
        begun.add_done_callback(self._done)
        return begun

    def _done(self, _future: "Future[T]") -> None:
        with self._lock:
            self._asking -= 1

    def _note_silence(self) -> None:
        self._silences += 1
        if self._silences >= SILENCES:
            self._rests_until = time.monotonic() + REST_SECONDS


def _inside(app: Flask, work: Callable[[], T]) -> T:
    with app.app_context():
        try:
            return work()
        finally:
            session.remove()


def init_app(app: Flask) -> None:
    """Give the app its patience."""
    app.extensions[KEPT] = Patience()


def patience() -> Patience:
    """Give this app's patience."""
    found: Patience = current_app.extensions[KEPT]
    return found
