"""What each button of the demo's bank does, and what its page then tells."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from campaign_app.core.money import Money
from campaign_app.payments.local.bank import Bank
from campaign_app.payments.local.vault import Desk, Parcel, Thing

#: Where a donor is led after a button: to where the app said, back here, or nowhere any more.
SUCCESS, CANCEL, STAY, CLOSED = "success", "cancel", "stay", "closed"


@dataclass(frozen=True, slots=True)
class Press:
    """A button that was pressed: on which page, with which way to pay, on which object."""

    session: str
    method: str
    thing: str


@dataclass(frozen=True, slots=True)
class Deed:
    """What a button does, and where it leads."""

    does: Callable[[Bank, Press], object]
    leads: str = STAY


def _pay(bank: Bank, press: Press) -> Thing:
    return bank.pay(press.session, press.method)


def _promise(bank: Bank, press: Press) -> Thing:
    return bank.promise(press.session, press.method)


def _pay_and_dispute(bank: Bank, press: Press) -> None:
    """Pay, and let the donor's bank want it back at once."""
    _pay(bank, press)
    bank.dispute(_charge(bank, press)["id"])


def _pay_and_spoil(bank: Bank, press: Press) -> None:
    """Pay, and let the next refund come back."""
    _pay(bank, press)
    bank.spoil_refund(_charge(bank, press)["id"])


def _charge(bank: Bank, press: Press) -> Thing:
    """Find what was taken on a page."""
    intent = bank.find(str(bank.session(press.session)["payment_intent"]), "payment_intent")
    return bank.find(str(intent["latest_charge"]), "charge")


DEEDS: Final[Mapping[str, Deed]] = {
    # While the page is open
    "pay": Deed(_pay, SUCCESS),
    "promise": Deed(_promise, SUCCESS),
    "refuse": Deed(lambda bank, press: bank.refuse(press.session)),
    "cancel": Deed(lambda bank, press: bank.session(press.session), CANCEL),
    "close": Deed(_pay, CLOSED),
    "pay_and_dispute": Deed(_pay_and_dispute, SUCCESS),
    "pay_and_spoil": Deed(_pay_and_spoil, SUCCESS),
    # Afterwards
    "keep": Deed(lambda bank, press: bank.keep_promise(press.session)),
    "break": Deed(lambda bank, press: bank.break_promise(press.session)),
    "warn": Deed(lambda bank, press: bank.warn(_charge(bank, press)["id"])),
    "dispute": Deed(lambda bank, press: bank.dispute(_charge(bank, press)["id"])),
    "win": Deed(lambda bank, press: bank.end_dispute(press.thing, won=True)),
    "lose": Deed(lambda bank, press: bank.end_dispute(press.thing, won=False)),
    "spoil": Deed(lambda bank, press: bank.spoil_refund(_charge(bank, press)["id"])),
    "arrive": Deed(lambda bank, press: bank.end_refund(press.thing, well=True)),
    "return": Deed(lambda bank, press: bank.end_refund(press.thing, well=False)),
}


@dataclass(frozen=True, slots=True)
class Told:
    """An event, and how it fared on its way to us."""

    kind: str
    #: waiting, arrived, lost
    fate: str
    how: str
    tries: int


@dataclass(frozen=True, slots=True)
class Story:
    """All that the bank knows of one page."""

    session: Thing
    intent: Thing | None
    charge: Thing | None
    refunds: list[Thing]
    dispute: Thing | None
    #: The next refund is to come back.
    spoilt: bool
    #: The card's bank has said that it is stolen.
    warned: bool
    told: list[Told]

    @property
    def amount(self) -> Money:
        """Tell how much it is about."""
        return Money(self.session["amount_total"], self.session["currency"].upper())

    @staticmethod
    def money(thing: Thing) -> Money:
        """Tell how much a refund is about."""
        return Money(thing["amount"], thing["currency"].upper())

    @property
    def state(self) -> str:
        """Tell in one word where it stands: open, refused, promised, broken, paid, expired."""
        intent = self.intent["status"] if self.intent else ""
        if self.session["status"] == "open":
            return "refused" if intent else "open"
        if self.session["status"] == "expired":
            return "expired"
        return {"succeeded": "paid", "processing": "promised"}.get(intent, "broken")

    @property
    def can_be_disputed(self) -> bool:
        """Tell whether there is something left that a bank could want back."""
        charge = self.charge
        return bool(charge and not charge["disputed"] and not charge["refunded"])


def story(desk: Desk, session_id: str) -> Story:
    """Read what the bank knows of a page."""
    bank = Bank(desk)
    session = bank.session(session_id)
    intent = desk.get(str(session["payment_intent"]))
    charge = desk.get(str(intent["latest_charge"])) if intent else None
    mine = charge["id"] if charge else ""
    refunds = [one for one in desk.every("refund") if one["charge"] == mine]
    dispute = next((one for one in desk.every("dispute") if one["charge"] == mine), None)
    warnings = bank.warnings_of(mine)
    things = [one for one in (session, intent, charge, dispute, *refunds, *warnings) if one]
    spoilt = charge is not None and bank.is_spoilt(mine)
    told = _told(desk, things)
    return Story(session, intent, charge, refunds, dispute, spoilt, bool(warnings), told)


def _told(desk: Desk, things: list[Thing]) -> list[Told]:
    ids, parcels = {one["id"] for one in things}, desk.parcels()
    mine = [one for one in desk.every("event")[::-1] if one["data"]["object"]["id"] in ids]
    return [_fared(one, parcels.get(one["id"])) for one in mine]


def _fared(event: Thing, parcel: Parcel | None) -> Told:
    if parcel is None or (not parcel.times and event["pending_webhooks"]):
        return Told(event["type"], "lost", "lost", 0)
    fate = "waiting" if event["pending_webhooks"] else "arrived"
    return Told(event["type"], fate, parcel.how, parcel.tries)
