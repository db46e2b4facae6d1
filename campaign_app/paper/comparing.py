"""Comparing what two people read on one line, without keeping what they read.

Name and mailbox are written in one way and hashed under the batch's key, together with sheet and line:
the same person on two lines looks different. The key lies in KEY_DIR and is destroyed with the batch.
"""

import hashlib
import hmac
import unicodedata
from dataclasses import dataclass, field

from email_validator import ValidatedEmail

from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _l
from campaign_app.core.keyring import Keyring
from campaign_app.core.settings import settings
from campaign_app.paper.models import PaperBatch, PaperSheet
from campaign_app.petitions import mailboxes
from campaign_app.petitions.desk import Desks


class KeyIsGone(DomainError):
    """Without the key a line can be neither typed nor checked."""

    status = 503
    text = _l(
        "The key of this batch cannot be read: the server was restored without its own keys. "
        "Nothing was saved."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What somebody read on a line."""

    name: str = field(repr=False)
    #: As typed, and as read; both or neither.
    address: str = field(default="", repr=False)
    mailbox: ValidatedEmail | None = field(default=None, repr=False)


def make_key(batch: PaperBatch) -> None:
    """Make the key of a batch, or keep the one that it has."""
    _keyring().create_paper_key(batch.uid.hex)


def destroy_key(batch: PaperBatch) -> None:
    """Destroy the key of a batch: from then on no name can be tested against its lines."""
    _keyring().destroy_paper_key(batch.uid.hex)


def digest(sheet: PaperSheet, line: int, read: Read, desks: Desks) -> bytes:
    """Hash what was read on a line."""
    key = _keyring().paper_key(sheet.batch.uid.hex)
    if key is None:
        raise KeyIsGone
    mailbox = mailboxes.normalised(read.mailbox, desks.rules.get(None)) if read.mailbox else ""
    said = f"{sheet.letters}|{line}|{_plain(read.name)}|{mailbox}"
    return hmac.digest(key, b"paper|" + said.encode(), hashlib.sha256)


def _plain(name: str) -> str:
    """Write a name so that capitals, spaces and how letters are composed do not matter."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def _keyring() -> Keyring:
    return Keyring(settings().key_dir)
