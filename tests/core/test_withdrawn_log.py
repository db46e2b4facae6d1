"""What was deleted is written where no backup reaches, whoever writes at once, whatever breaks."""

import multiprocessing
import os
import uuid
from pathlib import Path

import pytest

from campaign_app.core.withdrawn_log import Deed, Line, WithdrawnLog

ROWS = [uuid.uuid4() for _ in range(50)]


def test_what_was_written_is_read_in_its_order(tmp_path: Path) -> None:
    log = WithdrawnLog(tmp_path / "keys")
    log.append(Deed.WITHDRAWN, 3, ROWS[:1])
    log.append(Deed.LET_GO, 4, ROWS[1:3])
    log.append(Deed.FORGOTTEN, 3, [])
    assert list(log.lines()) == [
        Line(Deed.WITHDRAWN, 3, ROWS[0]),
        Line(Deed.LET_GO, 4, ROWS[1]),
        Line(Deed.LET_GO, 4, ROWS[2]),
    ]


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    log = WithdrawnLog(tmp_path)
    log.append(Deed.WITHDRAWN, 1, ROWS[:1])
    assert log.path.stat().st_mode & 0o777 == 0o600


def test_a_file_that_is_missing_is_not_an_empty_one(tmp_path: Path) -> None:
    log = WithdrawnLog(tmp_path)
    assert log.size() is None
    assert list(log.lines()) == []
    began = log.ensure()
    assert log.size() == began == log.ensure()
    assert list(log.lines()) == []


@pytest.mark.parametrize("cut", [1, 20, 40])
def test_a_line_torn_by_a_crash_spoils_neither_the_one_before_nor_the_one_after(
    tmp_path: Path, cut: int
) -> None:
    log = WithdrawnLog(tmp_path)
    log.append(Deed.WITHDRAWN, 7, ROWS[:2])
    os.truncate(log.path, log.path.stat().st_size - cut)
    log.append(Deed.FORGOTTEN, 7, ROWS[2:3])
    read = list(log.lines())
    assert read[0] == Line(Deed.WITHDRAWN, 7, ROWS[0])
    assert read[1] is None or cut == 1
    assert read[-1] == Line(Deed.FORGOTTEN, 7, ROWS[2])


@pytest.mark.parametrize(
    "wrong", ["gone 1 {}", "withdrawn 0 {}", "withdrawn 1 {}0", "withdrawn 1 {} x", "{}"]
)
def test_a_line_that_says_something_else_is_told_apart(tmp_path: Path, wrong: str) -> None:
    log = WithdrawnLog(tmp_path)
    log.path.write_text(wrong.format(ROWS[0].hex) + "\n", "utf-8")
    assert list(log.lines()) == [None]


def _write(key_dir: Path, petition_id: int) -> None:
    for row in ROWS:
        WithdrawnLog(key_dir).append(Deed.WITHDRAWN, petition_id, [row, row])


def test_processes_that_write_at_once_write_whole_lines(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write, args=(tmp_path, number)) for number in (1, 2, 3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    read = list(WithdrawnLog(tmp_path).lines())
    assert None not in read
    assert len(read) == 3 * 2 * len(ROWS)
    assert len(set(read)) == 3 * len(ROWS)


def test_a_link_laid_in_its_place_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "withdrawn.log").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError):
        WithdrawnLog(tmp_path).append(Deed.WITHDRAWN, 1, ROWS[:1])
    assert not (tmp_path / "elsewhere").exists()
