"""What people gave at the demo's stalls: by card at the demo's bank, by transfer, into the boxes.

Everything goes the way that real gifts go, each at its own moment: the page to pay on, the bank, the
merge, the receipt; the box, its two counters, the deposit. So whoever looks at the money of the demo
meets nothing that a real till would not show. No letter of it goes out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import delete, select

from campaign_app.audit.services import Actor, acting
from campaign_app.cash import boxes, counters, counting, depositing
from campaign_app.cash.boxes import Closing
from campaign_app.cash.depositing import NewDeposit
from campaign_app.cash.models import BoxOpening
from campaign_app.core import clock
from campaign_app.core.db import session, transact
from campaign_app.core.money import Money
from campaign_app.core.settings import settings
from campaign_app.donations import services, states
from campaign_app.donations.board import KIND
from campaign_app.donations.jobs import follow
from campaign_app.donations.models import Donation
from campaign_app.donations.services import NewGift, Where
from campaign_app.donations.spots import ORGANISATION
from campaign_app.events import queries as events
from campaign_app.events.models import CONFIRMED, DONE, Event
from campaign_app.outbox.models import OutboxRow
from campaign_app.payments import merging, taking
from campaign_app.payments.local.bank import Bank
from campaign_app.payments.local.vault import Vault
from campaign_app.payments.opening import VAULT, till
from campaign_app.payments.taking import Wish
from campaign_app.payments.taking_models import Payment
from campaign_app.qr import services as qr
from campaign_app.qr.facts import StandsFor

#: The counters of the demo's boxes; aliases, as everywhere at a stall.
COUNTERS: Final = ("Haru", "Nam")
#: How many stalls back money was given, and how many gifts at each.
STALLS: Final = 8
GIFTS: Final = (3, 7)
AMOUNTS: Final = {"KRW": (5_000, 10_000, 20_000, 50_000), "CHF": (500, 1_000, 2_000, 5_000),
                  "USD": (500, 1_000, 2_000)}  # fmt: skip
#: What volunteers call the tent, where they stand.
TENTS: Final = {"ko": "탁상 안내판", "en": "Table tent", "fr": "Chevalet de table"}
LOCAL: Final = {"KR": "KRW", "CH": "CHF", "US": "USD"}
#: Boxes are carried to the bank some days later; the newest still waits.
CARRIED_AFTER: Final = timedelta(days=3)
NOTES: Final = ((10_000, 9), (5_000, 6), (1_000, 30), (500, 12), (100, 25))


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A gift that somebody gives."""

    at: datetime
    amount: Money
    way: str
    entity: str
    where: Where
    language: str
    #: What happens on the page to pay on.
    ending: str


def bring() -> None:
    """Let people have given, once."""
    if session.scalar(select(Donation.id).limit(1)) is not None or not till().ways.entities:
        return
    luck = Random("gifts")  # noqa: S311 -- the demo is the same on every machine
    stalls = newest()
    session.rollback()
    for plan in sorted(_plans(stalls, luck), key=lambda one: one.at):
        with clock.frozen(plan.at):
            give(plan)
    for number, stall in enumerate(stalls):
        if stall.country == "KR":
            _count(stall, f"{number + 1:04}", luck)
    transact(_put_up_a_tent)
    # What happened weeks ago was told weeks ago.
    transact(partial(session.execute, delete(OutboxRow)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Stall:
    """A stall that is over."""

    event_id: int
    location_id: int
    campaign_id: int | None
    country: str
    language: str
    starts_at: datetime
    ends_at: datetime


def newest() -> Sequence[Stall]:
    """List the last stalls, oldest first."""
    query = select(Event).where(Event.state == DONE).order_by(Event.ends_at.desc())
    found = [
        Stall(
            event_id=one.id,
            location_id=one.location_id,
            campaign_id=one.campaign_id,
            country=one.location.country,
            language=one.location.language,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
        )
        for one in session.scalars(query.limit(STALLS))
    ]
    return found[::-1]


def _plans(stalls: Sequence[Stall], luck: Random) -> Iterator[Plan]:
    for stall in stalls:
        for _number in range(luck.randint(*GIFTS)):
            yield _plan(stall, luck)


def _plan(stall: Stall, luck: Random) -> Plan:
    currency = LOCAL.get(stall.country, "EUR")
    span = (stall.ends_at - stall.starts_at).total_seconds()
    amount = Money(luck.choice(AMOUNTS.get(currency, AMOUNTS["CHF"])), currency)
    known = till()
    account = known.ways.account_for(amount) if known.gateways else None
    bank = next((one for one in known.ways.banks.values() if one.currency == currency), None)
    by_bank = bank is not None and (account is None or luck.random() < 0.25)
    payer = bank if by_bank else account
    return Plan(
        at=stall.starts_at + timedelta(seconds=luck.uniform(0, span)),
        amount=amount,
        way=states.TRANSFER if by_bank else states.CARD,
        entity=payer.entity if payer else "",
        where=Where(
            campaign_id=stall.campaign_id, event_id=stall.event_id, location_id=stall.location_id
        ),
        language=stall.language,
        ending=luck.choices(("pay", "promise", "refuse", "leave"), (84, 4, 6, 6))[0],
    )


def give(plan: Plan) -> None:
    """Let somebody give, as far as planned."""
    if not plan.entity:
        return
    payment_id = transact(partial(_begin, plan))
    if payment_id is None:
        return
    taking.open_page(payment_id, till())
    payment = session.get_one(Payment, payment_id)
    account, page = payment.account, str(payment.session_id)
    session.rollback()
    if plan.ending != "leave":
        with Vault(settings().instance_dir / f"{account}-{VAULT}").open_() as desk:
            getattr(Bank(desk), plan.ending)(page)
    merging.look(payment_id, till())
    follow({"payment": payment_id.hex})


def _begin(plan: Plan) -> UUID | None:
    nonce = uuid4().hex
    gift = services.begin(
        NewGift(
            nonce=nonce,
            way=plan.way,
            amount=plan.amount,
            book=till().book,
            entity=plan.entity,
            language=plan.language,
            where=plan.where,
            no_name=True,
        )
    )
    if plan.way != states.CARD:
        return None
    wish = Wish(nonce=nonce, amount=plan.amount, subject=gift.subject, language=plan.language)
    return taking.begin(wish, till().ways, till().book).id


def _put_up_a_tent() -> None:
    """Let a table tent stand at the next stall: its code leads to giving."""
    event = next((one for one in events.upcoming() if one.state == CONFIRMED), None)
    if event is None:
        return
    language = event.location.language
    qr.create_code(
        StandsFor(
            target=KIND,
            target_id=event.campaign_id or ORGANISATION,
            event_id=event.id,
            location_id=event.location_id,
            board=TENTS.get(language, TENTS["en"]),
            language=language,
        )
    )


def _count(stall: Stall, number: str, luck: Random) -> None:
    """Let a box stand at a stall, be counted by two and, after some days, be carried to the bank."""
    token = acting.set(Actor(COUNTERS[0], None))
    try:
        with clock.frozen(stall.starts_at):
            opening_id = transact(partial(_open, stall, number))
        with clock.frozen(stall.ends_at):
            total = transact(partial(_counted, opening_id, luck))
        carried = stall.ends_at + CARRIED_AFTER
        if carried < clock.now() and total:
            with clock.frozen(carried):
                transact(partial(_carry, opening_id, total, number))
    finally:
        acting.reset(token)


def _open(stall: Stall, number: str) -> int:
    return boxes.open_at(stall.event_id, boxes.add(number, "").id, f"S-{number}").id


def _counted(opening_id: int, luck: Random) -> Money:
    declined = luck.randint(10, 40)
    boxes.close(opening_id, Closing(seal=f"E-{opening_id:04}", declined=declined))
    pieces = {f"KRW-{note}": luck.randint(0, most) for note, most in NOTES}
    for link in counters.name_two(opening_id, *COUNTERS):
        counter = counters.find(link.token)
        if counter is not None:
            counting.submit(counter.id, pieces)
    counting.put_into_bag(opening_id, f"B-{opening_id:04}")
    counted = sum(note * pieces[f"KRW-{note}"] for note, _most in NOTES)
    return Money(counted, "KRW")


def _carry(opening_id: int, total: Money, number: str) -> None:
    opening = session.get_one(BoxOpening, opening_id)
    known = till().ways.banks.values()
    bank = next((one for one in known if one.entity == opening.entity), None)
    if bank is not None:
        depositing.deposit(
            NewDeposit(
                bank=bank,
                openings=[opening_id],
                amount=total,
                slip=f"SLIP-{number}",
                on=clock.today(),
            )
        )
