"""Whatever happens, the ledger and the bank agree, and every gift counts once."""

import os
import random
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Table, func, select, text

from campaign_app.core.db import Base, db, session, transact
from campaign_app.donations import services
from campaign_app.donations.models import Donation
from campaign_app.outbox.models import OutboxRow
from tests.payments import histories

#: `make money` asks for a thousand, dealt out in parts; every run for some, from a seed that a failure names.
MANY = int(os.environ.get("LANTERN_HISTORIES", "8"))
PARTS = int(os.environ.get("LANTERN_PARTS", "1"))
SEED = int(os.environ.get("LANTERN_SEED", str(random.SystemRandom().randrange(10**6))))
#: Where `make money` reads how many there really were.
TOLD = os.environ.get("LANTERN_TOLD")


@pytest.mark.timeout(720)
@pytest.mark.parametrize("part", range(PARTS))
def test_random_histories_end_with_a_difference_of_nothing(
    app: Flask, tmp_path: Path, part: int, engine_name: str
) -> None:
    faults, done = 0, 0
    with app.app_context():
        for number in range(part, MANY, PARTS):
            history = histories.begin(SEED + number, tmp_path)
            histories.run(history)
            faults += history.faults
            found = histories.wrong(history)
            assert found == [], f"LANTERN_SEED={SEED + number} LANTERN_HISTORIES=1"
            done += 1
    assert faults >= done, "nothing went wrong, so nothing was shown"
    if TOLD:
        (Path(TOLD) / f"{engine_name}-{part}").write_text(str(done))


#: What somebody did to the books by hand, or a mistake of ours did.
PLANTED = {
    "a posting was altered": (
        "UPDATE ledger_posting SET minor = minor + 1"
        " WHERE rowid = (SELECT min(rowid) FROM ledger_posting)"
    ),
    "an entry tells of nothing at the bank": (
        "UPDATE ledger_transaction SET source = 'somebody' WHERE id = 1"
    ),
    "a posting is gone": (
        "DELETE FROM ledger_posting WHERE rowid = (SELECT max(rowid) FROM ledger_posting)"
    ),
    "a receipt's number was skipped": (
        "UPDATE gift_receipt SET number = number + 1"
        " WHERE number = (SELECT max(number) FROM gift_receipt)"
    ),
    "the last number was taken back": "UPDATE receipt_series SET last = last - 1",
    "a receipt says one unit more": (
        "UPDATE gift_receipt SET minor = minor + 1"
        " WHERE number = (SELECT max(number) FROM gift_receipt WHERE kind = 'issued')"
    ),
    "a gift that was paid is forgotten": (
        "UPDATE donation SET state = 'ended' WHERE id ="
        " (SELECT min(id) FROM donation WHERE state = 'settled')"
    ),
    "a donor was thanked twice": (
        "INSERT INTO outbox (id, topic, is_mail, ref, payload, template, language, lanes, due_at, run_at,"
        " first_hour, demo) SELECT hex(randomblob(16)), topic, is_mail, ref, payload, template, language,"
        " lanes, due_at, run_at, first_hour, demo FROM outbox WHERE id ="
        " (SELECT min(id) FROM outbox WHERE ref LIKE 'donation:%:donations/thanks')"
    ),
    "a donor was not thanked": (
        "DELETE FROM outbox WHERE id ="
        " (SELECT min(id) FROM outbox WHERE ref LIKE 'donation:%:donations/thanks')"
    ),
    "what went back was not taken off": "UPDATE donation SET returned = 0 WHERE returned > 0",
}


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_one_planted_mistake_is_found(app: Flask, tmp_path: Path) -> None:
    """Each for itself, over books in which nothing was wrong before and nothing is afterwards."""
    with app.app_context():
        history = one_with_everything(tmp_path)
        overlooked = [what for what, mistake in PLANTED.items() if not seen(history, mistake)]
        assert overlooked == []
        assert histories.wrong(history) == []


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_gift_settled_a_second_time_is_found(app: Flask, tmp_path: Path) -> None:
    """As a mistake of ours would do it: the state is lost, and the same news is told again."""
    with app.app_context():
        history = one_with_everything(tmp_path)
        thanked = select(OutboxRow.ref).where(OutboxRow.ref.endswith(":donations/thanks"))
        gift = UUID(hex=session.scalars(thanked).all()[-1].split(":")[1])
        session.get_one(Donation, gift).state = "begun"
        session.commit()
        transact(partial(services.settle, gift, on=history.at.date()))
        assert [one for one in histories.wrong(history) if "thanked 2 times" in one]


def one_with_everything(folder: Path) -> histories.History:
    """Run histories until one has several gifts, a letter, and something that went back in part."""
    for seed in range(4711, 4811):
        history = histories.begin(seed, folder)
        histories.run(history)
        assert histories.wrong(history) == []
        mine = Donation.entity == histories.entity_of(history)
        gifts = session.scalars(select(Donation).where(mine, Donation.state == "settled")).all()
        thanked = session.scalar(select(func.count()).where(OutboxRow.is_mail))
        if len(gifts) > 1 and thanked and any(0 < one.returned < one.minor for one in gifts):
            return history
        empty(app_tables())
    raise AssertionError("a hundred histories, and not one with everything")


def app_tables() -> list[Table]:
    return list(reversed(Base.metadata.sorted_tables))


def empty(tables: list[Table]) -> None:
    """Begin anew, so that a planted mistake is always one of the history that is asked."""
    with db.engine.connect() as by_hand:
        by_hand.execute(text("PRAGMA foreign_keys=OFF"))
        for one in tables:
            by_hand.execute(one.delete())
        by_hand.commit()
    session.expunge_all()


def seen(history: histories.History, mistake: str) -> bool:
    """Plant a mistake, ask, and take it out again."""
    session.rollback()
    path = Path(str(db.engine.url.database))
    before = path.with_suffix(".before")
    db.engine.dispose()
    with closing(sqlite3.connect(path)) as by_hand, closing(sqlite3.connect(before)) as kept:
        by_hand.backup(kept)
        by_hand.execute("PRAGMA foreign_keys=OFF")
        assert by_hand.execute(mistake).rowcount >= 1, mistake
        by_hand.commit()
    found = histories.wrong(history)
    session.remove()
    db.engine.dispose()
    with closing(sqlite3.connect(before)) as kept, closing(sqlite3.connect(path)) as by_hand:
        kept.backup(by_hand)
    return found != []
