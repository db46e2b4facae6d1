"""One page of tallies: what was asked for, the table, its picture, and the ways on from there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import url_for

from campaign_app.core.charts import Chart
from campaign_app.core.i18n import _, number
from campaign_app.dashboard import bars
from campaign_app.petitions import states, tally_ground
from campaign_app.petitions.models import Petition
from campaign_app.petitions.queries import Filters
from campaign_app.petitions.tables import Row
from campaign_app.petitions.tally_ground import FILTERS, Ground
from campaign_app.petitions.tally_sheet import (
    CUT_NAMES,
    CUTS,
    Line,
    Sheet,
    day_name,
    sheet,
)

FIRST: Final = "place"
#: Asks to tell the kinds of being witnessed apart.
APART: Final = "apart"
#: Where the name of a row leads: what is inside it, cut the next way.
INSIDE: Final[Mapping[str, str]] = {
    "place": "board",
    "event": "board",
    "language": "place",
    "country": "place",
    "day": "hour",
}


@dataclass(frozen=True, slots=True)
class View:
    """Everything that the page shows."""

    ground: Ground
    sheet: Sheet
    filters: Filters
    #: Filters that were asked for and make no sense here.
    dropped: tuple[str, ...]

    @property
    def petition(self) -> Petition:
        """Give the petition."""
        return self.ground.petition

    @property
    def by(self) -> str:
        """Name the cut."""
        return self.sheet.by

    @property
    def said(self) -> dict[str, str]:
        """Give the filters as the address has them."""
        return tally_ground.spoken(self.filters)

    @property
    def total(self) -> Row:
        """Give the whole petition's numbers: those of the table, unless it is narrowed."""
        if not self.said:
            return self.sheet.total
        whole = Row("", self.ground.overview.by_evidence)
        return whole if self.sheet.apart else whole.together()

    @property
    def share(self) -> float:
        """Tell how much of the goal is reached."""
        return self.total.counted / self.petition.goal

    @property
    def tabs(self) -> list[tuple[str, str, bool]]:
        """List the cuts, each with the same filters."""
        return [(str(name), self.address(by=by), by == self.by) for by, name in CUT_NAMES.items()]

    @property
    def chart(self) -> Chart:
        """Draw the table."""
        return bars.of_sheet(self.sheet)

    @property
    def keys(self) -> bars.Keys:
        """Name the colours of the chart."""
        return bars.keys([self.sheet.total], self.sheet.names)

    @property
    def absent(self) -> str:
        """Name the evidence classes that have no column."""
        return ", ".join(str(self.sheet.names[one]) for one in self.sheet.absent)

    @property
    def has_kinds(self) -> bool:
        """Tell whether there is anything of being witnessed to tell apart."""
        of_all = self.ground.overview.by_evidence
        return any(of_all[kind] for kind in states.SEEN[1:])

    @property
    def kinds(self) -> str:
        """Address this page with the kinds of being witnessed told apart, or together again."""
        return self.address(kinds="" if self.sheet.apart else APART)

    @property
    def left_out(self) -> int:
        """Tell how many rows of the table the chart has no room for."""
        return 0 if self.chart.standing else max(0, len(self.sheet.lines) - bars.MOST_BARS)

    @property
    def sentence(self) -> str:
        """Say what the chart shows, for those who do not see it."""
        if not self.sheet.lines:
            return ""
        top = max(self.sheet.lines, key=lambda line: line.row.counted)
        return _(
            "Most were counted here: %(name)s, %(counted)s. The table has every number.",
            name=top.name,
            counted=number(top.row.counted),
        )

    def address(self, **changes: str) -> str:
        """Address this page with something changed; what is empty is left out."""
        kinds = {"kinds": APART} if self.sheet.apart else {}
        asked: dict[str, Any] = {"by": self.by} | self.said | kinds | changes
        asked = {name: value for name, value in asked.items() if value}
        if asked["by"] == FIRST:
            del asked["by"]
        return url_for("dashboard.tallies", petition_id=self.petition.id, **asked)

    @property
    def everything(self) -> str:
        """Address this cut without any filter."""
        return self.address(**dict.fromkeys(FILTERS, ""))

    def inside(self, line: Line) -> str:
        """Address what a row is made of: a board's code, or the same row cut the next way."""
        if line.code_id:
            return url_for("qr_console.code", row=line.code_id)
        if not line.narrows or self.by not in INSIDE:
            return ""
        return self.address(by=INSIDE[self.by], **line.narrows)

    def filter_names(self) -> list[tuple[str, str, str]]:
        """List (filter, what it keeps, the address without it)."""
        return [
            (str(CUT_NAMES[name]), self._shown(name, value), self.address(**{name: ""}))
            for name, value in self.said.items()
        ]

    def _shown(self, name: str, value: str) -> str:
        if name == "day":
            return day_name(value)
        return dict(self.ground.choices[name])[value]


def view(petition: Petition, said: Mapping[str, Any]) -> View:
    """Read what was asked for, as far as it makes sense, and cut the tally."""
    ground = tally_ground.read(petition)
    filters, dropped = tally_ground.asked(ground, said)
    by = said.get("by") or FIRST
    if by not in CUTS:
        by, dropped = FIRST, [*dropped, "by"]
    table = sheet(ground, by, filters, apart=said.get("kinds") == APART)
    return View(ground, table, filters, tuple(dropped))
