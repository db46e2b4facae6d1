"""Another implementation reads and writes the same records (see interop/cross_open.py)."""

from pathlib import Path

import pytest

from tests.core.interop.cross_open import (
    BY_HPKE_CORE,
    BY_LANTERN,
    CASES,
    Document,
    opened_here,
    read_vectors,
)


@pytest.mark.parametrize("case", read_vectors(BY_HPKE_CORE)["cases"], ids=lambda case: case["row"])
def test_what_hpke_core_sealed_opens_here_with_each_key(case: Document) -> None:
    for key in read_vectors(BY_HPKE_CORE)["keys"]:
        assert opened_here(case, key) == case["payload"]


@pytest.mark.parametrize("case", read_vectors(BY_LANTERN)["cases"], ids=lambda case: case["row"])
def test_what_hpke_core_opened_when_it_was_written_still_opens_here(case: Document) -> None:
    for key in read_vectors(BY_LANTERN)["keys"]:
        assert opened_here(case, key) == case["payload"]


@pytest.mark.parametrize("path", [BY_HPKE_CORE, BY_LANTERN], ids=lambda path: path.stem)
def test_the_vectors_cover_every_case(path: Path) -> None:
    kept = read_vectors(path)["cases"]
    assert [case["payload"] for case in kept] == [case["payload"] for case in CASES]
