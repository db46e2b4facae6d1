"""What applications share they share rightly: nobody gets what was compiled for another."""

from collections.abc import Callable
from typing import Final

from flask import Flask, render_template, url_for
from jinja2 import DictLoader
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from werkzeug.routing import BaseConverter

SQLITE: Final[Callable[[], object]] = SQLiteDialect_pysqlite
POSTGRESQL: Final[Callable[[], object]] = PGDialect_psycopg


class Loud(BaseConverter):
    """Writes everything in capitals."""

    def to_url(self, value: str) -> str:
        """Write it."""
        return value.upper()


def app_of(converter: type[BaseConverter], template: str, **facts: str) -> Flask:
    app = Flask(__name__)
    app.url_map.converters["word"] = converter
    app.add_url_rule("/said/<word:it>/<also>", "said", defaults=facts, view_func=lambda **_: "")
    app.jinja_loader = DictLoader({"page.html": template})
    return app


def test_one_address_is_written_by_the_converter_of_its_own_application() -> None:
    written = []
    for converter, more in ((BaseConverter, "1"), (Loud, "1"), (Loud, "2"), (BaseConverter, "2")):
        with app_of(converter, "", more=more).test_request_context():
            written.append(url_for("said", it="lantern", also="x", more=more))
    assert written == ["/said/lantern/x", "/said/LANTERN/x", "/said/LANTERN/x", "/said/lantern/x"]


def test_one_name_may_be_two_templates() -> None:
    said = []
    for template in ("{{ 1 }}", "{{ 2 }}", "{{ 1 }}"):
        with app_of(BaseConverter, template).app_context():
            said.append(render_template("page.html"))
    assert said == ["1", "2", "1"]


def test_a_statement_is_shared_within_one_engine_only() -> None:
    assert SQLITE() == SQLITE()
    assert POSTGRESQL() == POSTGRESQL()
    assert hash(SQLITE()) == hash(SQLITE())
    assert SQLITE() != POSTGRESQL()
