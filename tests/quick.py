"""What a thousand applications in one process need not work out a thousand times.

Each test builds an application of its own, and each would compile the same addresses, the same
templates and the same statements again. What is compiled depends on their text alone, so that
every application of this process takes it from the one that came first.
"""

from collections.abc import Callable
from typing import Any

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Connection, Engine, event
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

Builder = Callable[..., tuple[str, str]]


def share() -> None:
    """Let the applications of this process share what they compile."""
    share_addresses()
    share_statements()
    # Each application copies these options into its own environment of templates.
    Flask.jinja_options = {"bytecode_cache": Templates()}


def share_addresses() -> None:
    """Remember the functions that write addresses: most of the time that an application takes."""
    known: dict[object, Builder] = {}
    compiled = Rule._compile_builder  # APIFRAGILE: werkzeug keeps it private

    def remembered(rule: Rule, append_unknown: bool = True) -> Builder:
        defaults = sorted((name, repr(value)) for name, value in (rule.defaults or {}).items())
        key = (rule.rule, *rule._trace, append_unknown, *defaults)
        if key not in known:
            known[key] = compiled(rule, append_unknown)
        return known[key]

    Rule._compile_builder = remembered  # type: ignore[method-assign,assignment]


class Templates(BytecodeCache):
    """Compiled templates, kept as long as the process runs; a changed text has another checksum."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take what was compiled before."""
        bucket.code = self._known.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled now."""
        self._known[bucket.key, bucket.checksum] = bucket.code


def share_statements() -> None:
    """Remember compiled statements, which are looked up by dialect: two of one kind are the same."""
    known: LRUCache[Any, Any] = LRUCache(5000)
    for kind in (PGDialect_psycopg, SQLiteDialect_pysqlite):
        kind.__eq__ = lambda one, other: type(one) is type(other)  # type: ignore[method-assign]
        kind.__hash__ = lambda one: hash(type(one))  # type: ignore[method-assign,assignment]

    def lend(connection: Connection) -> None:
        connection.execution_options(compiled_cache=known)

    event.listen(Engine, "engine_connect", lend)
