"""Nobody is found in a table, not even by whoever subtracts and knows how it was made."""

from collections import defaultdict
from itertools import product
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_app.petitions.small_numbers import FEWEST, Guarded, guard

SMALL: Final = range(1, FEWEST)
NAMES: Final = "abcde"
#: How large numbers get when all tables of so many rows are tried.
LARGEST: Final = {1: 30, 2: 24, 3: 16, 4: 11}
TABLES: Final = st.dictionaries(
    st.text("ABCDEFGH", min_size=1, max_size=2),
    st.one_of(st.integers(0, 12), st.integers(0, 4000)),
    max_size=12,
)


def published(table: Guarded) -> tuple[Any, ...]:
    """Write down all that a reader sees."""
    return tuple(table.shown.items()), table.few, table.withheld, table.together


def test_a_table_without_small_numbers_is_shown_as_it_is() -> None:
    table = guard({"KR": 812, "FR": 5, "DE": 0})
    assert list(table.shown.items()) == [("KR", 812), ("FR", 5)]
    assert (table.few, table.withheld, table.together) == ((), (), 0)
    assert table.is_broken_down


def test_one_small_number_takes_the_next_larger_one_with_it() -> None:
    table = guard({"KR": 812, "US": 41, "DE": 12, "LA": 2})
    assert table.shown == {"KR": 812, "US": 41}
    assert (table.few, table.withheld, table.together) == (("LA",), ("DE",), 14)
    assert table.range_withheld() == (10, 13)


def test_a_single_small_row_is_not_told_apart_from_the_whole() -> None:
    table = guard({"KR": 3})
    assert not table.is_broken_down
    assert (table.shown, table.few, table.together) == ({}, (), 3)


def test_many_countries_with_one_signer_each_are_not_told_apart() -> None:
    assert not guard(dict.fromkeys("abcdefgh", 1)).is_broken_down


def test_nobody_signed_is_a_table_like_any_other() -> None:
    assert guard({}).is_broken_down


@given(counts=TABLES)
def test_no_small_number_is_said_and_the_sum_holds(counts: dict[str, int]) -> None:
    table = guard(counts)
    assert all(n >= FEWEST for n in table.shown.values())
    assert all(counts[name] < FEWEST for name in table.few)
    assert all(counts[name] >= FEWEST for name in table.withheld)
    assert sum(table.shown.values()) + table.together == sum(counts.values())
    named = {*table.shown, *table.few, *table.withheld}
    assert named in (set(), {name for name, n in counts.items() if n})


@given(counts=TABLES)
def test_subtracting_leaves_each_of_one_to_four_possible(counts: dict[str, int]) -> None:
    table = guard(counts)
    others = len(table.few) - 1
    for _name in table.few:
        for guess in SMALL:
            rest = table.together - guess
            least = others + FEWEST * len(table.withheld)
            most = 4 * others + (ceiling(table) * len(table.withheld))
            assert least <= rest <= most


def ceiling(table: Guarded) -> int:
    """Tell how large a withheld row may be: smaller than what is shown."""
    return min(table.shown.values(), default=10**9) - 1


@given(counts=TABLES)
def test_the_range_of_a_withheld_row_holds_it(counts: dict[str, int]) -> None:
    table = guard(counts)
    between = table.range_withheld()
    if between:
        assert between[0] <= counts[table.withheld[0]] <= between[1]
        assert between[1] - between[0] >= 3


@pytest.mark.parametrize("size", LARGEST)
def test_whoever_tries_all_tables_with_our_own_rule_cannot_tell_either(size: int) -> None:
    """Of all tables that would be published alike, three small numbers remain at the least."""
    alike: dict[tuple[Any, ...], list[tuple[int, ...]]] = defaultdict(list)
    for counts in product(range(1, LARGEST[size] + 1), repeat=size):
        alike[published(guard(dict(zip(NAMES, counts, strict=False))))].append(counts)
    tried = 0
    for (_shown, few, withheld, _together), tables in alike.items():
        if max(map(max, tables)) < LARGEST[size]:  # else larger ones would belong to it, too
            for name in few:
                possible = {counts[NAMES.index(name)] for counts in tables}
                assert len(possible) >= (4 if len(withheld) < 2 else 3)
                tried += 1
    assert tried or size == 1
