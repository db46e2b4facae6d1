"""An invented crowd in the counters: so many signatures over places, hours, countries, languages.

Reading the tally never touches the signatures' own rows, so only counters and pending changes are
built: one draw per signature, summed at each grain as the roller would have done.
"""

import random
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final

from sqlalchemy import insert, text

from campaign_app.core import clock, db
from campaign_app.core.db import session
from campaign_app.core.i18n import ISO_COUNTRIES
from campaign_app.petitions import states
from campaign_app.petitions.signing_models import TallyChange, TallyCounter, TallyDelta
from campaign_app.petitions.tally import COLUMNS, GRAINS, NOTHING
from campaign_app.qr.models import Code, Placement
from tests import given

PLACEMENTS: Final = 320
HOURS: Final = 200
COUNTRIES: Final = ISO_COUNTRIES[:240:8]
LANGUAGES: Final = ("ko", "en", "fr")
#: Of three attempts one is never confirmed.
EVIDENCE: Final = (states.BY_MAIL, states.BY_MAIL, states.UNCONFIRMED)
PENDING: Final = 1000
SLUG: Final = "crowd-{}"
ROWS_AT_ONCE: Final = 20_000

#: (placement, hour, language, country, evidence)
Drawn = tuple[int, int, str, str, str]


def build(size: int) -> int:
    """Put a crowd behind a petition of its own, in the caller's transaction; give its number."""
    petition = given.petition(SLUG.format(size))
    places = _placements(petition.id, size)
    pending = min(PENDING, size // 10)
    draws = draw(places, random.Random(size))
    fill_counters(petition.id, islice(draws, size - pending))
    fill_deltas(petition.id, islice(draws, pending))
    session.execute(insert(TallyChange), {"petition_id": petition.id, "at": clock.now()})
    return petition.id


def _placements(petition_id: int, size: int) -> Sequence[int]:
    where = given.location(f"street-{size}")
    codes = [
        Code(letters=f"{size:x}x{number:x}", created_at=clock.now()) for number in range(PLACEMENTS)
    ]
    session.add_all(codes)
    session.flush()
    placed = [
        Placement(
            code_id=code.id,
            target="petition",
            target_id=petition_id,
            location_id=where.id,
            board=f"Board {code.id}",
            language="ko",
            starts_at=clock.now(),
        )
        for code in codes
    ]
    session.add_all(placed)
    session.flush()
    return [placement.id for placement in placed]


def draw(places: Sequence[int], chance: random.Random) -> Iterator[Drawn]:
    """Draw signatures one after the other, evenly: that makes the most different counters."""
    first = int(clock.now().timestamp()) // 3600 - HOURS
    sides = (places, range(first, first + HOURS), LANGUAGES, COUNTRIES, EVIDENCE)
    while True:
        yield from zip(*(chance.choices(side, k=10_000) for side in sides), strict=True)


def fill_counters(petition_id: int, draws: Iterable[Drawn]) -> None:
    """Sum draws at each grain and store the sums."""
    cells = Counter(draws)
    for grain, kept in GRAINS.items():
        rows = summed(cells, kept) if len(kept) < len(COLUMNS) else cells
        _store(petition_id, grain, rows)


def summed(cells: Counter[Drawn], kept: Sequence[str]) -> Counter[Drawn]:
    """Sum cells over what a grain leaves out."""
    place, hour, language, country = (name in kept for name in COLUMNS)
    sums: Counter[Drawn] = Counter()
    for (p, h, la, c, evidence), n in cells.items():
        at = (p if place else 0, h if hour else 0, la if language else "", c if country else "")
        sums[*at, evidence] += n
    return sums


assert tuple(NOTHING.values()) == (0, 0, "", ""), "`summed` leaves out what the tally leaves out"


def _store(petition_id: int, grain: str, rows: Counter[Drawn]) -> None:
    """Insert in the order of the key, past SQLAlchemy: there may be a million."""
    lines = ((petition_id, grain, *key, n) for key, n in sorted(rows.items()))
    connection = session.connection().connection.driver_connection
    assert connection is not None
    names = ("petition_id", "grain", *COLUMNS, "evidence", "n")
    if db.is_sqlite():
        marks = ", ".join("?" * len(names))
        connection.executemany(
            f"INSERT INTO tally_counter ({', '.join(names)}) VALUES ({marks})",  # noqa: S608 -- our own names
            lines,
        )
        return
    copying = f"COPY tally_counter ({', '.join(names)}) FROM STDIN"
    with connection.cursor().copy(copying) as copy:
        for line in lines:
            copy.write_row(line)


def fill_deltas(petition_id: int, draws: Iterable[Drawn]) -> None:
    """Leave some changes to be folded in."""
    rows: list[dict[str, Any]] = [
        {
            "id": uuid.uuid4(),
            "petition_id": petition_id,
            **dict(zip((*COLUMNS, "evidence"), draw, strict=True)),
            "n": 1,
        }
        for draw in draws
    ]
    session.execute(insert(TallyDelta), rows)


def settle() -> None:
    """Do what PostgreSQL does by itself some minutes after so many rows came."""
    if db.is_sqlite():
        return
    with db.db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"VACUUM ANALYZE {TallyCounter.__tablename__}"))
        connection.execute(text(f"VACUUM ANALYZE {TallyDelta.__tablename__}"))
