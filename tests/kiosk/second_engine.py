"""WebKitGTK on a screen that nobody sees: the nearest to an iPad's engine that a test can have."""

import contextlib
import os
import subprocess
from collections.abc import Iterator, Mapping

from selenium.webdriver import WebKitGTK
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service

from tools.webkit import WebKit

PATIENCE = 60


@contextlib.contextmanager
def screen(kit: WebKit) -> Iterator[str]:
    """Give a display of one's own, whatever others there are."""
    reading, writing = os.pipe()
    size = ("-screen", "0", "1280x1024x24")
    command = [str(kit.screen), "-displayfd", str(writing), *size, "-nolisten", "tcp"]
    shown = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
    try:
        os.close(writing)
        number = os.read(reading, 20).decode().strip()
        assert number, "Xvfb did not start"
        yield f":{number}"
    finally:
        os.close(reading)
        shown.terminate()
        shown.wait(10)


@contextlib.contextmanager
def webkit(kit: WebKit, home: Mapping[str, str]) -> Iterator[WebKitGTK]:
    """Start the second engine; `home` says where it keeps its things."""
    options = Options()
    options.binary_location = str(kit.browser)
    options.add_argument("--automation")
    with screen(kit) as display:
        # SE_OFFLINE: selenium's own helper looks for nothing on the network.
        environment = {**os.environ, "DISPLAY": display, "SE_OFFLINE": "true", **home}
        service = Service(str(kit.driver), env=environment)
        driver = WebKitGTK(options=options, service=service)
        try:
            driver.set_script_timeout(PATIENCE)
            driver.set_page_load_timeout(PATIENCE)
            yield driver
        finally:
            driver.quit()
