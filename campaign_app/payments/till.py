"""What this app takes money with: its accounts, a gateway for each, and the pages to come back to.

Which gateway there is follows from the mode that was said, and from nothing else.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from campaign_app.payments.accounts import LIVE, TEST
from campaign_app.payments.gateway import Gateway
from campaign_app.payments.ways import Ways

if TYPE_CHECKING:
    from campaign_app.payments.taking_models import Payment

#: The mode in which money is real.
REAL: Final = "stripe_live"
#: The mode without any gateway.
OFF: Final = "off"


@dataclass(frozen=True, slots=True)
class Back:
    """Where the gateway's page leads to, and what stands beside the amount there."""

    success: str
    cancel: str
    #: A neutral word; it comes to stand on bank statements.
    label: str


@dataclass(frozen=True, slots=True)
class Till:
    """Accounts, gateways, pages."""

    ways: Ways
    gateways: Mapping[str, Gateway]
    pages: "Callable[[Payment], Back]"
    #: This is no demo and no test: what lies in a box, or comes by bank, is money.
    in_earnest: bool = False

    @property
    def book(self) -> str:
        """Tell which of the two books this app writes.

        Without a gateway there are boxes and transfers still, and in production these are real. Beside a
        gateway in test mode they are tried out with it.
        """
        real = self.ways.mode == REAL or (self.ways.mode == OFF and self.in_earnest)
        return LIVE if real else TEST

    @property
    def is_live(self) -> bool:
        """Tell whether money is real here."""
        return self.book == LIVE

    def gateway(self, account: str) -> Gateway:
        """Give the gateway of an account; one that is no longer in the settings is a KeyError."""
        return self.gateways[account]
