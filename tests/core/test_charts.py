"""Bars lie where their numbers say, on phones and in both directions of reading."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_app.core import charts
from campaign_app.core.charts import Bar, Chart, Part


def bar(*counts: int, label: str = "Seoul", short: str = "", aside: str = "") -> Bar:
    kinds = ("confirmed", "witnessed", "awaiting")
    parts = tuple(Part(kind, n) for kind, n in zip(kinds, counts, strict=False))
    return Bar(label, parts, shown=str(sum(counts)), short=short, aside=aside)


def share(text: str) -> float:
    assert text.endswith("%")
    return float(text[:-1])


def ends(chart: Chart) -> list[tuple[float, float]]:
    return [
        (share(piece.x), share(piece.x) + share(piece.width))
        for drawn in chart.bars
        for piece in drawn.pieces
    ]


def test_the_longest_bar_is_as_wide_as_the_chart() -> None:
    chart = charts.lying([bar(200), bar(50)])
    assert ends(chart) == [(0, 100), (0, 25)]
    assert chart.height == 2 * charts.STEP


def test_pieces_of_a_bar_follow_each_other_without_a_gap() -> None:
    chart = charts.lying([bar(50, 25, 25)])
    assert ends(chart) == [(0, 50), (50, 75), (75, 100)]
    assert chart.kinds == ("confirmed", "witnessed", "awaiting")


def test_empty_pieces_are_not_drawn() -> None:
    chart = charts.lying([bar(0, 7, 0), bar(0)])
    assert [len(drawn.pieces) for drawn in chart.bars] == [1, 0]
    assert chart.kinds == ("witnessed",)


def test_right_to_left_bars_begin_at_the_right() -> None:
    chart = charts.lying([bar(100), bar(30, 20)], mirrored=True)
    assert ends(chart) == [(0, 100), (70, 100), (50, 70)]
    assert (chart.start, chart.end) == ("100%", "0")


def test_standing_bars_stand_on_the_floor_and_the_highest_fills_the_plot() -> None:
    chart = charts.upright([bar(10), bar(5), bar(0)])
    heights = [[piece.height for piece in drawn.pieces] for drawn in chart.bars]
    assert heights == [[charts.PLOT], [charts.PLOT // 2], []]
    for drawn in chart.bars:
        for piece in drawn.pieces:
            assert piece.y + piece.height == chart.floor


def test_a_single_signature_still_shows_beside_thousands() -> None:
    chart = charts.upright([bar(10_000), bar(1)])
    assert chart.bars[1].pieces[0].height == 1


def test_only_the_highest_of_many_columns_carries_its_number() -> None:
    chart = charts.upright([bar(n) for n in range(1, 25)])
    assert [drawn.numbered for drawn in chart.bars] == [False] * 23 + [True]
    assert all(drawn.numbered for drawn in charts.upright([bar(3), bar(4)]).bars)


@pytest.mark.parametrize("columns", [1, 3, 24, 31, 92])
def test_names_below_columns_never_meet_on_a_phone(columns: int) -> None:
    chart = charts.upright([bar(1, short="14 nov.") for _ in range(columns)])
    named = [share(drawn.x) for drawn in chart.bars if drawn.label]
    room = charts.width_of("14 nov.")
    gaps = [after - before for before, after in pairwise(named)]
    assert named
    assert all(gap * charts.AXIS_ROOM / 100 >= room for gap in gaps)


def test_right_to_left_columns_run_from_the_right_and_name_the_first() -> None:
    chart = charts.upright([bar(n, short=f"{n:02}") for n in range(1, 25)], mirrored=True)
    assert chart.bars[-1].bar.shown == "1"
    assert chart.bars[-1].label == "01"


def test_a_long_name_is_cut_to_the_room_beside_its_number() -> None:
    chart = charts.lying([bar(12, label="x" * 90, aside="+ 3"), bar(1, label="가" * 40)])
    for drawn in chart.bars:
        assert drawn.label.endswith("…")
        number = charts.width_of(f"{drawn.bar.shown} {drawn.bar.aside}")
        assert charts.width_of(drawn.label) + number < charts.PHONE


def test_no_bars_make_an_empty_chart() -> None:
    assert charts.lying([]).bars == ()
    assert charts.upright([]).bars == ()


@given(st.lists(st.lists(st.integers(0, 10**7), min_size=1, max_size=3), max_size=40))
def test_nothing_is_ever_drawn_outside_the_chart(counts: list[list[int]]) -> None:
    bars = [bar(*some) for some in counts]
    for chart in (charts.lying(bars), charts.lying(bars, mirrored=True), charts.upright(bars)):
        assert all(-0.01 <= begins <= ends_at <= 100.01 for begins, ends_at in ends(chart))
        for drawn in chart.bars:
            assert all(piece.y >= 0 for piece in drawn.pieces)
            assert all(piece.y + piece.height <= chart.height for piece in drawn.pieces)
