"""What the database is asked while something runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import event

from campaign_app.core.db import db

#: Who we are is looked up again every moment or so, whoever happens to ask then: not by the page.
BY_THE_CLOCK: Final = "FROM organisation"


@contextmanager
def questions() -> Iterator[list[str]]:
    """Note each SELECT of the current application, but for those that the clock asks."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if statement.startswith("SELECT") and BY_THE_CLOCK not in statement:
            asked.append(statement)

    engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)
