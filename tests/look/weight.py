"""Weighs a page as a phone loads it: the HTML and whatever it asks for before anybody touches it."""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from flask.testing import FlaskClient

#: What a browser fetches on its own; icons and alternates written as `data:` cost nothing more.
FETCHED: Final = re.compile(
    r"<(?:script|img|source|iframe)\b[^>]*\bsrc=\"(?P<src>[^\"]+)\""
    r"|<link\b(?=[^>]*\brel=\"(?:stylesheet|icon|preload|modulepreload|manifest)\")"
    r"[^>]*\bhref=\"(?P<href>[^\"]+)\""
)


@dataclass(frozen=True, slots=True)
class Weight:
    """Compressed bytes of the page, of all it loads, and how many requests that takes."""

    page: int
    total: int
    requests: int


def weigh(client: FlaskClient, path: str, *, encoding: str = "br", language: str = "en") -> Weight:
    """Load a page with everything it asks for."""
    headers = {"Accept-Encoding": encoding, "Accept-Language": language}
    page = client.get(path, headers=headers)
    assert page.status_code == 200, path
    assert page.headers.get("Content-Encoding") == encoding
    html = client.get(path, headers=headers | {"Accept-Encoding": "identity"}).text
    others = [len(client.get(address, headers=headers).data) for address in fetched(html)]
    return Weight(len(page.data), len(page.data) + sum(others), 1 + len(others))


def fetched(html: str) -> list[str]:
    """List the addresses that a page loads; all of them must be ours."""
    found = [match["src"] or match["href"] for match in FETCHED.finditer(html)]
    asked = [address for address in found if not address.startswith("data:")]
    assert all(not urlsplit(address).netloc for address in asked)
    return asked
