"""The PostgreSQL of the tests is real, private, and never left behind."""

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests import postgres

ROOT = Path(__file__).resolve().parents[2]
HOLDER = """
import signal, time
from tests import postgres
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
with postgres.running() as server:
    print(server.pid, server.data.parent, flush=True)
    time.sleep(60)
"""


def inside(server: postgres.Server, database: str) -> psycopg.Connection[Any]:
    return psycopg.connect(host=str(server.sockets), user=postgres.OWNER, dbname=database)


def test_a_database_can_be_copied_from_a_template(postgres_server: postgres.Server) -> None:
    postgres_server.create("origin")
    with inside(postgres_server, "origin") as connection:
        connection.execute("CREATE TABLE word (it text)")
        connection.execute("INSERT INTO word VALUES ('서명')")

    postgres_server.create("copy", template="origin")

    with inside(postgres_server, "copy") as connection:
        assert connection.execute("SELECT it, upper('é') FROM word").fetchone() == ("서명", "É")
    postgres_server.drop("copy")
    postgres_server.drop("origin")


def test_commits_reach_the_disk_where_durability_is_asked_for() -> None:
    with postgres.running(durable=True) as server, server.connect() as connection:
        shown = [
            connection.execute(f"SHOW {name}").fetchone()
            for name in ("fsync", "synchronous_commit", "full_page_writes")
        ]
    assert shown == [("on",)] * 3


@pytest.mark.parametrize("blow", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_the_server_ends_with_whoever_started_it(blow: signal.Signals) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT
    )
    assert holder.stdout
    folder = Path(holder.stdout.readline().decode().split(maxsplit=1)[1].strip())
    assert folder.is_dir()

    holder.send_signal(blow)
    holder.wait()
    deadline = time.monotonic() + 20
    while folder.exists() and time.monotonic() < deadline:
        time.sleep(0.05)

    assert not folder.exists()
