"""Workers that are killed, and workers that take over."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from campaign_app.core import clock, db
from campaign_app.outbox import crew as crews
from campaign_app.outbox import worker
from campaign_app.outbox.crew import Crew, FileLock, lock_file
from campaign_app.outbox.models import OutboxRow
from config import Config
from tests.outbox.mail_server import OK, Mails
from tests.outbox.posting import send, waiting

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 20.0


@contextmanager
def running(config: Config, *words: str) -> Iterator[subprocess.Popen[str]]:
    """Start `flask worker`, and see to its end."""
    environment = {
        "PATH": os.environ["PATH"],
        "LANTERN_ENV": "test",
        "SECRET_KEY": "0123456789-abcdefghijklmnopqrstuvwxyz",
        "DATABASE_URL": config.database_url,
        "INSTANCE_DIR": str(config.instance_dir),
        "KEY_DIR": str(config.key_dir),
        "MAIL_URL": config.mail_url,
        "PUBLIC_URL": config.public_url,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", *words],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def until(came_true: Callable[[], object]) -> float:
    """Wait for something; tell how many seconds it took."""
    began = time.monotonic()
    while not came_true():
        assert time.monotonic() - began < PATIENCE, "waited in vain"
        time.sleep(0.02)
    return time.monotonic() - began


def _kill(process: subprocess.Popen[str]) -> Callable[[], str]:
    """Take a mail, then kill the one who brings it before it hears so."""

    def take() -> str:
        process.kill()
        return OK

    return take


def _test_mail() -> dict[str, str]:
    """The real templates only: another process does not know this test's."""
    return {"template": "outbox/test"}


def test_a_worker_killed_between_sending_and_noting_repeats_that_mail_once(
    app: Flask, config: Config, mails: Mails
) -> None:
    sent = send(**_test_mail())
    with running(config, "worker", "--once") as process:
        mails.data = _kill(process)
        assert process.wait(PATIENCE) == -signal.SIGKILL
    assert len(mails.came) == 1
    mails.data = lambda: OK
    worker.drain()
    assert len(mails.came) == 1
    assert [row.tries for row in waiting()] == [0]
    with clock.frozen(clock.now() + timedelta(minutes=3)):
        worker.drain()
        worker.drain()
    names = {message["Message-ID"] for message in mails.messages}
    assert (len(mails.came), names) == (2, {f"<{sent.id}.0@sign.example.org>"})
    assert list(waiting()) == []


def test_a_worker_sends_what_is_posted_and_goes_when_asked(
    app: Flask, config: Config, mails: Mails
) -> None:
    with running(config, "worker") as process:
        send(**_test_mail())
        until(lambda: mails.came)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
    until(lambda: not waiting())


def test_once_does_what_is_due_and_ends(app: Flask, config: Config, mails: Mails) -> None:
    send(**_test_mail())
    with running(config, "worker", "--once") as process:
        said, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert "done." in said
    assert len(mails.came) == 1


def test_two_workers_of_one_postgresql_both_work(
    app: Flask, config: Config, mails: Mails, engine_name: str
) -> None:
    if engine_name == "sqlite":
        return
    first, second = (Crew(app, gentle=False) for _crew in range(2))
    first.start()
    second.start()
    send(**_test_mail())
    until(lambda: mails.came)
    first.stop()
    send(**_test_mail())
    until(lambda: len(mails.came) == 2)
    second.stop()


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_when_the_working_process_is_killed_the_next_takes_over_within_two_seconds(
    app: Flask, config: Config, mails: Mails
) -> None:
    with running(config, "worker") as process:
        send(**_test_mail())
        until(lambda: mails.came)
        successor = Crew(app, gentle=False)
        successor.start()
        mails.data = _kill(process)
        for _mail in range(3):
            send(**_test_mail())
        process.wait(PATIENCE)
        mails.data = lambda: OK
    took = until(lambda: not waiting())
    successor.stop()
    assert took < 2
    assert len(mails.came) == 1 + 3 + 1


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_one_process_works_at_a_time(app: Flask, config: Config, mails: Mails) -> None:
    lock = FileLock(lock_file(config))
    assert lock.take()
    crew = Crew(app, gentle=False)
    crew.start()
    send(**_test_mail())
    time.sleep(1)
    assert mails.came == []
    lock.give_back()
    until(lambda: mails.came)
    crew.stop()
    assert lock.take()
    lock.give_back()


def test_the_threads_outlive_a_mistake(
    app: Flask, mails: Mails, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(crews, "AFTER_A_MISTAKE", 0.1)
    with app.app_context():
        OutboxRow.__table__.drop(db.db.engine)  # type: ignore[attr-defined]  # a mapped class has a Table
    crew = Crew(app, gentle=False)
    crew.start()
    until(lambda: "Error" in caplog.text)
    with app.app_context():
        OutboxRow.__table__.create(db.db.engine)  # type: ignore[attr-defined]
    send(**_test_mail())
    until(lambda: mails.came)
    crew.stop()
