"""Find wrk, the load generator of the benchmarks, or get it."""

import shutil
import sys
from pathlib import Path

from tools import debian


def find_or_install() -> Path:
    """Give the path of wrk: the system's, else Debian's."""
    found = shutil.which("wrk")
    if found is None and debian.install("wrk"):
        found = shutil.which("wrk")
    if found is None:
        sys.exit("The benchmarks need wrk: install it (Debian: apt-get install wrk), then again.")
    return Path(found)


if __name__ == "__main__":
    print(find_or_install())
