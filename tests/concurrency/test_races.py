"""Many at once: one mailbox counts once, a reader never meets a wrong total."""

import threading
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from campaign_app.core import db
from campaign_app.core.db import session, table_of
from campaign_app.petitions import recount, signing, states, tally
from campaign_app.petitions.signing_models import Receipt, Signature, TallyDelta
from tests import given
from tests.given import World

AT_ONCE = 32


def all_at_once(work: Callable[[int], Any], times: int = AT_ONCE) -> Sequence[Any]:
    """Run work in threads that start in the same moment."""
    gate = threading.Barrier(times)

    def run(number: int) -> Any:
        gate.wait()
        return work(number)

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


def test_one_mailbox_signing_from_32_phones_counts_once(app: Flask, client: FlaskClient) -> None:
    world = given.world(app)
    path = f"/q/{world.code}"
    form = given.boxes(client.get(path).text) | {"name": "Mina", "country": "KR"}

    def sign(number: int) -> int:
        email = ["mina@gmail.com", "MINA@gmail.com"][number % 2]
        return app.test_client().post(path, data=form | {"email": email}).status_code

    assert set(all_at_once(sign)) == {200}
    assert given.counted(app, world.petition_id) == (0, 1)
    given.send_mail(app)
    mails = given.mails(app)
    assert len(mails) == 5
    answers = all_at_once(
        lambda number: app.test_client().post(given.link_of(mails[number])).status_code, 5
    )
    assert sorted(answers) == [200, 410, 410, 410, 410]
    assert given.counted(app, world.petition_id) == (1, 0)
    with app.app_context():
        assert session.query(Signature).count() == 1
        assert recount.check() == []


def test_32_confirmations_of_one_signature_count_once(app: Flask, client: FlaskClient) -> None:
    world = given.world(app)
    answer = given.sign(client, f"/q/{world.code}")
    given.send_mail(app)
    [mail] = given.mails(app)
    link, code, handle = given.link_of(mail), given.code_of(mail), given.handle_of(answer)

    def confirm(number: int) -> int:
        if number % 2:
            return app.test_client().post(link).status_code
        typed = {"handle": handle, "code": code}
        return app.test_client().post(f"/en/petitions/{world.slug}/code", data=typed).status_code

    assert set(all_at_once(confirm)) == {200}
    assert given.counted(app, world.petition_id) == (1, 0)
    with app.app_context():
        assert session.query(Receipt).count() == 2
        assert recount.check() == []


def test_32_withdrawals_take_one_away(app: Flask, client: FlaskClient) -> None:
    world = given.world(app)
    for email in ("mina@example.org", "jean@example.org"):
        given.sign(client, f"/q/{world.code}", email=email)
    given.send_mail(app)
    receipts = []
    for mail in given.mails(app):
        page = client.post(given.link_of(mail))
        receipts.append(page.text.split('class="receipt"')[1].split(">")[1].split("<")[0])
    taken = {"code": receipts[0], "sure": "yes"}
    answers = all_at_once(
        lambda _: app.test_client().post("/en/receipt/withdraw", data=taken).status_code
    )
    assert set(answers) == {200}
    assert given.counted(app, world.petition_id) == (1, 0)
    with app.app_context():
        assert recount.check() == []


def test_readers_never_see_a_total_that_a_recount_in_the_same_moment_denies(
    app: Flask, client: FlaskClient
) -> None:
    world = given.world(app)
    done = threading.Event()
    seen: list[tuple[int, int]] = []

    def write(_number: int) -> None:
        with app.app_context():
            for _turn in range(TURNS):
                db.transact(lambda: _sign_and_confirm(world))

    def until_done(work: Callable[[], Any]) -> None:
        with app.app_context():
            while not done.is_set():
                work()

    def read() -> None:
        seen.append(_same_moment(world.petition_id))

    rollers_and_readers = (lambda: db.transact(tally.roll),) * 2 + (read,) * 2
    helpers = [threading.Thread(target=until_done, args=(work,)) for work in rollers_and_readers]
    for helper in helpers:
        helper.start()
    all_at_once(write, WRITERS)
    done.set()
    for helper in helpers:
        helper.join()
    assert len(seen) > 50
    assert [pair for pair in seen if pair[0] != pair[1]] == []
    assert given.counted(app, world.petition_id) == (WRITERS * TURNS * ROWS, 0)
    with app.app_context():
        assert recount.check() == []


WRITERS, TURNS, ROWS = 4, 125, 10


def _sign_and_confirm(world: World) -> None:
    """Write what confirmed signatures write, and nothing else."""
    rows = [_confirmed_row(world) for _ in range(ROWS)]
    session.execute(table_of(Signature).insert(), rows)
    session.execute(table_of(TallyDelta).insert(), [signing.delta_values(row, 1) for row in rows])


def _confirmed_row(world: World) -> dict[str, Any]:
    return {
        "petition_id": world.petition_id,
        "id": uuid.uuid4(),
        "text_id": 1,
        "placement_id": world.placement_id,
        "state": states.CONFIRMED,
        "evidence": states.BY_MAIL,
        "language": "ko",
        "country": "KR",
        "hour": signing.this_hour(),
        "blind_index": uuid.uuid4().bytes,
        "sealed": b"",
        "link_hash": b"",
        "code_hash": b"",
        "leads": True,
    }


def _same_moment(petition_id: int) -> tuple[int, int]:
    """Read the tally and count the signatures in one snapshot."""
    session.rollback()
    if not db.is_sqlite():
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    shown = tally.total(petition_id).counted
    counted = session.scalar(
        select(func.count())
        .select_from(Signature)
        .where(Signature.petition_id == petition_id, Signature.state == states.CONFIRMED)
    )
    session.rollback()
    return shown, counted or 0
