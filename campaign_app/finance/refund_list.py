"""All refunds as a file for the accountant: what went back, who asked, who allowed it, and whether it was one person."""

import csv
import io
from collections.abc import Iterator

from campaign_app.accounts import queries as people
from campaign_app.core.i18n import _
from campaign_app.core.opened_export import harmless
from campaign_app.finance import refund_queries as queries
from campaign_app.finance import refund_words as words
from campaign_app.finance.tables import BOM
from campaign_app.payments.taking_models import Refund
from campaign_app.receipts import queries as receipts


def as_csv(book: str) -> str:
    """Write one line per refund, oldest first; nothing of donors."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_head())
    names = {one.id: one.name for one in people.people()}
    for row in queries.every(book):
        writer.writerow([harmless(cell) for cell in _cells(row, names)])
    return BOM + out.getvalue()


def _head() -> list[str]:
    return [
        _("Asked for on"),
        _("Whose money"),
        _("Currency"),
        _("Amount"),
        _("State"),
        _("Why"),
        _("Asked by"),
        _("Allowed by"),
        _("One person alone, because"),
        _("Number at the gateway"),
        _("Number on the bank’s slip"),
        _("Receipt"),
    ]


def _cells(row: Refund, names: dict[int, str]) -> Iterator[str]:
    yield row.created_at.date().isoformat()
    yield row.of_entity
    yield row.money.currency
    yield row.money.plain
    yield str(words.OF_STATE[row.state])
    yield row.reason
    yield names.get(row.asked_by or 0, "")
    yield row.outside if row.by_outside else names.get(row.allowed_by or 0, "")
    yield (row.alone_reason or "") if row.one_person else ""
    yield row.gateway_id or ""
    yield row.slip or ""
    # Never the gift's own number: it opens the donor's page. Its first receipt finds it for us.
    yield next((one.name for one in receipts.of_subject(row.about)), "")
