"""A transfer that comes after its promise ended still finds its gift, its purpose and its donor."""

from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from flask import Flask

from campaign_app.core import clock
from campaign_app.core.db import transact
from campaign_app.donations import jobs, states
from campaign_app.transfers import proposing, queries, services
from config import Config
from tests.transfers.lists import Line, bring, gift, kookmin, promised

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"])


@pytest.fixture
def config(database_url: str, tmp_path: Path) -> Config:
    return Config.for_tests(database_url=database_url, instance_dir=tmp_path, payments="local")


def test_letters_are_recognised_months_after_the_promise_ended(app: Flask) -> None:
    with clock.frozen(clock.now() - timedelta(days=100)):
        letters = promised(app, 50_000)
    with app.app_context():
        jobs.let_go()
        assert gift(letters).state == states.ENDED
        bring(kookmin([Line(50_000, memo=letters.upper(), on=clock.today())]))
        [seen] = proposing.seen(queries.open_rows("unassigned"))
        assert seen.sure
        transact(partial(services.accept, seen.row.id, seen.proposals[0].key))
        found = gift(letters)
        assert (found.state, found.minor) == (states.SETTLED, 50_000)
        assert found.contact is not None
