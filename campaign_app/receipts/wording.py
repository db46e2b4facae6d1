"""The words of a receipt, in the donor's language, frozen when it is written.

What stands here is data of the receipt from then on: a catalogue, a setting or a rule that changes later
changes no paper that somebody holds.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from campaign_app.core.i18n import _, _l, day, pick, spoken
from campaign_app.core.money import Money
from campaign_app.payments.ways import Entity, Registration
from campaign_app.receipts import rules

#: How the money came.
WAYS: Final = {"card": _l("By card"), "transfer": _l("By bank transfer"), "cash": _l("In cash")}
#: What a note of rules.toml says.
NOTES: Final = {
    "payment_only": _l("This confirms that the payment reached us."),
    "korean_receipt": _l(
        "It is not a donation receipt (기부금영수증) for the tax office. You can ask us for one: we "
        "issue it through Hometax, where you enter your resident registration number yourself."
    ),
    "no_resident_number": _l("We never ask for your resident registration number and keep none."),
    "no_goods": _l("No goods or services were provided in exchange for this gift."),
    "swiss_deduction": _l(
        "Gifts of CHF 100 and more in a year can be deducted in Switzerland within the limits of your "
        "canton. Please keep this receipt."
    ),
    "not_swiss": _l(
        "This gift is not deductible in Switzerland: the body that received it has its seat elsewhere."
    ),
    "no_deduction": _l(
        "Whether you can deduct this gift from your taxes depends on where you live; this receipt "
        "promises nothing."
    ),
}
#: Why a receipt was cancelled, in the words of the deed.
REASONS: Final = {
    "returned": _l("The gift was returned, in whole or in part."),
    "unassigned": _l("The transfer turned out to be something else."),
    "mistake": _l("It was written by mistake."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a receipt is about."""

    entity: Entity
    amount: Money
    given_on: date
    issued_on: date
    way: str
    language: str


def frozen(said: Said) -> dict[str, Any]:
    """Write everything that the paper says, but for its number and the donor's name."""
    by = rules.of(said.entity.receipts)
    with spoken(said.language):
        return {
            "version": by.version,
            "way": said.way,
            "keep_years": by.keep_years,
            "zone": said.entity.zone,
            "currency": said.amount.currency,
            "minor": said.amount.minor,
            "title": _("Receipt for a gift"),
            "from": _("Received from"),
            "number": _("Receipt number"),
            "entity": pick(said.entity.names),
            "address": pick(said.entity.address),
            "amount": said.amount.printed(said.language),
            "rows": _rows(said),
            "notes": [str(NOTES[one.name]) for one in by.notes if one.stands_on(said.amount)],
            "void": _("TEST – VOID"),
            "thanks": _("Thank you for your gift."),
        }


def _rows(said: Said) -> list[list[str]]:
    leave = registration_on(said.entity, said.given_on)
    rows = [
        [_("Received on"), day(said.given_on)],
        [_("Way"), str(WAYS[said.way])],
        [_("Purpose of the gift"), _purpose(said.entity, leave)],
        [_("Written on"), day(said.issued_on)],
    ]
    if leave is not None:
        period = f"{day(leave.begins, 'medium')} – {day(leave.ends, 'medium')}"
        rows.append([_("Registered collection"), f"{leave.number} ({period})"])
    return rows


def _purpose(entity: Entity, leave: Registration | None) -> str:
    """Say what the gift is for: what the leave to collect says, else the body's own work."""
    if leave is not None:
        return pick(leave.purpose)
    return _("The work of %(organisation)s", organisation=pick(entity.names))


def registration_on(entity: Entity, on: date) -> Registration | None:
    """Find the leave to collect that was in force on a day."""
    return next((one for one in entity.registrations if one.begins <= on <= one.ends), None)


def taken_back(facts: Mapping[str, Any], number: str, reason: str, language: str) -> dict[str, Any]:
    """Write what a cancelling receipt says: the same, and which one no longer counts, and why."""
    with spoken(language):
        return {
            **facts,
            "title": _("Cancellation of a receipt"),
            "cancels": number,
            "amount": f"\N{EN DASH}{facts['amount']}",
            "reason": reason,
            "thanks": "",
            "notes": [
                _("This cancels receipt %(number)s.", number=number),
                str(REASONS.get(reason, reason)),
            ],
        }
