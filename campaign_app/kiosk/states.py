"""The states of a tablet and of an envelope, and why an envelope can wait in quarantine."""

from typing import Final

# A tablet
ACTIVE: Final = "active"
#: Collects no more, delivers what it holds.
DRAIN_ONLY: Final = "drain_only"
#: Lost or stolen: what still comes from it waits for an organiser.
LOST: Final = "lost"
CLOSED: Final = "closed"
TABLET: Final = (ACTIVE, DRAIN_ONLY, LOST, CLOSED)

# An envelope
NEW: Final = "new"
COUNTED: Final = "counted"
#: A signature of the same person counts already.
DUPLICATE: Final = "duplicate"
#: It counted, or would have, and was voided at the stall.
VOIDED: Final = "voided"
#: The item that voids another: −1.
VOID: Final = "void"
QUARANTINED: Final = "quarantined"
#: An organiser looked at it in quarantine and let it go.
DISCARDED: Final = "discarded"
INTAKE: Final = (NEW, COUNTED, DUPLICATE, VOIDED, VOID, QUARANTINED, DISCARDED)

#: Why an envelope is in quarantine.
CANNOT_OPEN: Final = "cannot_open"
NO_KEY: Final = "no_key"
UNREADABLE: Final = "unreadable"
UNKNOWN_PETITION: Final = "unknown_petition"
UNKNOWN_TEXT: Final = "unknown_text"
NO_CONSENT: Final = "no_consent"
BAD_NAME: Final = "bad_name"
BAD_MAILBOX: Final = "bad_mailbox"
BLOCKED: Final = "blocked"
NOT_OPEN: Final = "not_open"
INDEX_GONE: Final = "index_gone"
TOO_FEW_KEYS: Final = "too_few_keys"
NOTHING_TO_VOID: Final = "nothing_to_void"
FROM_LOST: Final = "from_lost"
#: It came when the gap report was closed already.
AFTER_CLOSING: Final = "after_closing"
REASONS: Final = (
    CANNOT_OPEN, NO_KEY, UNREADABLE, UNKNOWN_PETITION, UNKNOWN_TEXT, NO_CONSENT, BAD_NAME,
    BAD_MAILBOX, BLOCKED, NOT_OPEN, INDEX_GONE, TOO_FEW_KEYS, NOTHING_TO_VOID, FROM_LOST,
    AFTER_CLOSING,
)  # fmt: skip
