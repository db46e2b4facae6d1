"""Whatever happens, the ledger and the bank agree, and every gift counts once."""

import os
import random
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from campaign_app.core.db import db, session
from tests.payments import histories

#: `make money` asks for a thousand, dealt out in parts; every run for some, from a seed that a failure names.
MANY = int(os.environ.get("LANTERN_HISTORIES", "10"))
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


@pytest.mark.parametrize("engine_name", ["sqlite"])
@pytest.mark.parametrize(
    "mistake",
    [
        "UPDATE ledger_posting SET minor = minor + 1 WHERE rowid = (SELECT min(rowid) FROM ledger_posting)",
        "UPDATE ledger_transaction SET source = 'somebody' WHERE id = 1",
        "DELETE FROM ledger_posting WHERE rowid = (SELECT max(rowid) FROM ledger_posting)",
    ],
)
def test_one_planted_mistake_is_found(app: Flask, tmp_path: Path, mistake: str) -> None:
    with app.app_context():
        history = histories.begin(4711, tmp_path)
        histories.run(history)
        assert histories.wrong(history) == []
        with db.engine.connect() as by_hand:
            by_hand.execute(text("PRAGMA foreign_keys=OFF"))
            assert by_hand.execute(text(mistake)).rowcount == 1
            by_hand.commit()
        session.rollback()
        history.line.steady = True
        assert histories.wrong(history) != []
