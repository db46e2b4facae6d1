"""What the bank of the demo does: pages to pay on are opened, paid, refused, promised, left to expire.

A model of the part of Stripe that we use (API 2026-10-28.endive): same objects, same states, same events.
Each change of an object writes an event; each change of a balance writes a line.
"""

from collections.abc import Mapping
from typing import Any

from campaign_app.payments.local.books import DAY, Refusal, new_id, now
from campaign_app.payments.local.returns import Returns
from campaign_app.payments.local.vault import Thing


def fee_of(minor: int, method: str) -> int:
    """Charge three per cent, rounded up to a whole unit; debits cost a flat little."""
    return min(minor, 35) if method == "sepa_debit" else -(-minor * 3 // 100)


class Bank(Returns):
    """One account's bank, at an open desk."""

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
        self._charge(intent, intent["payment_method_types"][0])
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
