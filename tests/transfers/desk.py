"""Somebody of the finance role with a bank's list in hand."""

import io
import re
from dataclasses import dataclass
from typing import Final

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.accounts.people import signed_in, token_of

HOME: Final = "/console/money/transfers/"


@dataclass(frozen=True)
class Desk:
    """A browser in which somebody is signed in."""

    client: FlaskClient

    def bring(
        self, raw: str | bytes, bank: str = "seoul", encoding: str = "cp949", **more: str
    ) -> TestResponse:
        """Choose a file and send it."""
        content = raw.encode(encoding) if isinstance(raw, str) else raw
        return self.client.post(
            f"{HOME}upload",
            data={
                "csrf_token": token_of(self.client),
                "bank": bank,
                "file": (io.BytesIO(content), "list.csv"),
                **more,
            },
            content_type="multipart/form-data",
        )

    def lay_out(self, answer: TestResponse, **changes: str) -> TestResponse:
        """Send the mapping screen as it stands, but for some changes."""
        page = self.client.get(answer.location)
        assert page.status_code == 200, page.text
        return self.client.post(answer.location, data=fields(page) | changes)

    def enter(self, raw: str | bytes, **more: str) -> TestResponse:
        """Bring a list, and say of the first one that it is read as it was guessed."""
        answer = self.bring(raw, **more)
        assert answer.status_code == 303, answer.text
        return self.lay_out(answer) if "/layout/" in answer.location else answer

    def page(self, path: str = "") -> str:
        """Read a page of bank transfers."""
        answer = self.client.get(HOME + path)
        assert answer.status_code == 200, path
        return answer.text

    def send(self, path: str, **fields: object) -> TestResponse:
        """Send a form."""
        data = {"csrf_token": token_of(self.client), **fields}
        return self.client.post(HOME + path, data=data)

    def offered(self, *, ticked: bool | None = None) -> list[str]:
        """List what the page offers to accept."""
        boxes = re.findall(r'<input[^>]* name="accept" value="([^"]+)"([^>]*)>', self.page())
        return [value for value, more in boxes if ticked is None or ("checked" in more) is ticked]

    def accept(self, *offers: str) -> TestResponse:
        """Accept what was ticked beforehand, or these."""
        return self.send("accept", accept=list(offers) or self.offered(ticked=True))


def fields(page: TestResponse) -> dict[str, str | list[str]]:
    """Read what stands in the mapping form."""
    html = page.text
    found: dict[str, str | list[str]] = {}
    for name, options in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', html, re.S):
        chosen = re.search(r'<option selected value="([^"]*)"', options)
        first = re.search(r'<option value="([^"]*)"', options)
        found[name] = chosen[1] if chosen else first[1] if first else ""
    found["memos"] = re.findall(r'<input checked[^>]* name="memos"[^>]* value="([^"]+)"', html)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', html)
    assert token
    return found | {"csrf_token": token[1]}


def finance(app: Flask, name: str = "Mina") -> Desk:
    """Let somebody of the finance role in."""
    return Desk(signed_in(app, "finance", name=name))
