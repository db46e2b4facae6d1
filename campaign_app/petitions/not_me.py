"""The link "this was not me" of the mail about a witnessed signature: it takes the signature back.

It looks like a link that confirms and is none: each is hashed in its own way into its own column.
"""

import hmac
from typing import Final

from sqlalchemy import select

from campaign_app.core.db import session
from campaign_app.core.settings import settings
from campaign_app.petitions import receipts, states
from campaign_app.petitions.secrets_of import Link
from campaign_app.petitions.signing_models import Signature

#: Who took it back, as the audit trail says it.
BY: Final = "the mailbox"


def address(language: str, link: Link) -> str:
    """Address the page that asks."""
    return f"{settings().public_url}/{language}/not-me/{link}"


def take_back(link: Link) -> bool:
    """Take the signature back that the link names; twice ends the same. False if it names none."""
    query = select(Signature.state, Signature.not_me_hash).where(
        Signature.petition_id == link.petition, Signature.id == link.row
    )
    found = session.execute(query).first()
    if found is None or found.not_me_hash is None:
        return False
    if not hmac.compare_digest(found.not_me_hash, link.not_me_hash):
        return False
    return found.state == states.WITHDRAWN or receipts.take_back(link.petition, link.row, by=BY)
