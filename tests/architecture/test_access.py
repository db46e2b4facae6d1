"""Every endpoint says whom it is for, and keeps its word."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from campaign_app.core.access import Audience, audience_of
from tests import given, urls

PUBLIC_WITHOUT_OWN_WORD = {"static"}


def rules(app: Flask) -> list[Rule]:
    return list(app.url_map.iter_rules())


def test_no_endpoint_is_silent(app: Flask) -> None:
    silent = [
        rule.endpoint
        for rule in rules(app)
        if audience_of(app.view_functions[rule.endpoint]) is None
        and rule.endpoint not in PUBLIC_WITHOUT_OWN_WORD
    ]
    assert silent == []


def test_everything_in_the_console_asks_who_you_are(app: Flask, client: FlaskClient) -> None:
    world = given.world(app)
    for rule in rules(app):
        if audience_of(app.view_functions[rule.endpoint]) is not Audience.PERSON:
            continue
        for path in urls.of(app, rule, world):
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                answer = client.open(path, method=method)
                assert answer.status_code == 303, (method, path)
                assert "/console/sign-in" in answer.headers["Location"]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_public_page_sets_a_cookie(app: Flask, client: FlaskClient, method: str) -> None:
    world = given.world(app)
    for rule in rules(app):
        if method not in (rule.methods or set()) or rule.rule.startswith("/console"):
            continue
        for path in urls.of(app, rule, world):
            answer = client.open(path, method=method)
            assert "Set-Cookie" not in answer.headers, path
            assert "Cookie" not in answer.headers.get("Vary", ""), path


def test_every_answer_carries_the_policy(app: Flask, client: FlaskClient) -> None:
    world = given.world(app)
    for rule in rules(app):
        for path in urls.of(app, rule, world):
            headers = client.get(path).headers
            policy = headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy, path
            assert "unsafe" not in policy, path
            assert headers["Referrer-Policy"] == "same-origin"
            assert headers["X-Content-Type-Options"] == "nosniff"
