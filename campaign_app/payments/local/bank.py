"""What the bank of the demo does: sessions are opened, paid, refused, refunded, disputed, paid out.

A model of the part of Stripe that we use (API 2026-10-28.endive): same objects, same states, same events.
Each change of an object writes an event; each change of a balance writes a line.
"""

import secrets
from collections.abc import Mapping
from typing import Any, Final

from campaign_app.core import clock
from campaign_app.payments.local.vault import Desk, Thing

DAY: Final = 86400
#: Days until money that a bank is asked for really comes.
LATER: Final = 3 * DAY
#: What a dispute costs, in minor units of its currency (won as they are).
DISPUTE_FEE: Final = {"krw": 20000, "jpy": 2000}
USUAL_DISPUTE_FEE: Final = 1500
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


def fee_of(minor: int, method: str) -> int:
    """Charge three per cent, rounded up to a whole unit; debits cost a flat little."""
    return min(minor, 35) if method == "sepa_debit" else -(-minor * 3 // 100)


class Bank:
    """One account's bank, at an open desk."""

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
        return self.desk.put({
            "id": new_id("evt"),
            "object": "event",
            "api_version": VERSION,
            "created": now(),
            "type": kind,
            "livemode": False,
            "pending_webhooks": 1,
            "data": {"object": thing},
        })

    # Sessions

    def open_session(self, said: Mapping[str, Any]) -> Thing:
        """Make a page to pay on."""
        item = (
            said["line_items"]["0"]
            if isinstance(said["line_items"], dict)
            else said["line_items"][0]
        )
        price = item["price_data"]
        amount = int(price["unit_amount"]) * int(item.get("quantity", 1))
        session_id = new_id("cs")
        methods = said.get("allowed_payment_method_types", ["card"])
        return self.desk.put({
            "id": session_id,
            "object": "checkout.session",
            "created": now(),
            "expires_at": int(said.get("expires_at") or now() + DAY),
            "livemode": False,
            "mode": said["mode"],
            "status": "open",
            "payment_status": "unpaid",
            "amount_total": amount,
            "amount_subtotal": amount,
            "currency": price["currency"],
            "client_reference_id": said.get("client_reference_id"),
            "locale": said.get("locale"),
            "payment_intent": None,
            "payment_method_types": list(methods.values())
            if isinstance(methods, dict)
            else methods,
            "success_url": said["success_url"],
            "cancel_url": said.get("cancel_url"),
            "submit_type": said.get("submit_type"),
            "metadata": {},
            "url": f"@@bank@@/checkout/{session_id}",
        })

    def session(self, session_id: str) -> Thing:
        """Find a session; one whose time is over has expired."""
        found = self.find(session_id, "checkout.session")
        if found["status"] == "open" and found["expires_at"] <= now():
            return self._expired(found)
        return found

    def expire(self, session_id: str) -> Thing:
        """Close a page that nobody has paid on."""
        found = self.session(session_id)
        if found["status"] != "open":
            raise Refusal(400, "checkout_session_not_open")
        return self._expired(found)

    def _expired(self, session: Thing) -> Thing:
        session |= {"status": "expired", "url": None}
        self.desk.put(session)
        self.tell("checkout.session.expired", session)
        return session

    # Paying

    def pay(self, session_id: str, method: str = "card") -> Thing:
        """Take the money at once."""
        session = self._open(session_id)
        intent = self._intent(session, method, status="succeeded")
        self._charge(intent, method)
        session |= {"status": "complete", "payment_status": "paid", "payment_intent": intent["id"]}
        self._done(session, "checkout.session.completed")
        return session

    def promise(self, session_id: str, method: str = "sepa_debit") -> Thing:
        """Ask the donor's bank, which answers in three days: complete, but not paid."""
        session = self._open(session_id)
        intent = self._intent(session, method, status="processing")
        session |= {"status": "complete", "payment_intent": intent["id"]}
        self._done(session, "checkout.session.completed")
        self.tell("payment_intent.processing", intent)
        return session

    def keep_promise(self, session_id: str) -> Thing:
        """Let the money come that was promised."""
        session = self.find(session_id, "checkout.session")
        intent = self._promised(session)
        intent |= {"status": "succeeded", "amount_received": intent["amount"]}
        self._charge(intent, "sepa_debit")
        session["payment_status"] = "paid"
        self._done(session, "checkout.session.async_payment_succeeded")
        return session

    def break_promise(self, session_id: str) -> Thing:
        """Let the donor's bank refuse."""
        session = self.find(session_id, "checkout.session")
        self._failed(self._promised(session), "insufficient_funds")
        self._done(session, "checkout.session.async_payment_failed")
        return session

    def refuse(self, session_id: str) -> Thing:
        """Decline the card; the page stays open for another try."""
        session = self._open(session_id)
        intent = self._intent(session, "card", status="requires_payment_method")
        session["payment_intent"] = intent["id"]
        self.desk.put(session)
        self._failed(intent, "card_declined")
        return session

    def _open(self, session_id: str) -> Thing:
        session = self.session(session_id)
        if session["status"] != "open":
            raise Refusal(400, "checkout_session_not_open")
        return session

    def _promised(self, session: Thing) -> Thing:
        intent = self.find(str(session["payment_intent"]), "payment_intent")
        if intent["status"] != "processing":
            raise Refusal(400, "payment_intent_unexpected_state")
        return intent

    def _done(self, session: Thing, kind: str) -> None:
        session["url"] = None
        self.desk.put(session)
        self.tell(kind, session)

    def _intent(self, session: Thing, method: str, *, status: str) -> Thing:
        known = self.desk.get(str(session["payment_intent"])) if session["payment_intent"] else None
        intent: Thing = known or {
            "id": new_id("pi"),
            "object": "payment_intent",
            "created": now(),
            "livemode": False,
            "amount": session["amount_total"],
            "currency": session["currency"],
            "latest_charge": None,
            "metadata": {},
        }
        paid = intent["amount"] if status == "succeeded" else 0
        intent |= {"status": status, "amount_received": paid, "last_payment_error": None}
        intent["payment_method_types"] = [method]
        return self.desk.put(intent)

    def _failed(self, intent: Thing, code: str) -> None:
        intent |= {"status": "requires_payment_method", "last_payment_error": {"code": code}}
        self.desk.put(intent)
        self.tell("payment_intent.payment_failed", intent)

    def _charge(self, intent: Thing, method: str) -> Thing:
        charge: Thing = {
            "id": new_id("ch"),
            "object": "charge",
            "created": now(),
            "livemode": False,
            "amount": intent["amount"],
            "amount_refunded": 0,
            "currency": intent["currency"],
            "status": "succeeded",
            "paid": True,
            "refunded": False,
            "disputed": False,
            "payment_intent": intent["id"],
            "payment_method_details": {"type": method},
            "metadata": {},
        }
        fee = fee_of(charge["amount"], method)
        kind = "payment" if method == "sepa_debit" else "charge"
        charge["balance_transaction"] = self.book(kind, charge, charge["amount"], fee=fee)["id"]
        self.desk.put(charge)
        intent["latest_charge"] = charge["id"]
        self.desk.put(intent)
        self.tell("payment_intent.succeeded", intent)
        self.tell("charge.succeeded", charge)
        return charge

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

    # Money that goes back

    def refund(self, said: Mapping[str, Any]) -> Thing:
        """Send money back, as much as is left; a refund marked to fail comes back later."""
        charge = self.find(str(said.get("charge")), "charge")
        left = charge["amount"] - charge["amount_refunded"]
        amount = int(said.get("amount") or left)
        if charge["disputed"]:
            raise Refusal(400, "charge_disputed")
        if not 0 < amount <= left:
            raise Refusal(
                400, "charge_already_refunded" if not left else "amount_too_large", "amount"
            )
        charge["amount_refunded"] += amount
        charge["refunded"] = charge["amount_refunded"] == charge["amount"]
        refund: Thing = {
            "id": new_id("re"),
            "object": "refund",
            "created": now(),
            "amount": amount,
            "currency": charge["currency"],
            "charge": charge["id"],
            "payment_intent": charge["payment_intent"],
            "status": "pending",
            "metadata": dict(said.get("metadata") or {}),
        }
        refund["balance_transaction"] = self.book("refund", refund, -amount)["id"]
        self.desk.put(charge)
        self.desk.put(refund)
        self.tell("refund.created", refund)
        self.tell("charge.refunded", charge)
        return refund

    def end_refund(self, refund_id: str, *, well: bool) -> Thing:
        """Let a refund arrive, or come back: then the money is ours again."""
        refund = self.find(refund_id, "refund")
        if refund["status"] != "pending":
            raise Refusal(400, "refund_unexpected_state")
        refund["status"] = "succeeded" if well else "failed"
        if not well:
            charge = self.find(refund["charge"], "charge")
            charge["amount_refunded"] -= refund["amount"]
            charge["refunded"] = False
            self.desk.put(charge)
            line = self.book("refund_failure", refund, refund["amount"])
            refund |= {"failure_balance_transaction": line["id"], "failure_reason": "unknown"}
        self.desk.put(refund)
        self.tell("refund.updated" if well else "refund.failed", refund)
        return refund

    # Disputes

    def dispute(self, charge_id: str) -> Thing:
        """Let a donor's bank take what is left of a charge, and a fee."""
        charge = self.find(charge_id, "charge")
        left = charge["amount"] - charge["amount_refunded"]
        if charge["disputed"] or not left:
            raise Refusal(400, "charge_already_disputed")
        dispute: Thing = {
            "id": new_id("dp"),
            "object": "dispute",
            "created": now(),
            "livemode": False,
            "amount": left,
            "currency": charge["currency"],
            "charge": charge["id"],
            "reason": "unrecognized",
            "status": "needs_response",
            "evidence_details": {"due_by": now() + 10 * DAY},
        }
        fee = DISPUTE_FEE.get(charge["currency"], USUAL_DISPUTE_FEE)
        dispute["balance_transactions"] = [self.book("adjustment", dispute, -left, fee=fee)]
        charge["disputed"] = True
        self.desk.put(charge)
        self.desk.put(dispute)
        self.tell("charge.dispute.created", dispute)
        self.tell("charge.dispute.funds_withdrawn", dispute)
        return dispute

    def end_dispute(self, dispute_id: str, *, won: bool) -> Thing:
        """Decide a dispute; what is won comes back, the fee does not."""
        dispute = self.find(dispute_id, "dispute")
        if dispute["status"] in {"won", "lost"}:
            raise Refusal(400, "dispute_closed")
        dispute["status"] = "won" if won else "lost"
        if won:
            dispute["balance_transactions"].append(
                self.book("adjustment", dispute, dispute["amount"])
            )
            self.tell("charge.dispute.funds_reinstated", dispute)
        self.desk.put(dispute)
        self.tell("charge.dispute.closed", dispute)
        return dispute

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
