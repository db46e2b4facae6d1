"""What a row of a bank's list is to us."""

from typing import Final

#: Looks like a row that we know, told in other words: not entered until a person says what it is.
DOUBTFUL: Final = "doubtful"
#: Entered; nobody knows yet what for.
UNASSIGNED: Final = "unassigned"
#: It was a gift.
GIFT: Final = "gift"
#: Something that another room was waiting for: bags of cash.
EXPECTED: Final = "expected"
#: A gateway paid out.
PAYOUT: Final = "payout"
#: Not ours to account for here, for a reason: interest, our own money on its way.
IGNORED: Final = "ignored"
#: Was doubtful, and is the row that we knew; never entered.
KNOWN: Final = "known"
STATES: Final = (DOUBTFUL, UNASSIGNED, GIFT, EXPECTED, PAYOUT, IGNORED, KNOWN)
#: Somebody must still say something.
OPEN: Final = (DOUBTFUL, UNASSIGNED)
#: What can be taken back. What another room took note of is mended there.
MENDABLE: Final = (GIFT, PAYOUT, IGNORED)
