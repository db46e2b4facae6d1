"""Somebody who types what stands on paper, page by page, as a browser does."""

import re

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaign_app.core.ids import in_groups
from campaign_app.paper.models import PaperSheet
from tests.accounts.people import send


def address(sheet: PaperSheet) -> str:
    """Give the address of a sheet's page."""
    return f"/console/paper/sheets/{in_groups(sheet.letters).upper()}"


def boxes(page: str) -> dict[str, str]:
    """Tick every box of the page."""
    return dict.fromkeys(re.findall(r'name="(part-\d+)"', page), "1")


def type_line(
    client: FlaskClient,
    sheet: PaperSheet,
    line: int = 1,
    name: str = "김미나",
    email: str = "",
    **changes: str,
) -> TestResponse:
    """Open a sheet and type one line; every box is ticked."""
    page = client.get(address(sheet)).text
    typed = {"line": str(line), "name": name, "email": email, "country": "KR"}
    said = {"outcome": "signed"} | boxes(page) | typed | changes
    return send(client, address(sheet), **said)


def say_of_line(client: FlaskClient, sheet: PaperSheet, line: int, outcome: str) -> TestResponse:
    """Say of a line what no name comes of."""
    return send(client, address(sheet), line=str(line), outcome=outcome)


def check_line(client: FlaskClient, batch: int, **typed: str) -> TestResponse:
    """Type the line that is shown again."""
    page = client.get(f"/console/paper/{batch}/check").text
    return send(client, f"/console/paper/{batch}/check", **(shown(page) | typed))


def shown(page: str) -> dict[str, str]:
    """Read the hidden fields of the form by which a line is typed."""
    pairs = re.findall(r'<input[^>]*name="(sheet|line|sure|country)"[^>]*?value="([^"]*)"', page)
    return dict(pairs) | {"outcome": "signed"}
