"""The counting sheet as it is filled in: a field for each note and coin, and what they come to.

Without JavaScript "Add up" writes the sums beside the fields. Only sums that the counter has seen can
be handed in: the sheet carries them along, and a change afterwards has to be added up again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from campaign_app.cash import pieces
from campaign_app.core.i18n import _, current_language
from campaign_app.core.money import Money

FOREIGN = "foreign"
SEEN = "seen"


@dataclass(slots=True)
class Slot:
    """One field: which piece, what was typed, what is wrong with it."""

    name: str
    #: What one of it is worth; of foreign pieces nothing is known.
    worth: Money | None
    typed: str = ""
    error: str = ""

    @property
    def label(self) -> str:
        """Name the piece as people do."""
        return self.worth.brief(current_language()) if self.worth else _("Notes and coins")

    @property
    def count(self) -> int:
        """Give the number; nothing where nothing good was typed."""
        return int(self.typed) if self.typed and not self.error else 0

    @property
    def sum(self) -> Money | None:
        """Give what these pieces are worth."""
        if self.worth is None or not self.count:
            return None
        return Money(self.worth.minor * self.count, self.worth.currency)


class SheetForm:
    """A sheet, empty or as it was sent."""

    def __init__(self, sent: Mapping[str, str] | None, home: str) -> None:
        self._slots = [Slot(name, worth) for name, worth in pieces.known()]
        self.foreign = Slot(FOREIGN, None)
        self._home = home
        self._seen = "" if sent is None else sent.get(SEEN, "")
        self.is_sent = sent is not None
        for slot in (*self._slots, self.foreign):
            _fill(slot, "" if sent is None else sent.get(slot.name, ""))

    @property
    def by_currency(self) -> Sequence[tuple[str, Sequence[Slot]]]:
        """Give the fields, the currency of the country first."""
        return [(c, self._of(c)) for c in pieces.ordered(self._home)]

    def _of(self, currency: str) -> Sequence[Slot]:
        return [one for one in self._slots if one.worth and one.worth.currency == currency]

    def is_open(self, currency: str) -> bool:
        """Tell whether a currency's fields are shown at once."""
        return currency == self._home or any(one.typed for one in self._of(currency))

    @property
    def errors(self) -> Sequence[Slot]:
        """List what must be put right."""
        return [one for one in (*self._slots, self.foreign) if one.error]

    @property
    def pieces(self) -> dict[str, int]:
        """Give what lay there."""
        return {one.name: one.count for one in self._slots if one.count}

    @property
    def totals(self) -> Mapping[str, Money]:
        """Add it up."""
        return pieces.totals(self.pieces)

    @property
    def mark(self) -> str:
        """Name the sums that are shown, so that only these can be handed in."""
        sums = ",".join(f"{one.currency}{one.minor}" for one in self.totals.values())
        return f"{sums or '0'};{self.foreign.count}"

    @property
    def was_seen(self) -> bool:
        """Tell whether the counter saw these sums before they handed them in."""
        return not self.errors and self._seen == self.mark


def _fill(slot: Slot, typed: str) -> None:
    text = "".join(typed.split())
    digits = "".join(str(int(one)) if one.isdecimal() else one for one in text)
    slot.typed = digits[:20]
    if digits and not (digits.isascii() and digits.isdigit()):
        slot.error = _("Type how many in digits.")
    elif digits and int(digits[:20]) > pieces.MOST:
        slot.error = _("So many cannot be in one box.")
