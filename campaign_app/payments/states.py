"""The states of a payment, a signal and a refund; of a payment's, later ones are never left for earlier ones."""

from typing import Final

# A payment
NEW: Final = "new"
#: The gateway made a page; nobody has paid on it yet.
OPEN: Final = "open"
#: The donor did their part; the money comes in some days, or not.
PENDING: Final = "pending"
FAILED: Final = "failed"
EXPIRED: Final = "expired"
PAID: Final = "paid"
#: What the gateway says does not fit what we asked for: somebody must look.
QUARANTINED: Final = "quarantined"
PAYMENT: Final = (NEW, OPEN, PENDING, FAILED, EXPIRED, PAID, QUARANTINED)
#: A payment only climbs: events come late, twice and in any order. Money that came is never undone here;
#: what goes back is a refund or a dispute.
RANK: Final = {NEW: 0, OPEN: 1, PENDING: 2, EXPIRED: 3, FAILED: 3, PAID: 4, QUARANTINED: 5}
#: Nothing more will happen by itself.
OVER: Final = (FAILED, EXPIRED, PAID, QUARANTINED)

# A signal
UNREAD: Final = "unread"
DONE: Final = "done"
SIGNAL: Final = (UNREAD, DONE)

# A refund
ASKED: Final = "asked"
ALLOWED: Final = "allowed"
SENT: Final = "sent"
ARRIVED: Final = "arrived"
CAME_BACK: Final = "came_back"
DROPPED: Final = "dropped"
REFUND: Final = (ASKED, ALLOWED, SENT, ARRIVED, CAME_BACK, DROPPED)
#: What counts as gone, or as about to go.
GOING: Final = (ASKED, ALLOWED, SENT, ARRIVED)
GONE: Final = (SENT, ARRIVED)

# A dispute, in the gateway's words; others exist (inquiries: "warning_…") and hold no money.
WON: Final = "won"
LOST: Final = "lost"
HOLDS: Final = ("needs_response", "under_review")
#: Nothing more is asked of us.
DECIDED: Final = ("won", "lost", "warning_closed", "prevented")
#: Somebody must answer; else the donor's bank decides without us.
ASKS_US: Final = ("needs_response", "warning_needs_response")
