"""Money that goes back from the demo's bank: refunds, and disputes that a donor's bank begins."""

from collections.abc import Mapping
from typing import Any, Final

from campaign_app.payments.local.books import DAY, Books, Refusal, new_id, now
from campaign_app.payments.local.vault import Thing

#: What a dispute costs, in minor units of its currency (won as they are).
DISPUTE_FEE: Final = {"krw": 20000, "jpy": 2000}
USUAL_DISPUTE_FEE: Final = 1500
#: In seconds: how long somebody may decide that a refund comes back. Real ones take days.
ARRIVES_AFTER: Final = 120


class Returns(Books):
    """What takes money back."""

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
        if self.is_spoilt(charge["id"]):
            self.desk.put(self._mark(charge["id"], spoilt=False))
            self.end_refund(refund["id"], well=False)
        return refund

    def spoil_refund(self, charge_id: str) -> Thing:
        """Let the next refund of a charge come back: the donor's card is closed."""
        charge = self.find(charge_id, "charge")
        return self.desk.put(self._mark(charge["id"], spoilt=True))

    def is_spoilt(self, charge_id: str) -> bool:
        """Tell whether the next refund of a charge comes back."""
        mark = self.desk.get(f"mark_{charge_id}")
        return mark is not None and mark["spoilt"]

    @staticmethod
    def _mark(charge_id: str, *, spoilt: bool) -> Thing:
        """Keep it beside the charge: Stripe's objects know no such thing."""
        return {"id": f"mark_{charge_id}", "object": "mark", "created": now(), "spoilt": spoilt}

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

    def let_arrive(self) -> None:
        """Let the refunds arrive about which nobody decided otherwise in time."""
        for refund in self.desk.every("refund"):
            if refund["status"] == "pending" and refund["created"] + ARRIVES_AFTER <= now():
                self.end_refund(refund["id"], well=True)

    # Stolen cards

    def warn(self, charge_id: str) -> Thing:
        """Let a card's bank warn that the card is stolen; it does so once."""
        charge = self.find(charge_id, "charge")
        if self.warnings_of(charge_id) or not self._can_go_back(charge):
            raise Refusal(400, "charge_already_reported")
        warning: Thing = {
            "id": new_id("issfr"),
            "object": "radar.early_fraud_warning",
            "created": now(),
            "livemode": False,
            "charge": charge["id"],
            "payment_intent": charge["payment_intent"],
            "fraud_type": "unauthorized_use_of_card",
            "actionable": True,
        }
        self.desk.put(warning)
        self.tell("radar.early_fraud_warning.created", warning)
        return warning

    def warning(self, warning_id: str) -> Thing:
        """Find a warning; it is of use while the money can go back and is not disputed."""
        found = self.find(warning_id, "radar.early_fraud_warning")
        charge = self.find(found["charge"], "charge")
        return found | {"actionable": self._can_go_back(charge)}

    def warnings_of(self, charge_id: str) -> list[Thing]:
        """List the warnings of a charge."""
        every = self.desk.every("radar.early_fraud_warning")
        return [one for one in every if one["charge"] == charge_id]

    @staticmethod
    def _can_go_back(charge: Thing) -> bool:
        return not charge["disputed"] and charge["amount_refunded"] < charge["amount"]

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
