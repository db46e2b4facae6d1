"""Finance is told the same day, once, and nothing of donors."""

import re
from datetime import timedelta
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import func, select

from campaign_app.core import clock
from campaign_app.core.db import session, transact
from campaign_app.finance import jobs, telling
from campaign_app.finance.models import FinanceNotice
from campaign_app.outbox import composing
from campaign_app.outbox.models import OutboxRow
from campaign_app.payments import proving, reading, states
from campaign_app.payments.opening import till
from campaign_app.payments.taking_models import BalanceProof, GatewayAccount, Payment
from tests import given
from tests.payments.giving import Giving
from tests.payments.returning import ask, finance, in_the_app, paid, payment_of

__all__ = ["in_the_app"]
pytestmark = pytest.mark.usefixtures("in_the_app")


@pytest.fixture(autouse=True)
def mina(app: Flask) -> int:
    """Let somebody into finance."""
    return finance(app, "Mina")


def told() -> list[str]:
    session.rollback()
    return sorted(session.scalars(select(FinanceNotice.key)))


def kinds() -> list[str]:
    return [re.split("[:]", key)[-1] for key in told()]


def letters() -> int:
    session.rollback()
    query = select(func.count()).where(OutboxRow.template == telling.MAIL)
    return int(session.scalar(query) or 0)


def mails(app: Flask) -> str:
    given.send_mail(app)
    found = [one for one in given.mails(app) if "/console/money/" in given.text_of(one)]
    assert {str(one["To"]) for one in found} == {"mina@ngo.example"}
    return "\n".join(f"{one['Subject']}\n{given.text_of(one)}" for one in found)


def test_a_dispute_is_told_when_it_opens_and_when_it_ends_once_each(
    app: Flask, giving: Giving
) -> None:
    given_by = paid(giving, 50_000, name="Kim Jiwoo", mail="jiwoo@example.org")
    made = giving.dispute(given_by)
    giving.deliver(times=3)
    giving.poll()
    jobs.watch()
    assert kinds() == ["opened"]
    giving.bank(lambda at: at.end_dispute(made["id"], won=False))
    giving.deliver(times=2)
    giving.poll()
    jobs.watch()
    assert kinds() == ["lost", "opened"]
    assert letters() == 2
    said = mails(app)
    assert made["id"] in said
    assert not re.search("Jiwoo|jiwoo@", said)
    until = clock.now() + timedelta(days=10)
    assert str(until.year) in said


def test_a_refund_that_came_back_is_told_once(app: Flask, giving: Giving, mina: int) -> None:
    ask(paid(giving, 50_000), 50_000, mina)
    giving.work()
    [made] = giving.things("refund")
    giving.bank(lambda at: at.end_refund(made["id"], well=False))
    giving.deliver(times=2)
    giving.work()
    jobs.watch()
    assert kinds() == ["came_back"]
    assert letters() == 1


def test_one_made_past_us_and_one_that_was_declined_are_told(giving: Giving, mina: int) -> None:
    gift = paid(giving, 50_000)
    charge = giving.charge(gift)
    ask(gift, 50_000, mina)
    giving.bank(lambda at: at.refund({"charge": charge["id"], "amount": 30_000}))
    giving.work()
    giving.deliver()
    giving.work()
    assert sorted(kinds()) == ["declined", "elsewhere"]


def test_who_asks_is_not_told_that_they_asked_but_the_others_are(
    app: Flask, giving: Giving, mina: int
) -> None:
    finance(app, "Jun")
    row = ask(paid(giving), 150_000, mina)
    jobs.watch()
    jobs.watch()
    assert told() == [f"refund:{row.hex}:asked"]
    given.send_mail(app)
    to = [str(one["To"]) for one in given.mails(app) if row.hex in given.text_of(one)]
    assert to == ["jun@ngo.example"]


def test_a_payment_that_does_not_fit_is_told(giving: Giving) -> None:
    gift = giving.gift()
    giving.pay(gift)
    with giving.vault.open_() as desk:
        page = desk.every("checkout.session")[0]
        desk.put(page | {"amount_total": 19_999})
    giving.deliver(times=2)
    giving.work()
    assert payment_of(gift).state == states.QUARANTINED
    assert kinds() == ["quarantined"]
    assert letters() == 1


def test_a_proof_that_differs_is_told_once_a_day(giving: Giving) -> None:
    paid(giving)
    proving.prove("paris", till())
    jobs.watch()
    assert told() == []
    for _twice in range(2):
        wrong = BalanceProof(
            account="paris", book="test", currency="KRW", ours=1, theirs=0, mismatches={}
        )
        transact(partial(session.add, wrong))
    jobs.watch()
    assert told() == [f"proof:paris:test:{clock.today()}"]
    assert letters() == 1


def test_a_gateway_is_silent_only_when_it_had_something_to_tell(giving: Giving) -> None:
    later = clock.now() + timedelta(hours=7)
    paid(giving)
    giving.poll()
    with clock.frozen(later):
        giving.poll()
        jobs.watch()
        assert told() == [], "a quiet night is no silence"
        giving.pay(giving.gift(5000))
        giving.poll()
        jobs.watch()
        jobs.watch()
        assert told() == [f"unheard:paris:test:{clock.today()}"]
        giving.deliver()
        giving.work()
        session.rollback()
        assert list(telling.of_gateways(till())) == []


def test_a_gateway_that_cannot_be_asked_for_hours_is_told(giving: Giving) -> None:
    paid(giving)
    giving.poll()
    with clock.frozen(clock.now() + timedelta(hours=7)):
        jobs.watch()
        assert told() == [f"unread:paris:test:{clock.today()}"]


def test_a_warning_of_a_stolen_card_is_told(giving: Giving) -> None:
    gift = paid(giving, 50_000)
    charge = giving.charge(gift)["id"]
    giving.bank(lambda at: at.warn(charge))
    giving.deliver()
    giving.work()
    jobs.watch()
    key = f"payment:{payment_of(gift).id.hex}:warning"
    assert told() == [key]
    assert f"/console/money/gifts/{gift}" in mails(giving.app)
    giving.send_back(gift, 50_000)
    giving.poll()
    jobs.watch()
    assert key in told()
    assert list(telling.of_warnings()) == [], "it went back, and nobody need do anything"


def test_a_warning_is_believed_only_as_far_as_the_gateway_confirms_it(giving: Giving) -> None:
    """Its signal alone tells nothing: of a charge that is disputed by now, or is not ours."""
    gift = giving.gift(50_000)
    giving.pay(gift)
    charge = giving.charge(gift)["id"]
    giving.bank(lambda at: at.warn(charge))
    early = giving.events()[-1]
    giving.deliver([early])
    giving.work()
    assert told() == [], "its payment is not known yet"
    giving.dispute(gift)
    giving.deliver()
    giving.work()
    giving.poll()
    jobs.watch()
    assert kinds() == ["opened"], "the dispute came first, and the warning is no use any more"
    assert list(telling.of_warnings()) == []


def test_a_letter_that_a_crash_swallowed_is_written_by_the_next_look(
    giving: Giving, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Died(BaseException):
        """The server was killed here."""

    def die(*_said: object) -> None:
        raise Died

    made = giving.dispute(paid(giving, 50_000))
    with monkeypatch.context() as killed:
        killed.setattr("campaign_app.finance.telling.outbox.post_all", die)
        giving.deliver()
        with pytest.raises(Died):
            giving.work()
    session.rollback()
    assert told() == []
    jobs.watch()
    assert told() == [f"dispute:paris:{made['id']}:opened"]
    assert letters() == 1


def test_without_anybody_in_finance_nothing_breaks(app: Flask, giving: Giving) -> None:
    assert telling.tell([]) == 0
    assert session.scalar(select(func.count()).select_from(GatewayAccount)) == 0
    assert session.scalar(select(func.count()).select_from(Payment)) == 0
    assert reading.catch_up("paris", till()) == 0
    jobs.watch()
    assert told() == []


KINDS = (
    "asked", "came_back", "declined", "elsewhere", "dispute_opened", "dispute_won", "dispute_lost",
    "quarantined", "differs", "unheard", "unread", "warning",
)  # fmt: skip


@pytest.mark.parametrize("engine_name", ["sqlite"])
@pytest.mark.parametrize("language", given.LANGUAGES)
def test_each_kind_has_a_letter_of_its_own_in_every_language(language: str) -> None:
    link = "https://sign.example.org/console/money/refunds/1"
    facts = {"name": "O'Brien & Co", "amount": "₩5", "until": "2 May", "account": "paris"}
    said = [
        composing.render(
            telling.MAIL, language=language, context=facts | {"kind": kind, "link": link}
        )
        for kind in KINDS
    ]
    assert len({one.subject for one in said}) == len(KINDS)
    assert len({one.plain for one in said}) == len(KINDS)
    for one in said:
        assert link in one.plain
        assert "O'Brien & Co" in one.plain
        assert "&amp;amp;" not in one.html
