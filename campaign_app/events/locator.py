"""Where a place is, drawn by us: rings of walking time, other places of ours, north and a scale.

No map of anybody is behind it: nothing is fetched, nobody learns who looks. Whoever needs streets
follows a link to a map of their choice.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from campaign_app.core.i18n import pick
from campaign_app.events.models import Location

#: Nobody walks there.
ONLINE: Final = "online"
#: The drawing's size in its own units.
WIDTH, HEIGHT = 360, 300
CENTRE: Final = (WIDTH / 2, HEIGHT / 2 + 2)
#: How far from the middle the outer ring is.
REACH: Final = 124.0
#: Metres that people walk in a minute.
PACE: Final = 80
#: Minutes of the outer ring; the drawing takes the first that holds the nearest place.
MINUTES: Final = (10, 15, 20, 30)
EARTH: Final = 6_371_000.0
#: How many other places are named.
MOST: Final = 3
#: Places farther away than this are no help to somebody on foot.
FAR: Final = 12_000
SECTORS: Final = ("n", "ne", "e", "se", "s", "sw", "w", "nw")
SCALES: Final = (100, 200, 500, 1000)
#: Letters of a name that fit beside its dot.
LONGEST: Final = 22
#: Lines of text must stay so far apart.
LEADING: Final = 18.0


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another place of ours nearby."""

    place: Location
    metres: int
    #: One of SECTORS, as seen from the place.
    sector: str
    x: float
    y: float
    #: Whether it lies within the drawing, or only its direction is shown at the rim.
    inside: bool
    #: Where the arrow at the rim points, in degrees clockwise from north.
    bearing: int
    label_y: float
    #: Whether its name stands before it, so that it ends at the dot.
    before: bool

    @property
    def label(self) -> str:
        """Name it shortly."""
        name = pick(self.place.names)
        return name if len(name) <= LONGEST else f"{name[: LONGEST - 1].rstrip()}…"


@dataclass(frozen=True, slots=True)
class Locator:
    """Everything that the drawing shows."""

    #: (radius, minutes) of each ring, the inner one first.
    rings: Sequence[tuple[float, int]]
    neighbours: Sequence[Neighbour]
    scale_metres: int
    scale_width: float
    width: int = WIDTH
    height: int = HEIGHT
    x: float = CENTRE[0]
    y: float = CENTRE[1]


def draw(place: Location, others: Iterable[Location]) -> Locator | None:
    """Draw where a place is among others; None if nobody knows."""
    if place.latitude is None or place.longitude is None or place.kind == ONLINE:
        return None
    near = sorted(_distances(place, others), key=lambda found: found[0])[:MOST]
    minutes = _minutes(near[0][0] if near else 0)
    per_metre = REACH / (minutes * PACE)
    scale = max((step for step in SCALES if step * per_metre <= 90), default=SCALES[0])
    return Locator(
        rings=[(REACH / 2, minutes // 2), (REACH, minutes)] if minutes % 2 == 0
        else [(REACH / 3, minutes // 3), (REACH * 2 / 3, minutes * 2 // 3), (REACH, minutes)],
        neighbours=_placed(near, per_metre),
        scale_metres=scale,
        scale_width=round(scale * per_metre, 1),
    )  # fmt: skip


def _minutes(nearest: float) -> int:
    return next((one for one in MINUTES if nearest <= one * PACE), MINUTES[0])


def _distances(
    place: Location, others: Iterable[Location]
) -> Iterable[tuple[float, float, Location]]:
    """Give (metres, bearing, place) of those that one could walk or ride to."""
    for other in others:
        if other.id == place.id or other.kind == ONLINE or other.latitude is None:
            continue
        metres, bearing = _from_to(place, other)
        if 0 < metres <= FAR:
            yield metres, bearing, other


def _from_to(one: Location, other: Location) -> tuple[float, float]:
    """Measure on a flat earth: a city is small."""
    (south, west), (north, east) = _at(one), _at(other)
    up = (north - south) * EARTH
    right = (east - west) * EARTH * math.cos((south + north) / 2)
    return math.hypot(up, right), math.degrees(math.atan2(right, up)) % 360


def _at(place: Location) -> tuple[float, float]:
    return math.radians(place.latitude or 0), math.radians(place.longitude or 0)


def _placed(near: Sequence[tuple[float, float, Location]], per_metre: float) -> list[Neighbour]:
    found: list[Neighbour] = []
    for metres, bearing, other in near:
        reach = metres * per_metre
        away = min(reach, REACH + 8)
        x = CENTRE[0] + away * math.sin(math.radians(bearing))
        y = CENTRE[1] - away * math.cos(math.radians(bearing))
        found.append(
            Neighbour(
                place=other,
                metres=_rounded(metres),
                sector=SECTORS[round(bearing / 45) % len(SECTORS)],
                x=round(x, 1),
                y=round(y, 1),
                inside=reach <= REACH,
                bearing=round(bearing),
                label_y=_free(y + 4, [one.label_y for one in found]),
                before=x > CENTRE[0] + 20,
            )
        )
    return found


def _free(wanted: float, taken: Sequence[float]) -> float:
    """Move a line of text until it touches none before it, nor our own name in the middle."""
    lines = [*taken, CENTRE[1] + 26]
    steps = (wanted + LEADING * sign * number for number in range(8) for sign in (1, -1))
    return round(next((at for at in steps if _fits(at, lines)), wanted), 1)


def _fits(at: float, lines: Sequence[float]) -> bool:
    return 14 <= at <= HEIGHT - 24 and all(abs(at - line) >= LEADING for line in lines)


def _rounded(metres: float) -> int:
    """Say a distance as people do: 650 m, 1.2 km."""
    step = 10 if metres < 1000 else 100
    return round(metres / step) * step


def links(place: Location) -> list[tuple[str, str]]:
    """List maps of others that a visitor may choose: (name, address)."""
    if place.latitude is None or place.longitude is None:
        return []
    at = f"{place.latitude:.6f},{place.longitude:.6f}"
    if place.country == "KR":
        return [
            ("Naver Map", f"https://map.naver.com/p/search/{at}"),
            ("KakaoMap", f"https://map.kakao.com/link/map/{at}"),
        ]
    lat, lon = at.split(",")
    osm = f"https://www.openstreetmap.org/?mlat={lat}&mlon={lon}#map=18/{lat}/{lon}"
    return [("OpenStreetMap", osm)]


def geo(place: Location) -> str:
    """Address a place for whatever map a phone has (RFC 5870)."""
    if place.latitude is None or place.longitude is None:
        return ""
    return f"geo:{place.latitude:.6f},{place.longitude:.6f}"
