"""What chaos found is added up, and one bad seed among good ones is seen."""

from pathlib import Path

import pytest

from tools.verdict import PLACE, Verdict


def test_what_all_seeds_found_is_said_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PLACE, str(tmp_path / "found"))
    Verdict(signatures=150).note()
    Verdict(signatures=151, lost=1, twice=2, gaps=3).note()
    found = Verdict.read(tmp_path / "found")
    assert str(found) == "301 signatures, 1 lost, 2 twice, 3 gaps"
    assert not found.is_clean


def test_seeds_that_never_ran_prove_nothing(tmp_path: Path) -> None:
    assert not Verdict.read(tmp_path / "nothing").is_clean


@pytest.mark.parametrize("wrong", ["lost", "twice", "gaps"])
def test_one_of_anything_is_too_many(wrong: str) -> None:
    assert Verdict(signatures=1000).is_clean
    assert not Verdict(signatures=1000, **{wrong: 1}).is_clean


def test_nobody_need_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PLACE, raising=False)
    Verdict(signatures=1).note()
