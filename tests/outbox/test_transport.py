"""The ways out of the house."""

import socket
import stat
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from campaign_app.outbox import transport
from campaign_app.outbox.transport import BadMailUrl, Envelope, Folder, NoConnection, Refused, Smtp
from tests.outbox.mail_server import (
    Certificate,
    Mails,
    accept,
    free_port,
    listening,
    self_signed,
)


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    """A certificate that no authority signed."""
    return self_signed(tmp_path)


def _envelope(to: str = "mina@example.org", name: str = "row.0") -> Envelope:
    message = EmailMessage()
    message["To"] = to
    message["Subject"] = "안녕하세요"
    message.set_content("Bonjour, 안녕하세요\n")
    return Envelope(name=name, sender="petition@example.org", to=to, message=message)


def _send(url: str, envelope: Envelope | None = None, *, timeout: float = 5) -> None:
    line = transport.for_url(url, helo="sign.example.org", timeout=timeout).open()
    try:
        line.send(envelope or _envelope())
    finally:
        line.close()


def test_a_folder_holds_one_private_file_per_mail(tmp_path: Path) -> None:
    folder = tmp_path / "out" / "mail"
    _send(f"file:{folder}", _envelope(name="row.0"))
    _send(f"file:{folder}", _envelope(name="row.1"))
    files = sorted(folder.iterdir())
    assert [path.name.split("Z-")[1] for path in files] == ["row.0.eml", "row.1.eml"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    message = message_from_bytes(files[0].read_bytes(), policy=policy.default)
    assert (message["Subject"], message.get_content()) == ("안녕하세요", "Bonjour, 안녕하세요\r\n")


@pytest.mark.parametrize("url", ["file:/a b/m#x?y%20", "file:///a b/m#x?y%20"])
def test_a_folder_may_have_any_name(url: str) -> None:
    assert transport.for_url(url, helo="x") == Folder(Path("/a b/m#x?y%20"))


def test_a_folder_that_cannot_be_written_is_no_connection(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("a file stands here")
    with pytest.raises(NoConnection) as trouble:
        _send(f"file:{tmp_path / 'mail'}")
    assert trouble.value.error in ("FileExistsError", "NotADirectoryError")


def test_tls_is_required_unless_the_server_is_this_machine() -> None:
    def tls(url: str) -> tuple[str, int]:
        found = Smtp.parse(url, helo="x")
        return found.tls, found.port

    assert tls("smtp://mail.example.org") == ("required", 587)
    assert tls("smtp://mail.example.org:25?starttls=required") == ("required", 25)
    assert tls("smtps://mail.example.org") == ("implicit", 465)
    assert tls("smtp://localhost:25") == ("no", 25)
    assert tls("smtp://localhost:25?starttls=required") == ("required", 25)


def test_user_and_password_may_hold_any_letter() -> None:
    found = Smtp.parse("smtp://mina%40example.org:p%3A%2Fss@mail.example.org", helo="x")
    assert (found.user, found.password) == ("mina@example.org", "p:/ss")
    assert "p:/ss" not in repr(found)


@pytest.mark.parametrize(
    "url",
    ["", "mail.example.org", "http://x", "smtp://", "smtp://x:port", "smtp://x?starttls=maybe"],
)
def test_a_mail_url_that_makes_no_sense_is_refused(url: str) -> None:
    with pytest.raises(BadMailUrl):
        transport.for_url(url, helo="x")


def test_a_certificate_is_checked(mails: Mails, certificate: Certificate) -> None:
    with listening(mails, ssl_context=certificate.context) as port:
        url = f"smtps://127.0.0.1:{port}"
        with pytest.raises(NoConnection) as trouble:
            _send(url)
        assert trouble.value.error == "SSLCertVerificationError"
        _send(f"{url}?ca={certificate.path}")
        _send(f"{url}?verify=no")
    assert len(mails.came) == 2


def test_starttls_protects_name_and_password(mails: Mails, certificate: Certificate) -> None:
    login = accept("mina", "s3cret")
    with listening(mails, tls_context=certificate.context, authenticator=login) as port:
        options = f"127.0.0.1:{port}?starttls=required&ca={certificate.path}"
        _send(f"smtp://mina:s3cret@{options}")
        with pytest.raises(NoConnection) as trouble:
            _send(f"smtp://mina:wrong@{options}")
    assert (trouble.value.error, trouble.value.code) == ("SMTPAuthenticationError", 535)
    assert "wrong" not in str(trouble.value)
    assert len(mails.came) == 1


def test_a_server_without_tls_gets_nothing_where_tls_is_required(mails: Mails) -> None:
    with listening(mails) as port, pytest.raises(NoConnection) as trouble:
        _send(f"smtp://127.0.0.1:{port}?starttls=required")
    assert trouble.value.error == "SMTPNotSupportedError"
    assert mails.came == []


@pytest.fixture
def silent_port() -> Iterator[int]:
    """Take calls and say nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_silent_server_is_given_up_in_time(silent_port: int) -> None:
    with pytest.raises(NoConnection) as trouble:
        _send(f"smtp://127.0.0.1:{silent_port}", timeout=0.3)
    assert trouble.value.error in ("TimeoutError", "SMTPServerDisconnected")


def test_nobody_there_is_no_connection() -> None:
    with pytest.raises(NoConnection) as trouble:
        _send(f"smtp://127.0.0.1:{free_port()}")
    assert trouble.value.error == "ConnectionRefusedError"


def test_a_mailbox_in_other_letters_needs_a_server_that_can_write_it(mails: Mails) -> None:
    with listening(mails, enable_SMTPUTF8=True) as port:
        _send(f"smtp://127.0.0.1:{port}", _envelope("미나@example.org"))
    assert mails.to == ["미나@example.org"]
    with listening(mails, enable_SMTPUTF8=False) as port, pytest.raises(Refused) as trouble:
        _send(f"smtp://127.0.0.1:{port}", _envelope("미나@example.org"))
    assert trouble.value.lasting


def test_no_trouble_quotes_an_address(mails: Mails) -> None:
    mails.rcpt = lambda address: f"550 5.1.1 <{address}> unknown"
    with listening(mails) as port, pytest.raises(Refused) as trouble:
        _send(f"smtp://127.0.0.1:{port}")
    assert str(trouble.value) == "SMTPRecipientsRefused 550"
    assert trouble.value.__cause__ is None
    assert trouble.value.__suppress_context__
