"""A tablet: Chromium with a profile of its own on the disk, which survives being killed."""

import contextlib
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import BrowserContext, Page, Playwright
from playwright.sync_api import Error as BrowserGone

from tests.conftest import BROWSER_FLAGS
from tests.serving import alive, until
from tools import browser as browsers

TABLET: Final[dict[str, Any]] = {"viewport": {"width": 800, "height": 1180}, "has_touch": True}
PATIENCE_MS: Final = 30_000
#: Moves the clock of every page by some milliseconds, from before its first line runs.
OTHER_CLOCK: Final = """
(() => {
  const Real = Date;
  class Moved extends Real {
    constructor(...said) { if (said.length) super(...said); else super(Moved.now()); }
    static now() { return Real.now() + (%d); }
  }
  globalThis.Date = Moved;
})();
"""


@dataclass
class Machine:
    """Where a tablet keeps its things, and the browser that runs there now."""

    playwright: Playwright
    profile: Path
    #: By how many milliseconds its clock is wrong.
    ahead: int = 0
    kills: int = 0
    _context: BrowserContext | None = None
    flags: tuple[str, ...] = field(default=())

    @property
    def context(self) -> BrowserContext:
        """Give the browser that runs."""
        assert self._context, "the tablet is switched off"
        return self._context

    @property
    def is_on(self) -> bool:
        """Tell whether a browser runs."""
        return self._context is not None

    def switch_on(self) -> Page:
        """Start the browser on what the profile holds."""
        sandbox = ("--no-sandbox",) if os.geteuid() == 0 else ()
        self._context = self.playwright.chromium.launch_persistent_context(
            self.profile,
            executable_path=browsers.find_or_install(whole=True),
            args=[*BROWSER_FLAGS, *sandbox, *self.flags],
            **TABLET,
        )
        self._context.set_default_timeout(PATIENCE_MS)
        if self.ahead:
            self._context.add_init_script(OTHER_CLOCK % self.ahead)
        return self._context.pages[0]

    def switch_off(self) -> None:
        """Close the browser as people do."""
        if self._context is not None:
            with contextlib.suppress(BrowserGone):
                self._context.close()
            self._context = None

    def kill(self) -> None:
        """End it as an empty battery does: at once, with all its processes."""
        self.strike()
        self.bury()

    def strike(self) -> None:
        """Kill every process of it, and look at nothing."""
        for pid in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def bury(self) -> None:
        """Wait until nothing of a killed browser is left."""
        until(lambda: not any(map(alive, self.processes())), "a killed browser lives")
        self.kills += 1
        self.switch_off()

    def processes(self) -> list[int]:
        """List the processes that work on this profile."""
        said = f"--user-data-dir={self.profile}".encode()
        return [pid for pid, words in _running() if said in words]

    def cdp(self, page: Page, command: str, **said: Any) -> Any:
        """Tell the browser something that no page could."""
        session = self.context.new_cdp_session(page)
        try:
            return session.send(command, said)
        finally:
            session.detach()


def _running() -> Iterator[tuple[int, list[bytes]]]:
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            yield int(folder.name), (folder / "cmdline").read_bytes().split(b"\0")
