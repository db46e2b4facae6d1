"""Our own drawing of where a place is: right in distance and direction, and never a muddle."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_app.events import locator
from campaign_app.events.locator import Box, Locator
from campaign_app.events.models import Location

SEOUL = (37.5295, 126.9654)
METRES_A_DEGREE = 111_195


def place(number: int, latitude: float | None, longitude: float | None, **more: str) -> Location:
    names = {"en": more.get("name", f"Station {number}, the second exit")}
    return Location(
        id=number, latitude=latitude, longitude=longitude, names=names,
        kind=more.get("kind", "station"), country="KR",
    )  # fmt: skip


def at(number: int, metres: float, bearing: float) -> Location:
    """Stand so far away in a direction."""
    north = metres * math.cos(math.radians(bearing)) / METRES_A_DEGREE
    east = metres * math.sin(math.radians(bearing)) / METRES_A_DEGREE
    return place(number, SEOUL[0] + north, SEOUL[1] + east / math.cos(math.radians(SEOUL[0])))


def drawn(*others: Location) -> Locator:
    found = locator.draw(place(0, *SEOUL), others)
    assert found
    return found


@pytest.mark.parametrize(
    ("bearing", "sector"),
    [(0, "n"), (45, "ne"), (90, "e"), (135, "se"), (180, "s"), (225, "sw"), (270, "w"), (340, "n")],
)
def test_who_stands_in_a_direction_is_drawn_and_named_there(bearing: int, sector: str) -> None:
    (one,) = drawn(at(1, 500, bearing)).neighbours
    assert (one.sector, one.metres, one.inside) == (sector, 500, True)
    right, down = one.x - locator.CENTRE[0], one.y - locator.CENTRE[1]
    assert math.degrees(math.atan2(right, -down)) % 360 == pytest.approx(bearing, abs=1)


def test_far_places_are_pointed_at_from_the_rim_and_those_beyond_reach_are_left_out() -> None:
    found = drawn(at(1, 400, 0), at(2, 5000, 90), at(3, 40_000, 180))
    near, far = found.neighbours
    assert near.inside
    assert not far.inside
    assert far.metres == 5000
    assert math.hypot(far.x - found.x, far.y - found.y) > locator.REACH


def test_a_scale_is_as_long_as_it_says() -> None:
    found = drawn(at(1, 700, 10))
    radius, minutes, _line = found.rings[-1]
    assert found.scale_width / found.scale_metres == pytest.approx(
        radius / (minutes * locator.PACE), rel=0.01
    )


def test_a_place_without_coordinates_or_on_the_net_has_no_drawing() -> None:
    assert locator.draw(place(1, None, None), []) is None
    assert locator.draw(place(1, *SEOUL, kind="online"), []) is None


spots = st.tuples(st.floats(20, 11_000), st.floats(0, 359.9))


@given(st.lists(spots, max_size=6))
def test_no_names_lie_on_each_other_or_leave_the_drawing(where: list[tuple[float, float]]) -> None:
    found = drawn(*(at(number, *spot) for number, spot in enumerate(where, 1)))
    boxes = []
    for one in found.neighbours:
        assert 0 <= one.x <= found.width
        assert 0 <= one.y <= found.height
        if one.label_y is not None:
            width = locator._width(one.label) + (0 if one.inside else locator.FAR_WIDTH)
            boxes.append(locator._box(one.x, one.label_y, width, one.before))
    assert all(box.is_inside() for box in boxes)
    fixed = [locator.PIN, locator.NORTH]
    pairs = [(one, other) for n, one in enumerate(boxes) for other in [*boxes[n + 1 :], *fixed]]
    assert not any(one.touches(other) for one, other in pairs)


def test_boxes_touch_only_where_they_share_room() -> None:
    assert Box(0, 0, 10, 10).touches(Box(5, 5, 15, 15))
    assert not Box(0, 0, 10, 10).touches(Box(10, 0, 20, 10))


def test_no_distance_is_nowhere_and_maps_are_chosen_by_country() -> None:
    korean = place(1, *SEOUL)
    assert [name for name, _ in locator.links(korean)] == ["Naver Map", "KakaoMap"]
    korean.country = "CH"
    assert [name for name, _ in locator.links(korean)] == ["OpenStreetMap"]
    assert locator.links(place(2, None, None)) == []
    assert locator.geo(korean) == "geo:37.529500,126.965400"
