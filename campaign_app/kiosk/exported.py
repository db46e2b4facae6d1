"""The sealed file of a tablet that finds no network: the same envelopes, stored by the same code.

It opens for nobody on its way and proves nobody's token, so what it brings is stored under the
install that it names, if that is ours, and judged like everything that comes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from campaign_app.audit.services import record
from campaign_app.core.db import session, transact
from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _l
from campaign_app.core.json_fields import BadField, Fields
from campaign_app.kiosk import batches, receiving
from campaign_app.kiosk.batches import MOST_ITEMS, Envelope, Report
from campaign_app.kiosk.door import PROTOCOL
from campaign_app.kiosk.models import Install

FORMAT: Final = "lantern-kiosk-export"
MOST_INSTALLS: Final = 50


class NoExport(DomainError):
    """The file is none that a tablet wrote."""

    status = 400
    text = _l("This is not a file that a tablet wrote, or it was altered. Choose another one.")


@dataclass(frozen=True, slots=True)
class Part:
    """What a file says of one install."""

    install: UUID
    reports: Sequence[Report]
    envelopes: Sequence[Envelope]
    refused: Sequence[str]


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of what was in a file."""

    tablet: str
    #: Result → how many.
    results: dict[str, int]


def take(content: bytes) -> list[Taken]:
    """Store what a file brings, some at a time; it may be brought as often as one likes."""
    return [_stored(part) for part in read(content)]


def read(content: bytes) -> list[Part]:
    """Read a file; one that no tablet wrote raises `NoExport`."""
    try:
        said = Fields.parse(content.decode())
        fits = said.text("format") == FORMAT and said.number("protocol") == PROTOCOL
        parts = [_part(one) for one in said.each("installs")[:MOST_INSTALLS]] if fits else []
    except (BadField, UnicodeDecodeError):
        raise NoExport from None
    if not fits:
        raise NoExport
    return parts


def _part(said: Fields) -> Part:
    items: Any = said.found.get("items")
    envelopes, refused = batches.envelopes_of(items if isinstance(items, list) else [])
    reports = batches.reports_of(said)
    return Part(batches.uuid_of(said, "install"), reports, envelopes, refused)


def _stored(part: Part) -> Taken:
    install = session.scalar(select(Install).where(Install.uid == part.install))
    if install is None:
        refused = len(part.envelopes) + len(part.refused)
        return Taken("", {receiving.REFUSED: refused} if refused else {})
    number, name = install.id, install.tablet.name
    results = dict.fromkeys(part.refused, receiving.REFUSED)
    # The numbers first: so the report knows what is still to come, should this be cut short.
    for start in range(0, max(1, len(part.envelopes)), MOST_ITEMS):
        some = part.envelopes[start : start + MOST_ITEMS]
        results |= transact(partial(receiving.take_file, number, part.reports, some))
    counts = {result: list(results.values()).count(result) for result in set(results.values())}
    transact(partial(_note, install.tablet_id, counts))
    return Taken(name, counts)


def _note(tablet_id: int, counts: dict[str, int]) -> None:
    record("kiosk.file_brought", f"tablet:{tablet_id}", count=sum(counts.values()))
