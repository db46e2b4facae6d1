"""Starting servers as production does, one at a time awake, and none left behind."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
HOST: Final = "127.0.0.1"
#: What `make run` starts, and docs/deploy.md describes.
PROCESSES: Final = {"sqlite": 1, "postgresql": 2}
THREADS: Final = 16
PATIENCE: Final = 60.0
# Ends the server if this process is killed before it could.
GUARD: Final = """
trap '' HUP INT TERM
read -r _
kill -KILL "-$1" 2>/dev/null
"""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server and all its processes."""

    port: int
    process: subprocess.Popen[bytes]
    log: Path

    @contextlib.contextmanager
    def awake(self) -> Iterator[None]:
        """Let it run for a while; otherwise it stands still and takes nothing from the other."""
        self.tell(signal.SIGCONT)
        try:
            yield
        finally:
            self.tell(signal.SIGSTOP)

    def tell(self, what: signal.Signals) -> None:
        """Signal every process of the server."""
        os.killpg(self.process.pid, what)

    def peak_mb(self) -> float:
        """Add up the most memory that each of its processes held."""
        return round(sum(map(_peak_kb, self._members())) / 1024, 1)

    def _members(self) -> list[Path]:
        """List its processes; there are none to list where there is no /proc."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if os.getpgid(int(folder.name)) == self.process.pid:
                    found.append(folder)
        return found


def _peak_kb(process: Path) -> int:
    with contextlib.suppress(OSError):
        for line in (process / "status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
    return 0


@contextlib.contextmanager
def serving(
    target: str, environ: Mapping[str, str], *, processes: int, log: Path
) -> Iterator[Server]:
    """Start a server with these settings, asleep once it answers; it ends with the block."""
    port = free_port()
    with log.open("wb") as out:
        process = subprocess.Popen(
            _command(target, port, processes),
            cwd=ROOT,
            env=_ours(environ),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    server = Server(port, process, log)
    with _guarded(process):
        try:
            _wait_for(server)
            server.tell(signal.SIGSTOP)
            yield server
        finally:
            _end(process)


def _command(target: str, port: int, processes: int) -> list[str]:
    options = {
        "--interface": "wsgi",
        "--host": HOST,
        "--port": str(port),
        "--workers": str(processes),
        "--blocking-threads": str(THREADS),
        "--workers-kill-timeout": "5",
        "--log-level": "error",
    }
    words = [word for option in options.items() for word in option]
    return [sys.executable, "-m", "granian", *words, "--no-access-log", "--no-ws", *target.split()]


def _ours(environ: Mapping[str, str]) -> dict[str, str]:
    """Keep Python's own surroundings, and no setting of another Lantern."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | dict(environ)


def free_port() -> int:
    """Ask the system for a port that nobody uses."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def _guarded(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Tie the server's life to ours by a pipe."""
    guard = subprocess.Popen(
        ["/bin/sh", "-c", GUARD, "guard", str(process.pid)],
        stdin=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        yield
    finally:
        guard.kill()
        guard.wait()


def _end(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGCONT)
        # A signal that meets a thread still waking up would not wake Python's main thread.
        time.sleep(0.3)
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(15)
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _wait_for(server: Server) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and server.process.poll() is None:
        with contextlib.suppress(OSError, http.client.HTTPException):
            get(server.port, "/", {})
            return
        time.sleep(0.05)
    raise RuntimeError(f"the server did not start: {server.log.read_text('utf-8')[-2000:]}")


def get(port: int, path: str, headers: Mapping[str, str]) -> tuple[int, bytes]:
    """Fetch a page as it comes over the wire."""
    connection = http.client.HTTPConnection(HOST, port, timeout=10)
    try:
        connection.request("GET", path, headers=dict(headers))
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()
