"""Years of giving, invented in seconds: gifts, their payments, the ledger, receipts, bank rows and boxes.

    years.fill(60_000)      # in an app context with a till; the proofs find no flaw in it

Everything is drawn evenly over five years and written past the services, so it must agree with itself as
their rows do: each proof of the application is asked afterwards.
"""

import hashlib
import uuid
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, Final

from sqlalchemy import func, insert, select, text

from campaign_app.cash.models import BoxOpening, CashAmount, CashBox, CashDeposit, CashReceipt
from campaign_app.core import clock, wall_clock
from campaign_app.core.db import Base, db, insert_many, is_sqlite, session, table_of
from campaign_app.core.money import Money
from campaign_app.donations.models import Donation
from campaign_app.events.models import CONFIRMED, FILED, Event
from campaign_app.payments import accounts
from campaign_app.payments.ledger import Account
from campaign_app.payments.models import LedgerAccount, LedgerPosting, LedgerTransaction
from campaign_app.payments.opening import till
from campaign_app.payments.taking_models import BalanceProof, GatewayAccount, Payment, Refund
from campaign_app.receipts import states as receipt_states
from campaign_app.receipts import wording
from campaign_app.receipts.models import GiftReceipt, ReceiptSeries
from campaign_app.transfers import telling
from campaign_app.transfers.models import BankRow, BankStatement
from tests import given

DAYS: Final = 5 * 365
SEOUL, PARIS, CARDS, BANK = "pscore-kr", "friends-fr", "paris", "seoul"
#: Of twelve gifts five come by card, four by bank, three in cash with a receipt: 60,000 make 20,000 transfers.
TURN: Final = ("card", "transfer", "card", "cash", "transfer", "card") * 2
TURN_OF: Final = (*TURN[:11], "cash")
CURRENCIES: Final = ("KRW", "KRW", "EUR", "CHF", "USD")
AMOUNTS: Final[Mapping[str, Sequence[int]]] = {
    "KRW": (10_000, 20_000, 50_000),
    "EUR": (1_000, 2_500),
    "CHF": (2_000,),
    "USD": (1_500, 3_000),
}
PLACES: Final = 20
#: Of so many gifts by card one went back whole.
RETURNED: Final = 100
#: So many rows of the bank still wait for somebody.
WAITING: Final = 120
#: Gifts for one box at one stall.
A_BOX: Final = 120
IN_A_BOX: Final = 400_000
#: Written in parts, so that no list grows beyond memory.
AT_ONCE: Final = 5_000

Row = dict[str, Any]


@dataclass
class Books:
    """Rows that are not written yet, and how far numbers were given out."""

    book: str
    rows: defaultdict[type[Base], list[Row]] = field(default_factory=lambda: defaultdict(list))
    last: Counter[type[Base]] = field(default_factory=Counter)
    series: Counter[tuple[str, int]] = field(default_factory=Counter)
    opened: dict[tuple[str, str, Account], int] = field(default_factory=dict)
    gateway: Counter[str] = field(default_factory=Counter)
    written: Counter[type[Base]] = field(default_factory=Counter)

    def add(self, model: type[Base], **row: Any) -> None:
        """Keep a row until so many wait."""
        self.rows[model].append(row)
        self.written[model] += 1

    def number(self, model: type[Base]) -> int:
        """Give the next number of a table."""
        self.last[model] += 1
        return self.last[model]

    def flush(self) -> None:
        """Write everything, what others refer to first."""
        for model in ORDER:
            rows = self.rows.pop(model, [])
            if rows:
                insert_many(table_of(model), rows)

    def post(
        self,
        entity: str,
        told: tuple[str, str, str],
        on: date,
        *legs: tuple[Account, Account, Money],
    ) -> None:
        """Enter something as `ledger.post` does: told is its source, its kind, and what it is about."""
        source, kind, about = told
        number = self.number(LedgerTransaction)
        self.add(
            LedgerTransaction, id=number, book=self.book, entity=entity, source=source, kind=kind,
            about=about, happened_on=on, recorded_at=_at(on),
        )  # fmt: skip
        for place, (debit, credit, money) in enumerate(legs, 1):
            self.add(
                LedgerPosting, transaction_id=number, leg=place, book=self.book, entity=entity,
                currency=money.currency, debit_id=self._account(entity, money.currency, debit),
                credit_id=self._account(entity, money.currency, credit), minor=money.minor,
            )  # fmt: skip

    def _account(self, entity: str, currency: str, one: Account) -> int:
        key = entity, currency, one
        if key not in self.opened:
            self.opened[key] = self.number(LedgerAccount)
            self.add(
                LedgerAccount, id=self.opened[key], book=self.book, entity=entity, currency=currency,
                kind=one.kind, detail=one.detail,
            )  # fmt: skip
        return self.opened[key]

    def receipt(self, gift: Row, on: date, cancels: Row | None = None) -> Row:
        """Write the next receipt of a series."""
        entity = gift["entity"]
        self.series[entity, on.year] += 1
        facts = _facts(entity, gift["way"], gift["currency"], gift["minor"])
        row: Row = {
            "id": uuid.uuid4(), "book": self.book, "entity": entity, "year": on.year,
            "number": self.series[entity, on.year], "turn": 1, "currency": gift["currency"],
            "kind": receipt_states.CANCELLING if cancels else receipt_states.ISSUED,
            "cancels_id": cancels["id"] if cancels else None, "subject": f"donation:{gift['id'].hex}",
            "minor": gift["minor"], "given_on": gift["settled_on"], "issued_on": on,
            "issued_at": _at(on), "language": "ko", "facts": facts, "donor": None,
        }  # fmt: skip
        self.add(GiftReceipt, **row)
        return row


#: Tables in which rows refer only to those before.
ORDER: Final[Sequence[type[Base]]] = (
    LedgerAccount, LedgerTransaction, LedgerPosting, Donation, Payment, Refund, GiftReceipt,
    ReceiptSeries, CashBox, BoxOpening, CashDeposit, CashAmount, CashReceipt, BankStatement, BankRow,
    BalanceProof, GatewayAccount,
)  # fmt: skip


def fill(gifts: int, *, days: int = DAYS) -> Mapping[str, int]:
    """Write so many gifts and all that follows from them, in the caller's transaction."""
    books = Books(till().book)
    events = _events(gifts, days)
    _start(books, gifts)
    for number in range(gifts):
        on = clock.today() - timedelta(days=days - 1 - number * days // gifts)
        _gift(books, number, on, events[number * len(events) // gifts])
        if number % AT_ONCE == AT_ONCE - 1:
            books.flush()
    _finish(books)
    books.flush()
    _follow(books)
    return {model.__tablename__: n for model, n in books.written.items()}


def _events(gifts: int, days: int) -> Sequence[tuple[int, int]]:
    """Announce a stall for each box, and give its number and its place's."""
    places = [given.location(f"market-{number}").id for number in range(PLACES)]
    stalls = max(1, gifts // A_BOX)
    rows = [_event(n, places, timedelta(days=days - n * days // stalls)) for n in range(stalls)]
    session.execute(insert(Event), rows)
    found = select(Event.id, Event.location_id).order_by(Event.id.desc()).limit(stalls)
    return [(event, place) for event, place in session.execute(found)][::-1]


def _event(number: int, places: Sequence[int], ago: timedelta) -> Row:
    begins = clock.now().replace(minute=0, second=0, microsecond=0) - ago
    ends = begins + timedelta(hours=3)
    return {
        "location_id": places[number % PLACES],
        "kind": "street_campaign",
        "titles": {"ko": f"거리 캠페인 {number}", "en": f"Street campaign {number}"},
        "summaries": {},
        "starts_local": wall_clock.show(begins, "Asia/Seoul"),
        "ends_local": wall_clock.show(ends, "Asia/Seoul"),
        "zone": "Asia/Seoul",
        "starts_at": begins,
        "ends_at": ends,
        "state": CONFIRMED,
        "permit_gate": FILED,
        "sequence": 1,
    }


def _start(books: Books, gifts: int) -> None:
    for model in (LedgerAccount, LedgerTransaction, CashBox, BoxOpening, CashDeposit, BankRow, BankStatement):  # fmt: skip
        books.last[model] = session.scalar(select(func.max(model.__table__.c.id))) or 0
    for month in range(max(1, gifts // 1000)):
        number = books.number(BankStatement)
        books.add(
            BankStatement, id=number, book=books.book, bank=BANK, file=f"list-{month}", fresh=1,
            known=0, doubtful=0, uploaded_at=clock.now(), first_on=clock.today(),
            last_on=clock.today(), finished_at=clock.now(),
        )  # fmt: skip
    books.number(CashBox)
    books.add(CashBox, id=books.last[CashBox], number="9999", label="", created_at=clock.now())


def _gift(books: Books, number: int, on: date, stall: tuple[int, int]) -> None:
    way = TURN_OF[number % len(TURN_OF)]
    currency = CURRENCIES[number % len(CURRENCIES)] if way == "card" else "KRW"
    amounts = AMOUNTS[currency]
    gift: Row = {
        "id": uuid.uuid4(), "nonce": f"n{number}", "way": way, "state": "settled", "book": books.book,
        "entity": PARIS if way == "card" else SEOUL, "currency": currency, "language": "ko",
        "minor": amounts[number // 7 % len(amounts)], "returned": 0, "reference": None,
        "event_id": stall[0], "location_id": stall[1], "no_name": True, "created_at": _at(on),
        "settled_on": on,
    }  # fmt: skip
    if number % A_BOX == 0:
        _box(books, on, stall[0])
    receipt = books.receipt(gift, on)
    MAKE[way](books, gift, number, receipt)
    books.add(Donation, **gift)


def _card(books: Books, gift: Row, number: int, receipt: Row) -> None:
    """Let it be paid at the gateway, which keeps a fee; one in so many goes back."""
    money, on = Money(gift["minor"], gift["currency"]), gift["settled_on"]
    fee, desk = Money(max(1, money.minor // 40), money.currency), Account(accounts.GATEWAY, CARDS)
    charge, payment = f"ch_{number}", uuid.uuid4()
    back = number % RETURNED == 0
    books.add(
        Payment, id=payment, nonce=gift["nonce"], fingerprint="f" * 64, book=books.book,
        account=CARDS, entity=PARIS, subject=f"donation:{gift['id'].hex}", currency=money.currency,
        minor=money.minor, language="ko", state="paid", session_id=f"cs_{number}",
        intent_id=f"pi_{number}", charge_id=charge, method="card",
        refunded=money.minor if back else 0, created_at=_at(on), expires_at=_at(on), paid_on=on,
    )  # fmt: skip
    books.post(
        PARIS, (f"gateway:{CARDS}:txn_{number}", "gift", charge), on,
        (desk, Account(accounts.DONATION), money), (Account(accounts.FEE), desk, fee),
    )  # fmt: skip
    books.gateway[money.currency] += money.minor - fee.minor
    if back:
        _back(books, gift, (number, payment), receipt)


def _back(books: Books, gift: Row, paid: tuple[int, uuid.UUID], receipt: Row) -> None:
    number, payment = paid
    money, on = Money(gift["minor"], gift["currency"]), gift["settled_on"]
    gift["returned"] = money.minor
    books.add(
        Refund, id=uuid.uuid4(), payment_id=payment, minor=money.minor, reason="asked", state="arrived",
        gateway_id=f"re_{number}", created_at=_at(on), changed_at=_at(on),
    )  # fmt: skip
    books.post(
        PARIS, (f"gateway:{CARDS}:txn_back_{number}", "refund", f"re_{number}"), on,
        (Account(accounts.REFUND), Account(accounts.GATEWAY, CARDS), money),
    )  # fmt: skip
    books.gateway[money.currency] -= money.minor
    books.receipt(gift, on, cancels=receipt)


def _transfer(books: Books, gift: Row, number: int, _receipt: Row) -> None:
    """Let it arrive at the bank, and somebody say that it was this gift."""
    source = _arrived(books, number, gift["settled_on"], gift)
    money = Money(gift["minor"], gift["currency"])
    books.post(
        SEOUL, (f"{source}:gift", "transfer_assigned", f"donation:{gift['id'].hex}"),
        gift["settled_on"], (Account(accounts.UNASSIGNED), Account(accounts.DONATION), money),
    )  # fmt: skip


def _arrived(books: Books, number: int, on: date, gift: Row | None) -> str:
    mark = hashlib.sha256(b"%d" % number).hexdigest()
    money = Money(gift["minor"] if gift else 33_000, "KRW")
    told = None if gift else telling.close(BANK, mark, telling.Told(name="김미나", memo="후원"))
    books.add(
        BankRow, id=books.number(BankRow), statement_id=books.last[BankStatement], book=books.book,
        bank=BANK, entity=SEOUL, mark=mark, came_on=on, currency="KRW", minor=money.minor, told=told,
        state="gift" if gift else "unassigned", donation_id=gift["id"] if gift else None,
        decided_at=_at(on) if gift else None,
    )  # fmt: skip
    source = f"bank:{BANK}:{mark}"
    books.post(
        SEOUL, (source, "transfer_arrived", ""), on,
        (Account(accounts.BANK, BANK), Account(accounts.UNASSIGNED), money),
    )  # fmt: skip
    return source


def _cash(books: Books, gift: Row, _number: int, _receipt: Row) -> None:
    """Lay it into the box of its stall; what boxes hold is counted, not added up from gifts."""
    books.add(CashReceipt, donation_id=gift["id"], opening_id=books.last[BoxOpening])


MAKE: Final = {"card": _card, "transfer": _transfer, "cash": _cash}


def _box(books: Books, on: date, event: int) -> None:
    """Count a box and carry it to the bank, which shows it the same day."""
    opening, sent = books.number(BoxOpening), books.number(CashDeposit)
    money = Money(IN_A_BOX * 10, "KRW")
    books.add(
        BoxOpening, id=opening, box_id=books.last[CashBox], event_id=event, state="banked",
        book=books.book, entity=SEOUL, opened_at=_at(on), opened_by="Sora", opening_seal="A1",
        closed_at=_at(on), closed_by="Sora", closing_seal="A2", counted_at=_at(on), counted_on=on,
        how="one" if opening % 10 == 0 else "two", reason="alone" if opening % 10 == 0 else "",
    )  # fmt: skip
    books.add(
        CashDeposit, id=sent, book=books.book, entity=SEOUL, bank=BANK, currency="KRW",
        minor=money.minor, slip=f"S{sent}", sent_on=on, sent_by="Sora", state="arrived",
        arrived_minor=money.minor, arrived_on=on,
    )  # fmt: skip
    books.add(CashAmount, opening_id=opening, currency="KRW", minor=money.minor, deposit_id=sent)
    box, way, about = Account(accounts.CASH, "9999"), Account(accounts.DEPOSIT), f"event:{event}"
    books.post(SEOUL, (f"cash:{opening}", "cash_counted", about), on, (box, Account(accounts.DONATION), money))  # fmt: skip
    books.post(SEOUL, (f"cash:deposit:{sent}", "cash_deposited", about), on, (way, box, money))
    books.post(
        SEOUL, (f"bank:{BANK}:box{sent}", "deposit_arrived", about), on,
        (Account(accounts.BANK, BANK), way, money),
    )  # fmt: skip


def _finish(books: Books) -> None:
    """Leave rows that wait, the numbers that series gave out, and a proof for each night."""
    for number in range(WAITING):
        _arrived(books, 10**9 + number, clock.today(), None)
    for (entity, year), last in books.series.items():
        books.add(ReceiptSeries, book=books.book, entity=entity, year=year, last=last)
    for night in range(365, -1, -1):
        at = clock.now() - timedelta(days=night)
        for currency, minor in books.gateway.items():
            books.add(
                BalanceProof, account=CARDS, book=books.book, currency=currency, at=at, ours=minor,
                theirs=minor, mismatches={},
            )  # fmt: skip


def _follow(books: Books) -> None:
    """Tell PostgreSQL which numbers are taken, and how much there is."""
    if is_sqlite():
        return
    for model, last in books.last.items():
        name = model.__tablename__
        session.execute(
            text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :last)"),
            {"name": name, "last": last},
        )


def settle() -> None:
    """Do what both engines do by themselves after some time: learn how much there is of what."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE" if is_sqlite() else "VACUUM ANALYZE"))


def _at(on: date) -> datetime:
    return datetime(on.year, on.month, on.day, 3, tzinfo=UTC)


@cache
def _facts(entity: str, way: str, currency: str, minor: int) -> Row:
    """Word a receipt; its days are the first one's, which no proof looks at."""
    day = clock.today()
    said = wording.Said(
        entity=till().ways.entities[entity], amount=Money(minor, currency), given_on=day,
        issued_on=day, way=way, language="ko",
    )  # fmt: skip
    return wording.frozen(said)
