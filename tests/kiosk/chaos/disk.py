"""A disk so small that it can be filled: a tmpfs, where this machine lets us mount one."""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

MEGABYTES: Final = 96
BLOCK: Final = 64 * 1024


@dataclass(frozen=True)
class Disk:
    """A small disk, and what fills it."""

    place: Path

    @property
    def filler(self) -> Path:
        """Name the file that takes the rest of the room."""
        return self.place / "filler"

    def fill(self) -> None:
        """Write until nothing more fits."""
        with self.filler.open("ab", buffering=0) as file:
            for size in (BLOCK, 512, 1):
                with contextlib.suppress(OSError):
                    while file.write(bytes(size)):
                        pass

    def clear(self) -> None:
        """Give the room back."""
        self.filler.unlink(missing_ok=True)


@contextlib.contextmanager
def small_disk(place: Path) -> Iterator[Disk]:
    """Mount a small disk; skip where that is not ours to do."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk to fill")
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "lantern-tests", str(place)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"this machine lets nobody mount a small disk to fill: {done.stderr.strip()}")
    try:
        yield Disk(place)
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=False)
