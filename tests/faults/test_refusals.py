"""What is refused is refused with a page in the visitor's language."""

import itertools
import socket
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from config import Config
from tests import given, urls
from tests.faults.nasty import FORM, FRENCH, is_a_page
from tests.given import World
from tests.serving import HOST, Serving, serving

pytestmark = pytest.mark.usefixtures("live")


def test_an_unknown_address_gets_a_page_in_the_visitors_language(
    client: FlaskClient, world: World
) -> None:
    formats = (f"/fr/petitions/{world.slug}/count.xml", "/fr/receipt.pdf")
    for path in ("/nowhere", "/xx/", "/q/zzzzzzzz", "/console/petitions/x", *formats):
        answer = client.get(path, headers=FRENCH)
        assert answer.status_code == 404
        assert is_a_page(answer), path


def test_a_wrong_method_gets_a_page_in_the_visitors_language(
    client: FlaskClient, world: World
) -> None:
    for method in ("PUT", "PATCH", "DELETE"):
        answer = client.open(f"/q/{world.code}", method=method, headers=FRENCH)
        assert answer.status_code == 405
        assert is_a_page(answer)


def test_a_post_that_is_too_large_is_refused_with_a_page(client: FlaskClient, world: World) -> None:
    for data in (b"name=" + b"x" * 1_000_000, b"&".join([b"a=1"] * 250_000)):
        answer = client.post(f"/q/{world.code}", data=data, content_type=FORM, headers=FRENCH)
        assert answer.status_code == 413
        assert is_a_page(answer)


def test_thousands_of_fields_are_no_signature_and_no_bug(client: FlaskClient, world: World) -> None:
    many = urlencode([(f"field-{number}", "x") for number in range(5000)])
    answer = client.post(f"/q/{world.code}", data=many, content_type=FORM, headers=FRENCH)
    assert answer.status_code in (400, 413)
    assert is_a_page(answer)
    parts = {f"field-{number}": "x" for number in range(2000)}
    answer = client.post(
        f"/q/{world.code}", data=parts, content_type="multipart/form-data", headers=FRENCH
    )
    assert answer.status_code in (400, 413)
    assert is_a_page(answer)


#: Content types and bodies.
NO_FORMS: Final = (
    ("multipart/form-data; boundary=b", b"no boundary at all"),
    ("multipart/form-data", b"--b\r\n\r\n"),
    ("multipart/form-data; boundary=" + "b" * 300, b"--b\r\n"),
    (
        "multipart/form-data; boundary=b",
        b'--b\r\nContent-Disposition: form-data; name="name"\r\n',
    ),
    ("application/json", b'{"name": "Mina"}'),
    ("application/json", b"{"),
    ("text/plain", b"name=Mina"),
    ("application/xml", b"<name>Mina</name>"),
    ("no kind at all", b"name=Mina"),
    ("", b"name=Mina"),
    (FORM + "; charset=utf-7", b"name=Mina"),
    (FORM, b"%" * 1000),
    (FORM, b"\x00\xff\xfe=\x00&&&=;;;"),
    (FORM, b""),
)


def test_a_body_that_is_no_form_gets_the_form_again(client: FlaskClient, world: World) -> None:
    for path in (f"/q/{world.code}", f"/fr/petitions/{world.slug}", "/fr/receipt"):
        for kind, body in NO_FORMS:
            answer = client.post(path, data=body, content_type=kind, headers=FRENCH)
            assert answer.status_code == 400, (kind, body)
            assert is_a_page(answer)


#: What somebody may say of a body of 32 bytes.
LENGTHS: Final = (
    "",
    "-1",
    "abc",
    "9" * 30,
    "5",
)


def test_a_length_that_is_a_lie_is_no_bug(client: FlaskClient, world: World) -> None:
    for length in LENGTHS:
        answer = client.post(
            f"/q/{world.code}",
            data=b"name=Mina&email=mina@example.org",
            content_type=FORM,
            headers=FRENCH,
            environ_overrides={"CONTENT_LENGTH": length},
        )
        assert answer.status_code in (400, 413), length
        assert is_a_page(answer)


def signed(world: World, client: FlaskClient, headers: Mapping[str, str]) -> TestResponse:
    """Send a whole and right form with these headers."""
    path = f"/q/{world.code}?lang=fr"
    typed = {"name": "김미나", "email": "mina@example.org", "country": "KR"}
    form = given.boxes(client.get(path).text) | typed
    return client.post(path, data=form, headers=FRENCH | dict(headers))


#: What browsers say of a form that another site sent.
FOREIGN: Final[Sequence[Mapping[str, str]]] = (
    {"Origin": "https://elsewhere.example"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    {"Origin": "x" * 9000},
)


def test_a_form_sent_from_elsewhere_is_refused(client: FlaskClient, world: World) -> None:
    for headers in FOREIGN:
        answer = signed(world, client, headers)
        assert answer.status_code == 403, headers
        assert is_a_page(answer)


#: What browsers say of our own forms; very old ones say nothing.
OWN: Final[Sequence[Mapping[str, str]]] = (
    {},
    {"Origin": "http://localhost"},
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "none"},
)


def test_a_form_of_ours_is_taken_also_from_an_old_browser(
    client: FlaskClient, world: World
) -> None:
    for headers in OWN:
        assert signed(world, client, headers).status_code == 200, headers


#: Headers without sense or end.
HEADERS: Final[Sequence[Mapping[str, str]]] = (
    {"Accept-Language": "x" * 9000},
    {"Accept-Language": ",".join(f"a{n}-BC;q=0.{n}" for n in range(900))},
    {"Accept-Language": "fr;q=abc, \x01, -, *;q=-1, zz-" + "Abcd-" * 300},
    {"Accept-Encoding": "gzip;q=x, br;q=0, " + "y" * 9000},
    {"Accept": "application/xml"},
    {"Accept": "image/" + "z" * 9000},
    {"User-Agent": "\xff" * 9000},
    {"Cookie": "lantern=" + "." * 9000},
    {"If-None-Match": '"' * 9000},
    {"If-Modified-Since": "tomorrow"},
    {"Range": "bytes=9-1,-,x"},
    {"Host": "no host \x7f at all"},
    {"Host": "[::1"},
    {"X-Forwarded-For": "not an address"},
    {"Referer": "\xff\xfe"},
)


def test_no_header_is_so_wrong_that_something_breaks(
    app: Flask, client: FlaskClient, world: World
) -> None:
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.count("/console") == 0]
    paths = [next(urls.of(app, rule, world)) for rule in rules] + ["/console/", "/console/sign-in"]
    for path, headers in itertools.product(paths, HEADERS):
        assert client.get(path, headers=headers).status_code < 500, (path, headers)


# What no library sends

RAW: Final[Mapping[str, bytes]] = {
    "no number as length": b"POST {q} HTTP/1.1\r\nHost: h\r\nContent-Length: abc\r\n\r\nname=x",
    "a negative length": b"POST {q} HTTP/1.1\r\nHost: h\r\nContent-Length: -5\r\n\r\nname=x",
    "two lengths": b"POST {q} HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nna",
    "a length without end": b"POST {q} HTTP/1.1\r\nHost: h\r\nContent-Length: "
    + b"9" * 30
    + b"\r\n\r\nx",
    "a broken chunk": b"POST {q} HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nx\r\n0\r\n\r\n",
    "a broken escape": b"GET /q/%zz%0 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
    "no UTF-8": b"GET /q/%FF%FE HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
    "raw bytes": b"GET /q/\xff\xfe HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
    "a raw NUL": b"GET /q/\0 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
    "an escaped NUL": b"GET /q/%00?lang=%00 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
    "no host": b"GET {q} HTTP/1.1\r\nConnection: close\r\n\r\n",
    "a broken host": b"GET {q} HTTP/1.1\r\nHost: a b\xff\r\nConnection: close\r\n\r\n",
    "an old browser": b"GET {q} HTTP/1.0\r\n\r\n",
    "a whole address": b"GET http://h{q} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
    "a header without end": b"GET {q} HTTP/1.1\r\nHost: h\r\nX: " + b"x" * 900_000 + b"\r\n\r\n",
    "bytes in a header": b"GET {q} HTTP/1.1\r\nHost: h\r\nAccept-Language: \xff\xfe\r\nConnection: close\r\n\r\n",
    "an address without end": b"GET /" + b"x" * 200_000 + b" HTTP/1.1\r\nHost: h\r\n\r\n",
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
}


def said(server: Serving, raw: bytes) -> bytes:
    """Send bytes as they are, and read until the server has had enough."""
    with socket.create_connection((HOST, server.port), timeout=2) as line:
        heard = b""
        try:
            line.sendall(raw)
            line.shutdown(socket.SHUT_WR)
            while piece := line.recv(65536):
                heard += piece
        except OSError:
            pass
        return heard


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_bytes_that_no_browser_sends_break_nothing(
    config: Config, world: World, tmp_path: Path
) -> None:
    with serving(Serving(config, tmp_path / "server.log")) as server:
        heard = {
            name: said(server, raw.replace(b"{q}", b"/q/" + world.code.encode()))[:12]
            for name, raw in RAW.items()
        }
        assert [name for name, start in heard.items() if start.startswith(b"HTTP/1.1 5")] == []
        assert server.ask(f"/q/{world.code}").status == 200
        assert "unexpected" not in (tmp_path / "server.log").read_text("utf-8")
