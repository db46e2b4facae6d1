"""A sealed file is read whole, in order and unaltered, under its own key, or not at all."""

import io
import os
from collections.abc import Callable

import pytest

from campaign_app.core import sealed_stream
from campaign_app.core.sealed_stream import BadBackupKey, BadFile, Reader, Writer, new_key, read_key

KEY = read_key(new_key())
PIECE = 65536
HEAD = len(sealed_stream.MAGIC) + 32
#: What lies around each piece: its length, a nonce, a tag.
AROUND = 4 + 12 + 16


def sealed(plain: bytes, key: bytes = KEY) -> bytes:
    out = io.BytesIO()
    writer = Writer(out, key)
    for start in range(0, len(plain), 10_000):
        writer.write(plain[start : start + 10_000])
    writer.finish()
    return out.getvalue()


def opened(file: bytes, key: bytes = KEY) -> bytes:
    return io.BufferedReader(Reader(io.BytesIO(file), key)).read()


def pieces(file: bytes) -> list[bytes]:
    found, at = [], HEAD
    while at < len(file):
        length = 4 + int.from_bytes(file[at : at + 4], "big")
        found.append(file[at : at + length])
        at += length
    return found


@pytest.mark.parametrize("length", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 200_001])
def test_what_was_sealed_comes_back(length: int) -> None:
    plain = os.urandom(length)
    file = sealed(plain)
    assert opened(file) == plain
    assert len(file) == HEAD + length + AROUND * len(pieces(file))


def test_two_files_of_the_same_have_nothing_in_common() -> None:
    one, other = sealed(b"x" * 1000), sealed(b"x" * 1000)
    assert one[HEAD:] != other[HEAD:]
    assert b"xxxx" not in one


def test_a_file_that_was_cut_anywhere_is_refused() -> None:
    file = sealed(os.urandom(2 * PIECE + 100))
    ends = [HEAD + sum(map(len, pieces(file)[:n])) for n in (1, 2)]
    for cut in {0, 5, HEAD - 1, HEAD, HEAD + 3, *ends, ends[0] + 2, len(file) - 1, len(file) // 2}:
        with pytest.raises(BadFile):
            opened(file[:cut])


@pytest.mark.parametrize("bit", range(0, 900, 41))
def test_a_changed_bit_is_noticed(bit: int) -> None:
    file = bytearray(sealed(b"the tally is 412" * 20))
    at = bit % len(file)
    file[at] ^= 1 << (bit % 8)
    with pytest.raises(BadFile):
        opened(bytes(file))


Change = Callable[[list[bytes]], list[bytes]]


@pytest.mark.parametrize(
    "change",
    [
        lambda p: [p[1], p[0], *p[2:]],
        lambda p: [p[0], p[0], *p[1:]],
        lambda p: [p[0], *p[2:]],
        lambda p: p[:-1],
        lambda p: [*p, p[-1]],
        lambda p: [*p, b"more"],
        lambda p: [p[-1]],
    ],
    ids=["swapped", "doubled", "left out", "no end", "two ends", "more", "only the end"],
)
def test_pieces_are_read_in_their_order_and_all(change: Change) -> None:
    file = sealed(os.urandom(3 * PIECE + 5))
    with pytest.raises(BadFile):
        opened(file[:HEAD] + b"".join(change(pieces(file))))


def test_a_piece_of_another_file_does_not_fit() -> None:
    one, other = (sealed(os.urandom(2 * PIECE)) for _ in range(2))
    mixed = one[:HEAD] + pieces(one)[0] + pieces(other)[1]
    with pytest.raises(BadFile, match="altered"):
        opened(mixed)


def test_another_key_is_named_as_the_trouble() -> None:
    with pytest.raises(BadFile, match="BACKUP_KEY does not open this file"):
        opened(sealed(b"x"), read_key(new_key()))


def test_another_file_is_no_backup() -> None:
    with pytest.raises(BadFile, match="no backup"):
        opened(b"SQLite format 3\0" + os.urandom(500))


def test_keys_are_new_each_time_and_read_as_they_were_written() -> None:
    assert len({new_key() for _ in range(100)}) == 100
    text = new_key()
    assert read_key(f" {text}\n") == read_key(text)
    assert len(read_key(text)) == 32


KEYS = ["", "x", new_key()[:-1], new_key() + "AA", new_key()[8:], "lantern-backup-ß"]


@pytest.mark.parametrize("wrong", KEYS, ids=["none", "x", "cut", "longer", "no head", "strange"])
def test_a_key_that_is_not_whole_is_refused(wrong: str) -> None:
    with pytest.raises(BadBackupKey):
        read_key(wrong)
