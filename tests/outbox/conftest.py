"""A post office with its templates, and a mail server that it may use."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import ChoiceLoader, DictLoader

from campaign_app import create_app
from campaign_app.core.db import db
from campaign_app.outbox import registry
from config import Config
from tests.outbox.mail_server import Mails, listening

TEMPLATES = {
    "trial/mail/hello.subject.txt": "{{ organisation }}:\n {{ _('Today') }}, {{ name }}",
    "trial/mail/hello.txt": "Hello {{ name }}\n{{ public_url }}/{{ language() }}/\n",
    "trial/mail/hello.html": "<p>Hello {{ name }}</p>",
    "trial/mail/again.subject.txt": "Once more",
    "trial/mail/again.txt": "Once more {{ name }}\n",
    "trial/mail/again.html": "<p>Once more {{ name }}</p>",
    "trial/mail/broken.subject.txt": "{{ missing.thing.deep }}",
}


@pytest.fixture
def mails() -> Mails:
    """What arrives at the mail server."""
    return Mails()


@pytest.fixture
def mail_url(mails: Mails) -> Iterator[str]:
    """Where mail goes: a server of this test."""
    with listening(mails) as port:
        yield f"smtp://127.0.0.1:{port}"


@pytest.fixture
def config(database_url: str, tmp_path: Path, mail_url: str) -> Config:
    """Settings with small budgets and this test's mail server."""
    return Config.for_tests(
        database_url=database_url,
        instance_dir=tmp_path,
        mail_url=mail_url,
        public_url="https://sign.example.org",
        mail_from="PSCORE <petition@example.org>",
        petition_mails_per_hour=6,
        placement_mails_per_hour=3,
    )


@pytest.fixture
def app(config: Config) -> Iterator[Flask]:
    """The application, with some mail templates and only this test's jobs."""
    app = create_app(config)
    app.jinja_env.loader = ChoiceLoader([DictLoader(TEMPLATES), app.jinja_env.loader])  # type: ignore[list-item]  # never None
    with only_this_tests_jobs(), app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@contextmanager
def only_this_tests_jobs() -> Iterator[None]:
    """Put away what the rooms above entered, and bring it back."""
    handlers, guards = dict(registry.handlers), dict(registry.guards)
    repeated = dict(registry.repeated)
    for entered in (registry.handlers, registry.guards, registry.repeated):
        entered.clear()
    yield
    registry.handlers.update(handlers)
    registry.guards.update(guards)
    registry.repeated.update(repeated)
