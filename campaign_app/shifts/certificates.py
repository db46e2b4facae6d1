"""Paper for volunteers: the certificate of their hours, and the file for the volunteering portal."""

import csv
import io
from collections.abc import Sequence
from typing import Any, Final
from zoneinfo import ZoneInfo

from flask import Response

from campaign_app.core import clock, pdf
from campaign_app.core.i18n import _, day, number, pick, spoken
from campaign_app.core.opened_export import harmless
from campaign_app.core.settings import organisation
from campaign_app.shifts import volunteers, words
from campaign_app.shifts.hours import span
from campaign_app.shifts.models import SignUp

#: Spreadsheets take a file for UTF-8 only if it says so.
BOM: Final = "\ufeff"


def hours(minutes: int) -> str:
    """Write minutes as hours, with one decimal where it takes one."""
    return number(round(minutes / 60, 1))


def answer(name: str, done: Sequence[SignUp], language: str) -> Response:
    """Print a certificate, to be saved by whoever asked for it."""
    made = pdf.render("certificate", facts(name, done, language), language)
    headers = {"Content-Disposition": 'attachment; filename="certificate.pdf"'}
    return Response(made, content_type="application/pdf", headers=headers)


def facts(name: str, done: Sequence[SignUp], language: str) -> dict[str, Any]:
    """Say what the certificate says, in its own language."""
    total = sum(one.minutes or 0 for one in done)
    with spoken(language):
        return {
            "title": _("Certificate of volunteering"),
            "name": pdf.typed(name),
            "organisation": organisation(language),
            "sentence": _(
                "has volunteered with %(organisation)s. Confirmed hours: %(hours)s.",
                organisation=organisation(language),
                hours=hours(total),
            ),
            "heads": [_("Date"), _("Event"), _("Task"), _("Hours")],
            "rows": [_row(one) for one in done],
            "sum": [_("Total"), hours(total)],
            "issued": _("Issued on %(day)s", day=day(clock.today())),
            "signed": _("For %(organisation)s", organisation=organisation(language)),
        }


def _row(one: SignUp) -> list[str]:
    event = one.shift.event
    starts = span(one.shift).starts_at.astimezone(ZoneInfo(event.zone))
    where = pdf.typed(f"{pick(event.titles)}, {pick(event.location.names)}")
    return [
        day(starts, "medium"),
        where,
        str(words.OF_ROLE[one.shift.role]),
        hours(one.minutes or 0),
    ]


def portal_file(done: Sequence[SignUp]) -> str:
    """Write confirmed hours as the portal's form wants them; docs/volunteers.md says which column.

    The real name stands there only if a volunteer gave it for this; else the alias.
    """
    out = io.StringIO()
    write = csv.writer(out).writerow
    write([
        _("Date"), _("From"), _("Until"), _("Place"), _("Activity"), _("Task"), _("Name"), _("Hours"),
    ])  # fmt: skip
    for one in done:
        write([harmless(cell) for cell in _cells(one)])
    return BOM + out.getvalue()


def _cells(one: SignUp) -> list[str]:
    event, at = one.shift.event, span(one.shift)
    starts, ends = (moment.astimezone(ZoneInfo(event.zone)) for moment in at)
    return [
        f"{starts:%Y-%m-%d}",
        f"{starts:%H:%M}",
        f"{ends:%H:%M}",
        f"{pick(event.location.names)}, {pick(event.location.cities)}",
        pick(event.titles),
        str(words.OF_ROLE[one.shift.role]),
        volunteers.contact_of(one.volunteer).portal_name or one.volunteer.alias,
        f"{(one.minutes or 0) / 60:.1f}",
    ]
