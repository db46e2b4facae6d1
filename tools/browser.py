"""Find a Chromium for the journeys in a real browser, or get one."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from playwright.sync_api import sync_playwright

from tools import debian

#: Chromium without a window to draw in: the same engine for a third less work.
LIGHT: Final = "chromium-headless-shell"
NAMES: Final = (LIGHT, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PLACES: Final = (Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),)
FONTS: Final = ("fontconfig", "fonts-noto-core", "fonts-noto-cjk")
ADVICE: Final = (
    "The journeys need a browser: install Chromium and Noto fonts "
    "(Debian: apt-get install chromium fonts-noto-core fonts-noto-cjk), then run make test again."
)


def find_or_install(*, whole: bool = False) -> Path:
    """Give the path of a Chromium that starts: the system's, Debian's, or Playwright's.

    A whole one writes to its disk all that people's browsers do; the light one does not.
    """
    found = system_browser(whole=whole)
    if found is None and debian.install("chromium", *FONTS):
        found = system_browser(whole=whole)
    elif found is not None and lacks_korean():
        debian.install(*FONTS)
    found = found or playwright_browser()
    if found is None:
        sys.exit(ADVICE)
    return found


def install_light() -> None:
    """Let Debian's light Chromium come where it may; where it may not, the other does."""
    if "CHROMIUM" not in os.environ and shutil.which(LIGHT) is None:
        debian.install(LIGHT, *FONTS)


def system_browser(*, whole: bool = False) -> Path | None:
    """Find the system's own browser; CHROMIUM names another."""
    named = os.environ.get("CHROMIUM")
    known = [shutil.which(name) for name in NAMES]
    places = [*(Path(place) for place in (named, *known) if place), *PLACES]
    if whole:
        places = [place for place in places if place.name != LIGHT]
    return next((place for place in places if starts(place)), None)


def starts(browser: Path) -> bool:
    """Tell a browser from a stub that only tells how to install one."""
    if not browser.is_file():
        return False
    asked = [str(browser), "--version"]
    try:
        return subprocess.run(asked, capture_output=True, timeout=60, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def lacks_korean() -> bool:
    """Tell whether Korean would be drawn as empty boxes."""
    tool = shutil.which("fc-list")
    if sys.platform != "linux":
        return False
    fonts = subprocess.run([tool, ":lang=ko"], capture_output=True, check=False) if tool else None
    return fonts is None or not fonts.stdout.strip()


def playwright_browser() -> Path | None:
    """Use the browser that Playwright downloads for itself."""
    with sync_playwright() as playwright:
        place = Path(playwright.chromium.executable_path)
    if not starts(place):
        print("Letting Playwright download a Chromium …", flush=True)
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    return place if starts(place) else None


if __name__ == "__main__":
    print(find_or_install())
