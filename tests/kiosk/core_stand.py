"""The tablet's pages on a server whose files a test may change, and which it may switch off."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask, request
from werkzeug.serving import BaseWSGIServer, make_server

from campaign_app.core import web
from campaign_app.kiosk import shell
from tests.outbox.mail_server import free_port

# Neither runs a script of ours, and both lie within the service worker's scope.
QUIET: str = "/kiosk/words.json"


@dataclass
class Stand:
    """A server of our app, with static files of its own."""

    app: Flask
    folder: Path
    port: int = field(default_factory=free_port)
    asked: list[tuple[str, str]] = field(default_factory=list)
    #: An address that answers as a hotel's network does.
    broken: str = ""
    _server: BaseWSGIServer | None = None

    @property
    def base(self) -> str:
        """Give the address that people type."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Switch it on."""
        self._server = make_server("127.0.0.1", self.port, self.app, threaded=True)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Switch it off; nobody answers any more."""
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def release(self) -> str:
        """Put out another version of the pages, and tell its name."""
        with (self.folder / "js/kiosk/ids.js").open("a") as file:
            file.write("// Another version.\n")
        return self.version()

    def version(self) -> str:
        """Tell which version the server gives out, by its files as they are now."""
        shell._shell.cache_clear()
        with self.app.test_request_context():
            return shell.shell().version

    def note(self) -> str | None:
        """Remember what was asked."""
        self.asked.append((request.method, request.path))
        return "<h1>Welcome to our hotel</h1>" if request.path == self.broken else None


@contextmanager
def stand(app: Flask, folder: Path, patch: pytest.MonkeyPatch) -> Iterator[Stand]:
    """Serve an app with a copy of our static files."""
    for name in ("js", "css", "icons"):
        shutil.copytree(web.STATIC / name, folder / name)
    app.static_folder = str(folder)
    patch.setattr(shell, "STATIC", folder)
    patch.setattr(shell, "WORKER", folder / "js/kiosk/sw.js")
    one = Stand(app, folder)
    app.before_request(one.note)
    shell._shell.cache_clear()
    one.start()
    try:
        yield one
    finally:
        one.stop()
        shell._shell.cache_clear()
