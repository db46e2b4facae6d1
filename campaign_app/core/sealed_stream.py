"""A long file under one key: written in pieces, and read only whole, in order and unaltered.

    file    "LANTERN BACKUP 1\n", salt (32), pieces
    piece   length (4), nonce (12) + AES-256-GCM(file key, up to 64 KiB, aad = place) + tag
    place   "lantern/backup/v1|", number of the piece (8), 1 if it is the last one, else 0

The first piece is empty: what cannot open it has another key. The file key is HKDF-SHA256 of
BACKUP_KEY with the file's own salt, so a piece of another file does not open here. A piece that is
moved, doubled or left out has another number; a file that was cut has no last piece; whatever
follows the last one is refused.
"""

import base64
import binascii
import io
import os
import secrets
from typing import IO, Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from campaign_app.core.seal import CannotOpen, open_bytes, seal_bytes

MAGIC: Final = b"LANTERN BACKUP 1\n"
PREFIX: Final = "lantern-backup-"
_SALT: Final = 32
_KEY: Final = 32
_PIECE: Final = 65536
_LENGTH: Final = 4
_OVERHEAD: Final = 12 + 16


class BadBackupKey(ValueError):
    """The text is no backup key."""


class BadFile(Exception):
    """The file is no backup, was cut or altered, or was made under another key."""


def new_key() -> str:
    """Draw a backup key, as one line for the settings."""
    return PREFIX + base64.urlsafe_b64encode(secrets.token_bytes(_KEY)).decode().rstrip("=")


def read_key(text: str) -> bytes:
    """Read a backup key as it stands in the settings."""
    body = text.strip().removeprefix(PREFIX)
    try:
        key = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        key = b""
    if not text.strip().startswith(PREFIX) or len(key) != _KEY:
        raise BadBackupKey(f"A backup key begins with {PREFIX} and has 43 more letters.")
    return key


def _file_key(key: bytes, salt: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=_KEY, salt=salt, info=b"lantern/backup/v1").derive(key)


def _place(number: int, *, last: bool) -> bytes:
    return b"lantern/backup/v1|" + number.to_bytes(8, "big") + (b"1" if last else b"0")


class Writer(io.RawIOBase):
    """Seals what is written to it; only `finish` makes the file whole."""

    def __init__(self, out: IO[bytes], key: bytes) -> None:
        salt = os.urandom(_SALT)
        self._out, self._key = out, _file_key(key, salt)
        self._waiting, self._number = bytearray(), 0
        out.write(MAGIC + salt)
        self._put(b"", last=False)

    def writable(self) -> bool:
        """Tell that this can be written to."""
        return True

    def write(self, data: object) -> int:
        """Take bytes in; whole pieces go out at once."""
        plain = bytes(data)  # type: ignore[call-overload]  # whatever a buffer gives
        self._waiting += plain
        while len(self._waiting) > _PIECE:
            self._put(bytes(self._waiting[:_PIECE]), last=False)
            del self._waiting[:_PIECE]
        return len(plain)

    def finish(self) -> None:
        """Write the last piece."""
        self._put(bytes(self._waiting), last=True)

    def _put(self, plain: bytes, *, last: bool) -> None:
        box = seal_bytes(self._key, plain, aad=_place(self._number, last=last))
        self._out.write(len(box).to_bytes(_LENGTH, "big") + box)
        self._number += 1


class Reader(io.RawIOBase):
    """Opens a sealed file piece by piece; gives nothing that is not proved to stand there."""

    def __init__(self, source: IO[bytes], key: bytes) -> None:
        if source.read(len(MAGIC)) != MAGIC:
            raise BadFile("This file is no backup of Lantern.")
        salt = source.read(_SALT)
        self._source, self._key = source, _file_key(key, salt)
        self._waiting, self._number, self._ended = b"", 0, False

    def readable(self) -> bool:
        """Tell that this can be read from."""
        return True

    def readinto(self, buffer: object) -> int:
        """Give the next bytes."""
        view = memoryview(buffer)  # type: ignore[arg-type]  # whatever a buffer gives
        while not self._waiting and not self._ended:
            self._waiting = self._next()
        taken = self._waiting[: len(view)]
        view[: len(taken)] = taken
        self._waiting = self._waiting[len(taken) :]
        return len(taken)

    def _next(self) -> bytes:
        head = self._source.read(_LENGTH)
        length = int.from_bytes(head, "big")
        box = self._source.read(length) if _OVERHEAD <= length <= _PIECE + _OVERHEAD else b""
        if len(head) < _LENGTH or (box and len(box) < length):
            raise BadFile("The file ends too early: it was cut, or not copied whole.")
        plain = self._opened(box)
        self._number += 1
        if self._ended and self._source.read(1):
            raise BadFile("Something follows the end of the backup: the file was altered.")
        return plain

    def _opened(self, box: bytes) -> bytes:
        """Open a piece as one in the middle, else as the last one."""
        for last in (False, True):
            try:
                plain = open_bytes(self._key, box, aad=_place(self._number, last=last))
            except CannotOpen:
                continue
            self._ended = last
            return plain
        if self._number == 0:
            raise BadFile("BACKUP_KEY does not open this file: it was made under another key.")
        raise BadFile("The file was altered after it was made.")
