"""Find WebKitGTK and its driver, the second engine of the tablet's tests, or get them."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tools import debian

PACKAGES: Final = ("webkit2gtk-driver", "xvfb")
#: Debian keeps the browser among the libraries.
BROWSERS: Final = "*/webkit2gtk-4.*/MiniBrowser"
ADVICE: Final = (
    "The second engine needs WebKitGTK's driver and Xvfb "
    "(Debian: apt-get install webkit2gtk-driver xvfb)"
)


@dataclass(frozen=True, slots=True)
class WebKit:
    """Where the parts of the second engine lie."""

    driver: Path
    browser: Path
    screen: Path


def find_or_install() -> WebKit | None:
    """Give the second engine; none on a machine that has no Debian packages."""
    found = find()
    if found is None and debian.install(*PACKAGES):
        found = find()
    return found


def find() -> WebKit | None:
    """Look for the driver, the browser and a screen that nobody sees."""
    driver, screen = shutil.which("WebKitWebDriver"), shutil.which("Xvfb")
    browser = next(iter(sorted(Path("/usr/lib").glob(BROWSERS), reverse=True)), None)
    if driver is None or screen is None or browser is None:
        return None
    return WebKit(driver=Path(driver), browser=browser, screen=Path(screen))


if __name__ == "__main__":
    print(find_or_install() or ADVICE)
