"""No serving process is left when the server that started it is killed."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from campaign_app.core.process import die_with_parent

ROOT = Path(__file__).resolve().parents[2]
SERVER = """
import multiprocessing, os, signal, sys, time
from campaign_app.core.process import die_with_parent

def serve(number, deaf):
    if deaf:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    assert die_with_parent()
    os.write(1, f"{os.getpid()}\\n".encode())
    time.sleep(60)

if __name__ == "__main__":
    context = multiprocessing.get_context(sys.argv[1])
    children = [context.Process(target=serve, args=(i, sys.argv[2] == "deaf")) for i in (1, 2)]
    for child in children:
        child.start()
    time.sleep(60)
"""


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    # In a container without an init nobody collects the dead: a zombie serves no one.
    return not stat.exists() or stat.read_text("utf-8").rpartition(")")[2].split()[0] != "Z"


@pytest.mark.parametrize(
    ("manner", "hearing"), [("fork", "hears"), ("spawn", "hears"), ("fork", "deaf")]
)
def test_killing_the_server_ends_its_workers(tmp_path: Path, manner: str, hearing: str) -> None:
    script = tmp_path / "server.py"
    script.write_text(SERVER, "utf-8")
    server = subprocess.Popen(
        [sys.executable, script, manner, hearing],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert server.stdout
    workers = [int(server.stdout.readline()) for _ in range(2)]

    server.send_signal(signal.SIGKILL)
    server.wait()
    deadline = time.monotonic() + 10
    while any(map(alive, workers)) and time.monotonic() < deadline:
        time.sleep(0.05)

    assert not any(map(alive, workers))


def test_a_command_from_a_shell_does_not_watch_its_parent() -> None:
    assert multiprocessing.parent_process() is None
    assert not die_with_parent()
