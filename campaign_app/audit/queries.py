"""Reading the trail."""

from collections.abc import Sequence

from sqlalchemy import select

from campaign_app.audit.models import AuditEntry
from campaign_app.core.db import session

PAGE_SIZE = 50


def entries(*, page: int = 1, action: str = "", subject: str = "") -> Sequence[AuditEntry]:
    """List deeds, newest first, one page (of 50) at a time."""
    query = select(AuditEntry).order_by(AuditEntry.id.desc())
    if action:
        query = query.where(AuditEntry.action.startswith(action, autoescape=True))
    if subject:
        query = query.where(AuditEntry.subject == subject)
    return session.scalars(query.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)).all()
