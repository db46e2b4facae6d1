"""A server that stands still at named steps and is killed there, and those who use it meanwhile."""

import os
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.serving import Serving, alive, until

STEPS: Final = Path(__file__).with_name("points")
#: A worker that is told of its parent's end finishes what was asked for, within this time.
GRACE: Final = 6.0


@dataclass(kw_only=True)
class Interrupted:
    """A server, where it stands still, and how often it was killed."""

    server: Serving
    steps: Path
    kills: int = 0
    _phones: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(32))
    _waiting: list[Future[None]] = field(default_factory=list)

    def go(self) -> None:
        """Stop the server, and see that nothing of it is left."""
        self._phones.shutdown(wait=False, cancel_futures=True)
        self.server.stop()
        self.nobody_serves()

    def hang_up(self) -> None:
        """Let everybody who asked for something hear how it ended."""
        for call in self._waiting:
            call.result()
        self._waiting.clear()

    def stand_at(self, step: str, doing: Callable[[], None]) -> None:
        """Let somebody do something that stops at a step of the server."""
        (self.steps / f"{step}.armed").touch()
        self.meanwhile(doing)
        held = self.steps / f"{step}.held"
        until(held.exists, f"nobody came by {step!r}", 15)

    def meanwhile(self, doing: Callable[[], None]) -> None:
        """Let somebody do something, whether or not it ends."""
        self._waiting.append(self._phones.submit(doing))

    def workers(self) -> list[int]:
        """List the processes that serve, or did."""
        return [int(path.stem) for path in self.steps.glob("*.serves")]

    def kill_child(self) -> None:
        """Kill the serving processes alone; the server starts others by itself."""
        gone = self.workers()
        for pid in gone:
            os.kill(pid, signal.SIGKILL)
        self.kills += 1
        until(lambda: not any(map(alive, gone)), "a killed process lives")
        self._forget(gone)
        until(lambda: len(self.workers()) >= self.server.processes, "no process came after")
        self.server.wait_until_it_answers()

    def kill_group(self) -> None:
        """Kill all at once, then start again on the same data."""
        gone = self.workers()
        self.server.kill_group()
        self.kills += 1
        until(lambda: not any(map(alive, gone)), "a killed process lives")
        self._forget(gone)
        self.server.start()

    def kill_parent(self) -> None:
        """Kill the one who watches, start another at once, and see the orphans go."""
        gone = self.workers()
        self.server.kill_parent()
        self.kills += 1
        (self.steps / "go").touch()
        self.server.start()
        until(lambda: not any(map(alive, gone)), "an orphan serves on", GRACE)
        self._forget(gone)

    def _forget(self, gone: Sequence[int]) -> None:
        for pid in gone:
            (self.steps / f"{pid}.serves").unlink()
        for path in (*self.steps.glob("*.held"), *self.steps.glob("*.armed"), self.steps / "go"):
            path.unlink(missing_ok=True)

    def nobody_serves(self) -> None:
        """See that no process is left, and that the port is free."""
        until(lambda: not any(map(alive, self.workers())), "a process is left", GRACE)
        assert self.server.ask("/healthz").status == 0
