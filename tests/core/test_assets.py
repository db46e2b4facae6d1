"""How long browsers keep what we serve."""

from flask import Flask
from flask.testing import FlaskClient

from campaign_app.core.web import asset


def test_a_file_that_is_addressed_by_its_content_is_kept(app: Flask, client: FlaskClient) -> None:
    with app.test_request_context():
        address = asset("js/keyfile.js")
    assert "max-age=31536000" in client.get(address).headers["Cache-Control"]


def test_a_module_that_another_imports_is_asked_for_again(client: FlaskClient) -> None:
    answer = client.get("/static/js/seal.js")
    assert answer.headers["Cache-Control"] == "no-cache"
    again = client.get("/static/js/seal.js", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
