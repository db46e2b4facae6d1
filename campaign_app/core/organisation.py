"""Who asks, as its people say it: one row that goes before what the environment says.

A deployment begins with the environment's values and needs no row. What is kept here is looked at
again every second and a half, so that a change shows in every process within two.
"""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from email.utils import parseaddr, quote
from typing import Any, Final, Self

from sqlalchemy import CheckConstraint, String, Text, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from campaign_app.core.db import Base, Number, db, table_of
from config import Config

#: For how long an answer is kept.
KEPT: Final = 1.5
THE_ROW: Final = 1


class Organisation(Base):
    """The organisation behind the petitions; there is one row, or none yet."""

    __tablename__ = "organisation"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(Number, primary_key=True, autoincrement=False)
    #: Language → the name it goes by there.
    names: Mapped[dict[str, str]]
    #: Where letters reach it, as on an envelope.
    address: Mapped[str] = mapped_column(Text)
    #: Where it has its seat; ISO 3166-1 alpha-2, or "".
    country: Mapped[str] = mapped_column(String(2))
    privacy_contact: Mapped[str] = mapped_column(String(254))
    sender_name: Mapped[str] = mapped_column(String(120))
    sender_address: Mapped[str] = mapped_column(String(254))
    smallest_age: Mapped[int]
    languages: Mapped[list[str]]
    #: Who else handles data for it, and in which country: for the privacy notice.
    host_name: Mapped[str] = mapped_column(String(120))
    host_country: Mapped[str] = mapped_column(String(2))
    mail_name: Mapped[str] = mapped_column(String(120))
    mail_country: Mapped[str] = mapped_column(String(2))
    #: Others, one a line, in its own words.
    other_processors: Mapped[str] = mapped_column(Text)
    #: Whom a signer may complain to, if it is not the authority of `country`.
    authority: Mapped[str] = mapped_column(String(300))
    #: A small PNG that we drew anew, and the hash that names it.
    mark: Mapped[bytes | None]
    mark_hash: Mapped[str] = mapped_column(String(20))


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The organisation as it is now."""

    names: Mapping[str, str]
    address: str = ""
    country: str = ""
    privacy_contact: str
    sender_name: str
    sender_address: str
    smallest_age: int
    languages: tuple[str, ...]
    host_name: str = ""
    host_country: str = ""
    mail_name: str = ""
    mail_country: str = ""
    other_processors: str = ""
    authority: str = ""
    mark_hash: str = ""

    @classmethod
    def from_config(cls, config: Config) -> Self:
        """Say what the environment says."""
        sender_name, sender_address = parseaddr(config.mail_from)
        return cls(
            names={},
            privacy_contact=config.privacy_contact,
            sender_name=sender_name,
            sender_address=sender_address,
            smallest_age=config.smallest_age,
            languages=config.languages,
        )

    @classmethod
    def from_row(cls, row: Mapping[Any, Any]) -> Self:
        """Say what the row says."""
        told = {field.name: row[field.name] for field in fields(cls)}
        return cls(**(told | {"languages": tuple(told["languages"])}))

    def over(self, config: Config) -> Config:
        """Put these facts in the place of what the environment says."""
        return replace(
            config,
            organisation=self.name(config.organisation, ""),
            privacy_contact=self.privacy_contact,
            mail_from=f'"{quote(self.sender_name)}" <{self.sender_address}>',
            smallest_age=self.smallest_age,
            languages=self.languages,
        )

    def name(self, otherwise: str, language: str) -> str:
        """Give the name in a language, else in English, else in any."""
        found = self.names.get(language) or self.names.get("en")
        return found or next(iter(self.names.values()), otherwise)


@dataclass(frozen=True, slots=True)
class _Answer:
    until: float
    facts: Facts
    config: Config
    said: bool


class Current:
    """What one app knows of its organisation, asked for again when it grows old."""

    def __init__(self, config: Config) -> None:
        self.environment: Final = config
        self._asking: Final = threading.Lock()
        self._answer = _Answer(0.0, Facts.from_config(config), config, said=False)

    @property
    def facts(self) -> Facts:
        """Give the facts as of a moment ago."""
        return self._fresh().facts

    @property
    def config(self) -> Config:
        """Give the settings as of a moment ago."""
        return self._fresh().config

    @property
    def said(self) -> bool:
        """Tell whether its people have said anything yet."""
        return self._fresh().said

    def forget(self) -> None:
        """Look again at once, after a change of ours."""
        self._answer = replace(self._answer, until=0.0)

    def _fresh(self) -> _Answer:
        answer = self._answer
        if time.monotonic() < answer.until:
            return answer
        with self._asking:
            if time.monotonic() >= self._answer.until:
                self._answer = self._ask()
            return self._answer

    def _ask(self) -> _Answer:
        """Read the row; a database that is away, or not built yet, changes nothing."""
        until = time.monotonic() + KEPT  # counted from before the read
        try:
            row = _row()
        except SQLAlchemyError:
            return replace(self._answer, until=until)
        if row is None:
            facts = Facts.from_config(self.environment)
            return _Answer(until, facts, self.environment, said=False)
        facts = Facts.from_row(row)
        return _Answer(until, facts, facts.over(self.environment), said=True)


def _row() -> Mapping[Any, Any] | None:
    """Read what is committed, on a connection apart from any work that is under way."""
    table = table_of(Organisation)
    columns = [table.c[field.name] for field in fields(Facts)]
    with db.engine.connect() as connection:
        return connection.execute(select(*columns)).mappings().one_or_none()
