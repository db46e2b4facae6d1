"""The server's own keys: small files outside the database and outside every backup.

    KEY_DIR/index/<petition uid>.key    blind indexes of a petition, destroyed after it closes
    KEY_DIR/hours/<YYYYMMDDHH>.key      mail addresses that wait, destroyed with the last of them
    KEY_DIR/rooms/<room>.key            what a room keeps closed at rest, kept with the secrets
    KEY_DIR/intake/<key id>.key         seed of the key that opens an event's envelopes, destroyed
                                        when the event's gap report is closed
    KEY_DIR/paper/<batch uid>.key       compares what two people read on a line of paper, destroyed
                                        when the batch is closed

Nothing is kept in memory. Reading 32 bytes costs some microseconds; in return a key that is
destroyed is gone at once, in every process and on every machine that shares the directory.
"""

import hashlib
import hmac
import os
import re
import secrets
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

KEY_BYTES: Final = 32

_UID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_HOUR: Final = re.compile(r"[0-9]{4}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])([01][0-9]|2[0-3])")
_INDEX: Final = "index"
_HOURS: Final = "hours"
_ROOMS: Final = "rooms"
_INTAKE: Final = "intake"
_PAPER: Final = "paper"
_SUFFIX: Final = ".key"
_GONE: Final = ".gone"
_READ: Final = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW
_OVERWRITE: Final = os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW
_CREATE: Final = _OVERWRITE | os.O_CREAT | os.O_EXCL


class BadKeyName(ValueError):
    """The name could lead out of the key directory, or is no hour."""


class DamagedKey(RuntimeError):
    """A key file has not the size of a key; somebody must look, nothing may guess."""


class NoKeyNow(RuntimeError):
    """A key was destroyed in the very moment it was made."""


@dataclass(frozen=True)
class Keyring:
    """The keys in one directory, shared by all processes and machines."""

    key_dir: Path

    def index_key(self, petition_uid: str) -> bytes | None:
        """Read a petition's index key; none once it is destroyed."""
        return _read(self._index(petition_uid))

    def create_index_key(self, petition_uid: str) -> bytes:
        """Make a petition's index key, or keep the one that it has."""
        return _read_or_create(self._index(petition_uid))

    def destroy_index_key(self, petition_uid: str) -> bool:
        """Destroy a petition's index key; tell whether there was one."""
        return _destroy(self._index(petition_uid))

    def hour_key(self, hour: str) -> bytes:
        """Read the key of an hour, making it when it is the hour's first use."""
        return _read_or_create(self._hour(hour))

    def existing_hour_key(self, hour: str) -> bytes | None:
        """Read the key of an hour; none if it never was or is destroyed."""
        return _read(self._hour(hour))

    def hours(self) -> list[str]:
        """List the hours that still have a key, oldest first."""
        files = (self.key_dir / _HOURS).glob("*" + _SUFFIX)
        found = (path.name.removesuffix(_SUFFIX) for path in files)
        return sorted(hour for hour in found if _HOUR.fullmatch(hour))

    def destroy_hour_key(self, hour: str) -> bool:
        """Destroy the key of an hour; tell whether there was one."""
        return _destroy(self._hour(hour))

    def room_key(self, room: str) -> bytes:
        """Read the key under which a room keeps things at rest, making it at its first use."""
        if not _UID.fullmatch(room):
            raise BadKeyName("A room's key is named by letters, digits and hyphens only.")
        return _read_or_create(_file(self.key_dir, _ROOMS, room))

    def intake_seed(self, name: str) -> bytes | None:
        """Read the seed of an event's intake key; none once it is destroyed."""
        return _read(self._intake(name))

    def create_intake_seed(self, name: str) -> bytes:
        """Make the seed of an event's intake key, or keep the one that there is."""
        return _read_or_create(self._intake(name))

    def destroy_intake_seed(self, name: str) -> bool:
        """Destroy the seed of an event's intake key; tell whether there was one."""
        return _destroy(self._intake(name))

    def paper_key(self, name: str) -> bytes | None:
        """Read the key of a batch of paper; none once it is destroyed."""
        return _read(self._paper(name))

    def create_paper_key(self, name: str) -> bytes:
        """Make the key of a batch of paper, or keep the one that it has."""
        return _read_or_create(self._paper(name))

    def destroy_paper_key(self, name: str) -> bool:
        """Destroy the key of a batch of paper; tell whether there was one."""
        return _destroy(self._paper(name))

    def blind_index(self, petition_uid: str, mailbox: str) -> bytes | None:
        """Blind a mailbox, so that a duplicate shows and nothing else; none without the key."""
        key = self.index_key(petition_uid)
        if key is None:
            return None
        return hmac.digest(key, b"mailbox|" + mailbox.encode(), hashlib.sha256)

    def _index(self, petition_uid: str) -> Path:
        if not _UID.fullmatch(petition_uid):
            raise BadKeyName("A petition's key is named by letters, digits and hyphens only.")
        return _file(self.key_dir, _INDEX, petition_uid)

    def _intake(self, name: str) -> Path:
        if not _UID.fullmatch(name):
            raise BadKeyName("An intake key is named by letters, digits and hyphens only.")
        return _file(self.key_dir, _INTAKE, name)

    def _paper(self, name: str) -> Path:
        if not _UID.fullmatch(name):
            raise BadKeyName("A batch's key is named by letters, digits and hyphens only.")
        return _file(self.key_dir, _PAPER, name)

    def _hour(self, hour: str) -> Path:
        if not _HOUR.fullmatch(hour):
            raise BadKeyName("An hour is written YYYYMMDDHH.")
        return _file(self.key_dir, _HOURS, hour)


@lru_cache(maxsize=1024)
def _file(key_dir: Path, folder: str, name: str) -> Path:
    """Name a key's file; joining paths takes as long as reading the key."""
    return key_dir / folder / (name + _SUFFIX)


def _read(path: Path) -> bytes | None:
    try:
        handle = os.open(path, _READ)
    except FileNotFoundError:
        return None
    try:
        key = os.read(handle, KEY_BYTES + 1)
    finally:
        os.close(handle)
    if len(key) != KEY_BYTES:
        raise DamagedKey(f"The key file {path.name} is damaged.")
    # Opened just before another process destroyed it: zeros are no key.
    return key if any(key) else None


def _read_or_create(path: Path) -> bytes:
    key = _read(path)
    if key is not None:
        return key
    _create(path)
    key = _read(path)
    if key is None:
        raise NoKeyNow(f"The key {path.name} was destroyed while it was made.")
    return key


def _create(path: Path) -> None:
    """Put a new key in place whole and durable; whoever comes second keeps the first's."""
    _make_folder(path.parent)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    _write(os.open(draft, _CREATE, 0o600), secrets.token_bytes(KEY_BYTES))
    try:
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
    _sync_folder(path.parent)


def _destroy(path: Path) -> bool:
    """Take the name away first, so that nobody can open it, then the bytes, then the file."""
    gone = path.with_name(f".{path.name}.{secrets.token_hex(8)}{_GONE}")
    try:
        path.rename(gone)
    except FileNotFoundError:
        there_was_one = False
    else:
        there_was_one = True
    _finish_destroying(path.parent)
    return there_was_one


def _finish_destroying(folder: Path) -> None:
    """Overwrite and remove what was renamed to be destroyed, a crash's leftovers included."""
    leftovers = list(folder.glob(f".*{_GONE}"))
    for leftover in leftovers:
        # Another process may be at the same leftover; one of the two finishes it.
        with suppress(FileNotFoundError):
            _write(os.open(leftover, _OVERWRITE), bytes(KEY_BYTES))
            leftover.unlink()
    if leftovers:
        _sync_folder(folder)


def _make_folder(folder: Path) -> None:
    for each in (folder.parent, folder):
        each.mkdir(mode=0o700, parents=True, exist_ok=True)


def _write(handle: int, content: bytes) -> None:
    try:
        os.write(handle, content)
        os.fsync(handle)
    finally:
        os.close(handle)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
