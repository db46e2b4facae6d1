"""Who does what: handlers of topics, repeated jobs, and guards of reminders.

Rooms above enter theirs in `init_app`. Entering a name again replaces it, so that several apps
in one process (as in tests) agree.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

Handler = Callable[[dict[str, Any]], None]
Guard = Callable[[str], bool]
Job = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Repeated:
    """A job that is done again and again."""

    name: str
    seconds: float
    job: Job
    unguarded: bool


#: Topic → who takes it, by their own name: several rooms may.
handlers: Final[dict[str, dict[str, Handler]]] = {}
guards: Final[dict[str, Guard]] = {}
repeated: Final[dict[str, Repeated]] = {}


def on(topic: str, handler: Handler) -> None:
    """Let a function do the jobs of a topic; it may be called twice for the same one.

    Where several rooms take a topic, a job is done when all of them have; if one fails, all are
    called again.
    """
    name = getattr(handler, "__qualname__", repr(handler))
    handlers.setdefault(topic, {})[f"{handler.__module__}.{name}"] = handler


def do(topic: str, payload: dict[str, Any]) -> None:
    """Do a job: everybody who takes its topic, one after the other."""
    for handler in handlers[topic].values():
        handler(payload)


def guard(template: str, still_wanted: Guard) -> None:
    """Ask, in a transaction before a repeat's first try, whether its `ref` still wants it."""
    guards[template] = still_wanted


def every(
    *,
    name: str,
    seconds: float = 0,
    minutes: float = 0,
    hours: float = 0,
    unguarded: bool = False,
) -> Callable[[Job], Job]:
    """Repeat a job at this distance, one at a time in the whole house, also after a restart.

    An unguarded one keeps no row, so it may run every second; on PostgreSQL several workers then
    run it at once, which it must stand.
    """
    period = seconds + 60 * minutes + 3600 * hours
    if period <= 0:
        raise ValueError("a repeated job needs a distance in time")

    def enter(job: Job) -> Job:
        repeated[name] = Repeated(name, period, job, unguarded)
        return job

    return enter
