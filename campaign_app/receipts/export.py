"""What a Korean body needs to issue donation receipts (기부금영수증) through Hometax: one row per gift.

Keyed by the gift's own id. There is a column for the resident registration number, and it is empty: the
number is entered at Hometax, by the donor or by whoever issues the receipt, and never comes here.
"""

import csv
import io
from typing import Final

from campaign_app.core.i18n import _
from campaign_app.core.opened_export import harmless
from campaign_app.receipts import queries, services
from campaign_app.receipts.models import GiftReceipt
from campaign_app.receipts.queries import Of
from campaign_app.receipts.wording import WAYS

#: Spreadsheets take a file for UTF-8 only if it says so.
BOM: Final = "\ufeff"


def korean(of: Of) -> str:
    """Write the gifts of a year whose receipts count, by the day on which they came."""
    out = io.StringIO()
    write = csv.writer(out).writerow
    write(_heads())
    for receipt in queries.counting(of):
        write([harmless(cell) for cell in _cells(receipt)])
    return BOM + out.getvalue()


def _heads() -> list[str]:
    return [
        _("Gift"), _("Received on"), _("Amount"), _("Currency"), _("Way"), _("Receipt number"),
        _("Name, if given"), _("Resident registration number (enter it at Hometax, keep none here)"),
    ]  # fmt: skip


def _cells(receipt: GiftReceipt) -> list[str]:
    return [
        receipt.subject.partition(":")[2],
        receipt.given_on.isoformat(),
        receipt.money.plain,
        receipt.currency,
        str(WAYS[receipt.facts["way"]]),
        receipt.name,
        services.donor_of(receipt),
        "",
    ]
