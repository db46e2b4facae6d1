"""Sets of numbers as runs, first and last of each: a tablet's thousands fit in a line."""

from collections.abc import Iterable, Sequence

Run = tuple[int, int]


def of(numbers: Iterable[int]) -> list[Run]:
    """Write numbers as runs."""
    runs: list[Run] = []
    for number in sorted(set(numbers)):
        if runs and runs[-1][1] == number - 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs


def joined(*sets: Sequence[Run]) -> list[Run]:
    """Put sets together."""
    runs: list[Run] = []
    for first, last in sorted(run for runs_of_one in sets for run in runs_of_one):
        if runs and first <= runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], max(runs[-1][1], last))
        else:
            runs.append((first, last))
    return runs


def without(runs: Sequence[Run], taken: Sequence[Run]) -> list[Run]:
    """Take numbers out."""
    left: list[Run] = []
    for first, last in joined(runs):
        begin = first
        for low, high in joined(taken):
            if low > last or high < begin:
                continue
            if low > begin:
                left.append((begin, low - 1))
            begin = high + 1
        if begin <= last:
            left.append((begin, last))
    return left


def size(runs: Sequence[Run]) -> int:
    """Count the numbers."""
    return sum(last - first + 1 for first, last in runs)


def read(kept: object) -> list[Run]:
    """Read runs that a row keeps."""
    pairs = kept if isinstance(kept, list) else []
    return [(int(first), int(last)) for first, last in pairs]


def told(runs: Sequence[Run]) -> str:
    """Write them for people: 3–5, 9."""
    return ", ".join(f"{first}" if first == last else f"{first}–{last}" for first, last in runs)
