"""Mail and jobs that wait: written with the deed that wants them, done later, at least once.

`services` posts them, `worker` does them, `crew` runs the worker inside a server or on its own.
"""

import os

from flask import Flask

from campaign_app.outbox import cli, console, jobs, transport
from campaign_app.outbox.crew import start_inline
from config import Config, SettingsError

__all__ = ["init_app", "start_inline"]


def init_app(app: Flask) -> None:
    """Open the room, and in a server set its worker going."""
    config: Config = app.config["LANTERN"]
    _check(config.mail_url)
    jobs.enter()
    app.register_blueprint(console.console_bp)
    app.jinja_env.globals["mail_warnings"] = console.warnings
    app.cli.add_command(cli.worker)
    app.cli.add_command(cli.mail_cli)
    if config.inline_worker and not _is_command():
        start_inline(app)


def _check(mail_url: str) -> None:
    """Stop at the start rather than at the first mail."""
    try:
        transport.for_url(mail_url, helo="localhost")
    except transport.BadMailUrl as wrong:
        raise SettingsError(f"MAIL_URL cannot be understood: {wrong}.") from None


def _is_command() -> bool:
    """Tell a `flask …` command from a server: a migration must not send mail."""
    return os.environ.get("FLASK_RUN_FROM_CLI") == "true"
