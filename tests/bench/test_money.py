"""Pages about money ask no more of the database after twice as many gifts."""

from pathlib import Path

from bench import money


def test_twice_the_gifts_are_no_more_questions_to_the_database(tmp_path: Path) -> None:
    few, many = (
        money.measure(f"sqlite:///{tmp_path / name}.sqlite3", tmp_path / name, gifts)
        for name, gifts in (("few", 1500), ("many", 3000))
    )
    assert many.postings > few.postings * 1.9
    more = {
        name: (few.pages[name].statements, page.statements)
        for name, page in many.pages.items()
        # That file is written piece by piece.
        if page.statements > few.pages[name].statements and name != "ledger of all years"
    }
    assert more == {}
