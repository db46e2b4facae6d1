"""What a thousand applications in one process need not work out a thousand times.

Each test builds an application of its own, and each would compile the same addresses, the same
templates and the same statements again. What is compiled depends on their text alone, so that
every application of this process takes it from the one that came first.
"""

from types import MethodType
from typing import Any, Final

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Connection, Engine, event
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

#: What the first of equal rules leaves to all others.
COMPILED: Final = ("_parts", "_trace", "_converters", "arguments", "_build", "_build_unknown")


def share() -> None:
    """Let the applications of this process share what they compile."""
    share_addresses()
    share_statements()
    # Each application copies these options into its own environment of templates.
    Flask.jinja_options = {"bytecode_cache": Templates()}


def share_addresses() -> None:
    """Remember what addresses compile to: most of the time that an application takes.

    Also the converters of their parts: ours ask the application of the moment, and keep nothing.
    """
    known: dict[object, dict[str, Any]] = {}
    compiled = Rule.compile  # APIFRAGILE: what it leaves in a rule, werkzeug keeps private

    def remembered(rule: Rule) -> None:
        defaults = sorted((name, repr(value)) for name, value in (rule.defaults or {}).items())
        where = rule.subdomain, rule.map.host_matching, rule.merge_slashes
        key = (rule.rule, *where, *rule.map.converters.values(), *defaults)
        if key not in known:
            compiled(rule)
            known[key] = {name: vars(rule)[name] for name in COMPILED}
        vars(rule).update(known[key] | {"arguments": set(known[key]["arguments"])})
        for name in ("_build", "_build_unknown"):
            setattr(rule, name, MethodType(known[key][name].__func__, rule))

    Rule.compile = remembered  # type: ignore[method-assign,assignment]


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
