"""The tally is exact by every cut, at every read, and a recount agrees."""

from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient

from campaign_app.core import clock, db
from campaign_app.core.db import session
from campaign_app.petitions import keeping, queries, recount, tally
from campaign_app.petitions.queries import Filters
from campaign_app.petitions.signing_models import Signature, TallyCounter, TallyDelta
from tests import given
from tests.given import World


def confirm_everybody(app: Flask, client: FlaskClient) -> None:
    given.send_mail(app)
    for mail in given.mails(app):
        client.post(given.link_of(mail))


def rows(app: Flask, world: World, by: str, **filters: str) -> dict[str, int]:
    with app.app_context():
        petition = queries.get(world.petition_id)
        table = queries.table(petition, by, Filters(**filters))
        return {row.key: row.counted for row in table if row.counted}


def test_each_cut_adds_up_to_the_same(app: Flask, client: FlaskClient, world: World) -> None:
    for number, (lang, country) in enumerate([
        ("ko", "KR"),
        ("en", "US"),
        ("fr", "CH"),
        ("en", "KR"),
    ]):
        given.sign(
            client, f"/q/{world.code}?lang={lang}", f"p{number}@example.org", country=country
        )
    given.sign(client, f"/en/petitions/{world.slug}", "web@example.org")
    confirm_everybody(app, client)
    for rolled in (False, True):
        if rolled:
            with app.app_context():
                assert db.transact(tally.roll) > 0
                assert session.query(TallyDelta).count() == 0
        for by in ("placement", "event", "location", "board", "language", "country", "hour", "day"):
            assert sum(rows(app, world, by).values()) == 5, by
        assert rows(app, world, "language") == {"ko": 1, "en": 3, "fr": 1}
        assert rows(app, world, "country") == {"KR": 3, "US": 1, "CH": 1}
        assert rows(app, world, "placement") == {str(world.placement_id): 4, "": 1}
        assert rows(app, world, "country", language="en") == {"US": 1, "KR": 2}
        assert rows(app, world, "language", location=str(world.location_id)) == {
            "ko": 1,
            "en": 2,
            "fr": 1,
        }
    with app.app_context():
        assert recount.check() == []


def test_a_difference_is_found_and_named(app: Flask, client: FlaskClient, world: World) -> None:
    given.sign(client, f"/q/{world.code}")
    with app.app_context():
        db.transact(tally.roll)
        db.transact(lambda: session.query(TallyCounter).filter_by(grain="country").update({"n": 7}))
        found = recount.check()
    assert [(one.table, one.tally, one.recount) for one in found] == [("country", 7, 1)]
    result = app.test_cli_runner().invoke(args=["tally", "check"])
    assert result.exit_code == 1
    assert "the tally says 7, the recount 1" in result.output


def test_count_json_says_the_sentence_of_the_page(
    app: Flask, client: FlaskClient, world: World
) -> None:
    given.sign(client, f"/q/{world.code}")
    confirm_everybody(app, client)
    answer = client.get(f"/fr/petitions/{world.slug}/count.json")
    said = answer.get_json()
    assert set(said) == {"counted", "awaiting", "text", "goal", "as_of"}
    assert (said["counted"], said["awaiting"], said["goal"]) == (1, 0, 1000)
    assert "max-age" in answer.headers["Cache-Control"]
    with app.app_context():
        db.transact(tally.roll)
    first = client.get(f"/fr/petitions/{world.slug}/count.json")
    second = client.get(
        f"/fr/petitions/{world.slug}/count.json", headers={"If-None-Match": first.headers["ETag"]}
    )
    assert second.status_code == 304


def test_what_nobody_confirmed_goes_after_three_weeks(
    app: Flask, client: FlaskClient, world: World
) -> None:
    with clock.frozen(clock.now() - timedelta(days=22)):
        with app.app_context():
            db.transact(
                lambda: setattr(
                    queries.get(world.petition_id), "opens_at", clock.now() - timedelta(days=1)
                )
            )
        given.sign(client, f"/q/{world.code}")
    given.sign(client, f"/q/{world.code}", name="The same mailbox, today")
    assert given.counted(app, world.petition_id) == (0, 1)
    with app.app_context():
        assert db.transact(keeping.let_go_unconfirmed) == 1
        assert session.query(Signature).count() == 1
        assert recount.check() == []
    assert given.counted(app, world.petition_id) == (0, 1)
