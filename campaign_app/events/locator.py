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
LEADING: Final = 17.0
#: Above the scale.
FLOOR: Final = HEIGHT - 26
#: How wide a distance beside a name is.
FAR_WIDTH: Final = 54
#: From the first letter of Hangul on.
EASTERN: Final = "\u1100"


@dataclass(frozen=True, slots=True)
class Box:
    """Where something is written or drawn."""

    left: float
    top: float
    right: float
    bottom: float

    def touches(self, other: "Box") -> bool:
        """Tell whether two would lie on each other."""
        apart = self.right <= other.left or other.right <= self.left
        return not (apart or self.bottom <= other.top or other.bottom <= self.top)

    def is_inside(self) -> bool:
        """Tell whether it can be read whole."""
        return self.left >= 4 and self.right <= WIDTH - 4 and self.top >= 2 and self.bottom <= FLOOR


#: What is drawn on every locator: our own pin, and north.
PIN: Final = Box(CENTRE[0] - 16, CENTRE[1] - 36, CENTRE[0] + 16, CENTRE[1] + 6)
NORTH: Final = Box(WIDTH - 32, 4, WIDTH - 4, 50)


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
    #: None where no name fits; the words below the drawing name it all the same.
    label_y: float | None
    #: Whether its name stands before it, so that it ends at the dot.
    before: bool

    @property
    def label(self) -> str:
        """Name it shortly."""
        return label_of(self.place)


@dataclass(frozen=True, slots=True)
class Locator:
    """Everything that the drawing shows."""

    #: (radius, minutes, line of the words) of each ring, the inner one first.
    rings: Sequence[tuple[float, int, float]]
    neighbours: Sequence[Neighbour]
    scale_metres: int
    scale_width: float
    width: int = WIDTH
    height: int = HEIGHT
    x: float = CENTRE[0]
    y: float = CENTRE[1]


def label_of(place: Location) -> str:
    """Name a place in as many letters as fit."""
    name = pick(place.names)
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1].rstrip()}…"


def draw(place: Location, others: Iterable[Location]) -> Locator | None:
    """Draw where a place is among others; None if nobody knows."""
    if place.latitude is None or place.longitude is None or place.kind == ONLINE:
        return None
    near = sorted(_distances(place, others), key=lambda found: found[0])[:MOST]
    minutes = _minutes(near[0][0] if near else 0)
    per_metre = REACH / (minutes * PACE)
    scale = max((step for step in SCALES if step * per_metre <= 66), default=SCALES[0])
    # What the rings mean is written on the side where fewer names stand.
    side = -1 if sum(90 <= bearing < 270 for _m, bearing, _p in near) * 2 >= len(near) else 1
    rings = _rings(minutes, side)
    written = [PIN, NORTH, *(_ring_label(line) for _radius, _minutes, line in rings)]
    return Locator(
        rings=rings,
        neighbours=_placed(near, per_metre, written),
        scale_metres=scale,
        scale_width=round(scale * per_metre, 1),
    )


def _rings(minutes: int, side: int) -> list[tuple[float, int, float]]:
    """Divide the way to the rim into whole parts; each is named above or below the middle."""
    parts = 2 if minutes % 2 == 0 else 3
    radii = [round(REACH * n / parts, 1) for n in range(1, parts + 1)]
    return [
        (radius, minutes * n // parts, round(CENTRE[1] + side * radius + 4, 1))
        for n, radius in enumerate(radii, 1)
    ]


def _ring_label(line: float) -> Box:
    return Box(CENTRE[0] - 42, line - 11, CENTRE[0] + 42, line + 4)


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


def _placed(
    near: Sequence[tuple[float, float, Location]], per_metre: float, taken: Sequence[Box]
) -> list[Neighbour]:
    found: list[Neighbour] = []
    taken = [*taken]
    for metres, bearing, other in near:
        reach = metres * per_metre
        away = min(reach, REACH + 8)
        x = round(CENTRE[0] + away * math.sin(math.radians(bearing)), 1)
        y = round(CENTRE[1] - away * math.cos(math.radians(bearing)), 1)
        taken.append(Box(x - 7, y - 7, x + 7, y + 7))
        width = _width(label_of(other)) + (0 if reach <= REACH else FAR_WIDTH)
        before, line, box = _free(x, y, width, taken)
        taken += [box] if box else []
        found.append(
            Neighbour(
                place=other,
                metres=_rounded(metres),
                sector=SECTORS[round(bearing / 45) % len(SECTORS)],
                x=x,
                y=y,
                inside=reach <= REACH,
                bearing=round(bearing),
                label_y=line,
                before=before,
            )
        )
    return found


def _free(
    x: float, y: float, width: float, taken: Sequence[Box]
) -> tuple[bool, float | None, Box | None]:
    """Find where a name touches nothing: beside its dot if it can be, else a line up or down."""
    sides = (x > CENTRE[0], x <= CENTRE[0])
    steps = [LEADING * number * sign for number in range(3) for sign in (1, -1)]
    places = [(before, round(y + 4 + step, 1)) for step in steps for before in sides]
    boxes = [(before, line, _box(x, line, width, before)) for before, line in places]
    inside = [found for found in boxes if found[2].is_inside()]
    free = (found for found in inside if not any(found[2].touches(box) for box in taken))
    return next(free, (False, None, None))


def _box(x: float, line: float, width: float, before: bool) -> Box:
    start = x - 10 - width if before else x + 10
    return Box(start, line - 12, start + width, line + 4)


def _width(text: str) -> float:
    """Guess how wide a name is: letters of the East are squares."""
    return sum(13.0 if letter >= EASTERN else 7.4 for letter in text)


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
