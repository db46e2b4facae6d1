"""What stands before a server in production: TLS, and the headers that nginx adds (docs/deploy.md)."""

import contextlib
import threading
from collections.abc import Iterator
from functools import partialmethod
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

from tests.outbox.mail_server import self_signed
from tests.serving import HOST, PATIENCE

#: What is said on one line only, not from end to end.
OF_ONE_LINE: Final = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length"})


class _Front(BaseHTTPRequestHandler):
    """Takes a request off its TLS and hands it on, as nginx does."""

    protocol_version = "HTTP/1.1"
    behind = 0

    def _hand_on(self, method: str) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        line = HTTPConnection(HOST, self.behind, timeout=PATIENCE)
        with contextlib.closing(line):
            line.request(method, self.path, body or None, self._asked())
            answer = line.getresponse()
            self._answered(answer.status, answer.getheaders(), answer.read())

    def _asked(self) -> dict[str, str]:
        named = {name: text for name, text in self.headers.items() if name.lower() != "connection"}
        return named | {
            "X-Forwarded-For": str(self.client_address[0]),
            "X-Forwarded-Proto": "https",
            "X-Forwarded-Host": self.headers["Host"],
        }

    def _answered(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.send_response_only(status)
        for name, text in headers:
            if name.lower() not in OF_ONE_LINE:
                self.send_header(name, text)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = partialmethod(_hand_on, "GET")  # noqa: N815 -- as http.server calls it
    do_HEAD = partialmethod(_hand_on, "HEAD")  # noqa: N815
    do_POST = partialmethod(_hand_on, "POST")  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- its own name
        """Keep no log, as docs/deploy.md asks."""


@contextlib.contextmanager
def tls_before(behind: int, port: int, folder: Path) -> Iterator[None]:
    """Stand before a server of this machine, by https."""
    handler = type("Front", (_Front,), {"behind": behind})
    front = ThreadingHTTPServer((HOST, port), handler)
    front.daemon_threads = True
    front.socket = self_signed(folder).context.wrap_socket(front.socket, server_side=True)
    thread = threading.Thread(target=front.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        front.shutdown()
        front.server_close()
        thread.join(PATIENCE)
