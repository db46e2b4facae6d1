"""Several workers at one outbox, some of which die."""

import threading
from datetime import UTC, datetime, timedelta
from functools import partial

from flask import Flask

from campaign_app.core import clock, db
from campaign_app.outbox import claims, worker
from campaign_app.outbox.claims import Fate, Outcome
from campaign_app.outbox.services import cancel
from tests.outbox.mail_server import Mails
from tests.outbox.posting import REMINDER, send, waiting

NOON = datetime(2026, 5, 4, 12, 10, tzinfo=UTC)


def test_a_dead_workers_mail_goes_out_when_its_lease_is_over(app: Flask, mails: Mails) -> None:
    with clock.frozen(NOON):
        send()
        assert len(db.transact(partial(claims.claim_mail, "dead")).rows) == 1
    with clock.frozen(NOON + timedelta(seconds=119)):
        worker.drain()
        assert mails.came == []
    with clock.frozen(NOON + timedelta(seconds=121)):
        worker.drain()
    assert len(mails.came) == 1


def test_who_takes_over_on_sqlite_waits_for_no_lease(app: Flask, mails: Mails) -> None:
    send()
    db.transact(partial(claims.claim_mail, "dead"))
    db.transact(claims.forget_leases)
    worker.drain()
    assert len(mails.came) == 1


def test_a_worker_that_comes_back_late_leaves_the_new_owner_alone(app: Flask, mails: Mails) -> None:
    with clock.frozen(NOON):
        send(repeat=REMINDER)
        late = db.transact(partial(claims.claim_mail, "late"))
    with clock.frozen(NOON + timedelta(minutes=3)):
        db.transact(partial(claims.claim_mail, "new"))
        done = [Outcome(late.rows[0], Fate.DONE)]
        db.transact(partial(claims.finish, done, "late", hour=late.hour))
        [row] = waiting()
        assert (row.lease_owner, row.sequence) == ("new", 0)


def test_a_mail_cancelled_on_its_way_does_not_come_back(app: Flask, mails: Mails) -> None:
    send(ref="signature:1", repeat=REMINDER)
    batch = db.transact(partial(claims.claim_mail, "me"))
    db.transact(partial(cancel, "signature:1"))
    done = [Outcome(batch.rows[0], Fate.DONE)]
    db.transact(partial(claims.finish, done, "me", hour=batch.hour))
    assert list(waiting()) == []


def _drain_at_once(app: Flask) -> None:
    def work() -> None:
        with app.app_context():
            worker.drain()

    threads = [threading.Thread(target=work) for _worker in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_four_workers_send_each_mail_once(app: Flask, mails: Mails) -> None:
    everybody = [f"signer{number}@example.org" for number in range(60)]
    for address in everybody:
        send(address)
    _drain_at_once(app)
    assert sorted(mails.to) == sorted(everybody)
    assert list(waiting()) == []


def test_four_workers_together_keep_to_a_budget(app: Flask, mails: Mails) -> None:
    for number in range(30):
        send(f"signer{number}@example.org", lanes=["petition:9", f"placement:{number % 2}"])
    _drain_at_once(app)
    assert len(mails.came) == 6
    assert len(waiting()) == 24
