"""The states a petition, a text and a signature go through, and the sets we ask by."""

from typing import Final

# A petition
DRAFT: Final = "draft"
OPEN: Final = "open"
PAUSED: Final = "paused"
CLOSED: Final = "closed"
DELIVERED: Final = "delivered"
PETITION_STATES: Final = (DRAFT, OPEN, PAUSED, CLOSED, DELIVERED)
#: Petitions that the public may read.
SHOWN: Final = (OPEN, PAUSED, CLOSED, DELIVERED)
ENDED: Final = (CLOSED, DELIVERED)

# A text
IN_REVIEW: Final = "review"
APPROVED: Final = "approved"
RETIRED: Final = "withdrawn"
TEXT_STATES: Final = (DRAFT, IN_REVIEW, APPROVED, RETIRED)
ORIGINS: Final = ("human", "machine")

# A signature; it only ever moves to the right, unless an invalidation is taken back with a reason
AWAITING: Final = "awaiting"
CONFIRMED: Final = "confirmed"
WITHDRAWN: Final = "withdrawn"
INVALIDATED: Final = "invalidated"
SIGNATURE_STATES: Final = (AWAITING, CONFIRMED, WITHDRAWN, INVALIDATED)
#: What is invalidated does not count, but its names are kept; the signer may want them gone.
CAN_BE_WITHDRAWN: Final = (CONFIRMED, INVALIDATED)

# Evidence classes; never mixed silently
UNCONFIRMED: Final = "unconfirmed"
BY_MAIL: Final = "confirmed"
WITNESSED: Final = "witnessed"
#: Witnessed on a tablet by somebody who gave no mailbox: only tablet and number tell it apart.
NO_MAILBOX: Final = "no_mailbox"
#: Witnessed by a stall's code, typed on the signer's own phone.
BY_STALL_CODE: Final = "stall_code"
ON_PAPER: Final = "paper"
EVIDENCE: Final = (UNCONFIRMED, BY_MAIL, WITNESSED, NO_MAILBOX, BY_STALL_CODE, ON_PAPER)
#: Somebody of ours saw it being given; shown as one, and told apart when somebody asks.
SEEN: Final = (WITNESSED, NO_MAILBOX, BY_STALL_CODE)
#: What the public total adds up.
COUNTED: Final = (BY_MAIL, WITNESSED, NO_MAILBOX, BY_STALL_CODE, ON_PAPER)
