"""Run every check by others, in order; the last line counts what they found.

A check is a function that gets a folder, with the world of tests/conformance written in it, and
gives its findings. Add yours to CHECKS.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tools import catalogues
from tools.conformance import calendars, paper, sealing

CHECKS: Final[list[tuple[str, Callable[[Path], list[str]]]]] = [
    ("sealed records and @hpke/core", sealing.check),
    ("calendars: bytes, zones, GEO, escaping", calendars.lines_and_zones),
    ("calendars and JSON-LD: ical, vobject, ics, recurring-ical-events, schema-org-py", calendars.in_python),
    ("calendars: ical.js, node-ical", calendars.in_javascript),
    ("JSON-LD: schema-dts with tsc", calendars.by_types),
    ("JSON-LD: the rules of search engines", calendars.search_engines),
    ("page, feed, data and outbox after one commit", calendars.one_commit),
    ("QR: ZXing and OpenCV on a whole kit", paper.codes),
    ("PDF: Poppler and qpdf on the same kit", paper.files),
]  # fmt: skip


def main() -> None:
    """Write the world, run the checks, count the findings."""
    catalogues.compile_all()
    with tempfile.TemporaryDirectory(prefix="lantern-conformance-") as name:
        folder = Path(name)
        calendars.write(folder)
        findings = [finding for title, check in CHECKS for finding in run(title, check, folder)]
    print(f"calendars, JSON-LD, QR, PDF: {len(findings)} findings")
    sys.exit(1 if findings else 0)


def run(title: str, check: Callable[[Path], list[str]], folder: Path) -> list[str]:
    """Run one check and say at once what it found."""
    print(f"── {title}", flush=True)
    began = time.monotonic()
    found = check(folder)
    for finding in found:
        print(f"   {finding}")
    print(f"   {len(found)} findings in {time.monotonic() - began:.1f} s", flush=True)
    return found


if __name__ == "__main__":
    main()
