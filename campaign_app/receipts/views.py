"""The donor's own copy: whoever holds its address holds the paper."""

from typing import Final
from uuid import UUID

from flask import Blueprint, Response, abort
from flask.typing import ResponseReturnValue

from campaign_app.core.access import signed_link
from campaign_app.receipts import paper as papers
from campaign_app.receipts import services
from campaign_app.receipts.models import GiftReceipt

bp: Final = Blueprint("receipts", __name__)


@bp.get("/<language:lang>/receipts/<name>.pdf")
@signed_link
def paper(lang: str, name: str) -> ResponseReturnValue:
    """Give the paper, in the language in which it was written; `name` is the hex of its id."""
    return answer(_found(name) or abort(404))


def _found(name: str) -> GiftReceipt | None:
    try:
        return services.find(UUID(hex=name)) if len(name) == 32 else None
    except ValueError:
        return None


def answer(receipt: GiftReceipt) -> Response:
    """Answer with a receipt's paper; nobody on the way keeps a copy."""
    headers = {
        "Content-Disposition": f'inline; filename="{receipt.name}.pdf"',
        "Cache-Control": "no-store",
        "X-Robots-Tag": "noindex",
    }
    return Response(papers.printed(receipt), content_type="application/pdf", headers=headers)
