"""Reads the page to give on, as a browser does, and sends its form."""

import re
from html import unescape

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

THANKS = re.compile(r"/(?:ko|en|fr)/give/thanks/([0-9a-f]{32})")


def form(html: str) -> dict[str, str]:
    """Read what a browser would send of a form that nobody touched."""
    found = {}
    for tag in re.findall(r"<input[^>]*>", html):
        said = {name: unescape(value) for name, value in re.findall(r'([\w-]+)="([^"]*)"', tag)}
        chosen = said.get("type") not in ("radio", "checkbox") or " checked" in tag
        if "name" in said and chosen:
            found[said["name"]] = said.get("value", "")
    return found


def action(html: str) -> str:
    """Read where the form goes to."""
    found = re.search(r'<form method="post" action="([^"]+)"', html)
    assert found is not None
    return unescape(found[1])


def give(client: FlaskClient, page: str, **said: str) -> TestResponse:
    """Open a page, say something, and send it."""
    html = client.get(page).text
    return client.post(action(html), data=form(html) | said)


def told(answer: TestResponse) -> str:
    """Name the gift to whose thanks an answer leads."""
    found = THANKS.search(answer.headers["Location"])
    assert found is not None
    return found[1]
