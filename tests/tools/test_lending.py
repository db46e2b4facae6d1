"""A database that was lent before is as good as a new one, or is lent no more."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from tests import postgres
from tests.lending import Lender

SCHEMA = """
    CREATE TABLE rule (id bigserial PRIMARY KEY, word text NOT NULL);
    INSERT INTO rule (word) VALUES ('as the migration wrote it');
    CREATE TABLE person (id bigserial PRIMARY KEY, name text UNIQUE);
    CREATE TABLE letter (person_id bigint NOT NULL REFERENCES person (id));
"""


@pytest.fixture
def lender(postgres_server: postgres.Server) -> Iterator[Lender]:
    """Lend copies of a small database."""
    postgres_server.create("library")
    with postgres_server.connect("library") as connection:
        connection.execute(SCHEMA)
    lender = Lender(postgres_server, "library", "book")
    yield lender
    lender.close()
    postgres_server.drop("library")


def told(lender: Lender, name: str, *statements: str) -> list[tuple[Any, ...]]:
    """Say something to a database, and listen to what it answers last."""
    with psycopg.connect(
        lender.server.url(name).replace("+psycopg", ""), autocommit=True
    ) as connection:
        for statement in statements:
            answer = connection.execute(statement.encode())
        return answer.fetchall() if answer.description else []


def test_rows_are_gone_and_numbers_begin_again(lender: Lender) -> None:
    with lender.lent() as first:
        told(lender, first, "INSERT INTO person (name) VALUES ('Mina'), ('Juno')")
        told(
            lender,
            first,
            "INSERT INTO letter VALUES (1), (2)",
            "UPDATE person SET name = 'Ada' WHERE id = 1",
        )
    with lender.lent() as second:
        assert second == first
        assert told(lender, second, "SELECT * FROM letter") == []
        told(lender, second, "INSERT INTO person (name) VALUES ('Mina'), ('Juno')")
        assert told(lender, second, "SELECT ctid::text, * FROM person") == [
            ("(0,1)", 1, "Mina"),
            ("(0,2)", 2, "Juno"),
        ]


@pytest.mark.parametrize(
    "deed",
    [
        "ALTER TABLE person ADD CONSTRAINT broken CHECK (id < 0) NOT VALID",
        "DROP TABLE letter; CREATE TABLE letter (person_id bigint NOT NULL REFERENCES person (id))",
        "ALTER TABLE person ALTER COLUMN name SET NOT NULL",
        "CREATE INDEX more ON person (name)",
        "CREATE VIEW people AS SELECT * FROM person",
        "UPDATE rule SET word = 'as nobody wrote it'",
        "DELETE FROM rule",
        "DROP TABLE rule",
        "INSERT INTO rule (word) VALUES ('one more')",
    ],
)
def test_who_changed_more_than_rows_leaves_nothing_of_it(lender: Lender, deed: str) -> None:
    with lender.lent() as first:
        told(lender, first, deed)
    with lender.lent() as second:
        assert second != first
        assert told(lender, second, "SELECT word FROM rule") == [("as the migration wrote it",)]


def test_numbers_go_on_behind_those_of_the_migrations(lender: Lender) -> None:
    for _time in range(2):
        with lender.lent() as name:
            assert told(lender, name, "SELECT nextval('rule_id_seq')") == [(2,)]
            assert told(lender, name, "SELECT nextval('person_id_seq')") == [(1,)]
        assert name == "book_1"


def test_whoever_is_still_connected_is_sent_away(lender: Lender) -> None:
    with lender.lent() as name:
        late = psycopg.connect(lender.server.url(name).replace("+psycopg", ""))
        late.execute("INSERT INTO person (name) VALUES ('Mina')")  # and never commits
    with pytest.raises(psycopg.OperationalError):
        late.execute("SELECT 1")
    with lender.lent() as again:
        assert (again, told(lender, again, "SELECT * FROM person")) == (name, [])


def test_two_at_a_time_get_two(lender: Lender) -> None:
    with lender.lent() as one, lender.lent() as other:
        assert one != other
