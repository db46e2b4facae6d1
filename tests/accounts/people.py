"""People for tests: let in without ceremony, signed in as a browser does it."""

import re
from typing import Final

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaign_app.accounts import services
from campaign_app.accounts.models import Person
from campaign_app.accounts.passwords import hashed
from campaign_app.core import db

PASSWORD: Final = "a lantern in every window"


def let_in(app: Flask, *roles: str, name: str = "Mina", email: str = "") -> Person:
    """Make a person with these roles and the usual password."""
    email = email or f"{name.lower()}@example.org"
    with app.app_context():
        secret = hashed(PASSWORD)
        return db.transact(lambda: services.create_person(name, email, secret, roles))


def sign_in(
    client: FlaskClient, email: str, password: str = PASSWORD, **fields: str
) -> TestResponse:
    """Fill in the form at the door and send it."""
    token = token_in(client.get("/console/sign-in"))
    return client.post(
        "/console/sign-in",
        data={"csrf_token": token, "email": email, "password": password, **fields},
    )


def signed_in(app: Flask, *roles: str, name: str = "Mina") -> FlaskClient:
    """Give a browser in which a new person with these roles is signed in."""
    client = app.test_client()
    assert sign_in(client, let_in(app, *roles, name=name).email).status_code == 302
    return client


def send(client: FlaskClient, address: str, **fields: object) -> TestResponse:
    """Send a form of the console, with the token that its pages carry."""
    return client.post(address, data={"csrf_token": token_of(client), **fields})


def token_of(client: FlaskClient) -> str:
    """Read the form token of the person signed in, on a page that everybody reaches."""
    return token_in(client.get("/console/account/second-factor"))


def token_in(page: TestResponse) -> str:
    """Read the form token of a page."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
    assert found, page.text
    return found[1]
