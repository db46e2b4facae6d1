"""`flask worker` and `flask mail test`."""

import logging
import signal
import time
from contextlib import suppress

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext

from campaign_app.core.settings import settings
from campaign_app.outbox.crew import Crew, FileLock, lock_file
from campaign_app.outbox.testing_mail import send_test
from campaign_app.outbox.words import explain
from campaign_app.outbox.worker import drain

mail_cli = AppGroup("mail", help="Look after outgoing mail.")

WAIT_FOR_LOCK = 10.0
WAIT_FOR_LAST_MAIL = 40.0


@click.command("worker")
@click.option("--once", is_flag=True, help="Do what is due now, then stop.")
@with_appcontext
def worker(*, once: bool) -> None:
    """Send mail and do jobs until asked to stop (SIGTERM, Ctrl-C)."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    if once:
        _once()
    else:
        _forever(current_app._get_current_object())  # type: ignore[attr-defined]  # a werkzeug proxy


def _once() -> None:
    lock = FileLock(lock_file(settings())) if settings().is_sqlite else None
    if lock and not _taken(lock):
        click.echo("Another worker is at work; it does what is due.")
        return
    try:
        click.echo(f"{drain()} done.")
    finally:
        if lock:
            lock.give_back()


def _taken(lock: FileLock) -> bool:
    ends = time.monotonic() + WAIT_FOR_LOCK
    while not lock.take():
        if time.monotonic() > ends:
            return False
        time.sleep(0.1)
    return True


def _forever(app: Flask) -> None:
    """Work until a signal comes; a second one does not wait for the mail at hand."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    crew = Crew(app, gentle=False)
    crew.start()
    with suppress(KeyboardInterrupt):
        while True:
            time.sleep(3600)
    crew.stop(WAIT_FOR_LAST_MAIL)


@mail_cli.command("test")
@click.argument("address")
def mail_test(address: str) -> None:
    """Send a test mail to ADDRESS and say how it went."""
    trouble = send_test(address)
    if trouble is not None:
        raise click.ClickException(f"{explain(trouble.error)} [{trouble}]")
    click.echo("The mail server took the test mail.")
