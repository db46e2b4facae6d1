"""The books of the demo's bank: what changed the balance, what was told of it, what was paid out."""

import secrets
from typing import Final

from campaign_app.core import clock
from campaign_app.payments.local.vault import Desk, Thing

DAY: Final = 86400
VERSION: Final = "2026-10-28.endive"


class Refusal(Exception):
    """The bank says no, in Stripe's words."""

    def __init__(self, status: int, code: str, param: str = "") -> None:
        super().__init__(code)
        self.status: Final = status
        self.body: Final[Thing] = {
            "error": {
                "type": "invalid_request_error" if status != 402 else "card_error",
                "code": code,
                "message": f"The demo's bank refuses this ({code}).",
                **({"param": param} if param else {}),
            }
        }


def now() -> int:
    """Tell the time in seconds, as our own clock has it."""
    return int(clock.now().timestamp())


def new_id(kind: str) -> str:
    """Draw an id as Stripe's look; test ones say so."""
    return f"{kind}_test_{secrets.token_hex(12)}"


class Books:
    """One account's books, at an open desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk: Final = desk

    def find(self, thing_id: str, kind: str) -> Thing:
        """Find an object of a kind, or say that there is none."""
        found = self.desk.get(thing_id)
        if found is None or found["object"] != kind:
            raise Refusal(404, "resource_missing", "id")
        return found

    def tell(self, kind: str, thing: Thing) -> Thing:
        """Write an event: what the carrier brings to whoever listens."""
        event = self.desk.put({
            "id": new_id("evt"),
            "object": "event",
            "api_version": VERSION,
            "created": now(),
            "type": kind,
            "livemode": False,
            "pending_webhooks": 1,
            "data": {"object": thing},
        })
        self.desk.hand_over(event)
        return event

    def book(self, kind: str, source: Thing, amount: int, *, fee: int = 0) -> Thing:
        """Write a line of the bank's own books."""
        return self.desk.put({
            "id": new_id("txn"),
            "object": "balance_transaction",
            "created": now(),
            "available_on": now() + 2 * DAY,
            "type": kind,
            "source": source["id"],
            "currency": source["currency"],
            "amount": amount,
            "fee": fee,
            "net": amount - fee,
            "status": "pending",
        })

    # Payouts

    def balance(self) -> Thing:
        """Add every line up, per currency."""
        total: dict[str, int] = {}
        for line in self.desk.every("balance_transaction"):
            total[line["currency"]] = total.get(line["currency"], 0) + line["net"]
        rows = [
            {"amount": amount, "currency": currency} for currency, amount in sorted(total.items())
        ]
        return {"object": "balance", "livemode": False, "available": [], "pending": rows}

    def pay_out(self, currency: str) -> Thing:
        """Send all that is there of a currency to the entity's bank."""
        rows = {row["currency"]: row["amount"] for row in self.balance()["pending"]}
        amount = rows.get(currency, 0)
        if amount <= 0:
            raise Refusal(400, "balance_insufficient")
        payout: Thing = {
            "id": new_id("po"),
            "object": "payout",
            "created": now(),
            "arrival_date": now() + 2 * DAY,
            "livemode": False,
            "amount": amount,
            "currency": currency,
            "status": "paid",
        }
        payout["balance_transaction"] = self.book("payout", payout, -amount)["id"]
        self.desk.put(payout)
        self.tell("payout.paid", payout)
        return payout

    def fail_payout(self, payout_id: str) -> Thing:
        """Let a payout come back."""
        payout = self.find(payout_id, "payout")
        if payout["status"] != "paid":
            raise Refusal(400, "payout_unexpected_state")
        payout["status"] = "failed"
        self.book("payout_failure", payout, payout["amount"])
        self.desk.put(payout)
        self.tell("payout.failed", payout)
        return payout
