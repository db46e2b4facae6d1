"""The benchmark's own pieces: what it draws, posts, reads and concludes."""

import json
import random
from collections import Counter
from itertools import islice
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bench import (
    crowd,
    feeds,
    floor,
    intake,
    reading,
    report,
    rounds,
    scraping,
    site,
    tablets,
)
from bench.feeds import Feed
from bench.intake import Rate
from bench.load import Load, Measured, Request
from bench.money import Asked, Years
from bench.reading import Times
from bench.report import Numbers
from bench.rounds import Found, Versus
from bench.tablets import Waits
from bench.weight import Weight
from campaign_app.core import db
from campaign_app.petitions import tally
from config import Config
from tests import given
from tests.kiosk import stations
from tests.kiosk.tablet import BATCH

SAID = """Running 2s test @ http://127.0.0.1:1/
MEASURED {"sent": 232, "answered": 232, "refused": 0, "broken": 0, "p50_ms": 3.1, "p99_ms": 9.0}
"""


def run(per_second: int) -> Measured:
    answered = per_second * 2 + 32
    return Measured(
        sent=answered, answered=answered, refused=0, broken=0, p50_ms=1, p99_ms=2, seconds=2
    )


def test_the_rate_leaves_out_what_was_answered_after_the_end() -> None:
    assert Measured.read(SAID, 2).per_second == 100


def test_a_run_that_did_not_finish_is_no_measurement() -> None:
    with pytest.raises(ValueError, match="did not finish"):
        Measured.read("unable to connect", 2)


def test_a_refused_request_is_no_fast_signature() -> None:
    with pytest.raises(RuntimeError, match="measures nothing"):
        Measured.read(SAID.replace('"refused": 0', '"refused": 1'), 2).check()


def test_a_deck_is_written_for_the_load_generator(tmp_path: Path) -> None:
    load = Load([Request("GET", "/q/a"), Request("POST", "/q/b", "name=x")], {"Host": "h"})
    deck, headers = load.write(tmp_path / "load")
    assert deck.read_text() == "GET\t/q/a\t\nPOST\t/q/b\tname=x\n"
    assert headers.read_bytes() == b"Host: h\r\n"


def test_what_is_posted_is_what_the_page_asks_for(app: Flask, client: FlaskClient) -> None:
    world = given.world(app)
    path = f"/q/{world.code}?lang=ko"
    form = scraping.form_of(client.get(path).text, "김미나")
    answer = client.post(
        path,
        data=f"{form}&email=mina%40example.org",
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code == 200
    assert given.counted(app, world.petition_id) == (0, 1)


def test_a_site_is_built_with_the_settings_of_production(database_url: str, tmp_path: Path) -> None:
    built = site.build(database_url, tmp_path / "site")
    assert Config.from_env(built.environ).is_production
    answer = built.app.test_client().get(f"/q/{built.codes[-1]}", base_url=f"https://{site.HOST}")
    assert answer.status_code == 200
    site.close(built.app)


def test_a_calendar_is_filled_fetched_and_asked_for_in_vain(
    database_url: str, tmp_path: Path
) -> None:
    found = feeds.measure(database_url, tmp_path / "feed", 1, events=30)
    assert found.bytes > 30 * 500
    assert min(found.first, found.again, found.unchanged) > 0


def test_the_floor_keeps_what_it_is_sent(database_url: str) -> None:
    rounds.make_floor_table(database_url)
    bare = floor.create_floor(database_url, b"page")
    client = bare.test_client()
    sent = {"name": "김미나", "email": "mina@example.org", "country": "KR"}
    assert client.post("/q/abc", data=sent).status_code == 303
    assert client.get("/q/abc").data == b"page"
    with bare.app_context(), db.db.engine.connect() as connection:
        assert [row.name for row in connection.execute(floor.SIGNED.select())] == ["김미나"]
    site.close(bare)


def test_a_crowd_counts_as_many_as_it_has(app: Flask) -> None:
    given.world(app)
    with app.app_context():
        number = db.transact(lambda: crowd.build(3000))
        crowd.settle()
        reading.check(number, 3000)
        cells = tally.cells(number, "cell")
    assert len({cell.placement_id for cell in cells}) > 300
    assert len({cell.country for cell in cells}) == 30
    assert len({cell.hour for cell in cells}) == 200
    assert {cell.language for cell in cells} == set(crowd.LANGUAGES)


def test_a_crowd_is_summed_as_the_roller_sums() -> None:
    draws = Counter(islice(crowd.draw([1, 2], random.Random(1)), 500))
    by_place = crowd.summed(draws, ("placement_id",))
    assert sum(by_place.values()) == 500
    assert {key[0] for key in by_place} == {1, 2}
    assert {key[1:4] for key in by_place} == {(0, "", "")}


WAITS = Waits(
    thanks_p50_ms=30.0,
    thanks_p95_ms=160.0,
    save_p50_ms=5.0,
    save_p95_ms=9.0,
    queued=500,
    drain_s=2.5,
    start_s=0.9,
    slowest_start_s=1.4,
)

YEARS = Years(
    gifts=60,
    postings=250,
    fill_s=2.0,
    proofs_s=1.26,
    pages={
        "overview": Asked(20.04, 9, 4000),
        "gifts": Asked(31.0, 8, 9000),
        "cash": Asked(7, 4, 10),
    },
)


def numbers() -> Numbers:
    versus = Versus(app=[run(50), run(70), run(60)], floor=[run(100), run(120), run(110)])
    found = Found(
        sign=versus, page=versus, peak_mb=90.0, floor_peak_mb=60.0, backlog=3, mails=5, stored=8
    )
    slow = Times(count={10: 1.0, 100: 1.1, 1000: 1.6}, table={10: 2.0, 100: 2.0, 1000: 3.0})
    fast = Times(count={10: 0.5, 100: 0.5, 1000: 0.6}, table={10: 4.0, 100: 4.0, 1000: 4.0})
    weights = [Weight("ko", 12000, 2, 9000, ("/q/a",)), Weight("en", 11000, 2, 8000, ("/q/a",))]
    return Numbers(
        {"sqlite": found, "postgresql": found},
        {"sqlite": slow, "postgresql": fast},
        weights,
        {"sqlite": Feed(900.0, 80.0, 70.0, 5), "postgresql": Feed(800.0, 90.0, 60.0, 5)},
        {"sqlite": Rate(50, 1100.0, 90.0), "postgresql": Rate(50, 440.0, 100.0)},
        WAITS,
        {"sqlite": YEARS, "postgresql": YEARS},
    )


def test_results_are_written_in_their_agreed_form(tmp_path: Path) -> None:
    report.write(numbers(), tmp_path / "results.json")
    against = {"app_rps": 60.0, "floor_rps": 110.0, "ratio": 0.545}
    pages = {"overview": 20.0, "gifts": 31.0, "cash": 7}
    after_years = {"gifts": 60, "postings": 250, "proofs_s": 1.3, "pages_ms": pages}
    assert json.loads((tmp_path / "results.json").read_text()) == {
        "sign": {"sqlite": against, "postgresql": against},
        "page": against,
        "tally_ms": {"10": 1.0, "100": 1.1, "1000": 1.6},
        "tally_table_ms": {"10": 4.0, "100": 4.0, "1000": 4.0},
        "qr_page": {"bytes": 12000, "requests": 2},
        "feed": {
            "events": feeds.EVENTS,
            "first_ms": 800.0,
            "again_ms": 90.0,
            "unchanged_ms": 60.0,
            "bytes": 5,
        },
        "intake": {
            "sqlite": {"envelopes": 50, "stored_rps": 1100.0, "opened_rps": 90.0},
            "postgresql": {"envelopes": 50, "stored_rps": 440.0, "opened_rps": 100.0},
        },
        "intake_share_of_floor": {"sqlite": 10.0, "postgresql": 4.0},
        "tablet": {
            "thanks_p50_ms": 30.0,
            "thanks_p95_ms": 160.0,
            "save_p50_ms": 5.0,
            "save_p95_ms": 9.0,
            "queued": 500,
            "drain_s": 2.5,
            "start_s": 0.9,
            "slowest_start_s": 1.4,
        },
        "money": {"sqlite": after_years, "postgresql": after_years},
        "peak_mb": {"sqlite": 90.0, "postgresql": 90.0},
    }


def test_the_table_says_what_was_reached_and_what_was_not() -> None:
    lines = report.table(numbers()).splitlines()
    signing = next(line for line in lines if "signing, sqlite" in line)
    count = next(line for line in lines if "10⁶, sqlite" in line)
    assert signing.endswith("reached (at least 0.3)")
    assert "NOT REACHED" in count
    stored = [line for line in lines if "envelopes stored" in line]
    assert [line.endswith("NOT REACHED (at least 500)") for line in stored] == [False, True]
    thanks = next(line for line in lines if "button to thanks" in line)
    assert "NOT REACHED (p95 at most 150 ms)" in thanks
    (years,) = (line for line in lines if "3 pages after 60 gifts, sqlite" in line)
    assert "in the middle 20 ms, gifts 31 ms" in years
    (written,) = (line for line in lines if "calendar of 2000 dates, sqlite" in line)
    assert "first 900.0 ms, again 80.0 ms" in written


def test_what_95_of_100_wait_at_most() -> None:
    assert tablets.p95([float(one) for one in range(1, 101)]) == 95.0
    assert tablets.p95([7.0]) == 7.0


def test_a_deck_of_envelopes_is_stored_and_each_counts(app: Flask, client: FlaskClient) -> None:
    at = stations.station(app)
    for body in intake.deck(at.tablet, intake.MOST + 2):
        headers = {"Authorization": f"Bearer {at.tablet.token}"}
        answer = client.post(BATCH, data=body, headers=headers, content_type="application/json")
        assert set(answer.get_json()["results"].values()) == {"stored"}
    given.send_mail(app)
    assert given.counted(app, at.world.petition_id) == (intake.MOST + 2, 0)
