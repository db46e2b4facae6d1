"""The paper: a receipt as a PDF, printed from what was written when it was given, and from nothing else."""

from typing import Any

from flask import Response

from campaign_app.core import pdf
from campaign_app.core.i18n import _, day, spoken
from campaign_app.payments import accounts
from campaign_app.receipts import queries, services
from campaign_app.receipts.models import GiftReceipt


def printed(receipt: GiftReceipt) -> bytes:
    """Set a receipt in its own language; the same receipt is the same paper for ever."""
    return pdf.render("receipt", said(receipt), receipt.language)


def said(receipt: GiftReceipt) -> dict[str, Any]:
    """Say what stands on it; only that it was cancelled since is news."""
    facts = receipt.facts
    after = queries.cancelled_by(receipt)
    with spoken(receipt.language):
        cancelled = after and _(
            "Cancelled by receipt %(number)s on %(day)s.",
            number=after.name,
            day=day(after.issued_on),
        )
    return {
        "title": f"{facts['title']} {receipt.name}",
        "heading": facts["title"],
        "entity": pdf.typed(facts["entity"]),
        "address": pdf.typed(facts["address"]),
        "amount": facts["amount"],
        "number": [facts["number"], receipt.name],
        "donor": [facts["from"], pdf.typed(services.donor_of(receipt))],
        "rows": [[label, pdf.typed(value)] for label, value in facts["rows"]],
        "notes": [pdf.typed(note) for note in facts["notes"]],
        "thanks": facts["thanks"],
        "void": facts["void"] if receipt.book == accounts.TEST else "",
        "cancelled": cancelled or "",
    }


def answer(receipt: GiftReceipt) -> Response:
    """Answer with a receipt's paper; nobody on the way keeps a copy."""
    headers = {
        "Content-Disposition": f'inline; filename="{receipt.name}.pdf"',
        "Cache-Control": "no-store",
        "X-Robots-Tag": "noindex",
    }
    return Response(printed(receipt), content_type="application/pdf", headers=headers)
