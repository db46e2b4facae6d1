"""Run the checks in order, then the tests; say at the end what failed."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tools import browser, catalogues

ROOT: Final = Path(__file__).resolve().parent.parent
PYTHON: Final = sys.executable
TYPED: Final = ("campaign_app", "config.py", "wsgi.py", "tools", "tests", "bench")
CHECKS: Final[dict[str, Sequence[str]]] = {
    "packages": (PYTHON, "-m", "pip", "--disable-pip-version-check", "check"),
    "style": (PYTHON, "-m", "ruff", "check", "."),
    "format": (PYTHON, "-m", "ruff", "format", "--check", "."),
    "types": (PYTHON, "-m", "mypy", *TYPED),
    "floors": (str(Path(PYTHON).with_name("lint-imports")), "--no-logo"),
    "catalogues": (PYTHON, "-m", "tools.catalogues", "check"),
}
TESTS: Final = (PYTHON, "-m", "pytest", "-n", "2", "--dist", "worksteal")


def main() -> None:
    """Run what the command line asks for: `lint`, or `all`."""
    os.chdir(ROOT)
    failed = [name for name, command in CHECKS.items() if not passed(name, command)]
    if failed:
        sys.exit(f"These checks failed: {', '.join(failed)}.")
    if sys.argv[1:] == ["all"]:
        test()


def passed(name: str, command: Sequence[str]) -> bool:
    """Run one check and tell whether it found nothing."""
    print(f"── {name}", flush=True)
    began = time.monotonic()
    well = subprocess.run(command, check=False).returncode == 0
    print(f"   {'passed' if well else 'FAILED'} in {time.monotonic() - began:.1f} s", flush=True)
    return well


def test() -> None:
    """Become pytest, with the catalogues compiled and a browser at hand."""
    catalogues.compile_all()
    os.environ["CHROMIUM"] = str(browser.find_or_install())
    print("── tests", flush=True)
    os.execv(PYTHON, TESTS)  # noqa: S606  # no shell is wanted


if __name__ == "__main__":
    main()
