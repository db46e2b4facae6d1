"""The states of a sheet and of a line, and which may follow which."""

from collections.abc import Mapping
from typing import Final

# What a batch is made of
SLIPS: Final = "slips"
LISTS: Final = "lists"
KINDS: Final = (SLIPS, LISTS)
#: How many people sign on a sheet: a slip is a sheet of its own.
LINES: Final[Mapping[str, int]] = {SLIPS: 1, LISTS: 10}
#: How many sheets come of one A4 page.
ON_A_PAGE: Final[Mapping[str, int]] = {SLIPS: 4, LISTS: 1}

# A sheet
PRINTED: Final = "printed"
COLLECTED: Final = "collected"
ENTERED: Final = "entered"
CHECKED: Final = "checked"
HANDED_OVER: Final = "handed_over"
DESTROYED: Final = "destroyed"
UNUSED: Final = "unused"
LOST: Final = "lost"
SHEET: Final = (
    PRINTED, COLLECTED, ENTERED, CHECKED, HANDED_OVER, DESTROYED, UNUSED, LOST,
)  # fmt: skip
#: Of these nothing more will come.
ENDED: Final = (HANDED_OVER, DESTROYED, UNUSED, LOST)
#: Lines are typed from these; from `ENTERED` only those that must be looked at again.
TYPED_FROM: Final = (PRINTED, COLLECTED, ENTERED)
#: What people of ours say of sheets → the states in which they may say it. What is entered and
#: what is checked follows from the lines.
FROM: Final[Mapping[str, tuple[str, ...]]] = {
    COLLECTED: (PRINTED, LOST, UNUSED),
    ENTERED: (PRINTED, COLLECTED),
    CHECKED: (ENTERED,),
    HANDED_OVER: (CHECKED,),
    DESTROYED: (CHECKED,),
    UNUSED: (PRINTED, COLLECTED),
    LOST: (PRINTED, COLLECTED, ENTERED, CHECKED),
}
#: The deeds among them, as forms name them.
DEEDS: Final = (COLLECTED, UNUSED, LOST, HANDED_OVER, DESTROYED)
#: Those that must be explained: why, to whom, how and before whom.
EXPLAINED: Final = (LOST, HANDED_OVER, DESTROYED)

# A line
SIGNED: Final = "signed"
DUPLICATE: Final = "duplicate"
BLOCKED: Final = "blocked"
ILLEGIBLE: Final = "illegible"
STRUCK_OUT: Final = "struck_out"
NO_CONSENT: Final = "no_consent"
EMPTY: Final = "empty"
#: Typed wrongly, as somebody found: nothing of it counts until it is typed anew.
AGAIN: Final = "again"
#: Taken back at the signer's wish: it can never be typed again.
WITHDRAWN: Final = "withdrawn"
LINE: Final = (
    SIGNED, DUPLICATE, BLOCKED, ILLEGIBLE, STRUCK_OUT, NO_CONSENT, EMPTY, AGAIN, WITHDRAWN,
)  # fmt: skip
#: What a person who types may say of a line.
SAID: Final = (SIGNED, ILLEGIBLE, STRUCK_OUT, NO_CONSENT, EMPTY)
#: Name and mailbox were typed; what came of them the database said.
READ: Final = (SIGNED, DUPLICATE, BLOCKED)
#: What a second person can check.
CHECKABLE: Final = (*READ, ILLEGIBLE, STRUCK_OUT, NO_CONSENT)

# A line in the sample
NOT_DRAWN: Final = ""
DUE: Final = "due"
AGREED: Final = "agreed"
DIFFERED: Final = "differed"
SAMPLE: Final = (NOT_DRAWN, DUE, AGREED, DIFFERED)
