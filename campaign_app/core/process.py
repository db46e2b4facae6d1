"""A serving process never outlives the process that started it."""

import multiprocessing
import os
import signal
import threading
import time
from multiprocessing.connection import wait
from typing import Final

LOOK_EVERY: Final = 0.5
GRACE: Final = 3.0


def die_with_parent() -> bool:
    """End this process soon after the server that started it is gone, however it went.

    Only a child made by multiprocessing watches, which is how Granian makes its workers:
    a `flask` command started from a shell has a parent that may leave without harm.
    """
    if multiprocessing.parent_process() is None:
        return False
    threading.Thread(target=_watch, args=(os.getppid(),), name="parent", daemon=True).start()
    return True


def _watch(parent: int) -> None:
    while not _gone(parent):
        pass
    os.kill(os.getpid(), signal.SIGTERM)  # finish what was asked for …
    time.sleep(GRACE)
    os._exit(1)  # … but not for long: the port must be free for whoever starts again


def _gone(parent: int) -> bool:
    """Wait a moment for the parent's end, and say whether it came.

    The pipe tells at once; but forked siblings may hold its other end open, so the
    parent's number is looked at as well: an orphan gets a new parent.
    """
    watched = multiprocessing.parent_process()
    ended = bool(watched and wait([watched.sentinel], timeout=LOOK_EVERY))
    return ended or os.getppid() != parent
