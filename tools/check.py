"""Run the checks, then the tests; say at the end what failed."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, NoReturn

from tools import browser, catalogues, webkit
from tools.verdict import PLACE, Verdict

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
#: What `make chaos` runs alone: there, each step meets every way of dying, not one in turn.
CRASHES: Final = (
    "tests/faults/test_kills.py",
    "tests/faults/test_kills_of_gifts.py",
    "tests/faults/test_wrong_input.py",
    "tests/outbox/test_kill.py",
    "tests/concurrency",
    "tests/journeys/test_rotation.py",
    "tests/kiosk/chaos",
)
#: Histories of giving in `make money`, on both engines together.
HISTORIES: Final = 1000
TESTS: Final = (PYTHON, "-m", "pytest", "-n", "2", "--dist", "worksteal")


#: Tells tests/engines.py that each test is wanted on both engines.
BOTH: Final = {"LANTERN_ENGINES": "both"}


def main() -> None:
    """Run what the command line asks for: `lint`, `all`, `both`, `chaos` or `money`."""
    os.chdir(ROOT)
    wanted = sys.argv[1] if sys.argv[1:] else "lint"
    if wanted not in ("lint", "all"):
        os.environ.update(BOTH)
    if wanted == "money":
        money()
    with ThreadPoolExecutor() as aside:
        # A new machine downloads a browser while it checks the code.
        chromium = aside.submit(browsers) if wanted != "lint" else None
        failed = failures() if wanted != "chaos" else []
        if failed:
            sys.exit(f"These checks failed: {', '.join(failed)}.")
        if chromium:
            os.environ["CHROMIUM"] = str(chromium.result())
            catalogues.compile_all()
            chaos() if wanted == "chaos" else test()


def browsers() -> Path:
    """Find or install them, one after the other: light and whole Chromium; WebKit may be missing."""
    browser.install_light()
    browser.find_or_install(whole=True)
    found = browser.find_or_install()
    if webkit.find_or_install() is None:
        print(f"{webkit.ADVICE}: its tests will be skipped.", flush=True)
    return found


def money() -> NoReturn:
    """Run the tests of money with a thousand histories, and say at last what they added up to.

    Half of them on each engine; where one differs by a single won, pytest has said so and this fails.
    """
    catalogues.compile_all()
    with tempfile.TemporaryDirectory() as told:
        asked = {
            "LANTERN_HISTORIES": str(HISTORIES // 2),
            "LANTERN_PARTS": "10",
            "LANTERN_TOLD": told,
        }
        failed = subprocess.run(
            [*TESTS, "tests/payments"], env=os.environ | asked, check=False
        ).returncode
        done = sum(int(one.read_text()) for one in Path(told).iterdir())
    print(f"{done} histories, difference {'not ' * bool(failed)}0", flush=True)
    sys.exit(failed or done != HISTORIES)


def failures() -> list[str]:
    """Run the checks, two at a time, and name those that found something."""
    with ThreadPoolExecutor(2) as both:
        found = both.map(passed, CHECKS, CHECKS.values())
        return [name for name, well in zip(CHECKS, found, strict=True) if not well]


def passed(name: str, command: Sequence[str]) -> bool:
    """Run one check, show what it said, and tell whether it found nothing."""
    began = time.monotonic()
    done = subprocess.run(
        command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    well = done.returncode == 0
    verdict = f"   {'passed' if well else 'FAILED'} in {time.monotonic() - began:.1f} s"
    print(f"── {name}\n{done.stdout}{verdict}", flush=True)
    return well


def test() -> None:
    """Become pytest."""
    print("── tests", flush=True)
    os.execv(PYTHON, TESTS)  # noqa: S606  # no shell is wanted


def chaos() -> None:
    """Run what kills and races; the last line says what became of the tablets' signatures."""
    print("── chaos", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "found"
        environment = os.environ | {"LANTERN_CHAOS": "yes", PLACE: str(place)}
        done = subprocess.run([*TESTS, *CRASHES], env=environment, check=False)
        verdict = Verdict.read(place)
    print(verdict, flush=True)
    sys.exit(done.returncode or not verdict.is_clean)


if __name__ == "__main__":
    main()
