"""What a receipt says: that money came, or that an earlier receipt no longer counts."""

from typing import Final

ISSUED, CANCELLING = "issued", "cancelling"
KINDS: Final = (ISSUED, CANCELLING)
