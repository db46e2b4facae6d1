"""People who give, at a till whose bank is the demo's: what they do, what the bank then tells, and what our
books say of it.

    giving = Giving(app)                         # an app with payments="local"
    gift = giving.gift(20000, mail="mina@example.org")
    giving.pay(gift)                             # at the bank; we know of nothing yet
    giving.deliver()                             # signed webhooks, through the real address
    giving.work()                                # the jobs that are due
    assert giving.said(gift) == Said("settled", receipts=[20000], letters=1)
    assert giving.wrong() == []

Nothing here needs an application context of the caller, and all of it may be called from threads.
"""

import json
import random
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

import stripe
from flask import Flask
from sqlalchemy import select

from campaign_app.core import clock
from campaign_app.core.db import session, transact
from campaign_app.core.money import Money
from campaign_app.donations import services, states
from campaign_app.donations.contacts import Contact
from campaign_app.donations.models import Donation
from campaign_app.donations.services import NewGift, Where
from campaign_app.outbox import worker
from campaign_app.payments import reading, taking
from campaign_app.payments.gateway import Refunded
from campaign_app.payments.local.bank import Bank
from campaign_app.payments.local.vault import Thing, Vault
from campaign_app.payments.opening import VAULT, till
from campaign_app.payments.taking import Wish
from campaign_app.payments.taking_models import Payment
from tests.payments import honest
from tests.payments.honest import Said

#: The demo's one account at a gateway, whose it is, and who takes transfers.
PARIS, FRIENDS, SEOUL = "paris", "friends-fr", "pscore-kr"


@dataclass
class Giving:
    """A till, its bank, and everybody who gives."""

    app: Flask
    account: str = PARIS
    #: Who carries a signed event to our address; else it is brought within this process.
    carry: Callable[[str, str, dict[str, str]], int] | None = None
    #: Events that the bank wrote and `deliver` brought, by id.
    brought: set[str] = field(default_factory=set)

    @property
    def vault(self) -> Vault:
        """Open the bank's own books."""
        folder = self.app.config["LANTERN"].instance_dir
        return Vault(folder / f"{self.account}-{VAULT}", durable=False)

    # What donors do

    def gift(self, minor: int = 20000, currency: str = "KRW", **facts: str) -> UUID:
        """Begin to give, as far as the page to pay on; `way`, `nonce`, `name`, `mail`, `language`."""
        with self.app.app_context():
            new = new_gift(Money(minor, currency), **facts)
            found, payment = transact(partial(begin, new))
            if payment is not None:
                taking.open_page(payment, till())
            return found

    def ending(self, gift: UUID, deed: Callable[[Bank, str], Thing]) -> Thing:
        """Let something happen on the page that belongs to a gift."""
        page = self.page(gift)
        return self.bank(lambda at: deed(at, page["id"]))

    def pay(self, gift: UUID, method: str = "card") -> Thing:
        """Pay at once."""
        return self.ending(gift, lambda at, page: at.pay(page, method))

    def promise(self, gift: UUID) -> Thing:
        """Promise to pay; the money comes in some days, or not."""
        return self.ending(gift, lambda at, page: at.promise(page))

    def keep(self, gift: UUID) -> Thing:
        """Let the promised money come."""
        return self.ending(gift, lambda at, page: at.keep_promise(page))

    def break_(self, gift: UUID) -> Thing:
        """Let the donor's bank refuse what was promised."""
        return self.ending(gift, lambda at, page: at.break_promise(page))

    def decline(self, gift: UUID) -> Thing:
        """Have the card declined; the page stays open."""
        return self.ending(gift, lambda at, page: at.refuse(page))

    def dispute(self, gift: UUID) -> Thing:
        """Let the donor's bank want it back."""
        charge = self.charge(gift)
        return self.bank(lambda at: at.dispute(charge["id"]))

    # What the bank knows

    def bank(self, deed: Callable[[Bank], Thing]) -> Thing:
        """Let something happen at the bank; its own carrier brings nothing of it, `deliver` does."""
        with self.vault.open_() as desk:
            desk.how = "lost"
            return deed(Bank(desk))

    def things(self, kind: str) -> list[Thing]:
        """List what the bank has of a kind, oldest first."""
        with self.vault.open_() as desk:
            return desk.every(kind)[::-1]

    def pages(self, gift: UUID) -> list[Thing]:
        """List the pages to pay on that were made for a gift."""
        with self.app.app_context():
            mine = select(Payment.id).where(Payment.subject == f"donation:{gift.hex}")
            ids = {one.hex for one in session.scalars(mine)}
        return [o for o in self.things("checkout.session") if o["client_reference_id"] in ids]

    def page(self, gift: UUID) -> Thing:
        """Find the newest page of a gift."""
        return self.pages(gift)[-1]

    def charge(self, gift: UUID) -> Thing:
        """Find what was taken for a gift."""
        intent = self.page(gift)["payment_intent"]
        return next(one for one in self.things("charge") if one["payment_intent"] == intent)

    # What reaches us

    def events(self) -> list[Thing]:
        """List what the bank has to tell and `deliver` did not bring yet, oldest first."""
        return [one for one in self.things("event") if one["id"] not in self.brought]

    def deliver(self, events: Iterable[Thing] | None = None, *, times: int = 1) -> list[int]:
        """Bring signed webhooks (all that are new, else these) to the real address; give the answers."""
        told = self.events() if events is None else list(events)
        self.brought |= {one["id"] for one in told}
        return [self.post(one) for one in told for _again in range(times)]

    def deliver_shuffled(self, dice: random.Random) -> list[int]:
        """Bring what is new in any order, some of it twice."""
        told = self.events()
        dice.shuffle(told)
        return self.deliver([*told, *dice.sample(told, k=min(2, len(told)))])

    def post(self, event: Thing) -> int:
        """Bring one event, signed as Stripe signs."""
        text, address = json.dumps(event), f"/payments/{self.account}/signals"
        headers = signed(text, self.secret) | {"Content-Type": "application/json"}
        if self.carry:
            return self.carry(address, text, headers)
        return self.app.test_client().post(address, data=text, headers=headers).status_code

    @property
    def secret(self) -> str:
        """Tell by which secret our webhook address knows the bank."""
        with self.app.app_context():
            gateway = till().gateway(self.account)
            return str(gateway.account.webhook_secret)  # type: ignore[attr-defined]  # it is Stripe's

    def work(self) -> None:
        """Do the jobs that wait, and none of those that come by the clock: no poll, no sweep, no mail."""
        with self.app.app_context():
            jobs_only()

    def poll(self) -> None:
        """Do what comes by the clock: sweep, ask the gateway, and the jobs that follow."""
        with self.app.app_context():
            reading.sweep(till())
            reading.catch_up(self.account, till())
            jobs_only()

    def everything(self) -> None:
        """Let the real worker do all that is due: jobs, polls and mail."""
        with self.app.app_context():
            worker.drain()

    def send_back(self, gift: UUID, minor: int, *, well: bool = True) -> Refunded:
        """Let the bank refund a part, as if finance had allowed it, and the donor's bank take it or not."""
        with self.app.app_context():
            back = transact(partial(honest.allowed_refund, gift, minor))
            told = (
                till()
                .gateway(self.account)
                .refund(reference=back.reference, charge_id=back.charge_id, amount=back.amount)
            )
        self.bank(lambda at: at.end_refund(told.id, well=well))
        return told

    # What we say

    def said(self, gift: UUID) -> Said:
        """Tell what our books say of a gift."""
        with self.app.app_context():
            session.rollback()
            return honest.said(gift)

    def gifts(self) -> Sequence[UUID]:
        """List all gifts."""
        with self.app.app_context():
            session.rollback()
            return session.scalars(select(Donation.id)).all()

    def wrong(self) -> list[str]:
        """List whatever cannot be, over all gifts, receipts, letters and postings."""
        with self.app.app_context():
            session.rollback()
            return honest.wrong(till().book) + honest.unlike_the_bank(self.account)


def new_gift(amount: Money, **facts: str) -> NewGift:
    """Describe a gift as the page to give on does."""
    way = facts.get("way", states.CARD)
    return NewGift(
        nonce=facts.get("nonce") or uuid.uuid4().hex,
        way=way,
        amount=amount,
        book=till().book,
        entity=facts.get("entity") or (FRIENDS if way == states.CARD else SEOUL),
        language=facts.get("language", "ko"),
        where=Where(),
        contact=Contact(name=facts.get("name", ""), mail=facts.get("mail", "mina@example.org")),
    )


def begin(new: NewGift) -> tuple[UUID, UUID | None]:
    """Write a gift down and, of a card's, the attempt to pay, in the caller's transaction."""
    gift = services.begin(new)
    if new.way != states.CARD:
        return gift.id, None
    wish = Wish(nonce=new.nonce, amount=new.amount, subject=gift.subject, language=new.language)
    return gift.id, taking.begin(wish, till().ways, new.book).id


def jobs_only() -> None:
    """Do the jobs that wait, in the caller's application context."""
    clerk = worker.Clerk()
    while clerk._one_job():
        pass


def signed(text: str, secret: str) -> dict[str, str]:
    """Sign as Stripe does."""
    at = int(clock.now().timestamp())
    mark = stripe.WebhookSignature.generate_signature_header(text, secret, at)
    return {"Stripe-Signature": mark}
