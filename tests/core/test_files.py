"""Pictures have public addresses; papers have none, and a stolen database does not show them."""

import base64
import uuid

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from campaign_app.core import files
from campaign_app.core.db import session, transact
from config import Config

PICTURE = b"\xff\xd8\xff picture"
PAPER = b"%PDF-1.7 signed by Kim Mina"


def test_a_public_picture_is_shown_and_may_be_kept_for_ever(
    app: Flask, client: FlaskClient
) -> None:
    with app.app_context():
        number = transact(lambda: files.keep_public(PICTURE, "image/jpeg")).id
    answer = client.get(f"/files/{number}")
    assert (answer.status_code, answer.data, answer.mimetype) == (200, PICTURE, "image/jpeg")
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in answer.headers


def test_a_private_paper_has_no_address_and_is_closed_at_rest(
    app: Flask, client: FlaskClient
) -> None:
    with app.app_context():
        called = "허가서 Kim Mina.pdf"
        kept = transact(lambda: files.keep_private(PAPER, "application/pdf", called))
        assert (files.content_of(kept), files.name_of(kept)) == (PAPER, called)
        row = session.execute(text("SELECT content, name FROM stored_file")).one()
        assert b"Kim" not in bytes(row.content)
        assert "Kim" not in row.name
        assert b"Kim" not in base64.b64decode(row.name)
    unknown = client.get(f"/files/{uuid.uuid4()}")
    told = client.get(f"/files/{kept.id}")
    assert told.status_code == unknown.status_code == 404
    assert told.data.replace(str(kept.id).encode(), b"") == unknown.data.replace(
        unknown.request.path.rpartition("/")[2].encode(), b""
    )


def test_a_paper_put_in_the_place_of_another_does_not_open(app: Flask) -> None:
    with app.app_context():
        one = transact(lambda: files.keep_private(PAPER, "application/pdf", "one.pdf"))
        other = transact(lambda: files.keep_private(b"%PDF other", "application/pdf", "two.pdf"))
        one.content = other.content
        with pytest.raises(files.CannotOpen):
            files.content_of(one)
        one.name = other.name
        assert files.name_of(one) == ""
        session.rollback()


@pytest.mark.parametrize("name", ["", "a" * 300 + ".pdf", "허가서" * 100 + ".pdf", "x.pdf"])
def test_of_a_long_name_the_end_is_kept(app: Flask, name: str) -> None:
    with app.app_context():
        kept = transact(lambda: files.keep_private(PAPER, "application/pdf", name))
        assert len(kept.name) <= 200
        assert name.endswith(files.name_of(kept))
        assert files.name_of(kept).endswith(name[-4:])


def test_with_another_key_a_paper_is_lost_and_nothing_breaks(app: Flask, config: Config) -> None:
    with app.app_context():
        kept = transact(lambda: files.keep_private(PAPER, "application/pdf", "one.pdf"))
        for key in config.key_dir.rglob("*"):
            if key.is_file():
                key.unlink()
        assert files.name_of(kept) == ""
        with pytest.raises(files.CannotOpen):
            files.content_of(kept)


@pytest.mark.parametrize("path", ["/files/x", "/files/", "/files/1", "/files/..%2f..%2fconfig.py"])
def test_anything_else_is_no_file(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404
