"""Aggregates as a file for a spreadsheet: one cut of the tally, the same filters, no names in it."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Final

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue

from campaign_app.audit.services import record
from campaign_app.core import clock
from campaign_app.core.access import Permission, requires
from campaign_app.core.db import transact
from campaign_app.core.i18n import _, country_name, pick
from campaign_app.core.ids import in_groups
from campaign_app.core.opened_export import harmless
from campaign_app.petitions import queries, states, tally_ground
from campaign_app.petitions.models import Petition
from campaign_app.petitions.queries import Filters
from campaign_app.petitions.tally_ground import Ground
from campaign_app.petitions.tally_sheet import CUTS, EVIDENCE_NAMES, Line, Sheet, sheet
from campaign_app.qr.models import SHARED, Placement

bp: Final = Blueprint("petitions_tally", __name__, url_prefix="/console/petitions")

#: Spreadsheets take a file for UTF-8 only if it says so.
BOM: Final = "\ufeff"
LARGEST_ROW: Final = 2**31 - 1
Fields = Mapping[str, str]


@bp.post(f"/<int(max={LARGEST_ROW}):petition_id>/tallies.csv")
@requires(Permission.READ)
def tallies_csv(petition_id: int) -> ResponseReturnValue:
    """Hand the table out as a file, and note that in the trail."""
    petition = queries.get(petition_id)
    by = request.form.get("by", "")
    if by not in CUTS:
        abort(400)
    ground = tally_ground.read(petition)
    filters, _dropped = tally_ground.asked(ground, request.form)
    table = sheet(ground, by, filters, each_hour=True)
    name = file_name(petition, by, tally_ground.spoken(filters))
    body = BOM + "".join(written(ground, table))
    transact(partial(_note, petition, by, filters=filters))
    return Response(
        body,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _note(petition: Petition, by: str, *, filters: Filters) -> None:
    record("tally.exported", f"petition:{petition.id}", by=by, **tally_ground.spoken(filters))


def file_name(petition: Petition, by: str, said: Fields) -> str:
    """Say in the name what the file holds, its filters included."""
    narrowed = [f"{name}-{value}" if value.isascii() else name for name, value in said.items()]
    parts = ["tallies", petition.slug, f"by-{by}", *narrowed, clock.today().isoformat()]
    return "_".join("".join(_plain(letter) for letter in part) for part in parts) + ".csv"


def _plain(letter: str) -> str:
    return letter if letter.isalnum() or letter in "-." else "-"


def written(ground: Ground, table: Sheet) -> Iterator[str]:
    """Write the lines of the file; no cell can become a formula."""
    columns = _COLUMNS[table.by]()
    yield _line([*columns, _("Counted"), *map(str, EVIDENCE_NAMES.values())])
    for line in table.lines:
        yield _line([*_CELLS[table.by](ground, line), *_numbers(line)])


def _line(cells: Sequence[str | int]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([harmless(one) if isinstance(one, str) else one for one in cells])
    return out.getvalue()


def _numbers(line: Line) -> list[int]:
    order = (*states.COUNTED, states.UNCONFIRMED)
    return [line.row.counted, *(line.row.by_evidence[evidence] for evidence in order)]


# What stands before the numbers, cut by cut


def _place(ground: Ground, line: Line) -> list[str]:
    place = ground.places.get(int(line.key)) if line.key.isdigit() else None
    if place is None:
        return [line.name, "", ""]
    return [line.name, pick(place.cities), country_name(place.country)]


def _event(ground: Ground, line: Line) -> list[str]:
    event = ground.events.get(int(line.key)) if line.key.isdigit() else None
    if event is None:
        return [line.name, "", ""]
    return [line.name, pick(event.location.names), event.starts_local.replace("T", " ")]


def _board(ground: Ground, line: Line) -> list[str]:
    placement = ground.placements.get(int(line.key))
    return [line.name, "", "", ""] if placement is None else _of_board(line, placement)


def _of_board(line: Line, placement: Placement) -> list[str]:
    if placement.kind == SHARED:
        return [line.name, "", "", ""]
    event = pick(placement.event.titles) if placement.event else tally_ground.outside_an_event()
    return [line.name, event, placement.board, in_groups(placement.code.letters)]


def _coded(ground: Ground, line: Line) -> list[str]:
    return [line.name, line.key]


def _day(ground: Ground, line: Line) -> list[str]:
    return [line.key]


def _hour(ground: Ground, line: Line) -> list[str]:
    return [line.key[:10], f"{line.key[11:13]}:00"]


_CELLS: Final = {
    "place": _place,
    "event": _event,
    "board": _board,
    "language": _coded,
    "country": _coded,
    "day": _day,
    "hour": _hour,
}
_COLUMNS: Final = {
    "place": lambda: [_("Place"), _("City"), _("Country")],
    "event": lambda: [_("Event"), _("Place"), _("Starts")],
    "board": lambda: [_("Place"), _("Event"), _("Board"), _("Code")],
    "language": lambda: [_("Language"), _("Language code")],
    "country": lambda: [_("Country"), _("Country code")],
    "day": lambda: [_("Day")],
    "hour": lambda: [_("Day"), _("Hour")],
}
