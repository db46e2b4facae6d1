"""People who give while the server is killed, and a bank that brings each event until it hears 200."""

import itertools
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from html import unescape
from typing import Final

from flask import Flask
from sqlalchemy import select, update

from campaign_app.core import clock
from campaign_app.core.db import session, transact
from campaign_app.donations.models import Donation
from campaign_app.outbox.models import OutboxRow, Periodic
from campaign_app.payments.local.vault import Thing
from campaign_app.payments.taking_models import Payment
from tests.faults.interrupted import Interrupted
from tests.outbox.mail_server import OK, Mails
from tests.payments import honest
from tests.payments.giving import Giving
from tests.serving import ask, until

GIVE: Final = "/ko/give/?currency=KRW"
HIDDEN: Final = re.compile(r'<input[^>]* name="(nonce|currency)"[^>]* value="([^"]*)"')
AMOUNT: Final = 20000


@dataclass(eq=False)
class Donor:
    """Somebody who gives, and what they have in hand."""

    mail: str
    #: The form as they filled it in; whoever hears nothing sends the same one again.
    form: Mapping[str, str] = field(default_factory=dict)
    #: Where they were sent to pay; empty while no answer came.
    url: str = ""


@dataclass(kw_only=True)
class Givers(Interrupted):
    """A server, its bank, its mail server, and donors before it."""

    app: Flask
    mails: Mails
    donors: list[Donor] = field(default_factory=list)
    #: Mailbox → Message-IDs that came.
    _came: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self.giving = Giving(self.app, carry=self._carry)

    def begin(self) -> None:
        """Start the server."""
        self.mails.data = self._note
        self.server.start()

    def _note(self) -> str:
        to, mail = self.mails.came[-1]
        self._came[to].add(str(mail["Message-ID"]))
        return OK

    def _carry(self, address: str, text: str, headers: dict[str, str]) -> int:
        return ask(self.server.port, address, text, headers=headers).status

    # What donors do

    def somebody(self) -> Donor:
        """Let somebody open the page and fill the form in."""
        donor = Donor(f"donor{next(self._numbers)}@example.org")
        page = self.server.ask(GIVE)
        hidden = {name: unescape(value) for name, value in HIDDEN.findall(page.text)}
        assert set(hidden) == {"nonce", "currency"}
        typed = {"amount": str(AMOUNT), "way": "card", "name": "김미나", "mail": donor.mail}
        donor.form = hidden | typed
        self.donors.append(donor)
        return donor

    def send(self, donor: Donor) -> None:
        """Send the form; only the address of a page to pay on is an answer."""
        answer = self.server.ask(GIVE, donor.form)
        if answer.status == 303:
            headers = {name.lower(): value for name, value in answer.headers.items()}
            donor.url = headers["location"]

    def somebody_paid(self) -> Donor:
        """Let somebody give as far as the bank, which has not told us yet."""
        donor = self.somebody()
        self.send(donor)
        assert donor.url, "the server gave no page to pay on"
        self.pay(donor)
        return donor

    def pay(self, donor: Donor) -> None:
        """Pay on the page, unless that was done."""
        name = donor.url.rpartition("/")[2]
        if not self._page(name)["payment_intent"]:
            self.giving.bank(lambda at: at.pay(name))

    def _page(self, name: str) -> Thing:
        return next(one for one in self.giving.things("checkout.session") if one["id"] == name)

    def tell(self) -> None:
        """Let the bank bring what it has to tell, once, heard or not."""
        for event in self.giving.events():
            if self.giving.post(event) == 200:
                self.giving.brought.add(event["id"])

    # What must be true afterwards

    def finish(self) -> None:
        """Let donors and bank finish what they began, and time pass; nobody of ours does anything."""
        self.hang_up()
        for donor in self.donors:
            until(partial(self._has_a_page, donor), f"{donor.mail} gets no page to pay on")
            self.pay(donor)
        until(self._all_told, "the bank's events are not heard")
        self._a_minute_passes()
        until(self._settled, "a gift that was paid never settles", 60)
        self._is_right()

    def _has_a_page(self, donor: Donor) -> bool:
        if not donor.url:
            self.send(donor)
        return bool(donor.url)

    def _all_told(self) -> bool:
        self.tell()
        return not self.giving.events()

    def _a_minute_passes(self) -> None:
        """Let what comes by the clock be due now: tests have no minute to wait."""
        with self.app.app_context():
            transact(self._due_now)

    @staticmethod
    def _due_now() -> None:
        mine = Periodic.name.startswith("payments.")
        session.execute(update(Periodic).where(mine).values(due_at=clock.now()))
        waits = Payment.look_at.is_not(None)
        session.execute(update(Payment).where(waits).values(look_at=clock.now()))

    def _settled(self) -> bool:
        with self.app.app_context():
            session.rollback()
            states = set(session.scalars(select(Donation.state)))
            waiting = session.scalar(select(OutboxRow.id).limit(1))
            session.rollback()
        return states == {"settled"} and waiting is None

    def _is_right(self) -> None:
        """One gift, one page, one charge, one posting, one receipt, one letter for each donor."""
        with self.app.app_context():
            session.rollback()
            assert honest.wrong("test", letters=False) + honest.unlike_the_bank("paris") == []
            session.rollback()
        n = len(self.donors)
        counted = {kind: len(self.giving.things(kind)) for kind in ("checkout.session", "charge")}
        assert (counted, len(self.giving.gifts())) == ({"checkout.session": n, "charge": n}, n)
        assert {donor.mail: len(self._came[donor.mail]) for donor in self.donors} == {
            donor.mail: 1 for donor in self.donors
        }
