"""Keeps the demo's invented people out of production."""

from typing import Final

from sqlalchemy import inspect, select
from sqlalchemy.exc import OperationalError

from campaign_app.core.db import Base, db
from config import Config, SettingsError

#: Where a demo shows first; every demo has rows in all of them.
TELLTALE: Final = ("person", "petition", "location", "organiser_key")


def has_demo_rows() -> bool:
    """Tell whether the demo was ever loaded into this database; one without tables has none."""
    there = inspect(db.engine)
    tables = [Base.metadata.tables[name] for name in TELLTALE if there.has_table(name)]
    with db.engine.connect() as connection:
        return any(
            connection.scalar(select(table.c.demo).where(table.c.demo.is_(True)).limit(1))
            for table in tables
        )


def refuse_demo_rows(config: Config) -> None:
    """Stop a production start on a demo's database; call it inside an app context."""
    if not config.is_production:
        return
    try:
        found = has_demo_rows()
    except OperationalError:
        raise SettingsError(
            "the database does not answer. Check DATABASE_URL, and that the database runs."
        ) from None
    if found:
        raise SettingsError(
            "this database holds the demo's invented people and signatures. "
            "Set DATABASE_URL to a database of its own for production."
        )
