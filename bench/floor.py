"""The floor: the least that Flask can do and still keep a signature, on the engine that we use.

Its server, processes, threads, connections and durability are those of the application. So is the
fair turn that threads take on SQLite: without it they wake each other in vain, and the floor would
be half as high.
"""

import contextlib
import os
import threading
from pathlib import Path
from typing import Final

from flask import Flask, Response, redirect, request
from sqlalchemy import Column, Integer, MetaData, String, Table, insert
from werkzeug.wrappers import Response as AnyResponse

from campaign_app.core import db
from campaign_app.core.process import die_with_parent

METADATA: Final = MetaData()
SIGNED: Final = Table(
    "signed",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("name", String(200)),
    Column("email", String(254)),
    Column("country", String(2)),
)
INSERT: Final = insert(SIGNED)
#: Bytes of the signing page, compressed as the application sends them.
PAGE: Final = "FLOOR_PAGE"


def create_floor(database_url: str, page: bytes) -> Flask:
    """Build an application of two views and nothing else."""
    app = Flask(__name__)
    db.init_app(app, database_url=database_url)
    with app.app_context():
        engine = db.db.engine.execution_options(**{db.WRITING: True})
        turn = threading.Lock() if db.is_sqlite() else contextlib.nullcontext()

    @app.post("/q/<code>")
    def sign(code: str) -> AnyResponse:
        form = request.form
        row = {"name": form["name"], "email": form["email"], "country": form["country"]}
        with turn, engine.begin() as connection:
            connection.execute(INSERT, row)
        return redirect(f"/q/{code}", 303)

    @app.get("/q/<code>")
    def show(code: str) -> Response:
        headers = {"Content-Type": "text/html; charset=utf-8", "Content-Encoding": "br"}
        return Response(page, headers=headers)

    return app


def main() -> Flask:
    """Build the floor that the environment describes, for a server to load."""
    die_with_parent()
    return create_floor(os.environ["DATABASE_URL"], Path(os.environ[PAGE]).read_bytes())
