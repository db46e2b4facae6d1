"""What happens at a stall, in words."""

from collections.abc import Mapping
from typing import Final

from campaign_app.core.i18n import _l

OF_INCIDENT: Final[Mapping[str, str]] = {
    "threat": _l("Somebody was threatened or followed"),
    "police": _l("Police or security came"),
    "injury": _l("Somebody was hurt"),
    "material": _l("Something was damaged or lost"),
    "data": _l("Somebody may have seen names"),
    "other": _l("Something else"),
}
