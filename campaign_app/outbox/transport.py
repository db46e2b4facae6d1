"""The way out of the house: a mail server (MAIL_URL=smtp://…, smtps://…) or a folder (file:…).

    smtp://user:password@host:587?starttls=required     TLS by STARTTLS, the default
    smtps://user:password@host:465                      TLS from the first byte
    …?ca=/path/to/ca.pem   trust this authority         …?verify=no   trust any certificate
    smtp://localhost:25?starttls=no                     no TLS, the default on this very machine
    file:/path/to/folder                                one .eml file per mail

Whatever goes wrong comes out as `NoConnection` or `Refused`, which know the class of an error and
its SMTP code. The texts of mail servers quote addresses, so they go no further than this file.
"""

import os
import smtplib
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from pathlib import Path
from typing import Final, Literal, Protocol, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from campaign_app.core import clock

Tls = Literal["implicit", "required", "no"]

TIMEOUT: Final = 30.0
OWN_MACHINE: Final = frozenset({"localhost", "127.0.0.1", "::1"})
CLOSING: Final = 421
FIRST_LASTING: Final = 500
#: 5.7.x says "you may not", which is about us rather than about a mailbox (RFC 3463).
POLICY: Final = b"5.7."


class BadMailUrl(ValueError):
    """MAIL_URL cannot be understood."""


class Trouble(Exception):
    """A mail did not go out. Knows the class of the error, never its text."""

    def __init__(self, error: str, code: int = 0) -> None:
        super().__init__(f"{error} {code}")
        self.error = error
        self.code = code


class NoConnection(Trouble):
    """The server as a whole does not work now; no mail is to blame."""


class Refused(Trouble):
    """This mail was refused: for good, or for now."""

    def __init__(self, error: str, code: int = 0, *, lasting: bool) -> None:
        super().__init__(error, code)
        self.lasting = lasting


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A message with the bare addresses that the transport needs."""

    name: str
    sender: str
    to: str
    message: EmailMessage


class Line(Protocol):
    """A connection over which several mails go."""

    def send(self, envelope: Envelope) -> None:
        """Send one mail."""

    def close(self) -> None:
        """Hang up."""


class Transport(Protocol):
    """A way out."""

    def open(self) -> Line:
        """Make a line; it connects with its first mail."""


def for_url(url: str, *, helo: str, timeout: float = TIMEOUT) -> Transport:
    """Read a MAIL_URL."""
    if url.startswith("file:"):
        return Folder(Path("/" + url.removeprefix("file:").lstrip("/")))
    return Smtp.parse(url, helo=helo, timeout=timeout)


@dataclass(frozen=True, slots=True, kw_only=True)
class Smtp:
    """A mail server."""

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    tls: Tls = "required"
    verify: bool = True
    ca: str | None = None
    helo: str = "localhost"
    timeout: float = TIMEOUT

    @classmethod
    def parse(cls, url: str, *, helo: str, timeout: float = TIMEOUT) -> Self:
        """Read smtp:// and smtps:// addresses."""
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query))
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise BadMailUrl("it must look like smtp://user:password@host:587, or file:/path")
        return cls(
            host=parts.hostname,
            port=_port(url) or (465 if parts.scheme == "smtps" else 587),
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            tls=_tls(parts.scheme, parts.hostname, options),
            verify=_one_of(options, "verify", "yes") == "yes",
            ca=options.get("ca"),
            helo=helo,
            timeout=timeout,
        )

    def open(self) -> "SmtpLine":
        """Make a line to this server."""
        return SmtpLine(self)

    def connect(self) -> smtplib.SMTP:
        """Connect, protect the connection, and sign in."""
        server = self._dial()
        try:
            if self.tls == "required":
                server.starttls(context=self._tls_context())
            if self.user:
                server.login(self.user, self.password)
        except BaseException:
            server.close()
            raise
        return server

    def _dial(self) -> smtplib.SMTP:
        if self.tls != "implicit":
            return smtplib.SMTP(
                self.host, self.port, local_hostname=self.helo, timeout=self.timeout
            )
        return smtplib.SMTP_SSL(
            self.host,
            self.port,
            local_hostname=self.helo,
            timeout=self.timeout,
            context=self._tls_context(),
        )

    def _tls_context(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=self.ca)
        if not self.verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context


def _port(url: str) -> int | None:
    try:
        return urlsplit(url).port
    except ValueError:
        raise BadMailUrl("its port is no number") from None


def _tls(scheme: str, host: str, options: Mapping[str, str]) -> Tls:
    if scheme == "smtps":
        return "implicit"
    wanted = _one_of(options, "starttls", "no" if host in OWN_MACHINE else "required")
    return "no" if wanted == "no" else "required"


def _one_of(options: Mapping[str, str], name: str, default: str) -> str:
    value = options.get(name, default)
    allowed = ("required", "no") if name == "starttls" else ("yes", "no")
    if value not in allowed:
        raise BadMailUrl(f"{name} must be {' or '.join(allowed)}")
    return value


class SmtpLine:
    """A connection to a mail server, made when first needed."""

    def __init__(self, smtp: Smtp) -> None:
        self._smtp = smtp
        self._server: smtplib.SMTP | None = None

    def send(self, envelope: Envelope) -> None:
        """Send one mail."""
        server = self._connected()
        try:
            server.send_message(envelope.message, envelope.sender, [envelope.to])
        except smtplib.SMTPException as error:
            self._forget_if_closed(server)
            raise _trouble(error) from None
        except OSError as error:
            self.close()
            raise NoConnection(type(error).__name__) from None
        except ValueError as error:  # an address that no header can hold
            raise Refused(type(error).__name__, lasting=True) from None

    def _connected(self) -> smtplib.SMTP:
        if self._server is None:
            try:
                self._server = self._smtp.connect()
            except (OSError, ValueError) as error:  # every SMTPException is an OSError
                raise NoConnection(type(error).__name__, _code(error)) from None
        return self._server

    def _forget_if_closed(self, server: smtplib.SMTP) -> None:
        if server.sock is None:
            self._server = None

    def close(self) -> None:
        """Hang up; how the server takes it is no longer our business."""
        server, self._server = self._server, None
        if server is not None:
            with suppress(OSError):
                server.quit()
            server.close()


def _trouble(error: smtplib.SMTPException) -> Trouble:
    """Tell whom a refusal is about: the server, the sender, or this mail."""
    name, code = type(error).__name__, _code(error)
    if isinstance(error, smtplib.SMTPServerDisconnected) or code == CLOSING:
        return NoConnection(name, code)
    if isinstance(error, smtplib.SMTPNotSupportedError):  # an address in letters it cannot write
        return Refused(name, code, lasting=True)
    about_us = isinstance(error, smtplib.SMTPSenderRefused) or _reply(error).startswith(POLICY)
    return Refused(name, code, lasting=code >= FIRST_LASTING and not about_us)


def _code(error: BaseException) -> int:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return next(iter(error.recipients.values()))[0]
    return error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else 0


def _reply(error: smtplib.SMTPException) -> bytes:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return next(iter(error.recipients.values()))[1]
    text = error.smtp_error if isinstance(error, smtplib.SMTPResponseException) else b""
    return text if isinstance(text, bytes) else text.encode()


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder that holds each mail as a file; for trying things out."""

    path: Path

    def open(self) -> Self:
        """Give itself: a folder needs no connection."""
        return self

    def send(self, envelope: Envelope) -> None:
        """Write one .eml file that only its owner can read; it appears whole or not at all."""
        stamp = clock.now().strftime("%Y%m%dT%H%M%S.%fZ")
        path = self.path / f"{stamp}-{envelope.name}.eml"
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write_whole(path, _as_bytes(envelope))
        except OSError as error:
            raise NoConnection(type(error).__name__) from None

    def close(self) -> None:
        """Nothing to hang up."""


def _as_bytes(envelope: Envelope) -> bytes:
    policy = SMTP if envelope.to.isascii() else SMTPUTF8
    return envelope.message.as_bytes(policy=policy)


def _write_whole(path: Path, content: bytes) -> None:
    # Without fsync: this folder is for trying things out, and a mail there is worth no disk's wait.
    draft = path.with_name(f".{path.name}.part")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
    draft.replace(path)
