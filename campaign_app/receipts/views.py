"""The donor's own copy: whoever holds its address holds the paper."""

from typing import Final
from uuid import UUID

from flask import Blueprint, abort
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
    return papers.answer(_found(name) or abort(404))


def _found(name: str) -> GiftReceipt | None:
    try:
        return services.find(UUID(hex=name)) if len(name) == 32 else None
    except ValueError:
        return None
