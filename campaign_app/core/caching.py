"""Answers kept for a moment, so that a crowd costs no more than a person."""

import threading
import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from campaign_app.core.settings import settings

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

MOST_KEPT = 4096


class Briefly(Generic[K, V]):
    """Keep what `load` returns for `page_seconds` (under 2 s); one thread loads, the rest wait.

    Nothing may be kept longer: a revoked code or a closed petition must show at once everywhere.
    """

    def __init__(self, load: Callable[[K], V]) -> None:
        self._load = load
        self._kept: dict[K, tuple[float, V]] = {}
        self._loading = threading.Lock()

    def get(self, key: K) -> V:
        """Give the kept answer, or load a new one."""
        kept = self._kept.get(key)
        if kept is not None and time.monotonic() < kept[0]:
            return kept[1]
        with self._loading:
            return self._fresh(key)

    def _fresh(self, key: K) -> V:
        kept = self._kept.get(key)
        if kept is not None and time.monotonic() < kept[0]:
            return kept[1]
        seconds = settings().page_seconds
        until = time.monotonic() + seconds  # counted from before the read, never from after it
        value = self._load(key)
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        if seconds:
            self._kept[key] = (until, value)
        return value
