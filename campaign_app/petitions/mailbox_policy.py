"""Which mailboxes are refused, and which spellings are one mailbox. Adds and changes, never commits."""

from sqlalchemy.exc import IntegrityError

from campaign_app.audit import services as audit
from campaign_app.core import clock
from campaign_app.core.db import Base, session
from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _l
from campaign_app.petitions.models import Block, MailboxRule, Petition


class BlockedAlready(DomainError):
    """A domain or a mailbox was refused before."""

    text = _l("This is blocked already.")


class RuleExists(DomainError):
    """A domain has a rule already."""

    text = _l("There is a rule for this domain already. Change that one.")


def block_domain(domain: str, reason: str) -> Block:
    """Refuse a mail domain and all below it; the signer sees no difference."""
    row = Block(domain=domain.lower().strip().strip("."), reason=reason, created_at=clock.now())
    _add(row, BlockedAlready)
    audit.record("block.added", f"block:{row.id}", domain=row.domain, reason=reason)
    return row


def block_mailbox(petition: Petition, blind_index: bytes, reason: str) -> Block:
    """Refuse one mailbox for one petition; only its blind index is kept."""
    row = Block(
        petition_id=petition.id, blind_index=blind_index, reason=reason, created_at=clock.now()
    )
    _add(row, BlockedAlready)
    audit.record("block.added", f"block:{row.id}", petition=petition.id, reason=reason)
    return row


def _add(row: Base, refusal: type[DomainError]) -> None:
    session.add(row)
    try:
        session.flush()
    except IntegrityError:
        raise refusal from None


def lift_block(block: Block) -> None:
    """Refuse it no longer."""
    audit.record("block.lifted", f"block:{block.id}", domain=block.domain or "")
    session.delete(block)


def set_rule(rule: MailboxRule) -> None:
    """Keep how a provider reads its addresses; future signatures are compared by it."""
    _add(rule, RuleExists)
    audit.record(
        "mailbox_rule.set",
        f"mailbox_rule:{rule.id}",
        domain=rule.domain,
        strip_dots=rule.strip_dots,
        cut_at=rule.cut_at,
        same_as=rule.same_as or "",
    )


def drop_rule(rule: MailboxRule) -> None:
    """Read a provider's addresses as they are written."""
    audit.record("mailbox_rule.dropped", f"mailbox_rule:{rule.id}", domain=rule.domain)
    session.delete(rule)
