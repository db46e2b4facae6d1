"""The real server, started as `make run` starts it: Granian, its worker processes, its mail worker."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import pytest

from config import Config
from tests.outbox.mail_server import free_port
from tools import run

ROOT: Final = Path(__file__).resolve().parent.parent
HOST: Final = "127.0.0.1"
PATIENCE: Final = 30.0
SECRET: Final = "0123456789-only-the-tests-know-this-one"


def command(port: int, processes: int) -> list[str]:
    """Tell the words by which `make run` becomes the server."""
    words: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "execve", lambda _path, said, _environment: words.extend(said))
        run.serve(port, processes=processes)
    return words


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said; status 0 if it said nothing."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """Read the body."""
        return self.body.decode()


def ask(
    port: int,
    path: str,
    form: Mapping[str, str] | str | None = None,
    *,
    method: str = "",
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Send one request over a connection of its own; a form, or a text as it is, makes it a POST."""
    body = form if form is None or isinstance(form, str) else urlencode(form)
    kind = {} if form is None else {"Content-Type": "application/x-www-form-urlencoded"}
    connection = HTTPConnection(HOST, port, timeout=PATIENCE)
    try:
        method = method or ("GET" if form is None else "POST")
        connection.request(method, path, body, kind | dict(headers or {}))
        answer = connection.getresponse()
        return Answer(answer.status, answer.read(), dict(answer.getheaders()))
    except (OSError, HTTPException):
        return Answer(0)
    finally:
        connection.close()


@dataclass
class Serving:
    """A server on a port of its own, which may be killed and started again on the same data."""

    config: Config
    log: Path
    processes: int = 1
    more: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def parent(self) -> int:
        """Tell the number of the process that `make run` becomes."""
        assert self._process
        return self._process.pid

    @property
    def has_ended(self) -> bool:
        """Tell whether it ended by itself."""
        return self._process is not None and self._process.poll() is not None

    def start(self) -> None:
        """Start it in a process group of its own, and wait until it answers."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command(self.port, self.processes),
                cwd=ROOT,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.wait_until_it_answers()

    def _environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
        return kept | {
            "LANTERN_ENV": "demo",
            "WORKER": "inline",
            "SECRET_KEY": SECRET,
            "DATABASE_URL": self.config.database_url,
            "INSTANCE_DIR": str(self.config.instance_dir),
            "KEY_DIR": str(self.config.key_dir),
            "MAIL_URL": self.config.mail_url,
            "PUBLIC_URL": f"http://{HOST}:{self.port}",
            **self.more,
        }

    def wait_until_it_answers(self) -> None:
        """Wait until somebody serves on the port."""
        until(lambda: self.ask("/healthz").status == 200, "the server does not answer")

    def ask(self, path: str, form: Mapping[str, str] | None = None, **more: str) -> Answer:
        """Send one request."""
        return ask(self.port, path, form, **more)  # type: ignore[arg-type]  # method only

    def kill_group(self) -> None:
        """Kill the server and all its processes at once."""
        os.killpg(self.parent, signal.SIGKILL)
        self._gone()

    def kill_parent(self) -> None:
        """Kill the process that watches over the others, and none of those."""
        os.kill(self.parent, signal.SIGKILL)
        self._gone()

    def stop(self) -> None:
        """Ask it to end, as Ctrl-C does, and leave nothing of it."""
        if self._process is None:
            return
        group = self._process.pid
        self._process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(15)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)
        self._gone()

    def _gone(self) -> None:
        assert self._process
        self._process.wait(PATIENCE)


def until(came_true: Callable[[], object], otherwise: str, patience: float = PATIENCE) -> None:
    """Wait for something, or fail with a sentence."""
    ends = time.monotonic() + patience
    while not came_true():
        assert time.monotonic() < ends, otherwise
        time.sleep(0.03)


def alive(pid: int) -> bool:
    """Tell whether a process still runs; a dead one that nobody collected does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return stat.read_text("utf-8").rpartition(")")[2].split()[0] != "Z"
    return not Path("/proc/self").exists()


@contextlib.contextmanager
def serving(server: Serving) -> Iterator[Serving]:
    """Start a server, and see to its end whatever happens."""
    try:
        server.start()
        yield server
    finally:
        server.stop()
