"""The compiled load generator: wrk, with a script that signs with a new mailbox each time."""

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from tools import debian

SCRIPT: Final = Path(__file__).with_name("load.lua")
#: As many people at once; each sends the next request when the last is answered.
CONNECTIONS: Final = 32
#: After the measured seconds nothing is sent, and what is under way may take so long to end.
PATIENCE: Final = 60
DRAINED: Final = "DRAINED"
MARK: Final = "MEASURED "
ADVICE: Final = (
    "The benchmark needs the load generator wrk: install it "
    "(Debian: apt-get install wrk), then run make bench again."
)


@dataclass(frozen=True, slots=True)
class Request:
    """One kind of request; a form gets a mailbox of its own each time it is sent."""

    method: str
    path: str
    form: str = ""


@dataclass(frozen=True, slots=True)
class Load:
    """What is sent: requests in turn, with the same headers."""

    requests: Sequence[Request]
    headers: Mapping[str, str]

    def write(self, folder: Path) -> tuple[Path, Path]:
        """Write deck and headers where wrk's script finds them."""
        folder.mkdir(exist_ok=True)
        deck, headers = folder / "deck", folder / "headers"
        lines = [f"{r.method}\t{r.path}\t{r.form}\n" for r in self.requests]
        deck.write_text("".join(lines), "utf-8")
        told = [f"{name}: {value}\r\n" for name, value in self.headers.items()]
        headers.write_bytes("".join(told).encode())
        return deck, headers


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What wrk saw in one run."""

    sent: int
    answered: int
    refused: int
    broken: int
    p50_ms: float
    p99_ms: float
    seconds: float

    @classmethod
    def read(cls, said: str, seconds: float) -> Self:
        """Find the script's line in what wrk printed."""
        lines = [line for line in said.splitlines() if line.startswith(MARK)]
        if len(lines) != 1:
            raise ValueError(f"wrk did not finish: {said.strip()}")
        return cls(**json.loads(lines[0].removeprefix(MARK)), seconds=seconds)

    @property
    def accepted(self) -> int:
        """Count the answers that were no error."""
        return self.answered - self.refused

    @property
    def per_second(self) -> float:
        """Tell the rate while it was measured: one answer per connection came after the end."""
        return max(0, self.accepted - CONNECTIONS) / self.seconds

    def check(self) -> None:
        """Refuse to measure a server that fails: an error is answered faster than a signature."""
        if self.refused or self.broken or self.sent != self.answered:
            raise RuntimeError(f"requests failed, so this measures nothing: {self}")


def find_wrk() -> str:
    """Find wrk, install Debian's where we may, or stop with one line."""
    if shutil.which("wrk") is None:
        debian.install("wrk")
    found = shutil.which("wrk")
    if found is None:
        sys.exit(ADVICE)
    return found


@dataclass(frozen=True, slots=True)
class Generator:
    """wrk, ready to send a load."""

    wrk: str
    folder: Path

    def send(self, load: Load, port: int, *, tag: str, seconds: int) -> Measured:
        """Send a load for so many seconds and see it answered to the last request."""
        deck, headers = load.write(self.folder)
        options = ["-t1", f"-c{CONNECTIONS}", f"-d{seconds + PATIENCE}s", f"--timeout={PATIENCE}s"]
        command = [self.wrk, *options, "-s", str(SCRIPT), f"http://127.0.0.1:{port}/", "--"]
        words = [str(deck), tag, str(seconds), str(headers), str(CONNECTIONS)]
        with subprocess.Popen([*command, *words], stdout=subprocess.PIPE, text=True) as wrk:
            assert wrk.stdout
            said = [line for line in wrk.stdout if not _was_last(line, wrk)]
        return Measured.read("".join(said), seconds)


def _was_last(line: str, wrk: subprocess.Popen[str]) -> bool:
    """Let wrk sum up once everything is answered."""
    if line.strip() != DRAINED:
        return False
    wrk.send_signal(signal.SIGINT)
    return True
