"""Takes the invented people out of a demo and keeps what an organisation can try for itself with.

Texts, consent, keys, places, events and codes stay; what signers left behind goes, the numbers of
visits and mails with it. The tally is written with its signatures, so it is empty with them.
"""

from typing import Final

from sqlalchemy import delete

from campaign_app.audit.services import record
from campaign_app.core.db import Base, session
from campaign_app.outbox.models import MailBudget, MailProblem, OutboxRow
from campaign_app.petitions.keeping_models import NamesDeleted, NamesWarned
from campaign_app.petitions.signing_models import (
    GivenConsent,
    Mailbox,
    Pace,
    Receipt,
    SealedCopy,
    Signature,
    TallyChange,
    TallyCounter,
    TallyDelta,
)
from campaign_app.petitions.stall_models import StallTry
from campaign_app.petitions.statement_models import Answer, Handover, Statement
from campaign_app.qr.models import VisitCount

#: What goes, in an order that foreign keys allow; statements too, for they quote invented numbers.
LEFT_BEHIND: Final[tuple[type[Base], ...]] = (
    Answer,
    Handover,
    Statement,
    NamesDeleted,
    NamesWarned,
    TallyDelta,
    TallyCounter,
    TallyChange,
    Pace,
    Receipt,
    GivenConsent,
    SealedCopy,
    Signature,
    Mailbox,
    StallTry,
    VisitCount,
    MailBudget,
    MailProblem,
)


def start_empty() -> None:
    """Forget every signature, visit and mail of this demo, in the caller's transaction."""
    session.execute(delete(OutboxRow).where(OutboxRow.is_mail))
    for model in LEFT_BEHIND:
        session.execute(delete(model))
    record("demo.emptied", "tally:all")
