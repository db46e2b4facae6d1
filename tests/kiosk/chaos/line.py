"""The line between a tablet and its server, as it is at a station: it breaks, swallows and lies."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from tests.serving import HOST

#: The line works.
OPEN: Final = "open"
#: Nobody answers.
GONE: Final = "gone"
#: A hotel's login page answers everything, with status 200.
PORTAL: Final = "portal"
#: What is sent arrives; the answer does not.
DEAF: Final = "deaf"
#: Half of the answer arrives.
HALF: Final = "half"
LOGIN: Final = b"<!doctype html><title>Free Wi-Fi</title><p>Accept our terms to go online.</p>"
PATIENCE: Final = 15.0
HTML: Final = [("Content-Type", "text/html; charset=utf-8")]
#: What belongs to one stretch of the way only.
HOP_BY_HOP: Final = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length"})
#: What a changed body must not carry.
NAMES_OF_A_VERSION: Final = frozenset({"etag", "last-modified"})


Headers = Sequence[tuple[str, str]]
Change = Callable[[str, bytes], bytes]


@dataclass
class Line:
    """Forwards to a server's port, in the way that the test says."""

    upstream: int
    way: str = OPEN
    #: Pages of the test's own: path → HTML.
    pages: dict[str, str] = field(default_factory=dict)
    #: Changes what the server said on its way: path, body → body.
    change: Change | None = None
    #: Uploads that met something else than an open line.
    broken: int = 0
    _server: ThreadingHTTPServer | None = None

    @property
    def port(self) -> int:
        """Tell where browsers reach it."""
        assert self._server
        return self._server.server_port

    @property
    def base(self) -> str:
        """Give the address that a tablet opens."""
        return f"http://{HOST}:{self.port}"

    def open(self) -> None:
        """Listen."""
        line = self

        class Handler(_Handler):
            on = line

        self._server = _Server((HOST, 0), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        """Stop listening."""
        assert self._server
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a browser that was killed."""


class _Handler(BaseHTTPRequestHandler):
    """One connection of a browser; it is asked anew each time which way the line goes."""

    protocol_version = "HTTP/1.1"
    on: Line

    def do_GET(self) -> None:  # http.server names its methods so
        """Forward, or do what the line does today."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        way = self.on.way
        if way != OPEN and self.command == "POST":
            self.on.broken += 1
        if self.path in self.on.pages:
            self._say(200, HTML, self.on.pages[self.path].encode())
        elif way == PORTAL:
            self._say(200, HTML, LOGIN)
        elif way == GONE:
            self._hang_up()
        else:
            self._forward(body, way)

    do_POST = do_HEAD = do_GET  # noqa: N815

    def _forward(self, body: bytes, way: str) -> None:
        try:
            status, headers, said = self._asked(body)
        except (OSError, HTTPException):
            self._hang_up()
            return
        if way == DEAF and self.command == "POST":
            self._hang_up()
        elif way == HALF and self.command == "POST":
            self._say(status, headers, said, upto=len(said) // 2)
            self._hang_up()
        else:
            self._say(status, headers, said)

    def _asked(self, body: bytes) -> tuple[int, Headers, bytes]:
        connection = HTTPConnection(HOST, self.on.upstream, timeout=PATIENCE)
        try:
            dropped = HOP_BY_HOP | ({"accept-encoding"} if self.on.change else set())
            kept = {k: v for k, v in self.headers.items() if k.lower() not in dropped}
            connection.request(self.command, self.path, body or None, kept)
            answer = connection.getresponse()
            said = answer.read()
            if self.on.change and answer.status == HTTPStatus.OK:
                changed = self.on.change(self.path, said)
                return answer.status, _kept(answer, same=changed == said), changed
            return answer.status, _kept(answer), said
        finally:
            connection.close()

    def _say(self, status: int, headers: Headers, said: bytes, *, upto: int | None = None) -> None:
        self.send_response_only(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(said[:upto])

    def _hang_up(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Keep quiet."""


def _kept(answer: HTTPResponse, *, same: bool = True) -> Headers:
    dropped = HOP_BY_HOP | (frozenset() if same else NAMES_OF_A_VERSION)
    return [(k, v) for k, v in answer.getheaders() if k.lower() not in dropped]


@contextlib.contextmanager
def line_to(port: int) -> Iterator[Line]:
    """Lay a line to a server's port, for as long as the block lasts."""
    line = Line(port)
    line.open()
    try:
        yield line
    finally:
        line.close()
